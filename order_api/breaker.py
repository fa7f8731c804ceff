"""A circuit breaker: while most calls fail or crawl, nobody waits for a service that is not there."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

WINDOW = 20.0
"""Seconds that an answer counts for."""
LEAST = 5
"""So many calls in the window before anything is concluded from them."""
TOO_MANY = 0.8
"""It opens at this share of bad answers. Well above a half: a service of which half the answers are
good is worth asking."""
PROBES = 4
"""Calls that try, once a cooldown is over, whether the service is back; half of them good, and it is."""
FIRST_COOLDOWN, LONGEST_COOLDOWN = 1.0, 7.0
"""Seconds; it doubles each time that the probes fail. With the three seconds after which a page asks again
(templates/includes/outage.html), people see within ten that the service is back."""
LONGEST_PAUSE = 60.0
"""Seconds, the most that a service's own Retry-After keeps everybody away for."""


class Bad(Enum):
    """What is bad about an answer: none came, it came late, it says that the service fails, or is asked too much."""

    SILENT = auto()
    SLOW = auto()
    FAILS = auto()
    THROTTLED = auto()


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call. What a call says counts only in the phase in which it was let through."""

    phase: int
    since: float


class Seen(NamedTuple):
    """What a breaker knows, in seconds of now. `wait`: until a call may be made, 0 if one may; `shut`: since it opened,
    None while it is closed; `good`: since the last good answer, None where none came yet; `bad`: how many of the `of`
    answers that count are bad."""

    wait: float = 0.0
    shut: float | None = None
    good: float | None = None
    bad: int = 0
    of: int = 0


class Breaker:
    """Closed while enough answers are good. Open for a cooldown otherwise; then PROBES calls try. Shared by threads.

    A good answer is one that came and was not slow. A call that is let through and never reported counts for nothing.
    """

    def __init__(self, slow_after: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        """`slow_after`: seconds from which on an answer is as bad as none."""
        self._slow_after = slow_after
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: deque[tuple[float, bool]] = deque()
        self._phase = 0
        self._open = False
        self._probes = 0
        self._next_try = 0.0
        self._paused_until = 0.0
        self._cooldown = FIRST_COOLDOWN
        self._opened = 0.0
        self._good: float | None = None
        self._bad = Bad.SILENT

    @property
    def bad(self) -> Bad:
        """What was bad about the last answer that was."""
        return self._bad

    def another(self, slow_after: float | None = None) -> "Breaker":
        """One like it, which knows of no answer yet; with another `slow_after`, where one is given."""
        return Breaker(self._slow_after if slow_after is None else slow_after, self._clock)

    def admit(self) -> Permit | None:
        """Leave for one call, or None if it must not be made now."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until or (self._open and not self._tries(now)):
                return None
            return Permit(self._phase, now)

    def is_paused(self) -> bool:
        """Whether the service asked to be left alone until later than now."""
        with self._lock:
            return self._clock() < self._paused_until

    def wait(self) -> float:
        """Seconds until a call may try again; 0 if one may now."""
        with self._lock:
            until = max(self._paused_until, self._next_try if self._open else 0.0)
            return max(0.0, until - self._clock())

    def seen(self) -> Seen:
        """What it knows now; nobody is let through by that."""
        with self._lock:
            now = self._clock()
            until = max(self._paused_until, self._next_try if self._open else 0.0)
            counted = [good for at, good in self._answers if at >= now - WINDOW]
            return Seen(
                max(0.0, until - now),
                now - self._opened if self._open else None,
                None if self._good is None else now - self._good,
                counted.count(False),
                len(counted),
            )

    def pause(self, seconds: float, bad: Bad = Bad.THROTTLED) -> None:
        """The service asks to be left alone for so long: nobody calls it before, up to LONGEST_PAUSE."""
        with self._lock:
            self._bad = bad
            self._paused_until = max(self._paused_until, self._clock() + min(seconds, LONGEST_PAUSE))

    def is_slow(self, permit: Permit) -> bool:
        """Whether the call has taken so long that its answer is as bad as none."""
        return self._clock() - permit.since >= self._slow_after

    def succeeded(self, permit: Permit) -> None:
        """The call was answered; whether in time is seen from its permit."""
        self._report(permit, Bad.SLOW if self.is_slow(permit) else None)

    def failed(self, permit: Permit, bad: Bad = Bad.SILENT) -> None:
        """No answer came, or one that says that the service does not work."""
        self._report(permit, bad)

    def learned_nothing(self, permit: Permit) -> None:
        """The call was given up for a reason that is not the service's: another may try in its place."""
        with self._lock:
            if self._open and permit.phase == self._phase and self._probes:
                if self._probes == PROBES:
                    self._next_try = self._clock()
                self._probes -= 1

    def _tries(self, now: float) -> bool:
        """Whether one more probe may go out. Probes that never reported are given up after the longest cooldown."""
        if now < self._next_try:
            return False
        if self._probes == PROBES:
            self._begin_phase(is_open=True)
        self._probes += 1
        if self._probes == PROBES:
            self._next_try = now + LONGEST_COOLDOWN
        return True

    def _report(self, permit: Permit, bad: Bad | None) -> None:
        with self._lock:
            if permit.phase != self._phase:
                return
            now = self._clock()
            self._answers.append((now, bad is None))
            self._good = now if bad is None else self._good
            self._bad = bad or self._bad
            if self._open:
                self._judge_probes(now)
            else:
                self._judge_window(now)

    def _judge_window(self, now: float) -> None:
        while self._answers and self._answers[0][0] < now - WINDOW:
            self._answers.popleft()
        bad = sum(not good for _, good in self._answers)
        if len(self._answers) >= LEAST and bad >= TOO_MANY * len(self._answers):
            self._begin_phase(is_open=True)
            self._cooldown = FIRST_COOLDOWN
            self._next_try = now + self._cooldown

    def _judge_probes(self, now: float) -> None:
        good = sum(good for _, good in self._answers)
        if good >= PROBES / 2:
            kept = tuple(self._answers)
            self._begin_phase(is_open=False)
            self._answers.extend(kept)
        elif len(self._answers) - good > PROBES / 2:
            self._begin_phase(is_open=True)
            self._cooldown = min(2 * self._cooldown, LONGEST_COOLDOWN)
            self._next_try = now + self._cooldown

    def _begin_phase(self, *, is_open: bool) -> None:
        if is_open and not self._open:
            self._opened = self._clock()
        self._phase += 1
        self._open = is_open
        self._probes = 0
        self._answers.clear()
