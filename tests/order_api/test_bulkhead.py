"""So many wait for the Order API, and no more: the others are told at once, and the threads that
are left serve everything else."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from order_api import Connection, OrderApi, Secret
from order_api.bulkhead import PATIENCE, SLOW, Bulkhead, FullError
from order_api.errors import Overloaded
from tests.order_api.servers import BASE, TOKEN


class Clock:
    """Jumps by a tenth of a second each time that it is looked at, so that nothing waits for real."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 100.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@contextmanager
def taken(bulkhead: Bulkhead, places: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(places):
            stack.enter_context(bulkhead.place())
        yield


def test_a_place_that_is_left_can_be_taken_again() -> None:
    bulkhead = Bulkhead(1)
    for _ in range(3):
        with bulkhead.place():
            pass
    with pytest.raises(ZeroDivisionError), bulkhead.place():
        raise ZeroDivisionError
    with bulkhead.place():
        pass


def test_nobody_waits_while_all_calls_under_way_are_slow() -> None:
    clock = Clock()
    bulkhead = Bulkhead(3, clock)
    with taken(bulkhead, 3):
        clock.now += SLOW
        with pytest.raises(FullError), bulkhead.place():
            pass
        assert clock.now == 100.0 + SLOW, "not a moment"


def test_while_calls_come_and_go_quickly_one_waits_for_a_place() -> None:
    bulkhead = Bulkhead(1)
    waits, got = threading.Event(), threading.Event()

    def wait() -> None:
        waits.set()
        with bulkhead.place():
            got.set()

    with bulkhead.place():
        thread = threading.Thread(target=wait)
        thread.start()
        waits.wait(10)
    assert got.wait(10)
    thread.join(10)


def test_nobody_waits_for_long_though_the_others_are_quick() -> None:
    clock = Clock(step=0.1)
    bulkhead = Bulkhead(1, clock)
    begun = clock.now
    with taken(bulkhead, 1), pytest.raises(FullError), bulkhead.place():
        pass
    assert clock.now - begun < PATIENCE + 1


def test_the_next_call_is_not_made_when_all_places_are_taken() -> None:
    """Eight threads ask an API that hangs; with six places two are told at once, and may serve others."""
    asked, let_go, told = threading.Semaphore(0), threading.Event(), threading.Semaphore(0)

    def hang(request: httpx.Request) -> httpx.Response:
        asked.release()
        let_go.wait(30)
        return httpx.Response(200, json={"id": "o1"})

    connection = Connection(BASE, Secret(TOKEN), transport=httpx.MockTransport(hang), bulkhead=Bulkhead(6))
    problems: list[Overloaded] = []

    def ask() -> None:
        try:
            OrderApi(connection, "norce", "se").orders.get("o1")
        except Overloaded as error:
            problems.append(error)
            told.release()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert all(told.acquire(timeout=20) for _ in range(2)), "two are told while six wait"
    assert all(asked.acquire(timeout=20) for _ in range(6))
    assert not asked.acquire(timeout=0)
    let_go.set()
    for thread in threads:
        thread.join(20)
    assert [(error.sent, error.may_have_happened) for error in problems] == [(False, False)] * 2
