"""Totals are worked out from the lines to the cent, and held against what the order says of itself."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from order_api.schemas import Order
from order_api.schemas.base import read
from orders.page.alerts import present_alerts
from orders.page.payments import present_money, present_payments
from orders.page.shippings import present_shippings
from tests.orders import documents
from trade.totals import TotalRow, VatRow, present_totals


def order(**changes: Any) -> Order:
    return read(documents.order(**changes), Order)


def alerts(given_order: Order) -> list[str]:
    """What the page would ask somebody to act on."""
    payments, shippings = present_payments(given_order), present_shippings(given_order)
    found = present_alerts(given_order, payments, shippings, present_totals(given_order))
    return [alert.title.replace("\N{NO-BREAK SPACE}", " ") for alert in found]


def state(status: str) -> dict[str, Any]:
    return {"state": {"currentStatus": status}}


def payment(amount: float, status: str, **more: Any) -> dict[str, Any]:
    return {"id": f"p_{amount}_{status}", "name": "Card", "amount": amount, "state": status, "currency": "SEK", **more}


def money(text: str) -> Decimal:
    return Decimal(text)


def test_an_order_adds_up_from_items_over_discounts_and_shipping_to_its_total() -> None:
    totals = present_totals(order())
    assert totals.before == 2945
    assert totals.discounts == (
        TotalRow("Black Week 10 %", money("-160")),
        TotalRow("Voucher", money("-100"), "VÄNNER100"),
    )
    assert totals.unexplained == 0
    assert totals.shippings == (TotalRow("PostNord MyPack Collect", money("69")),)
    assert totals.total == 2754
    assert (totals.total_gap, totals.vat_gap) == (None, None)


def test_vat_is_told_per_rate_of_items_and_shipping_together() -> None:
    assert present_totals(order()).vat == (
        VatRow(money("0.25"), money("2004.00"), money("501.00")),
        VatRow(money("0.06"), money("234.91"), money("14.09")),
    )


def test_a_bundle_s_vat_follows_its_parts_when_they_make_up_its_price() -> None:
    parts = [documents.item("Coat", "c", 125), documents.item("Book", "b", 106, rate=0.06)]
    bundle = {**documents.item("Both", "both", 231), "items": parts}
    totals = present_totals(order(cart={"items": [bundle]}, shippings=[], total=None))
    assert [(row.rate, row.vat) for row in totals.vat] == [(money("0.25"), money("25")), (money("0.06"), money("6"))]
    assert totals.total == 231


def test_a_bundle_s_vat_is_its_own_when_its_parts_have_no_price() -> None:
    bundle = {**documents.item("Both", "both", 125), "items": [{"name": "Coat"}, {"name": "Hat"}]}
    totals = present_totals(order(cart={"items": [bundle]}, shippings=[], total=None))
    assert [(row.rate, row.base, row.vat) for row in totals.vat] == [(money("0.25"), money("100"), money("25"))]


def test_a_missing_price_without_vat_is_worked_out_and_rounded_as_the_currency_is() -> None:
    item = {"name": "Lamp", "quantity": 3, "price": {"includingVat": 333}, "vatRate": 0.25}
    cart = {"items": [item]}
    assert present_totals(order(cart=cart, shippings=[], total=None)).vat[0].base == money("799.20")
    assert present_totals(order(cart=cart, shippings=[], total=None, currency="JPY")).vat[0].base == 799


def test_lines_without_a_rate_are_told_apart_instead_of_guessed() -> None:
    totals = present_totals(order(cart={"items": [{"total": {"includingVat": 10}}]}, shippings=[], total=None))
    assert totals.vat == (VatRow(None, money("10"), money("0")),)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_discount_takes_off_whichever_sign_it_is_sent_with(sign: int) -> None:
    item = documents.item("Lamp", "l", 100, off=10, discounts=[documents.discount("Sale", sign * 10)])
    totals = present_totals(order(cart={"items": [item]}, shippings=[], total=None))
    assert totals.discounts == (TotalRow("Sale", money("-10")),)
    assert totals.unexplained == 0


def test_a_discount_that_only_the_cart_names_is_told_and_one_on_both_is_not_counted_twice() -> None:
    items = [documents.item("Lamp", "l", 100, off=30, discounts=[documents.discount("Sale", 10, "S")])]
    cart = {"items": items, "discounts": [documents.discount("Sale", 10, "S"), documents.discount("Club", 20, "C")]}
    totals = present_totals(order(cart=cart, shippings=[], total=None))
    assert [(row.code, row.amount) for row in totals.discounts] == [("S", money("-10")), ("C", money("-20"))]
    assert totals.unexplained == 0


def test_what_no_discount_explains_is_said() -> None:
    totals = present_totals(order(cart={"items": [documents.item("Lamp", "l", 100, off=7)]}, shippings=[], total=None))
    assert totals.unexplained == -7


def test_a_removed_shipping_is_out_of_every_sum() -> None:
    assert [row.name for row in present_totals(order()).shippings] == ["PostNord MyPack Collect"]


def test_a_total_that_the_lines_do_not_reach_is_shown_as_the_order_says_it_with_the_difference() -> None:
    wrong = order(total={"includingVat": 2760, "excludingVat": 2238.91})
    gap = present_totals(wrong).total_gap
    assert gap is not None
    assert (gap.lines, gap.order, gap.by) == (money("2754"), money("2760"), money("6"))
    assert present_totals(wrong).total == 2760
    assert "The items and shippings do not add up to the order's total." in alerts(wrong)


def test_vat_that_differs_from_the_order_s_own_is_said() -> None:
    gap = present_totals(order(total={"includingVat": 2754, "excludingVat": 2238.90})).vat_gap
    assert gap is not None
    assert gap.by == money("0.01")


@pytest.mark.parametrize("missing", ["cart", "shippings", "payments", "total", "currency", "customer", "state"])
def test_an_order_without_one_of_its_parts_still_has_totals(missing: str) -> None:
    assert present_totals(order(**{missing: None})) is not None


def test_an_order_of_nothing_comes_to_nothing() -> None:
    totals = present_totals(read({}, Order))
    assert totals.total == 0
    assert totals.vat == ()
    assert (totals.total_gap, totals.vat_gap) == (None, None)


@given(
    lines=st.lists(
        st.tuples(st.decimals(0, 99999, places=2), st.integers(1, 9), st.sampled_from(["0", "0.06", "0.12", "0.25"])),
        max_size=8,
    )
)
def test_vat_and_what_it_is_on_always_make_up_the_total(lines: list[tuple[Decimal, int, str]]) -> None:
    items = [{"price": {"includingVat": unit}, "quantity": n, "vatRate": Decimal(rate)} for unit, n, rate in lines]
    totals = present_totals(read({"cart": {"items": items}, "currency": "EUR"}, Order))
    assert sum((row.base + row.vat for row in totals.vat), Decimal(0)) == totals.total


def test_money_is_told_by_the_states_of_the_live_payments_alone() -> None:
    found = present_money(order())
    assert (found.own.held, found.own.taken, found.own.covered, found.gap) == tuple(map(Decimal, (1905, 849, 2754, 0)))
    assert found.paid == "mixed"


@pytest.mark.parametrize(
    ("payments", "word"),
    [
        ([payment(2754, "captured")], "taken"),
        ([payment(2754, "reserved")], "held"),
        ([payment(2754, "confirmed")], "held"),
        ([payment(2754, "refunded")], "returned"),
        ([payment(2754, "intent")], "open"),
        ([payment(2000, "captured")], "partly"),
        ([payment(2754, "failed")], "unpaid"),
        ([payment(2754, "removed")], "unpaid"),
        ([payment(2754, "teleported")], "mixed"),
        ([payment(2754, "captured", currency="EUR")], "mixed"),
    ],
)
def test_the_head_says_in_a_word_how_the_order_is_paid(payments: list[dict[str, Any]], word: str) -> None:
    assert present_money(order(payments=payments)).paid == word


def test_an_order_that_is_fine_asks_nobody_to_act() -> None:
    assert alerts(order()) == []


@pytest.mark.parametrize("status", ["processing", "accepted", "completed"])
def test_payments_that_do_not_make_up_the_total_raise_an_alert_once_the_customer_has_paid(status: str) -> None:
    assert alerts(order(payments=[payment(2700, "captured")], **state(status))) == [
        "54.00 SEK is not covered by any payment."
    ]
    assert alerts(order(payments=[payment(2800, "captured")], **state(status))) == ["Paid 46.00 SEK too much."]


def test_payments_of_an_order_in_checkout_need_not_add_up_yet() -> None:
    assert alerts(order(payments=[], **state("checkout"))) == []


def test_a_failed_payment_raises_an_alert_unless_another_one_covers_for_it() -> None:
    failed = payment(2754, "failed")
    assert alerts(order(payments=[failed])) == ["Card did not go through."]
    assert alerts(order(payments=[failed, payment(2754, "captured")])) == []


@pytest.mark.parametrize("status", ["declined", "removed"])
def test_money_held_for_an_order_that_is_over_raises_an_alert(status: str) -> None:
    (said,) = alerts(order(**state(status)))
    assert said == f"The order is “{status.capitalize()}”, but 2,754.00 SEK is still captured or reserved."
    assert alerts(order(payments=[payment(2754, "cancelled")], **state(status))) == []


def test_a_required_consent_holds_the_order_only_in_checkout() -> None:
    consents = [{"id": "terms", "required": True, "checked": False}]
    assert alerts(order(consents=consents, **state("checkout"))) == ["A required consent is not given."]
    assert alerts(order(consents=consents)) == []


def test_a_shipping_that_was_not_booked_raises_an_alert() -> None:
    shippings = [{**documents.SHIPPINGS[0], "state": "failed"}]
    assert alerts(order(shippings=shippings)) == ["PostNord MyPack Collect could not be booked."]


def test_amounts_in_two_currencies_are_never_added_up() -> None:
    mixed = order(payments=[payment(2754, "captured"), payment(100, "captured", currency="EUR")])
    assert present_money(mixed).own.taken == 2754
    assert alerts(mixed) == ["Not every payment is in the order's currency."]
