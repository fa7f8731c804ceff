"""One time limit for a whole call, however many steps it takes.

Sockets know limits for one step: a server that sends a byte every few seconds keeps each of them and never ends. What
is done inside `until(deadline)` asks `within()` before each step how long that one may still take.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Deadline:
    """The moment by which a call is over, on the monotonic clock; `may_begin` is asked once, right before the first
    byte of it leaves."""

    def __init__(self, seconds: float, may_begin: Callable[[], bool] | None = None) -> None:
        self._at = time.monotonic() + seconds
        self._may_begin = may_begin

    def begin(self) -> bool:
        """Whether its first byte may leave, or has left already."""
        if self._may_begin is not None and not self._may_begin():
            return False
        self._may_begin = None
        return True

    def left(self) -> float:
        """Seconds until then; 0 once it has passed."""
        return max(0.0, self._at - time.monotonic())


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """The deadline of everything that this thread does in the block."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def within(limit: float | None, late: Callable[[str], Exception]) -> float | None:
    """Seconds that the next step may take: its own limit or what is left of the call, whichever is
    less. Raises `late` if nothing is."""
    deadline = _current.get()
    if deadline is None:
        return limit
    left = deadline.left()
    if left <= 0:
        raise late("the time for the whole call is over")
    return left if limit is None else min(limit, left)


def remaining(limit: float) -> float:
    """Seconds that what begins now may take: its own limit, or less where the deadline around it is sooner."""
    deadline = _current.get()
    return limit if deadline is None else min(limit, deadline.left())


def begin(late: Callable[[str], Exception]) -> None:
    """To be called before each byte that is sent. Raises `late` where the call was held up for too long to begin."""
    deadline = _current.get()
    if deadline is not None and not deadline.begin():
        raise late("it was held up before it could be sent")
