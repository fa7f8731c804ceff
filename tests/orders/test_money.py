"""Where the money of an order is: one answer, which the list tells in a word and the order's page in a sentence."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Concern, findings, minor_units, money_of
from domain.states import ORDER, PAYMENT, Bucket, Stage
from order_api.schemas import Order
from order_api.schemas.base import read
from orders.list.rows import row_of
from orders.page.order import present_order
from orders.page.payments import present_money

UNKNOWN = "teleported"
CURRENCIES = ("SEK", "EUR", "JPY", None)


def payment(amount: object, state: str | None = "captured", currency: str | None = "SEK") -> dict[str, Any]:
    return {"amount": amount, "state": state, "currency": currency, "name": "Card", "type": "default"}


def an_order(
    status: str | None, *payments: dict[str, Any], total: object = 1000, currency: str | None = "SEK"
) -> Order:
    return read(
        {
            "id": "o_1",
            "currency": currency,
            "total": None if total is None else {"includingVat": total},
            "state": {"currentStatus": status},
            "payments": list(payments),
        },
        Order,
    )


def in_the_list(order: Order) -> str:
    note = row_of(order, "/norce/se/orders/", "en")["note"]
    return note.text if note else ""


def on_the_page(order: Order) -> list[str]:
    """All that the page says of the money: its alerts, and how it is paid, in its head."""
    page = present_order(order)
    alerts = [text for alert in page.alerts if alert.target == "payments" for text in (alert.title, alert.says)]
    return [*alerts, page.payments.how_paid]


payments = st.builds(
    payment,
    st.one_of(st.none(), st.integers(0, 1200), st.decimals(0, 1200, places=2)),
    st.sampled_from([*PAYMENT, UNKNOWN, None]),
    st.sampled_from(CURRENCIES),
)
orders = st.builds(
    lambda status, found, total, currency: an_order(status, *found, total=total, currency=currency),
    st.sampled_from([*ORDER, UNKNOWN, None]),
    st.lists(payments, max_size=4),
    st.one_of(st.none(), st.sampled_from([0, 1000]), st.decimals(0, 1200, places=2)),
    st.sampled_from(CURRENCIES),
)
IN_THE_LIST = {
    Concern.HELD_FOR_NOTHING: "still held",
    Concern.CANNOT_SAY: "not all in this currency",
    Concern.NOT_COVERED: "not covered",
    Concern.TOO_MUCH: "too much",
    Concern.TO_PAY_BACK: "to be paid back",
    Concern.RETURNED: "refunded",
}
ON_THE_PAGE = {
    Concern.HELD_FOR_NOTHING: "still captured or reserved",
    Concern.CANNOT_SAY: "it cannot be said whether",
    Concern.NOT_COVERED: "not covered by any payment",
    Concern.TOO_MUCH: "too much",
    Concern.TO_PAY_BACK: "to be paid back",
    Concern.RETURNED: "efunded",
}


@given(order=orders)
def test_what_the_list_says_of_an_order_s_money_is_what_its_page_says(order: Order) -> None:
    said, told = in_the_list(order), on_the_page(order)
    concern = next((each for each, words in IN_THE_LIST.items() if words in said), None)
    if concern is None:
        assert said == ""
        assert not [text for text in told if any(words in text for words in ON_THE_PAGE.values())]
        return
    (sentence,) = [text for text in told if ON_THE_PAGE[concern] in text]
    amounts = said.removesuffix(IN_THE_LIST[concern]).strip().lstrip("−")
    for amount in filter(
        None, (part.strip().lstrip("−").partition("\N{NO-BREAK SPACE}")[0] for part in amounts.split(" + "))
    ):
        assert amount in sentence


@given(order=orders)
def test_no_currency_is_ever_added_to_another(order: Order) -> None:
    money = present_money(order)
    for bucket in set(Bucket) - {Bucket.NONE}:
        for value, currency in money.amounts(bucket):
            of_it = [
                each.amount or 0
                for each in order.payments
                if PAYMENT.of(each.state).bucket is bucket and (each.currency or money.currency) == currency
            ]
            assert value == sum(of_it)


@given(order=orders)
def test_money_is_told_by_what_can_be_paid(order: Order) -> None:
    money = present_money(order)
    assert money.gap == round(money.gap, minor_units(money.currency))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (an_order("accepted", payment(100, currency="EUR"), total=1100), "not all in this currency"),
        (an_order("checkout", payment(100, "intent", "EUR")), "not all in this currency"),
        (an_order("accepted", payment(100, "failed", "EUR"), payment(1000)), ""),
        (an_order("removed", payment(1000, "confirmed")), "1,000.00 still held"),
        (an_order("removed", payment(1000, "pending")), ""),
        (an_order("declined", payment(100, currency="EUR"), payment(5)), "5.00 + 100.00\xa0EUR still held"),
        (an_order("removed", payment(100, "refunded", "EUR")), "−100.00\xa0EUR refunded"),
        (an_order("completed", payment(1000, "refunded"), payment(200)), "−1,000.00 refunded"),
        (an_order("completed", payment(50, "refunded"), payment(1100)), "100.00 too much"),
        (an_order("completed", payment(50, "credited"), payment(600)), "350.00 not covered"),
        (an_order("accepted", payment(1000, "cancelled")), "1,000.00 not covered"),
        (an_order("checkout", payment(1000, "cancelled")), ""),
        (an_order("checkout", payment(1000, "failed")), "1,000.00 not covered"),
        (an_order("checkout", payment(1000, "failed"), payment(1000, "intent")), ""),
        (an_order("accepted", payment(1000, UNKNOWN)), ""),
        (an_order("accepted", payment(200, UNKNOWN), payment(700)), "100.00 not covered"),
        (an_order("removed", payment(1000, UNKNOWN)), ""),
        (an_order("accepted", payment("333.333"), payment("333.333"), payment("333.333")), ""),
        (an_order("accepted", payment("1000.4", currency="JPY"), currency="JPY"), ""),
        (an_order("accepted", payment(1000), payment(1000, currency="EUR"), currency=None), "not all in this currency"),
        (an_order("accepted", payment(900, currency=None), currency=None), "100.00 not covered"),
        (an_order("accepted", payment(1000, "Captured")), ""),
        (an_order(UNKNOWN, payment(10)), ""),
        (an_order("accepted", total=0), ""),
    ],
)
def test_what_is_not_certain_is_not_said(order: Order, said: str) -> None:
    assert in_the_list(order) == said


def test_an_order_that_names_no_total_comes_to_what_its_lines_do_in_the_list_too() -> None:
    lines = {"items": [{"price": {"includingVat": 250}, "quantity": 4}]}
    order = read({"id": "o_1", "currency": "SEK", "cart": lines, "state": {"currentStatus": "accepted"}}, Order)
    assert row_of(order, "/norce/se/orders/", "en")["amount"] == "1,000.00"
    assert in_the_list(order) == "1,000.00 not covered"
    assert present_order(order).totals.total == 1000


def test_every_payment_s_state_has_a_place_for_its_money_and_no_other_has() -> None:
    assert {name for name, row in PAYMENT.items() if row.bucket is Bucket.UNKNOWN} == set()
    assert {name for name, row in PAYMENT.items() if row.bucket is Bucket.NONE} == {
        name for name, row in PAYMENT.items() if not row.is_live
    }
    assert PAYMENT.of(UNKNOWN).bucket is Bucket.UNKNOWN
    assert findings(Stage.GIVEN_UP, money_of([], Decimal(1), "SEK")) == []
