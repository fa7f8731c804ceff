"""By what other orders of a customer are found, and what is not taken for the same person."""

from typing import Any

import pytest

from order_api.schemas import Order, decode, encode
from tests.customer.people import EMAIL, PHONE, address, order
from trade.customer_keys import Key, Keys, Kind, Match, differs_by_its_tag, filters_of, first_filter, keys_of, matches


def order_of(**customer: Any) -> Order:
    """An order with these addresses."""
    return decode(encode(order("one") | {"customer": customer}), Order)


def asked(keys: Keys) -> dict[str, list[str]]:
    return {name: list(values) for params in filters_of(keys) for name, values in params.items()}


def test_an_order_is_asked_about_by_the_email_and_phone_of_who_pays_in_bills_and_deliveries() -> None:
    found = asked(keys_of(order_of(billing=address())))
    assert set(found) == {"billing_emails", "shipping_emails", "billing_phones", "shipping_phones"}
    assert found["billing_emails"] == [EMAIL]
    assert {PHONE, "0701740612", "0046701740612"} <= set(found["billing_phones"])


def test_at_most_four_calls_are_made_whatever_an_order_names() -> None:
    keys = keys_of(order_of(billing=address(), shipping=address("bo@example.se", "+46701740699", "Bo Berg")))
    assert len(keys.usable) == 4
    assert len(filters_of(keys)) == 4


@pytest.mark.parametrize("customer", [{}, {"billing": address("", "")}, {"billing": address("no address", "call me")}])
def test_an_order_without_email_and_phone_asks_nobody(customer: Any) -> None:
    keys = keys_of(order_of(**customer))
    assert (keys.usable, filters_of(keys), first_filter(keys)) == ((), [], None)


def test_an_email_is_asked_for_as_it_was_written_and_in_small_letters() -> None:
    assert asked(keys_of(order_of(billing=address("Karin.EK@Example.se", ""))))["billing_emails"] == [
        "Karin.EK@Example.se",
        "karin.ek@example.se",
    ]


@pytest.mark.parametrize(
    "email", ["guest@shop.se", "noreply@shop.se", "no-reply-7@shop.se", "anonymous@shop.se", "kassa@till.invalid"]
)
def test_an_email_that_stands_in_for_none_is_not_asked_for(email: str) -> None:
    keys = keys_of(order_of(billing=address(email, PHONE)))
    assert [key.text for key in keys.stand_ins] == [email]
    assert set(asked(keys)) == {"billing_phones", "shipping_phones"}


@pytest.mark.parametrize("phone", ["0000000000", "+46 000 000 000", "0123456789", "1234567", "99999999"])
def test_a_phone_that_stands_in_for_none_is_not_asked_for(phone: str) -> None:
    keys = keys_of(order_of(billing=address(EMAIL, phone)))
    assert [key.text for key in keys.stand_ins] == [phone]
    assert "billing_phones" not in asked(keys)


@pytest.mark.parametrize("email", ["anna@shop.se", "guestrow@example.se", "info@firm.se", "nonefield@example.se"])
def test_the_email_of_somebody_is_not_taken_for_none(email: str) -> None:
    assert keys_of(order_of(billing=address(email))).stand_ins == ()


def test_counting_takes_the_email_of_who_pays_and_their_phone_only_without_one() -> None:
    with_email = first_filter(keys_of(order_of(billing=address())))
    assert with_email is not None
    assert with_email[1] == {"billing_emails": [EMAIL]}
    without = first_filter(keys_of(order_of(billing=address(email=""))))
    assert without is not None
    assert list(without[1]) == ["billing_phones"]


def test_where_the_bill_names_none_the_delivery_says_who_it_is() -> None:
    keys = keys_of(order_of(billing=address("", ""), shipping=address()))
    assert keys.usable == (Key(Kind.EMAIL, EMAIL, side="shipping"), Key(Kind.PHONE, PHONE, side="shipping"))
    chosen = first_filter(keys)
    assert chosen is not None
    assert list(chosen[1]) == ["shipping_emails"]


KEYS = keys_of(order_of(billing=address()))


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"billing": address()}, (Match.EMAIL, Match.PHONE)),
        ({"billing": address("KARIN.EK@EXAMPLE.SE", "070-174 06 12")}, (Match.EMAIL, Match.PHONE)),
        ({"billing": address("other@example.se")}, (Match.PHONE,)),
        ({"billing": address(phone="")}, (Match.EMAIL,)),
        (
            {"billing": address("bo@example.se", "+46701740699"), "shipping": address()},
            (Match.EMAIL_ELSEWHERE, Match.PHONE_ELSEWHERE),
        ),
        ({"billing": address("bo@example.se", "+46701740699")}, (Match.UNSHOWN,)),
        ({"shipping": address()}, (Match.EMAIL, Match.PHONE)),
    ],
    ids=["both", "written otherwise", "phone", "email", "sent to them", "not shown", "no bill"],
)
def test_it_is_said_which_key_matched(other: Any, found: tuple[Match, ...]) -> None:
    assert matches(order_of(**other), KEYS) == found


def test_the_recipient_of_a_present_is_another_kind_of_match() -> None:
    keys = keys_of(order_of(billing=address(), shipping=address("bo@example.se", "+46701740699", "Bo Berg")))
    assert matches(order_of(billing=address("bo@example.se", "+46701740699", "Bo Berg")), keys) == (
        Match.EMAIL_ELSEWHERE,
        Match.PHONE_ELSEWHERE,
    )


def test_what_follows_a_plus_makes_another_email_and_is_said_where_a_phone_brings_it() -> None:
    tagged = order_of(billing=address("karin.ek+shop@example.se"))
    assert matches(tagged, KEYS) == (Match.PHONE,)
    assert differs_by_its_tag(tagged, KEYS)
    assert not differs_by_its_tag(order_of(billing=address()), KEYS)
    assert not differs_by_its_tag(order_of(billing=address("other@example.se")), KEYS)
