"""What a sweep does where a channel fails, is busy, or somebody else looks through it."""

import datetime as dt
import threading
import time
from typing import Any
from unittest import mock

import pytest
from django.db import connection as database
from django.utils import timezone

from gateway import connection
from gateway.lease import try_lease
from gateway.models import Lease
from index.models import ChannelState, IndexedOrder
from index.sweeping import pages, steps, worker
from index.sweeping.steps import take_turn
from order_api.breaker import LEAST
from sandbox.codec import encode
from sandbox.models import OrderDocument
from tests.index_feeding.conftest import NO, SE, known
from tests.index_feeding.sweeps import Heard, all_turns, done_before, heard, some, state
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.test_fanout import Channels, silence, status
from tests.wire import answered_by

pytestmark = pytest.mark.django_db


# Outages


@pytest.mark.parametrize(
    ("behave", "name"),
    [
        (silence, "Unavailable"),
        (status(401), "Unauthorized"),
        (status(503), "Unavailable"),
        (status(429), "Unavailable"),
    ],
    ids=["silence", "401", "503", "429"],
)
def test_a_channel_that_does_not_answer_is_left_alone_and_says_since_when(behave: Any, name: str) -> None:
    with mock.patch("gateway.connection.answer", Channels(se=behave)) as api:
        assert take_turn(SE) == 0
        first = state().failed_at
        assert take_turn(SE) == 0
        assert api.asked == ["se"]
        ChannelState.objects.update(next_at=timezone.now())
        assert take_turn(SE) == 0
    kept = state()
    assert (kept.error, kept.failures, kept.failed_at) == (name, 2, first)
    assert kept.next_at
    assert kept.next_at > timezone.now() + dt.timedelta(seconds=20)
    assert kept.newest_at is None


def test_it_goes_on_where_it_was_as_soon_as_the_channel_answers_again() -> None:
    ids = some(60)
    done_before(whole_at=None)
    with mock.patch.object(pages, "LIMIT", 20):
        take_turn(SE, seconds=0)
        with answered_by(Channels(se=silence)):
            take_turn(SE)
        ChannelState.objects.update(next_at=timezone.now())
        with heard() as asked:
            all_turns()
    assert asked.offsets() == [16, 32, 48]
    assert known() == set(ids)
    assert (state().failed_at, state().error, state().failures) == (None, "", 0)


def test_what_fails_in_one_channel_takes_nothing_from_another() -> None:
    put(an_order("there", channel="no"))
    with answered_by(Channels(se=silence)):
        take_turn(SE)
    take_turn(NO)
    assert known(NO) == {"o_there"}
    assert steps.state_of(NO).failed_at is None


def test_an_open_breaker_is_not_knocked_at() -> None:
    with mock.patch("gateway.connection.answer", Channels(se=silence)) as api:
        for _ in range(LEAST):
            take_turn(SE)
            ChannelState.objects.update(next_at=None)
        asked = len(api.asked)
        assert take_turn(SE) == 0
        assert SE not in worker.due()
        assert len(api.asked) == asked


def test_a_pause_that_the_api_asks_for_is_kept() -> None:
    with mock.patch("gateway.connection.answer", Channels(se=status(429, **{"Retry-After": "30"}))) as api:
        take_turn(SE)
        ChannelState.objects.update(next_at=None)
        take_turn(SE)
        assert api.asked == ["se"]


def test_a_page_with_another_channels_order_is_no_page() -> None:
    put(an_order("one"))
    OrderDocument.objects.update(body=encode(an_order("one", channel="no")).decode())
    take_turn(SE)
    assert IndexedOrder.objects.count() == 0
    assert state().error == "BadAnswer"


def test_people_come_first() -> None:
    places = connection.get_bulkhead()
    with mock.patch.object(type(places), "under_way", places.places), heard() as asked:
        assert take_turn(SE) == 0
    assert asked.asked == []


# Two at once


def test_while_one_looks_through_a_channel_another_does_not() -> None:
    held = try_lease(steps.LEASE, *SE)
    assert held
    with heard() as asked:
        assert take_turn(SE) == 0
        assert asked.asked == []
        held.give_back()
        assert take_turn(SE) > 0


def test_who_lost_the_lease_makes_no_more_calls() -> None:
    some(60)
    done_before(whole_at=None)

    def overtaken(_where: str, _query: object) -> None:
        Lease.objects.all().delete()

    with mock.patch.object(pages, "LIMIT", 20), heard(overtaken) as asked:
        take_turn(SE)
    assert len(asked.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_look_through_a_channel_at_once_one_does() -> None:
    some(60)
    done_before(whole_at=None)
    under_way, most, lock = [0], [0], threading.Lock()
    listener = Heard()

    def slow(*call: Any) -> Any:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        try:
            return listener(*call)
        finally:
            with lock:
                under_way[0] -= 1

    until = time.monotonic() + 30

    def look() -> None:
        while len(known()) < 60 and time.monotonic() < until:
            if not take_turn(SE, seconds=0):
                time.sleep(0.01)  # the other has it
        database.close()

    with mock.patch.object(pages, "LIMIT", 20), mock.patch("gateway.connection.answer", slow):
        threads = [threading.Thread(target=look) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == [1]
    assert listener.offsets() == [0, 16, 32, 48]
    assert len(known()) == 60
