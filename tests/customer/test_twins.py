"""Equal amounts within a day: what is a double charge, and what only looks like one."""

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from accounts.channels import Channel
from domain.money import money_of
from order_api.schemas import Order, decode, encode
from orders.customer.found import CustomerOrder
from orders.customer.moments import paid_at
from orders.customer.payments import Line
from orders.customer.twins import Twins, Verdict, blocks_of, twins_among
from orders.customer.words import notes_on, same_amount, span, verdict_of
from tests.customer.people import order, payment
from trade.customer_keys import Match
from trade.totals import order_total

SE, NO = Channel("norce", "se"), Channel("norce", "no")


def lines(*documents: Any, channel: Channel = SE) -> list[Line]:
    """The payments of these orders, the newest first."""
    found = []
    for document in documents:
        one = decode(encode(document), Order)
        whose = CustomerOrder(
            channel, one, (Match.EMAIL,), money_of(one.payments, order_total(one), one.currency)
        )  # fmt: skip
        found += [Line(whose, each, paid_at(one)) for each in one.payments]
    return sorted(found, key=lambda line: line.at.timestamp() if line.at else 0, reverse=True)


def paid(name: str, money: str, at: str = "2026-11-20T10:00:00Z", amount: float = 499, **more: Any) -> Any:
    """An order whose one payment is in that state."""
    return order(name, total=amount, at=at, payments=[payment(f"p_{name}", amount, money)], **more)


def pair(first: str, second: str, **more: Any) -> Twins:
    """Two orders of the same amount, four minutes apart."""
    (twins,) = twins_among(lines(paid("one", first), paid("two", second, "2026-11-20T10:04:00Z", **more)))
    return twins


def told(twins: Twins) -> str:
    return " ".join([f"{same_amount(twins)}: {verdict_of(twins)}", *notes_on(twins)])


def test_the_same_amount_captured_twice_within_minutes_is_told_in_one_sentence() -> None:
    twins = pair("captured", "captured")
    assert twins.verdict is Verdict.BOTH_CAPTURED
    assert told(twins) == "Same amount, 4 min apart: Both captured. The orders are for the same items."


def test_two_orders_of_other_things_that_cost_the_same_are_told_apart() -> None:
    assert "The orders are not for the same items." in told(pair("captured", "captured", sku="trousers"))


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("declined", "One was declined or failed: it took no money. Charged once."),
        ("failed", "One was declined or failed: it took no money. Charged once."),
        ("cancelled", "One was cancelled: its reservation was let go. Charged once."),
        ("refunded", "One was paid back. Charged once."),
        ("credited", "One was paid back. Charged once."),
        ("intent", "One was not finished: it has taken no money. Charged once."),
        ("pending", "One was not finished: it has taken no money. Charged once."),
        ("removed", "One was taken out of the order and does not count. Charged once."),
    ],
)
def test_a_try_that_took_no_money_is_no_alarm(state: str, says: str) -> None:
    twins = pair(state, "captured")
    assert (twins.verdict, twins.verdict.is_alarm) == (Verdict.ONCE, False)
    assert told(twins) == f"Same amount, 4 min apart: {says}"


def test_what_is_only_reserved_beside_what_was_captured_is_told_with_how_it_looks_on_a_statement() -> None:
    twins = pair("captured", "reserved")
    assert twins.verdict is Verdict.CAPTURED_AND_RESERVED
    assert verdict_of(twins) == "One was captured, one is only reserved."
    assert "can show on a card statement too" in told(twins)


def test_two_reservations_have_taken_no_money_yet() -> None:
    twins = pair("reserved", "reserved")
    assert (twins.verdict, verdict_of(twins)) == (
        Verdict.BOTH_RESERVED, "Both only reserved: nothing was captured."
    )  # fmt: skip


def test_two_tries_that_both_came_to_nothing_are_no_twins() -> None:
    assert twins_among(lines(paid("one", "declined"), paid("two", "failed", "2026-11-20T10:04:00Z"))) == []


def test_two_that_were_both_paid_back_hold_no_money() -> None:
    assert pair("refunded", "refunded").verdict is Verdict.NONE


def test_a_state_that_nobody_knows_is_not_said_to_be_harmless() -> None:
    twins = pair("captured", "settling")
    assert (twins.verdict, twins.verdict.is_alarm) == (Verdict.UNCLEAR, True)


def test_an_order_that_was_given_up_and_whose_payment_holds_money_is_named() -> None:
    assert "R-two was given up, and its payment still holds money." in told(
        pair("captured", "captured", state="declined")
    )


def test_two_parts_of_one_order_that_is_paid_exactly_are_no_double_charge() -> None:
    document = order("one", total=600, payments=[payment("p_1", 300), payment("p_2", 300)])
    (twins,) = twins_among(lines(document))
    assert twins.verdict is Verdict.PARTS
    assert told(twins) == (
        "Same amount, in one order: Both count for one order, which is paid exactly: no double charge."
    )


def test_one_order_that_was_paid_twice_says_by_how_much() -> None:
    document = order("one", total=300, payments=[payment("p_1", 300), payment("p_2", 300)])
    (twins,) = twins_among(lines(document))
    assert twins.verdict is Verdict.PAID_TWICE
    assert "300.00\N{NO-BREAK SPACE}SEK more than the order costs." in notes_on(twins)


def test_a_declined_first_try_within_one_order_is_no_alarm() -> None:
    document = order("one", total=300, payments=[payment("p_1", 300, "declined"), payment("p_2", 300)])
    (twins,) = twins_among(lines(document))
    assert (twins.verdict, verdict_of(twins)) == (
        Verdict.ONCE, "One was declined or failed: it took no money. Charged once."
    )  # fmt: skip


def test_other_currencies_and_other_days_and_other_amounts_are_no_twins() -> None:
    here = paid("one", "captured")
    for other in (
        order("two", currency="NOK"),
        paid("two", "captured", "2026-11-21T10:00:01Z"),
        paid("two", "captured", amount=499.01),
    ):
        assert twins_among(lines(here, other)) == []
    assert len(twins_among(lines(here, paid("two", "captured", "2026-11-21T10:00:00Z")))) == 1


def test_orders_of_two_channels_can_be_twins() -> None:
    both = [*lines(paid("two", "captured", "2026-11-20T10:04:00Z"), channel=NO), *lines(paid("one", "captured"))]
    assert [twins.verdict for twins in twins_among(both)] == [Verdict.BOTH_CAPTURED]


def test_three_of_one_amount_are_told_by_number() -> None:
    (twins,) = twins_among(
        lines(
            paid("one", "captured"), paid("two", "captured", "2026-11-20T10:04:00Z"),
            paid("three", "declined", "2026-11-20T12:05:00Z"),
        )
    )  # fmt: skip
    assert told(twins).startswith("3 payments of the same amount within 2 h 5 min: 2 of them were captured.")


def test_twins_stand_together_at_the_place_of_the_newest() -> None:
    blocks = blocks_of(
        lines(
            paid("one", "captured"), paid("between", "captured", "2026-11-20T10:02:00Z", 75),
            paid("two", "captured", "2026-11-20T10:04:00Z"),
        )
    )  # fmt: skip
    assert [[line.payment.id for line in block.lines] for block in blocks] == [["p_two", "p_one"], ["p_between"]]


def test_amounts_of_nothing_are_no_twins() -> None:
    assert twins_among(lines(paid("one", "captured", amount=0), paid("two", "captured", amount=0))) == []


@pytest.mark.parametrize(
    ("seconds", "says"), [(20, "less than a minute"), (240, "4 min"), (3600, "1 h"), (8400, "2 h 20 min")]
)
def test_spans_are_told_in_two_units_at_most(seconds: int, says: str) -> None:

    with translation.override("en"):
        assert span(dt.timedelta(seconds=seconds)) == says
