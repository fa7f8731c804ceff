"""A second person: who asked for it, nobody approves by themselves, admins included."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AccountChange
from audit import log
from audit.actions import AuditAction
from order_api import OrderApi
from order_api.errors import ApiError, NotFound
from payments.approvals import endings
from payments.executions import access, engine, intent
from payments.executions.evidence import settle
from payments.executions.readings import gone, seen_of
from payments.limits.rules import TWO
from payments.models import OPEN, Evidence, Execution, Kind, State

FIRST = "approved-first"
"""Why, in the evidence of the first of two approvals."""


class RequestClosedError(Exception):
    """The request is not open any more; its state says why."""


class UnreadError(Exception):
    """The payment could not be read, so the first of two cannot approve it; the request stays."""


def may_decide(user: User, execution: Execution) -> bool:
    """Whether this person may approve it, or carry out what somebody asked for: they have the right, and neither asked
    for it nor took it up themselves."""
    return may_turn_down(user, execution) and not has_taken(user, execution)


def may_turn_down(user: User, execution: Execution) -> bool:
    """Whether this person may say no: whoever has the right and did not ask for it, also who has said yes before."""
    return user.has_perm("accounts.execute_payment_action") and not is_own(user, execution)


def has_taken(user: User, execution: Execution) -> bool:
    """Whether they took up what somebody else had asked for, so that theirs are the limits that it is above."""
    return execution.taken_by_id == user.pk


class OnePersonError(PermissionDenied):
    """One person may stand behind both the request and the approval. `change`: what somebody did to an account."""

    def __init__(self, change: AccountChange) -> None:
        super().__init__(str(change))
        self.change = change


def tie_of(user: User, execution: Execution) -> AccountChange | None:
    """Why this person may not approve it, or take it up, although they have the right: since shortly before it was
    asked for, the asker, who took it up or the first of two approvers changed their account, or somebody who may act as
    the one may act as the other."""
    first = first_of(execution)
    others = [execution.asked_by_id, execution.taken_by_id, first.data["user"] if first else None]
    ties = (access.tie_of(execution, each, user.pk) for each in others if each != user.pk)
    return next(filter(None, ties), None)


def is_own(user: User, execution: Execution) -> bool:
    return execution.asked_by_id == user.pk


def takes_two(execution: Execution) -> bool:
    """Whether two people have to approve it. Who took it up is one of two besides the asker."""
    return execution.taken_at is None and any(each["kind"] == TWO for each in execution.excess)


def first_of(execution: Execution) -> Evidence | None:
    """The word of the first of two approvers, once there is one."""
    said = execution.evidence.filter(kind=Kind.PERSON) if takes_two(execution) else ()
    return next((each for each in said if FIRST in each.data.get("why", ())), None)


def is_by(user: User, first: Evidence | None) -> bool:
    """Whether this person is the first of two already."""
    return first is not None and first.data["user"] == user.pk


class Look(NamedTuple):
    """A request as it is now: `facts` is what was read afresh, None where it is over or could not be
    read; `error` says why it could not."""

    facts: intent.Facts | None = None
    error: ApiError | None = None


def look(api: OrderApi, execution: Execution) -> Look:
    """Read the whole case of a request, in two calls; it ends here if its time is up or the payment is not as it
    was."""
    if not execution.is_request:
        return Look()
    if endings.is_over(execution):
        endings.check(execution, api)
        return Look()
    try:
        ids = (execution.order_id, execution.payment_id, execution.action_id)
        facts = intent.read(api, execution.in_channel, *ids, execution.action_type)
    except NotFound:
        endings.compare(execution, gone(seen_of(execution)))
        return Look()
    except ApiError as error:
        return Look(error=error)
    endings.compare(execution, facts.case.seen)
    return Look(facts if execution.is_request else None)


def approve(  # noqa: PLR0913 - who says what to what; the rest has names
    api: OrderApi, execution: Execution, user: User, who: log.Who, note: str = "", *, first: Evidence | None = None
) -> Execution:
    """Carry it out now, on the approver's word, which is in the log before anything is sent. What
    could not be read was not sent.

    Where it takes two, `first` is the first one's word as this person was shown it; without it theirs is the first, and
    it is written down while the request goes on waiting. So nothing is sent by who meant to be the first, nor by
    pressing twice.

    Raises PermissionDenied, OnePersonError, RequestClosedError (it has ended, or lapsed as the payment has changed
    since), engine.PaymentLockedError (another attempt on this payment, or on the same money, is open or contradicted;
    the request stays), engine.ExternalMoveError (others did the same, and nobody has looked at that; the request
    stays), AuditUnavailable (the request stays) and, for the first of two, UnreadError.
    """
    if is_by(user, first):
        raise PermissionDenied
    refuse(api, execution, user)
    is_second = takes_two(execution)
    if is_second and first is None:
        _approve_first(api, execution, user, who, note)
        return execution
    data = {"why": ["approved-second" if is_second else "approved"], "note": note}
    where_free(execution, lambda: _approve(execution, user, who, data))
    return carry_out(api, execution, who)


def refuse(api: OrderApi, execution: Execution, user: User) -> None:
    """Raises what keeps this person's yes from being taken now; ends the request if its time is up."""
    if not may_decide(user, execution):
        raise PermissionDenied
    if change := tie_of(user, execution):
        raise OnePersonError(change)
    if endings.is_over(execution):
        endings.check(execution, api)
    if other := engine.in_the_way_of(execution):
        raise engine.PaymentLockedError(other)
    if by_others := engine.external_moves_on(execution).first():
        raise engine.ExternalMoveError(by_others)


def carry_out(api: OrderApi, execution: Execution, who: log.Who) -> Execution:
    """What is prepared now, through the engine. Raises RequestClosedError where the payment has changed; what could not
    be read has ended unsent."""
    try:
        return engine.carry_out(api, execution, who)
    except engine.PaymentChangedError as moved:
        raise RequestClosedError from moved
    except ApiError:
        return execution


def _approve_first(api: OrderApi, execution: Execution, user: User, who: log.Who, note: str) -> None:
    """Written down once, of a payment that is as the asker saw it: nobody is the first where somebody else is."""
    if error := look(api, execution).error:
        raise UnreadError from error
    with transaction.atomic():
        Execution.objects.select_for_update().get(pk=execution.pk)
        data = {"why": [FIRST], "note": note, "user": user.pk}
        stays = {"next_check_at": execution.next_check_at}
        action, expected = AuditAction.PAYMENT_APPROVAL_FIRST, (State.WAITING,)
        if first_of(execution) or not settle(
            execution, Kind.PERSON, data, State.WAITING, by=who, expected=expected, action=action, fields=stays
        ):
            raise RequestClosedError


def _approve(execution: Execution, user: User, who: log.Who, data: dict[str, Any]) -> None:
    """Only what waits for approval: what is asked for is taken up (`payments.approvals.asks`)."""
    if execution.state == State.ASKED:
        raise RequestClosedError
    _decide(execution, State.PREPARED, user, who, data)


def where_free(execution: Execution, prepare: Callable[[], None]) -> None:
    """From a request to prepared, where no other attempt on the payment is open.

    Tried once more where one stood in the way and has ended by the time that it is looked for. What stands in the way
    twice and cannot be found is raised as it is.
    """
    for is_last in (False, True):
        try:
            prepare()
        except IntegrityError:
            if other := intent.attempts_on(execution).filter(state__in=OPEN).first():
                raise engine.PaymentLockedError(other) from None
            if is_last:
                raise
        else:
            return


def _decide(execution: Execution, to: State, user: User, who: log.Who, data: dict[str, Any]) -> None:
    decision = {
        "decided_by": user,
        "decided_by_name": who.username,
        "decided_at": timezone.now(),
        "decision_note": data["note"],
    }
    if not endings.end(execution, to, data, by=who, **decision):
        raise RequestClosedError


def turn_down(execution: Execution, user: User, who: log.Who, note: str) -> None:
    """Nothing is sent, for a reason. Raises PermissionDenied, RequestClosedError."""
    if not may_turn_down(user, execution):
        raise PermissionDenied
    _decide(execution, State.TURNED_DOWN, user, who, {"why": ["turned-down"], "note": note})


def withdraw(execution: Execution, user: User, who: log.Who) -> None:
    """Whoever asked for it may take it back. Raises PermissionDenied, RequestClosedError."""
    if not is_own(user, execution):
        raise PermissionDenied
    if not endings.end(execution, State.WITHDRAWN, {"why": ["withdrawn"]}, by=who):
        raise RequestClosedError
