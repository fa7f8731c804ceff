"""The channels of a merchant, where the setting leaves them to Norce's configuration service (`norce/*`): names only.

They are asked for once in a while, and kept: in this process, and in the cache that all share. While the service does
not answer, the desk goes on with those that it knew last.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db import DatabaseError

from order_api.errors import ApiError

logger = logging.getLogger(__name__)
T = TypeVar("T")

FRESH, AGAIN = 300.0, 60.0
"""Seconds until they are asked for again: after an answer, and after none."""
KEPT = 30 * 24 * 3600
ask: Callable[[str], tuple[str, ...]] | None = None
"""Asks the service for the names of a merchant's channels; raises ApiError. `gateway` puts it here."""

_lock = threading.Lock()
_known: dict[str, tuple[float, tuple[str, ...]]] = {}


def channels_of_merchant(merchant: str) -> tuple[str, ...]:
    """The names, in the service's order; none where it has never answered. At most one thread waits for it."""
    until, names = _known.get(merchant, (0.0, ()))
    if time.monotonic() < until:
        return names
    if not _lock.acquire(blocking=not until):
        return names  # somebody else asks: the old ones do meanwhile
    try:
        if time.monotonic() >= _known.get(merchant, (0.0, ()))[0]:
            _known[merchant] = _asked(merchant)
        return _known[merchant][1]
    finally:
        _lock.release()


def forget() -> None:
    """Ask again at once."""
    _known.clear()


def _asked(merchant: str) -> tuple[float, tuple[str, ...]]:
    key = f"channels:{merchant}"
    try:
        names = ask(merchant) if ask else ()
        _shared(lambda: cache.set(key, names, KEPT))
        return time.monotonic() + FRESH, names
    except ApiError as error:
        logger.warning("The channels of %s could not be read: %s The last that were known are used.", merchant, error)
        kept = _known.get(merchant, (0.0, ()))[1] or _shared(lambda: cache.get(key)) or ()
        return time.monotonic() + AGAIN, tuple(kept)


def _shared(do: Callable[[], T]) -> T | None:
    try:
        return do()
    except DatabaseError:  # its table comes with the first migration
        return None
