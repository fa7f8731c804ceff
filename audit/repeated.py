"""What somebody does again and again stands in the log once in a while, with how often it was since: an entry is for
good, and whoever is refused could fill the disk with them."""

from collections import OrderedDict
from threading import Lock
from time import monotonic

AGAIN = 600.0
"""Seconds in which the same is counted, and not written down again, by each process."""
MOST = 5_000
"""Of which so many are remembered; the oldest are forgotten first."""

_lock = Lock()
_written: OrderedDict[tuple[object, ...], tuple[float, int]] = OrderedDict()


def since_written(*what: object) -> int | None:
    """How often it happened since it was last written down, if it is to be written down now; None if it was a moment
    ago, and this time is counted."""
    now = monotonic()
    with _lock:
        at, times = _written.pop(what, (-AGAIN, 0))
        if now - at < AGAIN:
            _written[what] = at, times + 1
            return None
        _written[what] = now, 0
        while len(_written) > MOST:
            _written.popitem(last=False)
    return times


def was_not_written(*what: object) -> None:
    """It could not be, so the next time counts as the first."""
    with _lock:
        _written.pop(what, None)


def forget() -> None:
    """All of it, for a test."""
    with _lock:
        _written.clear()
