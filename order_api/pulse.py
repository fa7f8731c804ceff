"""Whether a service hangs, told by the calls that are under way before any of them has ended: a breaker hears of
nothing until then."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HANGS = 2.0
"""Seconds after which a question without an answer says that the service hangs."""
GIVEN_UP = 1.0
"""Seconds after which a question that somebody gave up says so, too."""
REMEMBERED = 20.0
"""Seconds that it is taken to hang after the last sign of it, unless it answers quickly before."""


class Pulse:
    """What the questions to one service tell of it now. Shared by threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way: dict[object, float] = {}
        self._quick = self._slow = float("-inf")

    @contextmanager
    def question(self) -> Iterator[None]:
        """The block is a question; it was answered if the block raises nothing."""
        mine, answered = object(), False
        with self._lock:
            self._under_way[mine] = self._clock()
        try:
            yield
            answered = True
        finally:
            with self._lock:
                now = self._clock()
                took = now - self._under_way.pop(mine)
                if answered and took < HANGS:
                    self._quick = now
                elif took >= GIVEN_UP:
                    self._slow = now

    def hangs(self) -> bool:
        """Whether the last sign that it gave, not long ago, was none of life."""
        with self._lock:
            now = self._clock()
            slow = now if any(now - begun >= HANGS for begun in self._under_way.values()) else self._slow
            return slow > self._quick and now - slow < REMEMBERED
