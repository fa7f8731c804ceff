"""Sends a payment action once, and says what became of it by evidence alone.

    claim           the intent is a row: unique for what the person saw, and one open row a payment;
                    the database is the lock
    (the order's lease is held from here to the end, so that no form of this desk changes it in between)
    look_again      GET order, GET transactions: is the payment still as it was seen? If not, nothing is sent
    record          the intent into the audit log, on the disk
    mark_sending    from here on it may have happened, whatever becomes of this process; on the disk too
    call            the fence: is the mark still fresh, and ours? POST …/execute, once, never again
    look_back       GET payment, GET transactions
    conclude        evidence, state and the outcome in the audit log, in one transaction, on the disk

Each step is a function of its own, and the harness (tests/harness) interrupts the program before and after
every one of them. A process that dies before `mark_sending` has sent nothing, and can't any more; one that dies
after it leaves an execution in doubt, which `payments.executions.reconciliation` takes up. One that sleeps between the
two finds the fence closed when it wakes. docs/payments.md says what is promised and what is not.
"""

import datetime as dt
import json
import logging
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from audit.chain import synced
from gateway.lease import Held, OrderLockedError, lease
from gateway.middleware import is_id
from order_api import OrderApi
from order_api.errors import ApiError
from payments.executions import answers, worker
from payments.executions.evidence import ACTION, OUTCOMES, add, move, named, reading, subject_of
from payments.executions.intent import Intent, attempts_on, elsewhere_on, last_ended, tried_since
from payments.executions.of_batch import AboveLimitError, OfBatch
from payments.executions.readings import action_of, read_with_order, seen_of
from payments.executions.schedule import next_check
from payments.executions.sending import Reply, call, look_back
from payments.executions.snapshot import Difference, Snapshot, differences
from payments.executions.verdict import Verdict, judge
from payments.limits import rules
from payments.models import OPEN, REQUESTED, Answer, Execution, ExternalMove, Kind, State
from privacy import LOG, mask_text
from ui.said import sentence

logger = logging.getLogger(__name__)
_LOOKED_AGAIN = sentence("It was looked at again before it was sent, and was not sent.")
_TOOK_TOO_LONG = sentence("It took too long, and somebody else may be changing the order; nothing was sent.")
_DATABASE = sentence("The database refused; nothing was sent.")
_GIVEN_UP = sentence("It had been given up before it was sent.")
_NOT_WRITTEN = sentence("The outcome could not be written.")
FRESH = dt.timedelta(seconds=2)
"""A reading that is older when the call is about to be marked is read again."""


class DuplicateIntentError(Exception):
    """This very intent is written down already: the form came twice."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution


class PaymentLockedError(DuplicateIntentError):
    """Another attempt on this payment, or on the same money, is open or contradicted, so nothing was sent."""


class ExternalMoveError(Exception):
    """Somebody else did the same to this payment, and nobody has looked at that yet, so nothing was sent."""

    def __init__(self, move: ExternalMove) -> None:
        self.move = move


class PaymentChangedError(Exception):
    """The payment is not as the person saw it, so nothing was sent."""

    def __init__(self, what: list[Difference]) -> None:
        self.differences = what


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for it, and why. `user` and `who` are one person; `reason` is one of
    `payments.reasons.services.choices_for`."""

    user: User
    who: log.Who
    reason: str
    note: str = ""
    batch: OfBatch | None = None


def execute(api: OrderApi, case: Intent, asked: Asked, *, wants_approval: bool = False) -> Execution:
    """Write the intent down, and carry it out if it is within the person's limits; else it waits
    for somebody else's approval.

    Raises DuplicateIntentError where this form was sent before, PaymentLockedError where another attempt is open,
    ExternalMoveError where others did the same, PaymentChangedError where the payment has changed, and ApiError where
    that could not be read. In all of these nothing was sent. Whatever happens after sending is in the execution.
    """
    execution = claim(case, asked, wants_approval=wants_approval)
    if execution.state == State.WAITING:
        return execution
    return carry_out(api, execution, asked.who, asked.batch)


def claim(case: Intent, asked: Asked, *, wants_approval: bool = False, asks: bool = False) -> Execution:
    """The intent as a row, committed. `asks`: it is for somebody else to execute, so that no limits are asked. Raises
    DuplicateIntentError, PaymentLockedError, ExternalMoveError, PaymentChangedError, and AboveLimitError for one of
    many orders."""
    try:
        with synced(connection), transaction.atomic(durable=True):
            above = [] if asks else rules.excess(asked.user, case, lock=True)
            refuse_known(case)  # after the wait for the turn: an attempt may have begun and ended in it
            if asked.batch is not None and above and asked.batch.approver is None:
                raise AboveLimitError(above)
            waits = asked.batch is None and (above or wants_approval)
            state = State.WAITING if waits else State.PREPARED
            execution = _written(case, asked, above, State.ASKED if asks else state)
    except IntegrityError:
        refuse_known(case)
        raise
    worker.ensure()
    return execution


def refuse_known(case: Intent) -> None:
    """Raises DuplicateIntentError, PaymentLockedError or PaymentChangedError where the row must
    not, or cannot, be written."""
    rows = attempts_on(case)
    other, last = rows.filter(state__in=OPEN).first(), last_ended(case)
    # Asked last, since what the two before found may be this very intent, written or ended by somebody else in between.
    if same := rows.filter(action_id=case.action.id, baseline=case.baseline).first():
        raise DuplicateIntentError(same)
    if other := other or in_the_way_of(case):
        raise PaymentLockedError(other)
    if moved := external_moves_on(case).first():
        raise ExternalMoveError(moved)
    if last != case.after:
        raise PaymentChangedError([Difference("attempt", case.after, last)])


def in_the_way_of(case: Intent | Execution) -> Execution | None:
    """What keeps this type of action from the payment besides an open attempt on it: an earlier one that is
    contradicted, until a person has looked, or an attempt on the same money under another payment."""
    contradicted = attempts_on(case).filter(state=State.CONTRADICTED, action_type__iexact=type_of(case))
    return contradicted.first() or elsewhere_on(case).filter(state__in=OPEN).first()


def type_of(case: Intent | Execution) -> str:
    return case.action.type if isinstance(case, Intent) else case.action_type


def external_moves_on(case: Intent | Execution) -> "QuerySet[ExternalMove]":
    """What others did to the payment that nobody has acknowledged, and that this would do again."""
    moves = ExternalMove.objects.filter(execution__in=attempts_on(case), acknowledged_at=None)
    return moves.filter(action_type=type_of(case).lower())


def _written(case: Intent, asked: Asked, above: list[rules.Excess], state: State) -> Execution:
    now = timezone.now()
    execution = Execution.objects.create(
        **({"id": asked.batch.key, **asked.batch.decision} if asked.batch else {}),
        created_at=now,
        merchant=case.merchant,
        channel=case.channel,
        order_id=case.order_id,
        order_reference=case.order_reference,
        payment_id=case.payment_id,
        payment_reference=case.payment_reference,
        provider=case.provider,
        method=case.method,
        action_id=case.action.id,
        action_type=case.action.type,
        amount=case.amount,
        currency=case.currency,
        customer=case.customer,
        asked_by=asked.user,
        asked_by_name=asked.who.username,
        reason=asked.reason,
        note=asked.note,
        excess_json=json.dumps([each.to_json() for each in above]),
        expires_at=now + settings.PAYMENT_APPROVAL_TIME if state in REQUESTED else None,
        baseline=case.baseline,
        seen_json=json.dumps(case.seen.to_json()),
        tried=case.tried,
        state=state,
        next_check_at=next_check(state, 0, now),
    )
    seen = add(execution, Kind.SEEN, {"payment": case.seen.to_json()}, asked.who.username)
    if state in REQUESTED:
        details = named(execution.pk, [seen]) | {
            "action": execution.action_type,
            "amount": execution.amount,
            "currency": execution.currency,
            "reason": asked.reason,
            "note": asked.note,
            **({"above": execution.excess} if state == State.WAITING else {}),
        }
        action = AuditAction.PAYMENT_ASK if state == State.ASKED else AuditAction.PAYMENT_APPROVAL_REQUEST
        log.event(asked.who, action, subject_of(execution), details=details, outcome=log.Outcome.ACCEPTED)
    return execution


def carry_out(api: OrderApi, execution: Execution, who: log.Who, batch: OfBatch | None = None) -> Execution:
    """All steps after the claim, for an execution that is `prepared`. Raises PaymentChangedError and
    ApiError, having sent nothing; else never."""
    try:
        with lease(execution.merchant, execution.channel, execution.order_id) as held:
            return _carry_out(api, execution, who, held, batch)
    except OrderLockedError:
        not_sent(execution, who, {"why": ["order-busy"]})
        return execution


def _carry_out(api: OrderApi, execution: Execution, who: log.Who, held: Held, batch: OfBatch | None) -> Execution:
    before = _looked_at(api, execution, who)
    attempt = record(execution, who, batch)
    if attempt is None:
        not_sent(execution, who, {"why": ["unrecorded"]})
        return execution
    with attempt:
        if timezone.now() - dt.datetime.fromisoformat(before.read_at) > FRESH:
            try:
                before = _looked_at(api, execution, who)
            except (PaymentChangedError, ApiError):
                attempt.failed(message=_LOOKED_AGAIN)
                raise
        if held.renew():
            send(api, execution, before, attempt)
        else:
            attempt.failed(message=_TOOK_TOO_LONG)
            not_sent(execution, who, {"why": ["order-busy"]})
    return execution


def _looked_at(api: OrderApi, execution: Execution, who: log.Who) -> Snapshot:
    """`look_again`; where it raises, the execution has ended unsent."""
    try:
        return look_again(api, execution)
    except PaymentChangedError as moved:
        not_sent(execution, who, {"why": ["moved"], "differences": [list(each) for each in moved.differences]})
        raise
    except ApiError as error:
        not_sent(execution, who, {"why": ["unread"], "error": mask_text(str(error), LOG)})
        raise


def send(api: OrderApi, execution: Execution, before: Snapshot, attempt: log.Attempt) -> None:
    """From the mark to the outcome."""
    try:
        is_marked = mark_sending(execution, before)
    except Exception:
        attempt.failed(message=_DATABASE)
        raise
    if not is_marked:
        attempt.failed(message=_GIVEN_UP)
        return
    marked_at = time.monotonic()
    reply = call(api, execution, marked_at)
    after = None if reply.answer == Answer.NEVER_SENT else look_back(api, execution)
    verdict = judge(before, after, action_of(before, execution), reply.answer)
    try:
        conclude(execution, reply, after, verdict, attempt)
    except Exception:
        logger.exception("The outcome of execution %s could not be written; it stays in doubt", execution.pk)
        execution.state = State.SENDING  # what it was set to was rolled back; nobody is told what is not written
        attempt.outcome = None  # so was that
        attempt.unanswered(message=_NOT_WRITTEN, request_id=reply.request_id)


def look_again(api: OrderApi, execution: Execution) -> Snapshot:
    """The payment as it is now, with its order and its transactions, from two calls. Raises PaymentChangedError,
    ApiError.

    Where the adapter renews the ids of its actions, the execution is of the one that does the same.
    """
    seen = seen_of(execution)
    now = read_with_order(api, execution, seen)
    what = [*differences(seen, now), *tried_since(execution)]
    action = now.offers_like(action_of(seen, execution))
    if what or action is None or not is_id("action_id", action.id):
        raise PaymentChangedError(what)
    execution.action_id = action.id
    return now


def record(execution: Execution, who: log.Who, batch: OfBatch | None = None) -> log.Attempt | None:
    """The intent in the audit log; None where it could not be written, and then nothing is sent."""
    details = named(execution.pk, list(execution.evidence.all())) | {
        "action": execution.action_type,
        "amount": execution.amount,
        "currency": execution.currency,
        "baseline": execution.baseline,
        "reason": execution.reason,
        "note": execution.note,
        "asked by": execution.asked_by_name,
        **({"taken up by": execution.taken_by_name} if execution.taken_at else {}),
        **({"job": batch.job} if batch else {}),
        **({"approved by": execution.decided_by_name} if batch and batch.approver else {}),
    }
    try:
        return log.begin(who, ACTION, subject_of(execution), details=details)
    except log.AuditUnavailableError:
        return None


def mark_sending(execution: Execution, before: Snapshot) -> bool:
    """The point of no return, committed, and on the disk. False if the execution was given up meanwhile."""
    with synced(connection), transaction.atomic(durable=True):
        marked = move(
            execution,
            State.SENDING,
            expected=(State.PREPARED,),
            sent_at=timezone.now(),
            action_id=execution.action_id,
            before_json=json.dumps(before.to_json()),
        )
        if marked:
            add(execution, Kind.BEFORE, {"payment": before.to_json()})
    return marked


def conclude(
    execution: Execution, reply: Reply, after: Snapshot | None, verdict: Verdict, attempt: log.Attempt
) -> None:
    """Keep what was answered and found, what follows from it, and its entry in the audit log: all of it, or nothing,
    and on the disk.

    If somebody has settled it meanwhile, only the evidence is added. Raises AuditUnavailable.
    """
    with synced(connection), transaction.atomic():
        _conclude(execution, reply, after, verdict, attempt)


def _conclude(
    execution: Execution, reply: Reply, after: Snapshot | None, verdict: Verdict, attempt: log.Attempt
) -> None:
    before = execution.evidence.filter(kind=Kind.BEFORE)
    evidence = [
        *before,
        add(execution, Kind.ANSWER, reply.to_json()),
        add(execution, Kind.AFTER, reading(after, verdict)),
    ]
    is_news = move(
        execution,
        verdict.state,
        answer=reply.answer,
        status=reply.status,
        code=reply.code,
        message=reply.message,
        request_id=reply.request_id,
        checked_at=timezone.now(),
    )
    outcome = OUTCOMES.get(State(execution.state), log.Outcome.UNANSWERED)
    details = named(execution.pk, evidence) | {"why": list(verdict.why)}
    if not attempt.end(log.Result(outcome, {**reply.said(), "details": details})):
        raise log.AuditUnavailableError("The outcome could not be written into the audit log.")
    if is_news:
        answers.tell(execution)


def not_sent(execution: Execution, who: log.Who, why: dict[str, Any]) -> None:
    """The payment is free again; a request that was approved has lapsed if the payment moved."""
    was_request = execution.expires_at is not None
    to = State.LAPSED if was_request and "moved" in why["why"] else State.NOT_SENT
    with transaction.atomic():
        found = add(execution, Kind.BEFORE, why, who.username)
        if move(execution, to, expected=(State.PREPARED,), answer=Answer.NEVER_SENT):
            details = named(execution.pk, [found]) | why
            try:
                with transaction.atomic():
                    log.event(
                        who,
                        AuditAction.PAYMENT_ACTION_NOT_SENT,
                        subject_of(execution),
                        details=details,
                        outcome=log.Outcome.FAILED,
                    )
            except log.AuditUnavailableError:
                logger.exception("Execution %s was not sent; the audit log could not be told", execution.pk)
            answers.tell(execution)
