"""A second person: who asked for it, nobody approves by themselves, admins included."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from audit import log
from orders.api import OrderApi
from payments import engine
from payments.evidence import move
from payments.models import OPEN, Execution, State
from payments.reconcile import check_request, end_request


class Over(Exception):  # noqa: N818 - a state of affairs
    """The request is not open any more; its state says why."""


def may_decide(user: User, execution: Execution) -> bool:
    """Whether this person may approve it, or turn it down: they have the right, and did not ask for it themselves."""
    return user.has_perm("accounts.execute_payment_action") and not is_own(user, execution)


def is_own(user: User, execution: Execution) -> bool:
    return execution.asked_by_id == user.pk


def approve(api: OrderApi, execution: Execution, user: User, who: log.Who, note: str = "") -> Execution:
    """Carry it out now, on the approver's word. Raises PermissionDenied, Over (ended, or lapsed as the payment has changed since it was
    asked for), engine.Occupied (another attempt on this payment is open; the request stays) and ApiError (it could not be looked at)."""
    if not may_decide(user, execution):
        raise PermissionDenied
    if execution.expires_at and execution.expires_at <= timezone.now():
        check_request(execution, api)
    decision = {
        "decided_by": user,
        "decided_by_name": who.username,
        "decided_at": timezone.now(),
        "decision_note": note,
    }
    try:
        taken = move(execution, State.PREPARED, expected=(State.WAITING,), **decision)
    except IntegrityError as error:
        raise engine.Occupied(_other(execution)) from error
    if not taken:
        raise Over
    try:
        return engine.carry_out(api, execution, who)
    except engine.Moved as moved:
        raise Over from moved


def _other(execution: Execution) -> Execution:
    return Execution.objects.get(
        merchant=execution.merchant,
        channel=execution.channel,
        order_id=execution.order_id,
        payment_id=execution.payment_id,
        state__in=OPEN,
    )


def turn_down(execution: Execution, user: User, who: log.Who, note: str) -> None:
    """Nothing is sent, for a reason. Raises PermissionDenied, Over."""
    if not may_decide(user, execution):
        raise PermissionDenied
    decision = {
        "decided_by": user,
        "decided_by_name": who.username,
        "decided_at": timezone.now(),
        "decision_note": note,
    }
    end_request(execution, State.TURNED_DOWN, {"why": ["turned-down"], "note": note}, by=who, **decision)
    if execution.state != State.TURNED_DOWN:
        raise Over


def withdraw(execution: Execution, user: User, who: log.Who) -> None:
    """Whoever asked for it may take it back. Raises PermissionDenied, Over."""
    if not is_own(user, execution):
        raise PermissionDenied
    end_request(execution, State.WITHDRAWN, {"why": ["withdrawn"]}, by=who)
    if execution.state != State.WITHDRAWN:
        raise Over
