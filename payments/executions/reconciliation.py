"""Settles what is open, by reading again: never by sending anything."""

import datetime as dt
import json
import logging
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from gateway.connection import order_api
from order_api import OrderApi
from order_api.errors import ApiError, NotFound
from payments.executions.evidence import next_check, reading, settle
from payments.executions.intent import attempts_on, payment_of
from payments.executions.snapshot import Action, Difference, Snapshot, TransactionMark, differences
from payments.executions.verdict import Verdict, judge
from payments.models import OPEN, Answer, Execution, Kind, State

logger = logging.getLogger(__name__)
WHO = log.Who.system("reconcile")
LEASE = dt.timedelta(seconds=60)
"""For so long nobody else looks at what somebody is looking at."""


def read(api: OrderApi, execution: Execution) -> Snapshot:
    """The payment as it is now, in two calls. Raises ApiError."""
    payment = api.payments.get(execution.order_id, execution.payment_id)
    lines = api.payments.transactions(execution.order_id, execution.payment_id)
    return Snapshot.of(payment, map(TransactionMark.of, lines), timezone.now())


def read_with_order(api: OrderApi, execution: Execution, seen: Snapshot) -> Snapshot:
    """The payment as it is now, from its order; its transactions only if the order was modified since it was seen. Raises ApiError.

    A payment that is gone from the order comes back in a state that the API does not have, and without actions.
    """
    order = api.orders.get(execution.order_id)
    try:
        payment = payment_of(order, execution.payment_id)
    except NotFound:
        return gone(seen)
    if execution.last_modified and execution.last_modified == str(order.raw.get("lastModified") or ""):
        return Snapshot.of(payment, seen.lines, timezone.now())
    lines = api.payments.transactions(execution.order_id, execution.payment_id)
    return Snapshot.of(payment, map(TransactionMark.of, lines), timezone.now())


def gone(seen: Snapshot) -> Snapshot:
    """What stands for a payment that is not there any more."""
    return replace(seen, state="gone", actions=(), read_at=timezone.now().isoformat())


def action_of(before: Snapshot, execution: Execution) -> Action:
    return before.offers(execution.action_id) or Action(execution.action_id, execution.action_type, execution.provider)


def before_of(execution: Execution) -> Snapshot:
    """What later readings are compared with: the reading just before sending."""
    return Snapshot.from_json(json.loads(execution.before_json) or json.loads(execution.seen_json))


def check(execution: Execution, api: OrderApi | None = None, *, by: log.Who = WHO) -> Execution:
    """Look again at an execution that is open, or at a request that waits, and move it on if there is evidence. Never raises ApiError.

    `by` is who wants to know. What only says the same as before is counted, and not kept again.
    """
    now = timezone.now()
    if execution.state == State.WAITING:
        return check_request(execution, api)
    if execution.state == State.PREPARED:
        return give_up(execution, now)
    if execution.is_open and (execution.state != State.SENDING or take_over(execution, now)):
        return _look(execution, api or order_api(execution.merchant, execution.channel), by, now)
    return execution


def _look(execution: Execution, api: OrderApi, by: log.Who, now: dt.datetime) -> Execution:
    try:
        after = read(api, execution)
    except ApiError as error:
        return _count(execution, now, str(error))
    before = before_of(execution)
    verdict = judge(before, after, action_of(before, execution), Answer(execution.answer))
    if _says_the_same(execution, verdict, after):
        return _count(execution, now, "")
    count = execution.checks + 1
    when = {"checks": count, "checked_at": now, "next_check_at": _next(execution, verdict.state, count, now)}
    settle(execution, Kind.CHECK, reading(after, verdict), verdict.state, by=by, fields={**when, "check_error": ""})
    return execution


def give_up(execution: Execution, now: dt.datetime) -> Execution:
    """What was written down long ago and never sent was left by a process that died: it can't be sent any more."""
    if (execution.decided_at or execution.created_at) + _patience() > now:
        return execution
    lost = {"why": ["lost-before"]}
    fields = {"answer": Answer.NEVER_SENT}
    settle(execution, Kind.LOST, lost, State.NOT_SENT, by=WHO, expected=(State.PREPARED,), fields=fields)
    return execution


def take_over(execution: Execution, now: dt.datetime) -> bool:
    """Whether nobody is sending it any more. If so it is in doubt from now on: it may have been sent."""
    if execution.sent_at and execution.sent_at + _patience() > now:
        return False
    lost = {"why": ["lost-after"]}
    fields = {"answer": Answer.SILENT}
    settle(execution, Kind.LOST, lost, State.IN_DOUBT, by=WHO, expected=(State.SENDING,), fields=fields)
    return execution.state == State.IN_DOUBT


def _patience() -> dt.timedelta:
    return settings.PAYMENT_GIVEN_UP_AFTER


def check_request(execution: Execution, api: OrderApi | None = None) -> Execution:
    """A request for approval ends with its time, and with the payment as it was when it was made. Never raises ApiError."""
    if is_over(execution):
        end_request(execution, State.EXPIRED, {"why": ["expired"]})
        return execution
    try:
        payment = read(api or order_api(execution.merchant, execution.channel), execution)
    except NotFound:
        return compare_request(execution, gone(seen_of(execution)))
    except ApiError as error:
        return _count(execution, timezone.now(), str(error))
    return compare_request(execution, payment)


def is_over(execution: Execution) -> bool:
    """Whether nobody may approve it any more, as its time is up."""
    return execution.expires_at is not None and execution.expires_at <= timezone.now()


def seen_of(execution: Execution) -> Snapshot:
    """The payment as it was when somebody asked for this."""
    return Snapshot.from_json(json.loads(execution.seen_json))


def tried_since(execution: Execution) -> list[Difference]:
    """What else was sent for the payment since this was asked for, and has ended: it may have moved money that no reading shows."""
    sent = attempts_on(execution).filter(sent_at__gt=execution.created_at)
    sent = sent.exclude(Q(pk=execution.pk) | Q(state__in=OPEN))
    return [Difference("attempt", "", f"{each.action_type} {each.pk}") for each in sent.order_by("sent_at")]


def compare_request(execution: Execution, payment: Snapshot) -> Execution:
    """A request lapses if the payment, read just now, is not as it was when it was made, or something was tried on it since."""
    what = [*differences(seen_of(execution), payment), *tried_since(execution)]
    if not what and payment.offers(execution.action_id):
        return _count(execution, timezone.now(), "")
    data = {"why": ["moved"], "differences": [list(each) for each in what], "payment": payment.to_json()}
    end_request(execution, State.LAPSED, data)
    return execution


@transaction.atomic
def end_request(execution: Execution, to: State, data: dict[str, Any], *, by: log.Who = WHO, **fields: Any) -> bool:
    """A request moves on, by what was found or on somebody's word. False if somebody was quicker, and then nothing of it is kept."""
    kind, action = Kind.CHECK if by is WHO else Kind.PERSON, AuditAction.PAYMENT_APPROVAL_END
    moved = settle(execution, kind, data, to, by=by, expected=(State.WAITING,), action=action, fields=fields)
    if not moved:
        transaction.set_rollback(True)
    return moved


def _says_the_same(execution: Execution, verdict: Verdict, after: Snapshot) -> bool:
    if verdict.state != execution.state:
        return False
    last = execution.evidence.exclude(kind__in=[Kind.PERSON, Kind.ANSWER, Kind.LOST]).last()
    kept = last.data.get("payment") if last else None
    return kept is not None and Snapshot.from_json(kept).fingerprint() == after.fingerprint()


def _count(execution: Execution, now: dt.datetime, error: str) -> Execution:
    execution.checks, execution.checked_at, execution.check_error = execution.checks + 1, now, error
    execution.next_check_at = _next(execution, State(execution.state), execution.checks, now)
    fields = ["checks", "checked_at", "check_error", "next_check_at"]
    values = {name: getattr(execution, name) for name in fields}
    Execution.objects.filter(pk=execution.pk, state=execution.state).update(**values)
    return execution


def _next(execution: Execution, state: State, checks: int, now: dt.datetime) -> dt.datetime | None:
    """Pending is followed until it ends; what is in doubt, for as long as the setting says, and then it waits for a person.

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


def check_due(limit: int = 100) -> int:
    """Look at what is due, and say how much it was. Several processes and machines can do so at once: each takes its own."""
    count = 0
    for execution in due()[:limit]:
        mine = Execution.objects.filter(pk=execution.pk, next_check_at=execution.next_check_at)
        if not mine.update(next_check_at=timezone.now() + LEASE):
            continue
        try:
            check(execution)
        except Exception:
            logger.exception("Execution %s could not be checked; it is tried again later", execution.pk)
        count += 1
    return count


def next_due() -> dt.datetime | None:
    """When there is something to look at; None if there is nothing."""
    rows = Execution.objects.filter(state__in=[*OPEN, State.WAITING], next_check_at__isnull=False)
    return rows.order_by("next_check_at").values_list("next_check_at", flat=True).first()
