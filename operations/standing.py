"""How the desk stands: what it needs to work, what it works with, and since when something is amiss."""

import datetime as dt
import os
import shutil
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from accounts.channels import all_channels
from gateway.connection import shut_for
from operations.schema import fits
from payments.alerts import heartbeat

LEAST_FREE = 0.05
"""Of the disk that the desk writes to."""


class Mark(StrEnum):
    """DOWN stands in the way of work; AMISS is to be looked at, and the desk works."""

    OK = "ok"
    AMISS = "amiss"
    DOWN = "down"


class Standing(NamedTuple):
    """One thing that was looked at; `says` is for operators, in English, and names nobody."""

    name: str
    mark: Mark
    says: str = ""


def database() -> Standing:
    """Whether the desk's own database answers, and is the one that this release expects."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if fits():
            return Standing("database", Mark.OK)
    except (DatabaseError, InterfaceError) as error:
        return Standing("database", Mark.DOWN, f"it does not answer: {type(error).__name__}")
    return Standing("database", Mark.DOWN, "its tables are not those of this release: manage.py migrate")


def worker() -> Standing:
    """Whether somebody looks at payment actions that are not settled. Where that is another process's
    (PAYMENT_WORKER=0), its silence is amiss: nothing that this one could do would help."""
    now = timezone.now()
    seen = heartbeat.row().looked_at
    if seen and seen > now - settings.PAYMENT_ALERT_HEARTBEAT:
        return Standing("worker", Mark.OK, f"looked {since(seen, now)} ago")
    if seen is None and not heartbeat.to_look_at(now).exists():
        return Standing("worker", Mark.OK, "nothing to look at yet")
    says = f"nobody has looked at payment actions for {since(seen, now)}" if seen else "nobody looks at payment actions"
    return Standing("worker", Mark.DOWN if settings.PAYMENT_WORKER else Mark.AMISS, says)


def order_api() -> Standing:
    """What this process knows of the Order API, without asking it anything."""
    shut = [str(channel) for channel in all_channels() if shut_for(channel.merchant, channel.name)]
    return Standing("order_api", Mark.AMISS if shut else Mark.OK, f"not asked for now: {', '.join(shut)}" * bool(shut))


class Room(NamedTuple):
    """Of the disk that the desk writes to; in bytes."""

    total: int
    free: int
    is_writable: bool

    @property
    def mark(self) -> Mark:
        return Mark.OK if self.is_writable and self.free > LEAST_FREE * self.total else Mark.AMISS


def room() -> Room:
    """Raises OSError."""
    total, _, free = shutil.disk_usage(settings.DATA_DIR)
    return Room(total, free, os.access(settings.DATA_DIR, os.W_OK))


def disk() -> Standing:
    """Whether the desk's folder has room, and can be written to."""
    try:
        found = room()
    except OSError as error:
        return Standing("disk", Mark.AMISS, error.strerror or type(error).__name__)
    if not found.is_writable:
        return Standing("disk", found.mark, "the folder DATA_DIR cannot be written to")
    return Standing("disk", found.mark, f"{found.free / found.total:.0%} free")


def since(then: dt.datetime, now: dt.datetime) -> str:
    """How long ago that was: 40 s, 12 min, 5 h, 3 d."""
    seconds = max(0, int((now - then).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def readiness() -> list[Standing]:
    """What whoever sends requests here wants to know. Asks the database alone; raises nothing."""
    first = database()
    if first.mark is Mark.DOWN:
        return [first]
    found = [first]
    for look in (worker, order_api, disk):
        try:
            found.append(look())
        except (DatabaseError, InterfaceError) as error:
            found.append(Standing(look.__name__, Mark.DOWN, f"could not be asked: {type(error).__name__}"))
    return found
