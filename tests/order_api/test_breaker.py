"""The circuit breaker by itself, on a clock of its own: when it opens, when it lets go, and what it
costs while a service flaps."""

from collections.abc import Callable

import pytest

from order_api.breaker import (
    FIRST_COOLDOWN,
    LEAST,
    LONGEST_COOLDOWN,
    PROBES,
    WINDOW,
    Breaker,
)
from tests.order_api.conftest import Clock


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(slow_after=5.0, clock=clock)


def make(breaker: Breaker, *, good: bool) -> bool:
    """Makes a call if one may be made, and says whether it was made."""
    permit = breaker.admit()
    if permit is not None:
        (breaker.succeeded if good else breaker.failed)(permit)
    return permit is not None


def opened(breaker: Breaker) -> None:
    for _ in range(LEAST):
        assert make(breaker, good=False)
    assert breaker.admit() is None


def test_a_few_failures_tell_nothing(breaker: Breaker) -> None:
    for _ in range(LEAST - 1):
        make(breaker, good=False)
    assert breaker.admit()


def test_a_service_of_which_half_the_answers_are_good_is_never_shut_out(breaker: Breaker, clock: Clock) -> None:
    for turn in range(1000):
        clock.now += 0.05
        assert make(breaker, good=turn % 2 == 0)


def test_failures_of_long_ago_are_forgotten(breaker: Breaker, clock: Clock) -> None:
    for _ in range(LEAST - 1):
        make(breaker, good=False)
    clock.now += WINDOW + 1
    make(breaker, good=False)
    assert breaker.admit()


def test_answers_that_come_slowly_are_as_bad_as_none(breaker: Breaker, clock: Clock) -> None:
    permits = [breaker.admit() for _ in range(LEAST)]
    clock.now += 5
    for permit in permits:
        assert permit
        breaker.succeeded(permit)
    assert breaker.admit() is None


def test_so_many_try_and_no_more(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += FIRST_COOLDOWN
    assert [bool(breaker.admit()) for _ in range(PROBES + 1)] == [True] * PROBES + [False]


def test_half_of_the_probes_good_is_enough(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += FIRST_COOLDOWN
    for turn in range(PROBES):
        assert make(breaker, good=turn % 2 == 1)
    assert breaker.wait() == 0
    assert all(make(breaker, good=turn % 2 == 0) for turn in range(100))


def test_the_cooldown_grows_with_each_round_that_fails_up_to_a_bound_and_begins_anew(
    breaker: Breaker, clock: Clock
) -> None:
    opened(breaker)
    waits = []
    for _ in range(8):
        waits.append(breaker.wait())
        clock.now += waits[-1]
        while make(breaker, good=False):
            pass
    assert waits == [1, 2, 4, 7, 7, 7, 7, 7]
    clock.now += breaker.wait()
    for _ in range(PROBES):
        make(breaker, good=True)
    clock.now += WINDOW + 1
    opened(breaker)
    assert breaker.wait() == FIRST_COOLDOWN


def test_probes_that_never_report_do_not_close_the_way_for_ever(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += FIRST_COOLDOWN
    while breaker.admit():
        pass
    clock.now += LONGEST_COOLDOWN
    assert breaker.admit()


def test_calls_of_before_it_opened_say_nothing_of_now(breaker: Breaker, clock: Clock) -> None:
    late = [breaker.admit() for _ in range(2 * PROBES)]
    opened(breaker)
    clock.now += FIRST_COOLDOWN
    for permit in late:
        assert permit
        breaker.failed(permit)
    assert breaker.wait() == 0
    for _ in range(PROBES):
        make(breaker, good=True)
    assert breaker.admit()


def test_a_pause_that_was_asked_for_is_kept_though_all_is_well(breaker: Breaker, clock: Clock) -> None:
    breaker.pause(30)
    breaker.pause(5)
    clock.now += 29
    assert breaker.admit() is None
    clock.now += 1
    assert breaker.admit()


def share_of_good(breaker: Breaker, clock: Clock, is_good: Callable[[float], bool]) -> float:
    """How many of the callers, ten a second for five minutes, get an answer."""
    got = 0
    for _ in range(3000):
        clock.now += 0.1
        good = is_good(clock.now)
        got += make(breaker, good=good) and good
    return got / 3000


@pytest.mark.parametrize("half", [2.0, 4.0, 5.0, 9.0])
def test_a_service_that_flaps_gives_what_it_can(half: float, breaker: Breaker, clock: Clock) -> None:
    """Half of the time it is good. A breaker that waits its cooldown through the good half would
    give next to nothing."""
    assert share_of_good(breaker, clock, lambda now: now // half % 2 == 0) > 0.4


def test_a_service_that_is_down_is_hardly_asked(breaker: Breaker, clock: Clock) -> None:
    asked = 0
    for _ in range(3000):
        clock.now += 0.1
        asked += make(breaker, good=False)
    assert asked < 150
