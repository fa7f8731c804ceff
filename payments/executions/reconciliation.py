"""Settles what is open, and watches what has ended, by reading again: never by sending anything."""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import log
from audit.models import Entry
from audit.models import Kind as EntryKind
from gateway.connection import order_api
from gateway.lease import end_lease
from order_api import OrderApi
from order_api.errors import ApiError
from payments.approvals import endings
from payments.executions import answers, watch
from payments.executions.evidence import ACTION, WHO, reading, settle
from payments.executions.readings import action_of, before_of, read
from payments.executions.schedule import count_check, due, is_watched, next_check_of, watch_due
from payments.executions.snapshot import Snapshot, differences
from payments.executions.verdict import Verdict, judge
from payments.models import Answer, Execution, Kind, State

logger = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=60)
"""For so long nobody else looks at what somebody is looking at."""


def check(execution: Execution, api: OrderApi | None = None, *, by: log.Who = WHO) -> Execution:
    """Look again at an execution that is open, that has ended and is watched, or at a request that waits, and move it
    on if there is evidence. Never raises ApiError.

    `by` is who wants to know. What only says the same as before is counted, and not kept again.
    """
    now = timezone.now()
    if execution.is_request:
        return endings.check(execution, api)
    answers.tell_late(execution)
    if execution.state == State.PREPARED:
        return give_up(execution, now)
    if execution.is_open and (execution.state != State.SENDING or take_over(execution, now)):
        return _look(execution, api or order_api(execution.merchant, execution.channel), by, now)
    if is_watched(execution):
        return watch.look(execution, api or order_api(execution.merchant, execution.channel), by, now)
    return execution


def _look(execution: Execution, api: OrderApi, by: log.Who, now: dt.datetime) -> Execution:
    try:
        after = read(api, execution)
    except ApiError as error:
        return count_check(execution, now, str(error))
    before = before_of(execution)
    verdict = judge(before, after, action_of(before, execution), Answer(execution.answer))
    if _says_the_same(execution, verdict, after):
        return count_check(execution, now, "")
    count = execution.checks + 1
    when = {"checks": count, "checked_at": now, "next_check_at": next_check_of(execution, verdict.state, count, now)}
    settle(execution, Kind.CHECK, reading(after, verdict), verdict.state, by=by, fields={**when, "check_error": ""})
    return execution


def give_up(execution: Execution, now: dt.datetime) -> Execution:
    """What was written down long ago and never sent was left by a process that died: it can't be sent any more.

    If the log holds an intent without an outcome, the mark may have been lost with the power, or in a failover, and
    what it marked may have been sent: that is in doubt.
    """
    if execution.begun_at + _patience() > now:
        return execution
    if since := may_have_been_sent_since(execution):
        _take_from(State.PREPARED, execution, "lost-mark", State.IN_DOUBT, answer=Answer.SILENT, sent_at=since)
    else:
        _take_from(State.PREPARED, execution, "lost-before", State.NOT_SENT, answer=Answer.NEVER_SENT)
    return execution


def _take_from(was: State, execution: Execution, why: str, to: State, **fields: Any) -> None:
    """Out of the hands of the process that had it, unless it was quicker; the order that it held is free."""
    if settle(execution, Kind.LOST, {"why": [why]}, to, by=WHO, expected=(was,), fields=fields):
        end_lease(execution.merchant, execution.channel, execution.order_id)


def may_have_been_sent_since(execution: Execution) -> dt.datetime | None:
    """When the log says that it was about to be sent, if it does not say what became of that."""
    entries = Entry.objects.filter(action=ACTION, target=execution.payment_id, order_id=execution.order_id)
    ended = set(entries.filter(kind=EntryKind.OUTCOME).values_list("attempt", flat=True))
    intents = entries.filter(kind=EntryKind.INTENT).order_by("sequence")
    open_ones = (each for each in intents if each.attempt not in ended)
    return next((each.at for each in open_ones if each.details.get("execution") == str(execution.pk)), None)


def take_over(execution: Execution, now: dt.datetime) -> bool:
    """Whether nobody is sending it any more. If so it is in doubt from now on: it may have been sent."""
    if execution.sent_at and execution.sent_at + _patience() > now:
        return False
    _take_from(State.SENDING, execution, "lost-after", State.IN_DOUBT, answer=Answer.SILENT)
    return execution.state == State.IN_DOUBT


def _patience() -> dt.timedelta:
    return settings.PAYMENT_GIVEN_UP_AFTER


def _says_the_same(execution: Execution, verdict: Verdict, after: Snapshot) -> bool:
    if verdict.state != execution.state:
        return False
    last = execution.evidence.exclude(kind__in=[Kind.PERSON, Kind.ANSWER, Kind.LOST]).last()
    kept = last.data.get("payment") if last else None
    return kept is not None and not differences(Snapshot.from_json(kept), after)


def check_due(limit: int = 100) -> int:
    """Look at what is due, and say how much it was. Several processes and machines can do so at
    once: each takes its own."""
    count = 0
    for execution in [*due()[:limit], *watch_due()[:limit]]:
        mine = Execution.objects.filter(pk=execution.pk, next_check_at=execution.next_check_at)
        if not mine.update(next_check_at=timezone.now() + LEASE):
            continue
        try:
            check(execution)
        except Exception:
            logger.exception("Execution %s could not be checked; it is tried again later", execution.pk)
        count += 1
    return count
