"""Asking for what one may not execute, and carrying out what somebody asked for.

Whoever sees the order may ask; no limits are asked then, and it counts against nobody before somebody takes it up.

Asker and executor are two people, so the executor's own limits are enough up to their amount; above them a third person
approves, and then it is a request for approval like any other (`payments.approvals.requests`). Nobody carries out their
own, also where they were given the right later.
"""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from order_api import OrderApi
from payments.approvals import endings, requests
from payments.executions import engine
from payments.executions.intent import Intent, read
from payments.executions.readings import seen_of
from payments.executions.snapshot import differences
from payments.limits import rules
from payments.models import Execution, State


def ask(api: OrderApi, case: Intent, asked: engine.Asked) -> Execution:
    """Write down that somebody wants it done by whoever may, where the payment is still as they saw it. Nothing is
    sent.

    Raises as `engine.claim` does: DuplicateIntentError where this form was sent before, or somebody else asked for the
    same, PaymentLockedError, ExternalMoveError, PaymentChangedError; and ApiError where the payment cannot be read.
    """
    now = read(api, case.in_channel, case.order_id, case.payment_id, case.action.id, case.action.type).case
    what = differences(case.seen, now.seen)
    if what or not now.action.type:
        raise engine.PaymentChangedError(what)
    return engine.claim(case, asked, asks=True)


def above(execution: Execution, user: User, *, lock: bool = False) -> list[rules.Excess]:
    """Why it takes a third person if this one carries it out; none where theirs is enough. No call."""
    return rules.above_alone(user, Intent.of(execution, seen_of(execution)), lock=lock)


def take_up(  # noqa: PLR0913 - who takes up what; the rest has names
    api: OrderApi, execution: Execution, user: User, who: log.Who, note: str = "", *, wants_approval: bool = False
) -> Execution:
    """Carry out now what was asked for, as this person's own, or hand it on to a third person where it is above their
    limits, or they were shown that it is (`wants_approval`). That they do is in the log before anything is sent.

    Raises as `requests.approve` does: PermissionDenied, OnePersonError, RequestClosedError, engine.PaymentLockedError,
    engine.ExternalMoveError and AuditUnavailable; in all of these nothing was sent.
    """
    if not requests.may_turn_down(user, execution):
        raise PermissionDenied
    if execution.state != State.ASKED:  # also where they have taken it up themselves, a moment ago
        raise requests.RequestClosedError
    requests.refuse(api, execution, user)
    requests.where_free(execution, lambda: _take(execution, user, who, note, wants_approval=wants_approval))
    return execution if execution.is_request else requests.carry_out(api, execution, who)


@transaction.atomic
def _take(execution: Execution, user: User, who: log.Who, note: str, *, wants_approval: bool) -> None:
    """From asked for to prepared, or to waiting; the count of the limits and the step are one transaction."""
    if execution.state != State.ASKED:
        raise requests.RequestClosedError
    excess = [each.to_json() for each in above(execution, user, lock=True)]
    waits, now = bool(excess) or wants_approval, timezone.now()
    fields: dict[str, Any] = {
        "taken_by": user,
        "taken_by_name": who.username,
        "taken_at": now,
        "taken_note": note,
        "excess_json": json.dumps(excess),
        **({"expires_at": now + settings.PAYMENT_APPROVAL_TIME} if waits else {}),
    }
    data = {"why": ["taken-up-above" if waits else "taken-up"], "note": note, "above": excess}
    to, action = State.WAITING if waits else State.PREPARED, AuditAction.PAYMENT_ASK_TAKE_UP
    if not endings.end(execution, to, data, by=who, action=action, **fields):
        raise requests.RequestClosedError
    execution.__dict__.pop("excess", None)  # it is kept once it was read
