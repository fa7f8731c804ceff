"""Looks at what has ended: a provider may be late, do it twice, take it back, or do what it has just refused.

Nothing is rewritten. What contradicts an outcome makes the execution *contradicted*: its first outcome stays beside
what was found, and the same type of action on that payment waits until a person has looked. What others moved becomes a
task that somebody acknowledges.
"""

import datetime as dt
import json
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from order_api import OrderApi
from order_api.errors import ApiError
from payments.executions.contradiction import Contradiction, Move, contradiction, moves_of_others
from payments.executions.evidence import reading, settle, subject_of
from payments.executions.intent import attempts_on
from payments.executions.readings import action_of, before_of, read
from payments.executions.schedule import count_check
from payments.executions.snapshot import Snapshot, differences
from payments.executions.verdict import Verdict
from payments.models import MAY_HAVE_MOVED, OPEN, Answer, Evidence, Execution, ExternalMove, Kind, State


def look(execution: Execution, api: OrderApi, by: log.Who, now: dt.datetime) -> Execution:
    """Read once more, in two calls, what an execution that has ended was about. Never raises ApiError."""
    if attempts_on(execution).filter(state__in=OPEN).exists():
        return count_check(execution, now, "")  # what is new may be that one's
    try:
        after = read(api, execution)
    except ApiError as error:
        return count_check(execution, now, str(error))
    ours = _Ours(execution)
    alone = replace(after, lines=tuple(line for line in after.lines if line.mark not in ours.claimed_by_others))
    found = contradiction(
        State(execution.outcome or execution.state),
        ours.base,
        ours.last,
        alone if not ours.is_explained else replace(alone, state=ours.base.state),
        action_of(ours.before, execution),
        Answer(execution.answer),
    )
    if found and (execution.state != State.CONTRADICTED or differences(ours.last, after)):
        contradict(execution, found, after, by)
    elif execution.state != State.CONTRADICTED:
        for move in moves_of_others(ours.before, after, ours.action_ids, ours.claimed, ours.kinds):
            find_external(execution, move)
    return count_check(execution, now, "")


class _Ours:
    """What this desk did to the payment, and what of that was looked at already."""

    def __init__(self, execution: Execution) -> None:
        siblings = list(attempts_on(execution).filter(sent_at__isnull=False))
        pieces = list(Evidence.objects.filter(execution__in=siblings).order_by("pk"))
        own = [piece for piece in pieces if piece.execution_id == execution.pk]
        marks = {piece.pk: set(piece.data.get("moves", [])) for piece in pieces}
        held = {each.pk for each in siblings if each.state in MAY_HAVE_MOVED}
        self.claimed = set().union(*(marks[piece.pk] for piece in pieces if piece.execution_id in held), set())
        self.claimed_by_others = set().union(
            *(marks[piece.pk] for piece in pieces if piece.execution_id != execution.pk), set()
        )
        readings = [Snapshot.from_json(piece.data["payment"]) for piece in own if piece.data.get("payment")]
        self.before = before_of(execution)
        self.last = readings[-1] if readings else self.before
        self.base = _seen_by_a_person(own) or self.before
        self.action_ids = {each.action_id for each in siblings}
        moved = [each for each in siblings if each.state in MAY_HAVE_MOVED]
        self.kinds = {each.action_type.lower() for each in moved}
        self.is_explained = any(
            each.pk != execution.pk
            and each.action_type == execution.action_type
            and each.created_at > execution.created_at
            for each in moved
        )
        """Whether a later attempt at the same accounts for the payment's state."""


def _seen_by_a_person(pieces: list[Evidence]) -> Snapshot | None:
    """The last reading before a person's word on what happened: they have seen it."""
    last, seen = None, None
    for piece in pieces:
        if piece.kind == Kind.PERSON and "found" in piece.data:
            seen = last
        elif piece.data.get("payment"):
            last = Snapshot.from_json(piece.data["payment"])
    return seen


def contradict(execution: Execution, found: Contradiction, after: Snapshot, by: log.Who) -> None:
    """Keep what was found, say so in the log, and have a person look. The first outcome stays."""
    first = execution.outcome or execution.state
    verdict = Verdict(State.CONTRADICTED, found.why, found.lines)
    settle(
        execution,
        Kind.CHECK,
        reading(after, verdict),
        State.CONTRADICTED,
        by=by,
        expected=(State(execution.state),),
        action=AuditAction.PAYMENT_ACTION_CONTRADICT,
        fields={"outcome": first, "ended_at": execution.ended_at},
    )


@transaction.atomic
def find_external(execution: Execution, move: Move) -> None:
    """Make a task of it, once a payment, and say so in the log."""
    if ExternalMove.objects.filter(execution__in=attempts_on(execution), mark=move.mark).exists():
        return
    found = ExternalMove.objects.create(
        execution=execution,
        mark=move.mark,
        action_type=move.kind,
        amount=move.amount,
        line_json=json.dumps(list(move.line) if move.line else None),
        found_at=timezone.now(),
    )
    log.event(
        log.Who.system("reconcile"),
        AuditAction.PAYMENT_EXTERNAL_FIND,
        subject_of(execution),
        details={"move": found.pk, "mark": move.mark, "action": move.kind, "amount": move.amount},
        outcome=log.Outcome.UNANSWERED,
    )


class AlreadyAcknowledgedError(Exception):
    """Somebody was quicker."""


@transaction.atomic
def acknowledge(move: ExternalMove, user: User, who: log.Who, note: str) -> None:
    """Somebody has looked at what others moved, and says what it was. Raises AlreadyAcknowledgedError,
    AuditUnavailable."""
    now = timezone.now()
    values = {"acknowledged_at": now, "acknowledged_by": user, "acknowledged_by_name": who.username, "note": note}
    if not ExternalMove.objects.filter(pk=move.pk, acknowledged_at=None).update(**values):
        raise AlreadyAcknowledgedError
    log.event(
        who,
        AuditAction.PAYMENT_EXTERNAL_ACKNOWLEDGE,
        subject_of(move.execution),
        details={"move": move.pk, "mark": move.mark, "note": note},
        outcome=log.Outcome.DONE,
    )
