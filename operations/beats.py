"""Writes down that whatever goes on beside the pages still goes on: each process for itself, so that each can tell what
the others do, on whatever machine they are."""

import logging
import os
import socket
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connections
from django.utils import timezone

from accounts.channels import all_channels
from gateway.connection import api_seen
from operations.models import Beat
from operations.release import version

logger = logging.getLogger(__name__)
PAUSE = 30.0
"""Seconds; a process writes no more often for one thing."""
ALIVE = timedelta(minutes=2)
"""Who has not beaten for so long is taken for gone, or hangs."""
KEPT = timedelta(days=7)
"""For so long it is known when something was last done."""
_written: dict[tuple[int, str], float] = {}


def write(what: str) -> None:
    """This process does that, now. Does nothing if it said so a moment ago; never raises, and leaves no connection of
    this thread open."""
    key = (os.getpid(), what)
    is_first = key not in _written
    if not is_first and time.monotonic() - _written[key] < PAUSE:
        return
    _written[key] = time.monotonic()
    try:
        _write(what, timezone.now(), is_first=is_first)
    except Exception:
        logger.exception("It could not be written down that %s goes on", what)
    finally:
        connections.close_all()


def _write(what: str, now: datetime, *, is_first: bool) -> None:
    found = {"at": now, "version": version(), "shut": shut_here()} | ({"began_at": now} if is_first else {})
    Beat.objects.update_or_create(
        process=f"{socket.gethostname()[:100]}:{os.getpid()}",
        what=what,
        defaults=found,
        create_defaults={**found, "began_at": now},
    )
    if is_first:
        Beat.objects.filter(at__lt=now - KEPT).delete()


def shut_here() -> dict[str, str]:
    """The channels that this process leaves alone, with since when."""
    seen = {str(channel): api_seen(channel.merchant, channel.name) for channel in all_channels()}
    return {name: each.shut_since.isoformat() for name, each in seen.items() if each.shut_since}


def alive(now: datetime) -> list[Beat]:
    """Those of processes that have come round a short while ago."""
    return list(Beat.objects.filter(at__gt=now - ALIVE).order_by("process", "what"))


def last(what: str) -> datetime | None:
    """When anybody last did that; None where nobody has in KEPT."""
    return Beat.objects.filter(what=what).order_by("-at").values_list("at", flat=True).first()


def shut_elsewhere(beats: Iterable[Beat]) -> dict[str, datetime]:
    """The channels that one of these leaves alone, with the earliest since when."""
    found: dict[str, datetime] = {}
    for beat in beats:
        for channel, since in beat.shut.items():
            at = datetime.fromisoformat(since)
            found[channel] = min(at, found.get(channel, at))
    return found
