"""From a batch that was looked at to a job: confirmed by whoever chose it and, where money would move above their
limits, approved by a second person, all of it at once."""

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.channels import channels_of
from accounts.models import AccountChange
from accounts.people.changes import tie_between
from audit import log
from audit.actions import AuditAction
from jobs import services
from jobs.models import Job, JobRow, RowState
from orders.bulk import kept
from orders.bulk.actions import ACTIONS, Action
from orders.bulk.captures import case_of
from orders.bulk.words import POSSIBLE
from orders.models import Batch, BatchRow
from payments.limits import batch as limits
from payments.limits import rules
from payments.limits.rules import Excess
from ui.statements import Written

EXECUTE = "accounts.execute_payment_action"
State = Batch.State


class ClosedError(Exception):
    """It is not to be decided any more: it has started, or somebody said no, or its time is up."""


class OnePersonError(PermissionDenied):
    """One person may stand behind both the batch and its approval. `change`: what somebody did to an account."""

    def __init__(self, change: AccountChange) -> None:
        super().__init__(str(change))
        self.change = change


class NothingToDoError(Exception):
    """None of the orders can be done."""


def sums_of(rows: Sequence[BatchRow]) -> dict[str, Decimal]:
    """What the orders come to, by currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.amount is not None:
            sums[row.currency] += row.amount
    return dict(sums)


def above_of(user: User, rows: Sequence[BatchRow]) -> list[limits.Above]:
    """Why the person needs a second one for these, all possible: what was found of each, and what they come to."""
    kinds: Counter[tuple[str, str]] = Counter()
    cases = []
    for row in rows:
        facts = kept.facts_of(row)
        kinds.update((kind, row.currency) for kind in facts["above"])
        if (case := case_of(row.order_id, row.where, facts, user.pk)) is not None:
            cases.append(case)
    each = [limits.Above(Excess(kind), currency, count) for (kind, currency), count in kinds.items()]
    return [*limits.of_the_sum(user, cases), *each]


def confirm(  # noqa: PLR0913 - who confirms what; the rest has names
    batch: Batch,
    who: log.Who,
    user: User,
    public: Mapping[str, Any],
    private: Mapping[str, Any],
    *,
    wants_approval: bool = False,
) -> Job | None:
    """Starts the job; None where it waits for a second person now. `public` and `private` are what was asked for: the
    latter is sealed.

    Raises ClosedError, NothingToDoError, jobs.services.TooManyError and log.AuditUnavailableError; then nothing was
    started.
    """
    action = ACTIONS[batch.action]
    with transaction.atomic():
        if action.moves_money:
            rules.wait_for_turn()
        batch = _locked(batch, State.READING)
        rows = kept.rows_of(batch)
        possible = [row for row in rows if row.verdict == POSSIBLE]
        if not possible:
            raise NothingToDoError
        asked = {"public": dict(public), "private": dict(private)}
        above = above_of(user, possible) if action.moves_money else []
        if above or (wants_approval and action.moves_money):
            _ask(batch, who, asked, above, possible)
            return None
        return _start(batch, action, who_of(batch), rows, asked)


def _locked(batch: Batch, *states: str) -> Batch:
    found = Batch.objects.select_for_update().filter(pk=batch.pk, state__in=states, until__gt=timezone.now()).first()
    if found is None:
        raise ClosedError
    return found


def _ask(
    batch: Batch, who: log.Who, asked: dict[str, Any], above: list[limits.Above], possible: Sequence[BatchRow]
) -> None:
    kept.save_sealed(batch, asked=asked)
    batch.state, batch.until = State.WAITING, timezone.now() + settings.PAYMENT_APPROVAL_TIME
    batch.above_json = json.dumps([each.to_json() for each in above])
    batch.save(update_fields=["state", "until", "above_json"])
    more = {"reason": asked["public"].get("reason", ""), "above": [each.to_json() for each in above]}
    _log(who, AuditAction.BULK_APPROVAL_REQUEST, batch, {**_figures(batch, possible), **more})


def _start(  # noqa: PLR0913, PLR0917 - what a job is made of
    batch: Batch,
    action: Action,
    who: log.Who,
    rows: Sequence[BatchRow],
    asked: Mapping[str, Any],
    approval: Mapping[str, Any] | None = None,
) -> Job:
    """In the caller's transaction."""
    approval = approval or {}
    arguments = {**asked["public"], "action": action.name, "batch": str(batch.pk), "target": kept.target_of(batch)}
    arguments |= {key: approval[key] for key in ("approver", "approved_by", "approved_at") if key in approval}
    private = {**asked["private"], "approval_note": approval.get("note", "")}
    job = services.start(action.kind, who, arguments, private=private, total=len(rows))
    now = timezone.now()
    JobRow.objects.bulk_create(
        JobRow(
            job=job, position=row.position, merchant=row.merchant, channel=row.channel, order_id=row.order_id,
            reference=row.reference, facts={**kept.facts_of(row), **_money(row)},
            **({} if row.verdict == POSSIBLE else
               {"state": RowState.PASSED_OVER, "outcome": row.verdict, "words": row.said, "at": now}),
        )
        for row in rows
    )  # fmt: skip
    possible = [row for row in rows if row.verdict == POSSIBLE]
    job.done = len(rows) - len(possible)
    job.save(update_fields=["done"])
    batch.state, batch.job, batch.until = State.STARTED, job.pk, now + kept.KEPT_STARTED
    batch.sealed = ""
    batch.save(update_fields=["state", "job", "until", "sealed"])
    public = {key: value for key, value in asked["public"].items() if value}
    details = {**_figures(batch, possible), **public, "job": str(job.pk)}
    if arguments["target"]:
        details["state"] = arguments["target"]
    if approval:
        details["approved by"] = approval["approved_by"]
    _log(who, AuditAction.BULK_START, batch, details)
    return job


def _money(row: BatchRow) -> dict[str, str]:
    return {} if row.amount is None else {"amount": str(row.amount), "currency": row.currency}


def _figures(batch: Batch, possible: Sequence[BatchRow]) -> dict[str, Any]:
    sums = {currency: str(amount) for currency, amount in sorted(sums_of(possible).items())}
    return {"what": batch.action, "orders": len(possible), **({"sums": sums} if sums else {})}


def _log(who: log.Who, action: AuditAction, batch: Batch, details: Mapping[str, Any]) -> None:
    """What is said has no customer in it: counts, sums, codes."""
    log.event(who, action, log.Subject(target=str(batch.pk)), details=details, mask=log.unmasked)


def who_of(batch: Batch) -> log.Who:
    """Whoever chose the orders, as the log names them."""
    return log.Who(batch.username, batch.owner_id, batch.ip, batch.agent)


# The second person


def waiting_for(user: User) -> "QuerySet[Batch]":
    """What waits for somebody's approval and is not this person's own, in whatever channels; `may_decide` says whose.
    No query of its own."""
    if not user.has_perm(EXECUTE):
        return Batch.objects.none()
    return _others_waiting(user.pk, timezone.now())


def _others_waiting(person: Any, now: Any) -> "QuerySet[Batch]":
    return Batch.objects.filter(state=State.WAITING, until__gt=now).exclude(owner=person)


@Written
def _any_waits(person: Any, now: Any) -> QuerySet[Batch, Any]:
    return _others_waiting(person, now).order_by().values_list("pk")[:1]


def decidable(user: User) -> list[Batch]:
    """What waits for this person: all its channels are theirs. Three queries, one where nothing waits, none for who
    may not execute."""
    if not user.has_perm(EXECUTE) or not _any_waits(person=user.pk, now=timezone.now()):
        return []
    waiting = list(waiting_for(user).select_related("owner"))
    theirs = set(channels_of(user))
    rows = BatchRow.objects.filter(batch__in=waiting, verdict=POSSIBLE)
    where: dict[Any, set[tuple[str, str]]] = defaultdict(set)
    for pk, *channel in rows.values_list("batch", "merchant", "channel").distinct():
        where[pk].add(tuple(channel))  # type: ignore[arg-type]  # there are two
    return [batch for batch in waiting if where[batch.pk] <= theirs]


def batch_to_decide(user: User, mark: Any) -> Batch:
    """What somebody asked to have approved, and this person may see: whoever may execute, in all its channels. Raises
    Http404, also where it is not theirs."""
    found = Batch.objects.filter(pk=mark, state__in=[State.WAITING, State.TURNED_DOWN, State.STARTED]).first()
    if found is None or not user.has_perm(EXECUTE) or not ACTIONS[found.action].moves_money:
        raise Http404
    if found.state == State.STARTED and found.decided_by_id is None:
        raise Http404
    if not kept.are_theirs(user, kept.rows_of(found, verdict=POSSIBLE)):
        raise Http404
    return found


def above_kept(batch: Batch) -> list[limits.Above]:
    """Why it was asked."""
    return [limits.Above.from_json(each) for each in json.loads(batch.above_json)]


def asked_of(batch: Batch) -> dict[str, Any]:
    """What the asker said: `public` and `private`; both empty where the desk's key is another one by now."""
    return dict(kept.sealed_of(batch).get("asked", {"public": {}, "private": {}}))


def tie_of(user: User, batch: Batch) -> AccountChange | None:
    """Why this person may not approve it although they have the right: lately one of the two changed the other's
    account, or somebody may act as both."""
    window: dt.timedelta = settings.PAYMENT_CHANGED_ACCOUNT_TIME
    return tie_between(batch.owner_id, user.pk, batch.at - window) if window else None


def approve(batch: Batch, user: User, who: log.Who, note: str) -> Job:
    """Starts the job, as the asker's, on this person's word, which is in the log before anything is sent.

    Raises PermissionDenied, OnePersonError, ClosedError, jobs.services.TooManyError and log.AuditUnavailableError.
    """
    _refuse(batch, user)
    if change := tie_of(user, batch):
        raise OnePersonError(change)
    with transaction.atomic():
        batch = _locked(batch, State.WAITING)
        asked = asked_of(batch)
        if not asked["public"]:
            raise ClosedError
        rows, now = kept.rows_of(batch), timezone.now()
        _decided(batch, user, who, note, now)
        _log(who, AuditAction.BULK_APPROVE, batch, _figures(batch, [r for r in rows if r.verdict == POSSIBLE]))
        approval = {"approver": user.pk, "approved_by": who.username, "approved_at": now.isoformat(), "note": note}
        return _start(batch, ACTIONS[batch.action], who_of(batch), rows, asked, approval)


def turn_down(batch: Batch, user: User, who: log.Who, note: str) -> None:
    """Nothing is done, for a reason. Raises PermissionDenied, ClosedError."""
    _refuse(batch, user)
    with transaction.atomic():
        batch = _locked(batch, State.WAITING)
        batch.state = State.TURNED_DOWN
        _decided(batch, user, who, note, timezone.now())
        _log(who, AuditAction.BULK_TURN_DOWN, batch, {"what": batch.action, "note": log.masked("note", note)})


def withdraw(batch: Batch, who: log.Who) -> None:
    """Whoever asked takes it back. Raises ClosedError."""
    with transaction.atomic():
        batch = _locked(batch, State.WAITING)
        batch.state = State.WITHDRAWN
        batch.save(update_fields=["state"])
        _log(who, AuditAction.BULK_WITHDRAW, batch, {"what": batch.action})


def _decided(batch: Batch, user: User, who: log.Who, note: str, now: dt.datetime) -> None:
    batch.decided_by, batch.decided_by_name, batch.decided_at, batch.decision_note = user, who.username, now, note
    batch.save(update_fields=["state", "decided_by", "decided_by_name", "decided_at", "decision_note"])


def _refuse(batch: Batch, user: User) -> None:
    theirs = kept.are_theirs(user, kept.rows_of(batch, verdict=POSSIBLE))
    if not user.has_perm(EXECUTE) or batch.owner_id == user.pk or not theirs:
        raise PermissionDenied
