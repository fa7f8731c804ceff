"""Looking in many channels at once: each answers, fails or is late by itself, and all keep to one budget."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.db.models import QuerySet
from django.test import RequestFactory, override_settings

from accounts.channels import Channel
from gateway import connection
from gateway.fanout import Answer, fan_out, own_first
from gateway.models import CallsInMinute, Lease
from order_api import OrderApi
from order_api.breaker import LEAST
from order_api.errors import ApiError, Unauthorized, Unavailable
from tests.orders.orders_in_the_sandbox import an_order, put

GOOD, OTHER, DEAD, SLOW, REFUSED = (Channel("norce", name) for name in ("se", "no", "dead", "slow", "refused"))
Reply = tuple[int, list[tuple[str, str]], bytes]
Behave = Callable[[], Reply]


def empty() -> Reply:
    return 200, [("Content-Type", "application/json")], json.dumps({"data": [], "pagination": {"size": 0}}).encode()


def status(code: int, **headers: str) -> Behave:
    return lambda: (code, [("Content-Type", "application/json"), *headers.items()], b'{"code": "no", "message": "No."}')


def silence() -> Reply:
    raise TimeoutError


class Channels:
    """An Order API in this process, each of whose channels behaves as it is told; those of which nothing is said have
    no orders. `asked` is whom they were asked about, `most` how many were under way at once."""

    def __init__(self, **behave: Behave) -> None:
        self.behave = behave
        self.asked: list[str] = []
        self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, _method: str, _path: str, _query: str, headers: Sequence[tuple[str, str]], _body: bytes) -> Any:
        channel = dict(headers)["x-channel"]
        with self._lock:
            self.asked.append(channel)
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            behave: Behave = self.behave.get(channel, empty)
            return behave()
        finally:
            with self._lock:
                self._now -= 1


@pytest.fixture(autouse=True)
def fresh(fresh_connections: None) -> None:
    """No breaker remembers another test."""


@pytest.fixture
def request_of(transactional_db: None) -> Any:
    def made(user: User) -> Any:
        request: Any = RequestFactory().get("/")
        request.user = user
        return request

    return made


@pytest.fixture
def anna(transactional_db: None) -> User:
    return User.objects.create_user("anna")


def sizes(api: OrderApi, _channel: Channel) -> int:
    return len(api.orders.list(limit=1).data)


def asked(request: Any, channels: Sequence[Channel], ask: Any = sizes, **more: Any) -> dict[Channel, Answer[int]]:
    return {answer.channel: answer for answer in fan_out(request, channels, ask, **more)}


def test_what_fails_crawls_or_is_refused_takes_nothing_from_those_that_answer(request_of: Any, anna: User) -> None:
    release = threading.Event()

    def crawl() -> Reply:
        release.wait(20)
        return empty()

    api = Channels(dead=silence, slow=crawl, refused=status(401))
    with mock.patch("gateway.connection.answer", api):
        began = time.monotonic()
        came = list(fan_out(request_of(anna), [SLOW, DEAD, REFUSED, GOOD, OTHER], sizes, deadline=1.5))
        took = time.monotonic() - began
        release.set()
    found = {answer.channel: answer for answer in came}
    assert came[-1].channel == SLOW, "each answer is given as it comes"
    assert [found[channel].value for channel in (GOOD, OTHER)] == [0, 0]
    assert isinstance(found[REFUSED].error, Unauthorized)
    assert isinstance(found[DEAD].error, Unavailable)
    assert found[SLOW].is_late
    assert not any(found[channel].came for channel in (SLOW, DEAD, REFUSED))
    assert took < 4


def test_it_finds_what_the_sandbox_has_in_every_channel(request_of: Any, anna: User) -> None:
    put(an_order("here"), an_order("there", channel="no"))
    found = asked(request_of(anna), [GOOD, OTHER, Channel("norce", "dk")], deadline=20)
    assert [answer.value for _channel, answer in sorted(found.items())] == [0, 1, 1]


@pytest.mark.django_db
def test_inside_of_a_transaction_it_finds_what_was_not_committed_yet(support: User) -> None:
    request: Any = RequestFactory().get("/")
    request.user = support
    put(an_order("here"))
    assert asked(request, [GOOD])[GOOD].value == 1


def test_no_more_than_so_many_are_asked_at_once_for_a_person_over_all_that_they_do(
    request_of: Any, anna: User, settings: Any
) -> None:
    settings.FAN_OUT_AT_ONCE = 2

    def slowly() -> Reply:
        time.sleep(0.05)
        return empty()

    names = [f"c{n}" for n in range(6)]
    channels = [Channel("norce", name) for name in names]
    api = Channels(**dict.fromkeys(names, slowly))
    results: list[dict[Channel, Answer[int]]] = []

    def search() -> None:
        results.append(asked(request_of(anna), channels, deadline=20))
        database.close()

    with mock.patch("gateway.connection.answer", api):
        searches = [threading.Thread(target=search) for _ in range(2)]
        for each in searches:
            each.start()
        for each in searches:
            each.join()
    assert [all(answer.came for answer in result.values()) for result in results] == [True, True]
    assert len(api.asked) == 12
    assert api.most == 2
    assert not Lease.objects.exists()


def test_a_budget_that_is_used_up_is_said_and_not_raised(request_of: Any, anna: User, settings: Any) -> None:
    settings.FAN_OUT_CALLS_A_MINUTE = 2
    api = Channels()
    with mock.patch("gateway.connection.answer", api), mock.patch("gateway.fanout.time.time", lambda: 1e9):
        found = asked(request_of(anna), [GOOD, OTHER, DEAD, SLOW])
        again = asked(request_of(anna), [GOOD])
    assert sorted(answer.is_spent for answer in found.values()) == [False, False, True, True]
    assert again[GOOD].is_spent
    assert len(api.asked) == 2
    assert CallsInMinute.objects.get().calls == 2


def test_the_budget_of_the_next_minute_is_a_new_one(request_of: Any, anna: User, settings: Any) -> None:
    settings.FAN_OUT_CALLS_A_MINUTE = 1
    with mock.patch("gateway.connection.answer", Channels()):
        for minute in range(3):
            with mock.patch("gateway.fanout.time.time", lambda now=60.0 * minute: now):
                assert asked(request_of(anna), [GOOD])[GOOD].came
    assert CallsInMinute.objects.count() == 1


def test_a_channel_makes_no_more_calls_than_it_may(request_of: Any, anna: User) -> None:
    def seven(api: OrderApi, channel: Channel) -> int:
        return sum(sizes(api, channel) for _ in range(7))

    api = Channels()
    with mock.patch("gateway.connection.answer", api):
        assert asked(request_of(anna), [GOOD], seven, most_calls=3)[GOOD].is_spent
        assert asked(request_of(anna), [GOOD], seven, most_calls=7, deadline=20)[GOOD].came
    assert len(api.asked) == 10


def test_a_search_that_is_overtaken_makes_no_further_call(request_of: Any, anna: User) -> None:
    overtaken = threading.Event()

    def ask_and_be_overtaken(api: OrderApi, channel: Channel) -> int:
        sizes(api, channel)
        overtaken.set()
        return sizes(api, channel)

    api = Channels()
    with mock.patch("gateway.connection.answer", api):
        request = request_of(anna)
        assert list(fan_out(request, [GOOD], ask_and_be_overtaken, is_overtaken=overtaken.is_set, deadline=20)) == []
    assert api.asked == ["se"]


def test_whoever_stops_listening_stops_the_calls(request_of: Any, anna: User) -> None:
    going = threading.Event()

    def twice(api: OrderApi, channel: Channel) -> int:
        if channel == GOOD:
            return 1
        sizes(api, channel)
        going.wait(10)
        return sizes(api, channel)

    api = Channels()
    with mock.patch("gateway.connection.answer", api):
        answers = fan_out(request_of(anna), [GOOD, OTHER], twice, deadline=20)
        assert next(answers).channel == GOOD
        answers.close()  # type: ignore[attr-defined]
        going.set()
        for thread in threading.enumerate():
            if thread.name == "fan-out":
                thread.join(10)
    assert api.asked.count("no") <= 1


def test_nothing_but_questions_is_asked(request_of: Any, anna: User) -> None:
    with mock.patch("gateway.connection.answer", Channels()), pytest.raises(TypeError, match="changes something"):
        asked(request_of(anna), [GOOD], lambda api, _channel: api.orders.delete("o1"))


@pytest.mark.parametrize("bad", [silence, status(503), status(429), status(503, **{"Retry-After": "30"})])
def test_what_one_channel_answers_closes_no_other(request_of: Any, anna: User, bad: Behave) -> None:
    api = Channels(dead=bad)
    with mock.patch("gateway.connection.answer", api):
        for _ in range(2 * LEAST):
            found = asked(request_of(anna), [DEAD, GOOD], deadline=20)
            assert found[GOOD].came
            assert not found[DEAD].came
        page = connection.order_api(*GOOD)
        assert page.orders.list(limit=1).data == ()
        shut = api.asked.count("dead")
        with pytest.raises(Unavailable):
            connection.order_api(*DEAD).orders.list(limit=1)
    assert api.asked.count("dead") == shut, "the channel itself is left alone, by pages as well"


@override_settings(THREADS=4)
def test_a_search_that_hangs_takes_no_place_from_pages(request_of: Any, anna: User) -> None:
    release = threading.Event()

    def crawl() -> Reply:
        release.wait(20)
        return empty()

    hanging = [f"c{n}" for n in range(6)]
    api = Channels(**dict.fromkeys(hanging, crawl))
    with mock.patch("gateway.connection.answer", api):
        answers = fan_out(request_of(anna), [Channel("norce", name) for name in hanging], sizes, deadline=2)
        assert next(answers).is_late
        began = time.monotonic()
        assert connection.order_api(*GOOD).orders.list(limit=1).data == ()
        assert time.monotonic() - began < 1
        release.set()
        assert all(answer.is_late or isinstance(answer.error, ApiError | None) for answer in answers)


def test_the_own_channel_is_asked_first() -> None:
    assert own_first([GOOD, OTHER, DEAD], DEAD) == [DEAD, GOOD, OTHER]
    assert own_first([GOOD, OTHER], DEAD) == [GOOD, OTHER]
    assert own_first([GOOD, OTHER], None) == [GOOD, OTHER]


def test_a_row_that_another_thread_just_made_is_no_spent_budget(request_of: Any, anna: User) -> None:
    """The first call of a minute, twice at once: the second update looked before the first one's row was there."""
    update = QuerySet.update

    def too_early(rows: Any, **values: Any) -> int:
        if rows.model is CallsInMinute and not CallsInMinute.objects.exists():
            CallsInMinute.objects.create(minute=int(time.time() // 60), calls=1)
            return 0
        return update(rows, **values)

    with mock.patch("gateway.connection.answer", Channels()), mock.patch.object(QuerySet, "update", too_early):
        assert asked(request_of(anna), [GOOD])[GOOD].came
