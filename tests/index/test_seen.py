"""Orders that are read leave rows behind: their states, sums and identifiers, and nobody's name."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.channels import Channel
from domain.money import money_of
from gateway.connection import order_api
from index import reading, writing
from index.models import IndexedKey, IndexedOrder
from index.questions import Question
from order_api.schemas import Order
from sandbox import seeding
from trade.totals import order_total

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
SE = Channel("norce", "se")
EVERY = Question(channels=(SE,))


@pytest.fixture
def orders(db: None) -> tuple[Order, ...]:
    """Believable orders of one channel, as the API gives them, after they were seen."""
    seeding.seed(120, until=AT)
    found = order_api(*SE).orders.list(limit=250).data
    writing.see(found, at=AT)
    return found


def test_what_was_read_is_counted_and_summed_as_the_orders_say(orders: tuple[Order, ...]) -> None:
    found = reading.tally(EVERY)
    sums: dict[str, Decimal] = {}
    for order in orders:
        currency = money_of(order.payments, None, order.currency).currency
        sums[currency] = sums.get(currency, Decimal(0)) + (order_total(order) or 0)
    assert (found.size, found.sums) == (len(orders), sums)


def test_what_is_read_again_changes_nothing_but_when_it_was_seen(orders: tuple[Order, ...]) -> None:
    later = AT.replace(hour=13)
    assert writing.see(orders, at=later) == 0
    assert set(IndexedOrder.objects.values_list("seen_at", flat=True)) == {later}


def test_nobody_is_named(orders: tuple[Order, ...]) -> None:
    kept = repr([*IndexedOrder.objects.values(), *IndexedKey.objects.values()]).casefold()
    for order in orders:
        address = order.customer.billing if order.customer else None
        for text in (address.email, address.family_name, address.phone) if address else ():
            assert not text or text.casefold() not in kept


def test_another_channel_is_another_matter(orders: tuple[Order, ...]) -> None:
    assert reading.tally(Question(channels=())).size == 0
    assert reading.tally(Question(channels=(Channel("norce", "no"),))).size == 0
