"""When anybody last looked at what is open, and whether the audit log holds. One row, written by whoever looks."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.chain import head
from audit.models import Entry
from audit.verify import verify
from payments.alerts.models import Heartbeat
from payments.models import OPEN, REQUESTED, Execution
from ui.said import sentence

_GONE = sentence("entry %(number)s was there when the log was last looked at and is not any more")
_ANOTHER = sentence("entry %(number)s is another one than when the log was last looked at")
ROW = 1
LOG_CHECK_EVERY = dt.timedelta(hours=1)
LOG_ENTRIES = 5_000
"""So many of the last entries are read again each time; all of them by `manage.py audit_verify`."""


def row() -> Heartbeat:
    return Heartbeat.objects.filter(pk=ROW).first() or Heartbeat(pk=ROW)


def beat(now: dt.datetime | None = None) -> None:
    """Somebody has looked."""
    Heartbeat.objects.update_or_create(pk=ROW, defaults={"looked_at": now or timezone.now()})


def a_while_before(now: dt.datetime) -> dt.datetime:
    """What has not been looked at since then has been left alone for too long."""
    return now - settings.PAYMENT_ALERT_HEARTBEAT


def fresh(since: Any) -> "QuerySet[Heartbeat]":
    """The row, if somebody has looked since then; else nothing."""
    return Heartbeat.objects.filter(pk=ROW, looked_at__gt=since)


def to_look_at(now: dt.datetime) -> "QuerySet[Execution]":
    """What somebody should have looked at by now: it is open, waits or is watched, and not only since a moment ago."""
    return looked_for(a_while_before(now))


def looked_for(since: Any) -> "QuerySet[Execution]":
    """What is open, waits or is watched since then or before; `since` may stand for a moment (`ui.statements`)."""
    is_live = Q(state__in=[*OPEN, *REQUESTED]) | Q(next_check_at__isnull=False)
    return Execution.objects.filter(is_live, created_at__lte=since)


def check_log(now: dt.datetime | None = None) -> None:
    """Once an hour, by one of all processes: is the log as it was, and does it go on from there?"""
    now = now or timezone.now()
    seen = Heartbeat.objects.get_or_create(pk=ROW)[0]
    mine = Heartbeat.objects.filter(pk=ROW, log_checked_at=seen.log_checked_at)
    is_due = seen.log_checked_at is None or seen.log_checked_at <= now - LOG_CHECK_EVERY
    if not is_due or not mine.update(log_checked_at=now):
        return
    last = head()
    start = log_start(seen, last.sequence if last else 0)
    if says := log_is_broken(seen, start):
        found = {"log_broken_at": seen.log_broken_at or now, "log_says": says[:300], "log_from": start}
    else:
        found = {"log_broken_at": None, "log_says": "", "log_from": 1}
        found |= {"log_sequence": last.sequence, "log_hash": last.hash} if last else {}
    Heartbeat.objects.filter(pk=ROW).update(**found)


def log_start(seen: Heartbeat, last: int) -> int:
    """Where to begin. A place that was found broken is looked at until it holds, however long the log grows."""
    if seen.log_broken_at:
        return seen.log_from
    return max(1, min(seen.log_sequence or last, last) - LOG_ENTRIES + 1)


def log_is_broken(seen: Heartbeat, start: int) -> str:
    """What does not hold, in words for an operator; empty if all of it does. Whatever else proves the log, as its
    anchors, is to be asked here."""
    if seen.log_sequence:
        known = Entry.objects.filter(pk=seen.log_sequence).values_list("hash", flat=True).first()
        if known is None:
            return _GONE % {"number": seen.log_sequence}
        if known != seen.log_hash:
            return _ANOTHER % {"number": seen.log_sequence}
    broken = verify(start).broken
    return broken.says if broken else ""


def accept_log() -> None:
    """A person says that the log is as it has to be, as after a backup was restored: what was known of it is
    forgotten, and it is looked at anew."""
    known = {"log_sequence": 0, "log_hash": "", "log_broken_at": None, "log_says": "", "log_from": 1}
    Heartbeat.objects.filter(pk=ROW).update(log_checked_at=None, **known)
