"""What boards and lists ask the index beside counts: by day, by age, by payment."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.channels import Channel
from domain.states import PAYMENT, Bucket
from gateway.connection import order_api
from index import checks, reading, writing
from index.counting import BY
from index.questions import Question
from order_api.schemas import Order
from sandbox import seeding

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
SE = Channel("norce", "se")
EVERY = Question(channels=(SE,))
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def orders(db: None) -> tuple[Order, ...]:
    """Believable orders of one channel, as the API gives them, after they were seen."""
    seeding.seed(300, until=AT)
    found = order_api(*SE).orders.list(limit=250).data
    writing.see(found, at=AT)
    return found


def test_groups_add_up_to_the_whole(orders: tuple[Order, ...]) -> None:
    for by in BY:
        assert sum(each.size for each in reading.group(EVERY, by).values()) == len(orders), by
    assert sum(each.size for each in reading.ages(EVERY, AT)) == len(orders)


def test_days_are_those_of_the_zone_and_none_is_left_out(orders: tuple[Order, ...]) -> None:
    first, last = (AT - timedelta(days=20)).date(), AT.date()
    found = reading.days((SE,), first, last, STOCKHOLM)
    theirs = Counter(
        order.created.astimezone(STOCKHOLM).date()
        for order in orders
        if order.created and order.state and str(order.state.current_status) in checks.PLACED
    )
    assert len(found) == 21
    assert {day: sum(each.size for each in of.values()) for day, of in found.items()} == {
        day: theirs.get(day, 0) for day in found
    }


def test_adapters_that_hold_money_are_those_of_the_payments_that_do(orders: tuple[Order, ...]) -> None:
    held = [
        payment
        for order in orders
        for payment in order.payments
        if PAYMENT.of(payment.state).bucket is Bucket.HELD and payment.amount
    ]
    assert reading.adapters_holding((SE,)) == sorted({str(each.adapter_id) for each in held})
    assert held and reading.adapters_holding((Channel("norce", "no"),)) == []
