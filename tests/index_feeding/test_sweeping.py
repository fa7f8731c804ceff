"""Channels are looked through: page by page, within a budget, without skipping what moves meanwhile, and no
further than they answer."""

import datetime as dt
import json
from unittest import mock

import pytest
from django.test import override_settings
from django.utils import timezone

from index.models import IndexedOrder, PushedOrder
from index.sweeping import pages, plan, worker
from index.sweeping.pages import Cursor, move
from index.sweeping.steps import take_turn
from sandbox.codec import encode
from sandbox.models import Order, OrderDocument
from tests.index_feeding.conftest import SE, known
from tests.index_feeding.sweeps import NOW, ago, all_turns, done_before, heard, some, state
from tests.orders.orders_in_the_sandbox import an_order, put

pytestmark = pytest.mark.django_db


def test_a_channel_that_was_never_looked_through_is_known_afterwards() -> None:
    ids = some(30) + some(3, first=2400)
    put(an_order("elsewhere", channel="no"))
    all_turns()
    assert known() == set(ids)
    assert all(getattr(state(), sweep.done) for sweep in plan.SWEEPS)
    assert state().cursors == {}


def test_the_newest_come_first_then_what_is_open_then_what_is_handed_over_then_the_rest() -> None:
    some(3)
    with heard() as asked:
        all_turns()
    said = [query.get("status", ["-"]) for where, query in asked.asked if where == "orders"]
    assert said == [["-"], ["processing", "accepted"], ["completed"], ["-"]]


def test_the_newest_are_asked_for_from_ten_minutes_before_they_last_were() -> None:
    last = NOW - dt.timedelta(minutes=30)
    done_before(newest_at=last)
    with heard() as asked:
        all_turns()
    (_where, query), *others = asked.asked
    assert not others
    assert dt.datetime.fromisoformat(query["date_from"][0]) == last - dt.timedelta(minutes=10)


def test_what_was_looked_through_is_left_alone_until_it_is_due() -> None:
    done_before()
    with heard() as asked:
        assert take_turn(SE) == 0
    assert asked.asked == []
    assert SE not in worker.due()


@pytest.mark.parametrize(("hour", "is_due"), [(1, False), (3, True)], ids=["before two in the morning", "after it"])
def test_everything_is_looked_through_at_night(hour: int, is_due: bool) -> None:
    with override_settings(TIME_ZONE="Europe/Stockholm"):
        now = dt.datetime(2026, 11, 29, hour - 1, tzinfo=dt.UTC)
        assert plan.WHOLE.is_due(now - dt.timedelta(hours=12), now) is is_due


def test_pages_overlap_and_cover_everything() -> None:
    ids = some(60)
    done_before(whole_at=None)
    with mock.patch.object(pages, "LIMIT", 20), heard() as asked:
        all_turns()
    assert known() == set(ids)
    assert asked.offsets() == [0, 16, 32, 48]


def test_the_api_may_serve_fewer_than_were_asked_for() -> None:
    ids = some(30)
    done_before(whole_at=None)
    with mock.patch.object(pages, "LIMIT", 1000), mock.patch("sandbox.listing.LARGEST_LIMIT", 10), heard() as asked:
        all_turns()
    assert known() == set(ids)
    assert asked.offsets() == [0, 8, 16, 24]


def test_orders_that_arrive_between_pages_shift_the_others_and_none_is_skipped() -> None:
    ids = some(60)
    done_before(whole_at=None)
    arrived = iter(range(100))

    def arrive(where: str, _query: object) -> None:
        if where == "orders":
            n = next(arrived)
            put(an_order(f"new{n}", created=ago(minutes=30 - n)))

    with mock.patch.object(pages, "LIMIT", 20), heard(arrive):
        all_turns()
    assert known() >= set(ids)


def test_orders_that_leave_between_pages_make_it_go_back_so_that_none_is_skipped() -> None:
    ids = some(100)
    done_before(whole_at=None)
    gone: set[str] = set()

    def leave(_where: str, query: dict[str, list[str]]) -> None:
        if query.get("offset") == ["48"] and not gone:
            gone.update(ids[:30])
            Order.objects.filter(public_id__in=gone).delete()

    with mock.patch.object(pages, "LIMIT", 20), heard(leave) as asked:
        all_turns()
    assert gone
    assert known() >= set(ids) - gone
    assert min(asked.offsets()[4:]) < 48, "it has to go back to where it knows an order"


def test_orders_that_leave_their_state_between_pages_are_known_as_they_are_then() -> None:
    ids = some(60, state="accepted")
    done_before(open_at=None)

    def finish(_where: str, query: dict[str, list[str]]) -> None:
        if query.get("offset") == ["16"]:
            rows = OrderDocument.objects.filter(order__public_id__in=ids[:10]).select_related("order")
            for n, row in enumerate(rows):
                document = json.loads(row.body) | {"state": {"currentStatus": "completed", "transitions": []}}
                OrderDocument.objects.filter(pk=row.pk).update(body=encode(document).decode())
                Order.objects.filter(pk=row.order_id).update(status="completed")
                assert n < 10

    with mock.patch.object(pages, "LIMIT", 20), heard(finish):
        all_turns()
    assert known() == set(ids)


def test_a_cursor_of_no_common_order_goes_back_and_never_on() -> None:
    cursor = Cursor("2026-11-29T10:00:00+00:00", "2025-11-29T10:00:00+00:00")
    move(cursor, ["a", "b", "c", "d", "e"], 5, 20)
    assert (cursor.offset, cursor.tail) == (4, ["a", "b", "c", "d", "e"])
    move(cursor, ["x", "y"], 5, 17)
    assert (cursor.offset, cursor.is_read) == (2, False)
    move(cursor, ["d", "e", "f"], 5, 17)
    assert cursor.tail == ["d", "e", "f"]
    move(cursor, [], 5, 2)
    assert not cursor.is_read, "an empty page behind the end proves nothing"


def test_what_an_open_sweep_does_not_meet_any_more_is_asked_for_by_itself() -> None:
    (one, two) = some(2, state="accepted")
    all_turns()
    OrderDocument.objects.filter(order__public_id=one).update(
        body=encode(an_order("n0000", created=ago(hours=1), state="completed")).decode()
    )
    Order.objects.filter(public_id=one).update(status="completed")
    done_before(open_at=None)
    with heard() as asked:
        all_turns()
    assert [where for where, _ in asked.asked] == ["orders", f"orders/{one}"]
    assert {row.order_id: row.status for row in IndexedOrder.objects.all()} == {one: "completed", two: "accepted"}


def test_an_order_that_the_whole_sweep_does_not_meet_is_forgotten_where_it_is_gone() -> None:
    one, two, three = some(3)
    all_turns()
    Order.objects.filter(public_id=two).delete()
    done_before(whole_at=None)
    with heard() as asked:
        all_turns()
    assert known() == {one, three}
    assert [where for where, _ in asked.asked] == ["orders", f"orders/{two}"]


def test_what_did_not_change_is_seen_once_more_without_being_parsed() -> None:
    some(20)
    all_turns()
    done_before(whole_at=None)
    began = timezone.now()
    with mock.patch("index.writing.see", side_effect=AssertionError("it was parsed")):
        all_turns()
    assert not IndexedOrder.objects.filter(seen_at__lt=began).exists()


@override_settings(INDEX_CALLS_A_MINUTE=6)
def test_a_minute_has_so_many_calls_and_the_last_are_kept_for_what_is_urgent() -> None:
    some(60)
    with mock.patch.object(pages, "LIMIT", 5), heard() as asked, mock.patch("time.time", return_value=6e9):
        all_turns()
        assert len(asked.asked) == 6, "the newest are urgent"
        assert SE not in worker.due()
    done_before(whole_at=None)
    with mock.patch.object(pages, "LIMIT", 5), heard() as asked, mock.patch("time.time", return_value=6e9 + 60):
        all_turns()
        assert len(asked.asked) == 4
        PushedOrder.objects.create(merchant="norce", channel="se", order_id="o_n0000", at=timezone.now())
        assert worker.due() == [SE, *worker.due()[1:]]
        all_turns()
        assert len(asked.asked) == 5
    assert state().spent == 11


def test_the_first_call_of_each_sweep_is_where_the_last_ended() -> None:
    ids = some(60)
    done_before(whole_at=None)
    with mock.patch.object(pages, "LIMIT", 20), heard() as asked:
        for _ in range(4):
            take_turn(SE, seconds=0)
    assert asked.offsets() == [0, 16, 32, 48]
    assert known() == set(ids)
