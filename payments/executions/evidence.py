"""Writing down what was found, and moving an execution on by it. Nothing here calls the Order API."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from payments.executions import answers
from payments.executions.schedule import next_check
from payments.executions.snapshot import Snapshot, digest_of
from payments.executions.verdict import Verdict
from payments.models import OPEN, REQUESTED, WATCHED, Evidence, Execution, Kind, State

WHO = log.Who.system("reconcile")
"""In whose name the desk itself looks at what is open."""
ACTION = AuditAction.PAYMENT_ACTION_EXECUTE
OUTCOMES: dict[State, log.Outcome] = {
    State.ASKED: log.Outcome.ACCEPTED,
    State.WAITING: log.Outcome.ACCEPTED,
    State.PREPARED: log.Outcome.ACCEPTED,
    State.DONE: log.Outcome.DONE,
    State.PENDING: log.Outcome.ACCEPTED,
    State.REFUSED: log.Outcome.REFUSED,
    State.NOT_DONE: log.Outcome.FAILED,
    State.NOT_SENT: log.Outcome.FAILED,
    State.TURNED_DOWN: log.Outcome.REFUSED,
    State.WITHDRAWN: log.Outcome.FAILED,
    State.EXPIRED: log.Outcome.FAILED,
    State.LAPSED: log.Outcome.FAILED,
}
"""What a state means in the audit log; every other one is unanswered."""


def add(execution: Execution, kind: Kind, data: dict[str, Any], by: str = "") -> Evidence:
    """Keep one piece of evidence."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    at = timezone.now()
    return Evidence.objects.create(
        execution=execution,
        at=at,
        kind=kind,
        by=by,
        data_json=text,
        digest=digest_of([str(execution.pk), at.isoformat(), kind, by, text]),
    )


def is_intact(evidence: Evidence) -> bool:
    """Whether it is still as it was written."""
    parts = [str(evidence.execution_id), evidence.at.isoformat(), evidence.kind, evidence.by, evidence.data_json]
    return evidence.digest == digest_of(parts)


def reading(snapshot: Snapshot | None, verdict: Verdict) -> dict[str, Any]:
    """What was read, and what it says, as evidence keeps it."""
    return {
        "payment": snapshot.to_json() if snapshot else None,
        "verdict": verdict.state.value,
        "why": list(verdict.why),
        "moves": [line.mark for line in verdict.moves],
    }


def move(execution: Execution, to: State, *, expected: tuple[State, ...] = OPEN, **fields: Any) -> bool:
    """Set the state if it still is one of the expected ones. False if somebody else was quicker,
    and then nothing is changed."""
    now = timezone.now()
    is_over = to not in OPEN and to not in REQUESTED
    values = {"state": to, "next_check_at": next_check(to, 0, now), **({"ended_at": now} if is_over else {}), **fields}
    if to in WATCHED and not values.get("sent_at", execution.sent_at):
        values["next_check_at"] = None  # nothing ever left this machine, so there is nothing to watch
    if not Execution.objects.filter(pk=execution.pk, state__in=expected).update(**values):
        execution.refresh_from_db()
        return False
    for name, value in values.items():
        setattr(execution, name, value)
    return True


@transaction.atomic
def settle(  # noqa: PLR0913 - what, by what, to what; the rest has names
    execution: Execution,
    kind: Kind,
    data: dict[str, Any],
    to: State,
    *,
    by: log.Who,
    expected: tuple[State, ...] = OPEN,
    action: AuditAction = AuditAction.PAYMENT_ACTION_SETTLE,
    fields: Mapping[str, Any] | None = None,
) -> bool:
    """Move an open execution on by a piece of evidence, and say so in the audit log: all of it, or nothing.

    False if it was settled meanwhile. The evidence is kept in either case. Raises AuditUnavailable.
    """
    add(execution, kind, data, by.username)
    before = execution.state
    if not move(execution, to, expected=expected, **fields or {}):
        return False
    if to != before or kind == Kind.PERSON:
        # All there is: a process that died named nothing, and a reading that moves nothing on has no entry of its own.
        evidence = list(execution.evidence.all())
        log.event(
            by,
            action,
            subject_of(execution),
            [log.Change("state", before, to.value)],
            outcome=OUTCOMES.get(to, log.Outcome.UNANSWERED),
            details=named(execution.pk, evidence)
            | {"why": [], **{key: data[key] for key in ("why", "note", "above") if key in data}},
        )
    if to != before:
        answers.tell(execution)
    return True


def subject_of(execution: Execution) -> log.Subject:
    return log.Subject(execution.order_id, execution.merchant, execution.channel, target=execution.payment_id)


def named(execution_id: UUID, evidence: list[Evidence]) -> dict[str, Any]:
    """What an entry of the log says so that it, the execution and the evidence can be matched by anybody."""
    return {"execution": str(execution_id), "evidence": [each.digest for each in evidence]}
