"""A circuit breaker: after enough failures in a row nobody waits for a service that is not there."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Closed until `threshold` failures in a row; then open, but every `cooldown` seconds one call may try whether it is back.

    The call that tries is not tracked: if it reports nothing, the next one tries a cooldown later. One success closes it.
    """

    def __init__(self, threshold: int = 5, cooldown: float = 15.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold = threshold
        self._cooldown = cooldown
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_try = 0.0

    def admits(self) -> bool:
        """Whether a call may go out now."""
        with self._lock:
            if self._failures < self._threshold:
                return True
            if self._clock() < self._next_try:
                return False
            self._next_try = self._clock() + self._cooldown
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._next_try = self._clock() + self._cooldown
