"""When an execution or a request is looked at again, and what is due."""

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from payments.models import OPEN, Execution, State
from privacy import LOG, mask_text

FIRST_CHECK = dt.timedelta(seconds=2)


FIRST_LOOK_AT_REQUEST = dt.timedelta(seconds=30)


LONGEST_PAUSE = dt.timedelta(minutes=15)


def next_check(state: State, checks: int, now: dt.datetime) -> dt.datetime | None:
    """When to look again: sooner at first, then ever later; None where there is nothing to look for."""
    given_up_after: dt.timedelta = settings.PAYMENT_GIVEN_UP_AFTER
    if state in (State.PREPARED, State.SENDING):
        return now + given_up_after
    if state in (State.IN_DOUBT, State.PENDING):
        return now + min(FIRST_CHECK * (1 << min(checks, 12)), LONGEST_PAUSE)
    if state == State.WAITING:
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
    then it waits for a person.

    A request is looked at once more at the very moment at which its time is up.
    """
    if state == State.WAITING and execution.expires_at:
        return min(next_check(state, checks, now) or now, execution.expires_at)
    sent_at = execution.sent_at or execution.created_at
    if state == State.IN_DOUBT and now > sent_at + settings.PAYMENT_RECONCILE_TIME:
        return None
    return next_check(state, checks, now)


def due(now: dt.datetime | None = None) -> "QuerySet[Execution]":
    return Execution.objects.filter(
        state__in=[*OPEN, State.WAITING], next_check_at__lte=now or timezone.now()
    ).order_by("next_check_at")


def next_due() -> dt.datetime | None:
    """When there is something to look at; None if there is nothing."""
    rows = Execution.objects.filter(state__in=[*OPEN, State.WAITING], next_check_at__isnull=False)
    return rows.order_by("next_check_at").values_list("next_check_at", flat=True).first()
