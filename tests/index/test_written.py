"""What is written: news and nothing else, by whoever comes last, and nothing half."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from domain.money import Concern, Figures
from index import locking, reading, rollups, writing
from index.checks import CHECKS
from index.models import IndexedKey, IndexedOrder, IndexedPayment, IndexedSku, MoneyEvent
from index.questions import Question
from index.sums import Axis, HeldSum, MoveSum, OrderSum
from index.writing import Event
from tests.index.made import ADAPTERS, NO, NOW, SE, order, payment

pytestmark = pytest.mark.django_db
EVERY = Question(channels=(SE,))


def one(number: int = 1) -> IndexedOrder:
    return IndexedOrder.objects.get(order_id=f"o_se{number:05}")


def refunded(some: str) -> Figures:
    return Figures(taken=Decimal(499) - Decimal(some), returned=Decimal(some))


def refund(some: str, mark: str = "r1") -> Event:
    return Event(mark, "refund", True, Decimal(some), Decimal(some), NOW)


def test_a_payment_is_abroad_where_it_is_in_another_currency_than_its_order() -> None:
    """An order that names none is in that of its payments, if they agree."""
    abroad = payment("p_eur", currency="EUR")
    writing.see([order(1, payments=(payment("p_sek"), abroad))], at=NOW)
    assert dict(IndexedPayment.objects.values_list("payment_id", "is_abroad")) == {"p_sek": False, "p_eur": True}
    writing.see([order(1, payments=(abroad,)).changed(currency=None)], at=NOW + timedelta(minutes=1))
    assert dict(IndexedPayment.objects.values_list("payment_id", "is_abroad")) == {"p_eur": False}


# --- Transactions


def test_what_transactions_tell_is_kept_and_counts_for_the_order() -> None:
    writing.see([order(1, payments=(payment(),))], at=NOW)
    assert writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [refund("99")], NOW, state="captured")
    row = one()
    assert (row.taken, row.returned, row.concern) == (4_000_000, 990_000, Concern.RETURNED)
    assert list(MoneyEvent.objects.values_list("event", "moved")) == [("refund", 990_000)]
    assert not writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [refund("99")], NOW)


def test_it_holds_until_the_payment_is_another_one() -> None:
    writing.see([order(1, payments=(payment(),))], at=NOW)
    writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [refund("99")], NOW)
    writing.see([order(1, payments=(payment(),), skus=("NEW",))], at=NOW + timedelta(minutes=1))
    assert (one().returned, one().taken) == (990_000, 4_000_000)
    writing.see([order(1, payments=(payment(state="refunded"),))], at=NOW + timedelta(minutes=2))
    assert (one().returned, one().taken) == (4_990_000, 0)
    assert MoneyEvent.objects.count() == 1


def moves() -> set[tuple[str, str, int, int]]:
    """What others moved: by adapter and currency, how often, and how much."""
    kept = MoveSum.objects.filter(axis=Axis.ALL, n__gt=0)
    return set(kept.values_list("adapter", "currency", "n", "moved"))


def test_what_was_moved_goes_along_with_its_payment() -> None:
    writing.see([order(1, payments=(payment(),))], at=NOW)
    writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [refund("99")], NOW)
    assert moves() == {(ADAPTERS[0], "SEK", 1, 990_000)}
    other = payment(adapter="another", currency="EUR")
    writing.see([order(1, payments=(other,))], at=NOW + timedelta(minutes=1))
    assert moves() == {("another", "EUR", 1, 990_000)}
    assert MoneyEvent.objects.values_list("adapter", "currency").get() == ("another", "EUR")
    writing.see([order(1, payments=())], at=NOW + timedelta(minutes=2))
    assert moves() == set() and not MoneyEvent.objects.exists()
    assert not HeldSum.objects.filter(n__gt=0).exists()


def test_what_is_held_is_to_be_captured_once_its_order_is_agreed() -> None:
    def held() -> list[tuple[bool, int, int]]:
        return list(HeldSum.objects.filter(n__gt=0).values_list("is_to_capture", "n", "held"))

    for minute, (status, is_to_capture) in enumerate([("checkout", False), ("accepted", True), ("completed", True)]):
        writing.see(
            [order(1, status=status, payments=(payment(state="reserved"),))], at=NOW + timedelta(minutes=minute)
        )
        assert held() == [(is_to_capture, 1, 4_990_000)]
    writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [], NOW + timedelta(minutes=5))
    assert held() == [] and not IndexedPayment.objects.filter(is_to_capture=True).exists()


def test_of_another_state_than_is_known_only_the_events_are_kept() -> None:
    writing.see([order(1, payments=(payment(state="refunded"),))], at=NOW)
    writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [refund("99")], NOW, state="captured")
    assert one().returned == 4_990_000
    assert MoneyEvent.objects.count() == 1


def test_what_was_read_before_and_what_is_not_known_is_no_news() -> None:
    writing.see([order(1, payments=(payment(),))], at=NOW)
    writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [refund("99")], NOW)
    assert not writing.note_transactions(SE, "o_se00001", "p", refunded("0"), [], NOW - timedelta(minutes=1))
    assert not writing.note_transactions(SE, "o_se00001", "other", refunded("1"), [], NOW)
    assert not writing.note_transactions(NO, "o_se00001", "p", refunded("1"), [], NOW)
    assert one().returned == 990_000
    writing.note_transactions(SE, "o_se00001", "p", refunded("0"), [], NOW + timedelta(minutes=1))
    assert (one().returned, MoneyEvent.objects.count()) == (0, 0)


# --- Twins


def twins() -> set[str]:
    rows = IndexedPayment.objects.filter(twin__isnull=False)
    assert all(row.twin and row.twin.twin for row in rows)
    flagged = {row.order_id for row in IndexedOrder.objects.filter(is_twin=True)}
    assert flagged == {row.order.order_id for row in rows}
    assert reading.tally(Question(channels=(SE, NO), check="twins")).size == len(flagged)
    return flagged


def pair(**second: Any) -> None:
    writing.see([order(1, payments=(payment("a"),))], at=NOW)
    writing.see([order(2, payments=(payment("b"),), **second)], at=NOW)


def test_two_payments_of_one_customer_within_a_day_are_twins() -> None:
    pair(created=NOW - timedelta(days=3, hours=20), email="ANNA@example.com")
    assert twins() == {"o_se00001", "o_se00002"}
    assert {row.order_id for row in reading.page(Question(channels=(SE,), check="twins"), 9).rows} == twins()


@pytest.mark.parametrize(
    "second",
    [
        {"created": NOW - timedelta(days=4, hours=1)},
        {"email": "bo@example.com"},
        {"total": "500.00"},
    ],
)
def test_others_are_none(second: dict[str, Any]) -> None:
    writing.see([order(1, payments=(payment("a"),))], at=NOW)
    amount = second.get("total", "499.00")
    writing.see([order(2, payments=(payment("b", amount=amount),), **second)], at=NOW)
    assert not twins()


@pytest.mark.parametrize("state", ["declined", "cancelled", "removed", "refunded", "intent"])
def test_what_holds_no_money_has_no_twin(state: str) -> None:
    writing.see([order(1, payments=(payment("a"),)), order(2, payments=(payment("b", state),))], at=NOW)
    assert not twins()


def test_what_stands_in_for_an_email_makes_no_twins() -> None:
    both = [order(n, payments=(payment(f"p{n}"),), email="guest@example.com") for n in (1, 2)]
    writing.see(both, at=NOW)
    assert not twins()


def test_parts_of_one_order_are_no_twins_and_what_is_paid_twice_is() -> None:
    halves = (payment("a", amount="249.50"), payment("b", amount="249.50"))
    writing.see([order(1, payments=halves)], at=NOW)
    assert not twins()
    writing.see([order(2, payments=(payment("c"), payment("d")), email="bo@example.com")], at=NOW)
    assert twins() == {"o_se00002"}


def test_twins_are_undone_when_it_is_no_longer_true() -> None:
    pair()
    assert twins()
    writing.see([order(2, payments=(payment("b", "refunded"),))], at=NOW + timedelta(minutes=1))
    assert not twins()
    writing.see([order(2, payments=(payment("b"),))], at=NOW + timedelta(minutes=2))
    assert twins()
    writing.forget(SE, "o_se00001")
    assert not twins()


def test_of_three_one_goes_and_two_remain() -> None:
    writing.see([order(n, payments=(payment(f"p{n}"),)) for n in (1, 2, 3)], at=NOW)
    assert len(twins()) == 3
    writing.see([order(3)], at=NOW + timedelta(minutes=1))
    assert twins() == {"o_se00001", "o_se00002"}


# --- Whoever comes last


def test_what_is_as_it_was_costs_two_statements(django_assert_num_queries: Any) -> None:
    orders = [order(number, payments=(payment(f"p{number}"),)) for number in range(250)]
    assert writing.see(orders, at=NOW) == 250
    with django_assert_num_queries(2):
        assert writing.see(orders, at=NOW + timedelta(minutes=1)) == 0
    assert reading.tally(EVERY).size == 250


def test_changed_orders_take_few_statements_however_many_they_are(django_assert_max_num_queries: Any) -> None:
    many = range(writing.WRITTEN_AT_ONCE)
    writing.see([order(number, payments=(payment(f"p{number}"),)) for number in many], at=NOW)
    changed = [order(number, payments=(payment(f"p{number}", "refunded"),)) for number in many]
    with django_assert_max_num_queries(40):
        assert writing.see(changed, at=NOW + timedelta(minutes=1)) == len(many)


def test_older_news_never_overwrites_newer() -> None:
    writing.see([order(1, status="completed")], at=NOW)
    assert writing.see([order(1, status="accepted")], at=NOW - timedelta(seconds=1)) == 0
    assert one().status == "completed"
    writing.see([order(1, status="completed")], at=NOW + timedelta(minutes=5))
    assert writing.see([order(1, status="accepted")], at=NOW + timedelta(minutes=4)) == 0
    assert one().status == "completed"


@pytest.mark.django_db(transaction=True)
def test_two_who_see_the_same_orders_at_once_do_not_count_them_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "PATIENCE", 30_000)  # a busy machine is no reason to give up here

    def seeing(turn: int) -> None:
        try:
            for round_ in range(3):
                orders = [
                    order(number, payments=(payment(f"p{number}"),), total=f"{100 + turn + round_}.00")
                    for number in range(20)
                ]
                writing.see(orders, at=NOW + timedelta(seconds=10 * round_ + turn))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=seeing, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reading.tally(EVERY) == reading.Tally(20, {"SEK": Decimal(20 * 105)})
    kept = {(row.axis, row.since, row.flags): (row.n, row.total) for row in OrderSum.objects.filter(n__gt=0)}
    rollups.recount(SE)
    assert kept == {(row.axis, row.since, row.flags): (row.n, row.total) for row in OrderSum.objects.filter(n__gt=0)}


@contextmanager
def somebody_else_writes() -> Iterator[None]:
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with locking.held(SE):
                ready.set()
                done.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait(20)
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_long_for_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "PATIENCE", 100)
    with somebody_else_writes(), pytest.raises(OperationalError):
        writing.see([order(1)], at=NOW)
    assert not IndexedOrder.objects.exists()
    assert writing.see([order(1)], at=NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_midway_leaves_nothing_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "_put", lambda *_: 1 / 0)
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            writing.see([order(1, payments=(payment(),))], at=NOW)
        assert not IndexedOrder.objects.exists()
        assert not IndexedPayment.objects.exists()


# --- What goes


def rest() -> list[int]:
    tables = (IndexedOrder, IndexedPayment, IndexedSku, IndexedKey, MoneyEvent)
    return [model._default_manager.count() for model in tables]


def test_nothing_stays_of_an_order_that_is_gone() -> None:
    writing.see([order(1, payments=(payment(),))], at=NOW)
    writing.note_transactions(SE, "o_se00001", "p", refunded("99"), [refund("99")], NOW)
    assert writing.forget(SE, "o_se00001")
    assert not writing.forget(SE, "o_se00001")
    assert rest() == [0] * 5
    assert not OrderSum.objects.exclude(n=0).exists()
    assert not HeldSum.objects.exclude(n=0).exists()
    assert not reading.page(Question(channels=(SE,), text="o_se00001"), 5).rows


def test_orders_are_kept_for_400_days(settings: Any) -> None:
    old = [order(number, created=NOW - timedelta(days=400, minutes=number + 1)) for number in range(5)]
    writing.see([*old, order(9, created=NOW - timedelta(days=399))], at=NOW)
    assert writing.prune(NOW, most=3) == 3
    assert writing.prune(NOW) == 2
    assert writing.prune(NOW) == 0
    assert [row.order_id for row in IndexedOrder.objects.all()] == ["o_se00009"]
    assert reading.tally(EVERY).size == 1
    assert not OrderSum.objects.filter(n=0).exists()
    settings.INDEX_KEEP_DAYS = 30
    assert writing.prune(NOW) == 1


def test_a_channel_can_be_forgotten() -> None:
    writing.see([order(1), order(2, NO)], at=NOW)
    assert writing.forget_channel(SE) == 1
    assert reading.tally(Question(channels=(SE, NO))).size == 1


# --- What comes from outside


def test_hostile_texts_and_amounts_are_cut_and_kept() -> None:
    strange = "\x00å漢" + "x" * 5000
    bad = order(1, status=strange, total="9" * 20, skus=(strange, "a\nb"), email=f"{strange}@x").changed(
        reference=strange, country=strange, payments=(payment(strange, strange, "-" + "9" * 20, adapter=strange),)
    )
    writing.see([bad, bad.changed(id=None), bad.changed(channel=None)], at=NOW)
    row = one()
    assert len(row.reference) == 200
    assert "\x00" not in row.words
    assert reading.tally(EVERY).size == 1
    assert reading.page(Question(channels=(SE,), text="å漢"), 5).rows
    writing.note_transactions(SE, "o_se00001", strange, Figures(taken=Decimal("1e40")), [
        Event(strange, strange, True, Decimal("1e40"), None, NOW)
    ], NOW)  # fmt: skip
    for name in CHECKS:
        reading.tally(Question(channels=(SE,), check=name))


def test_keys_are_of_no_use_without_the_key(tmp_path: Any, settings: Any) -> None:
    writing.see([order(1)], at=NOW)
    kept = set(IndexedKey.objects.values_list("key", flat=True))
    IndexedOrder.objects.all().delete()
    settings.INDEX_KEY_FILE = tmp_path / "other"
    writing.see([order(1)], at=NOW)
    assert kept.isdisjoint(IndexedKey.objects.values_list("key", flat=True))
    assert (tmp_path / "other").stat().st_mode & 0o777 == 0o600
