"""The sweep reads the transactions of what was taken, once and again."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone

from gateway.connection import order_api
from index import registry, writing
from index.models import IndexedOrder, IndexedPayment
from index.sweeping import money
from payments.listing import noting
from sandbox.models import Order
from sandbox.store import insert_documents
from tests.index_feeding.conftest import SE
from tests.index_feeding.sweeps import ago, all_turns
from tests.orders.orders_in_the_sandbox import an_order, payment, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> list[tuple[str, int]]:
    """The payments whose transactions somebody above was given, and how many they were."""
    found: list[tuple[str, int]] = []

    @registry.reads_transactions
    def reader(row: IndexedPayment, lines: Sequence[Any], _at: dt.datetime) -> None:
        found.append((row.payment_id, len(lines)))

    return found


def test_the_transactions_of_what_was_taken_are_read_once_and_again_the_next_day(
    told: list[tuple[str, int]],
) -> None:
    put(an_order("taken", created=ago(hours=1)))
    put(an_order("held", created=ago(hours=1), payments=[payment("p_held", 100, "reserved")]))
    all_turns()
    assert told == [("p_taken", 0)]
    all_turns()
    assert len(told) == 1
    IndexedPayment.objects.update(transactions_at=timezone.now() - dt.timedelta(hours=25))
    IndexedOrder.objects.update(modified=timezone.now() - dt.timedelta(hours=30))
    money.look_again(SE)
    all_turns()
    assert len(told) == 2


def test_a_payment_whose_transactions_cannot_be_read_holds_up_no_other(told: list[tuple[str, int]]) -> None:
    put(an_order("a", created=ago(hours=1)), an_order("b", created=ago(hours=2)))
    all_turns()
    told.clear()
    money.look_again(SE)
    IndexedPayment.objects.update(transactions_at=None, is_unread=True)
    Order.objects.filter(public_id="o_a").delete()
    all_turns()
    assert told == [("p_b", 0)]


def test_an_order_that_changed_has_its_transactions_read_again(told: list[tuple[str, int]]) -> None:
    put(an_order("a", created=ago(hours=1)))
    all_turns()
    told.clear()
    api = order_api(*SE)
    api.orders.update_reference("o_a", "ANOTHER")
    writing.see([api.orders.get("o_a")], at=timezone.now())
    money.look_again(SE)
    all_turns()
    assert told == [("p_a", 0)]


def test_an_order_that_changes_while_its_transactions_are_read_has_them_read_again(told: list[tuple[str, int]]) -> None:
    @registry.reads_transactions
    def changing(_row: IndexedPayment, _lines: Sequence[Any], _at: dt.datetime) -> None:
        if len(told) == 1:
            moment = timezone.now()
            writing.see([order_api(*SE).orders.get("o_a").changed(last_modified=moment)], at=moment)

    put(an_order("a", created=ago(hours=1)))
    all_turns()
    money.look_again(SE)
    all_turns()
    assert told == [("p_a", 0)] * 2
    assert not IndexedPayment.objects.get().is_unread


def test_what_a_refund_took_off_a_payment_stands_in_its_figures() -> None:
    document = an_order("a", created=ago(hours=1))
    line = {"event": "refund", "isSuccess": True, "amount": 60, "created": ago(minutes=5)}
    insert_documents([(document, {"p_a": [line]})])
    registry.reads_transactions(noting.read_of)
    all_turns()
    row = IndexedPayment.objects.get()
    assert (row.taken, row.returned) == (600_000, 400_000)
