"""When what is open, and what has ended, is looked at again."""

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from payments.models import OPEN, REQUESTED, WATCHED, Execution, State
from privacy import LOG, mask_text

FIRST_CHECK = dt.timedelta(seconds=2)


FIRST_LOOK_AT_REQUEST = dt.timedelta(seconds=30)


LONGEST_PAUSE = dt.timedelta(minutes=15)


DAILY = dt.timedelta(days=1)
CALLS_A_LOOK = 2
"""What it takes to look at one that has ended: GET payment, GET transactions."""


def next_check(state: State, checks: int, now: dt.datetime) -> dt.datetime | None:
    """When to look again: sooner at first, then ever later; None where there is nothing to look for."""
    given_up_after: dt.timedelta = settings.PAYMENT_GIVEN_UP_AFTER
    if state in (State.PREPARED, State.SENDING):
        return now + given_up_after
    if state in (State.IN_DOUBT, State.PENDING) or state in WATCHED:
        return now + min(FIRST_CHECK * (1 << min(checks, 12)), LONGEST_PAUSE)
    if state in REQUESTED:
        return now + min(FIRST_LOOK_AT_REQUEST * (1 << min(checks, 6)), LONGEST_PAUSE)
    return None


def count_check(execution: Execution, now: dt.datetime, error: str) -> Execution:
    execution.checks, execution.checked_at, execution.check_error = execution.checks + 1, now, mask_text(error, LOG)
    execution.next_check_at = next_check_of(execution, State(execution.state), execution.checks, now)
    fields = ["checks", "checked_at", "check_error", "next_check_at"]
    values = {name: getattr(execution, name) for name in fields}
    Execution.objects.filter(pk=execution.pk, state=execution.state).update(**values)
    return execution


def next_check_of(execution: Execution, state: State, checks: int, now: dt.datetime) -> dt.datetime | None:
    """Pending is followed until it ends; what is in doubt, for as long as the setting says, and
    then it waits for a person. What has ended is watched as often at first, then daily, then no more.

    A request is looked at once more at the very moment at which its time is up.
    """
    if state in REQUESTED and execution.expires_at:
        return min(next_check(state, checks, now) or now, execution.expires_at)
    if state in WATCHED:
        return _next_watch(execution, checks, now)
    sent_at = execution.sent_at or execution.created_at
    if state == State.IN_DOUBT and now > sent_at + settings.PAYMENT_RECONCILE_TIME:
        return None
    return next_check(state, checks, now)


def _next_watch(execution: Execution, checks: int, now: dt.datetime) -> dt.datetime | None:
    if execution.sent_at is None:  # nothing ever left this machine
        return None
    ended_at = execution.ended_at or now
    if now < ended_at + settings.PAYMENT_WATCH_TIME:
        return next_check(State(execution.state), checks, now)
    return now + DAILY if now + DAILY < watch_ends(ended_at) else None


def watch_ends(ended_at: dt.datetime) -> dt.datetime:
    """From then on nobody looks at what ended at that time."""
    return ended_at + settings.PAYMENT_WATCH_TIME + settings.PAYMENT_WATCH_DAYS


def is_watched(execution: Execution) -> bool:
    """Whether it was sent, has ended, and is still looked at."""
    if execution.state not in WATCHED or execution.sent_at is None:
        return False
    return timezone.now() < watch_ends(execution.ended_at or timezone.now())


def due(now: dt.datetime | None = None) -> "QuerySet[Execution]":
    """What is open, or waits, and is to be looked at."""
    return Execution.objects.filter(state__in=[*OPEN, *REQUESTED], next_check_at__lte=now or timezone.now()).order_by(
        "next_check_at"
    )


def watch_due(now: dt.datetime | None = None) -> "QuerySet[Execution]":
    """What has ended and is to be looked at, as far as the calls of this minute go."""
    now = now or timezone.now()
    rows = Execution.objects.filter(state__in=WATCHED, next_check_at__isnull=False)
    looked = rows.filter(checked_at__gt=now - dt.timedelta(minutes=1)).count()
    left = max(0, settings.PAYMENT_CALLS_A_MINUTE // CALLS_A_LOOK - looked)
    return rows.filter(next_check_at__lte=now).order_by("next_check_at")[:left]


def next_due() -> dt.datetime | None:
    """When there is something to look at; None if there is nothing."""
    rows = Execution.objects.filter(next_check_at__isnull=False).exclude(state__in=WATCHED)
    first = rows.order_by("next_check_at").values_list("next_check_at", flat=True).first()
    watched = Execution.objects.filter(state__in=WATCHED, next_check_at__isnull=False)
    then = watched.order_by("next_check_at").values_list("next_check_at", flat=True).first()
    if then is not None and then <= timezone.now():  # the calls of this minute are used up
        then = timezone.now() + dt.timedelta(seconds=5)
    return min(filter(None, (first, then)), default=None)
