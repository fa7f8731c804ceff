"""A bulkhead: so many threads may wait for a service, and no more. The others are left for what needs no service."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLOW = 0.5
"""Seconds. Where every call under way has taken this long already, it is no use to wait for a place."""
PATIENCE = 2.0
"""Seconds that anybody waits for a place while calls come and go quickly."""


class FullError(Exception):
    """All places are taken by calls that take their time."""


class Bulkhead:
    """Places for calls under way. Shared by threads; make it after a fork, not before."""

    def __init__(self, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.places = places
        self._clock = clock
        self._changed = threading.Condition()
        self._begun: dict[object, float] = {}

    @property
    def under_way(self) -> int:
        """How many places are taken now."""
        return len(self._begun)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for the time of the block. Raises FullError at once if all calls under way are
        slow, and after PATIENCE if not."""
        mine = object()
        self._enter(mine)
        try:
            yield
        finally:
            with self._changed:
                del self._begun[mine]
                self._changed.notify()

    def _enter(self, mine: object) -> None:
        with self._changed:
            given_up = self._clock() + PATIENCE
            while len(self._begun) >= self.places:
                left = min(given_up, max(self._begun.values()) + SLOW) - self._clock()
                if left <= 0:
                    raise FullError
                self._changed.wait(left)
            self._begun[mine] = self._clock()
