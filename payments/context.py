from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.channels import grants_of
from payments.approvals import others
from payments.executions.access import given, unacknowledged
from payments.models import OPEN, REQUESTED, Execution, State
from ui.statements import Written, counted

LISTED = (*OPEN, State.CONTRADICTED)


class Waiting(NamedTuple):
    """What waits in a person's channels: what nobody knows the outcome of or has looked at (open and contradicted
    executions, moves of others), and what they may decide: requests, and what other rooms have (`approvals.others`)."""

    doubts: int = 0
    approvals: int = 0


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: the counts beside the places of the frame. One query where they are
    shown, and those of other rooms; none for who may not execute."""
    user = getattr(request, "user", None)
    return {"waiting": SimpleLazyObject(lambda: waiting(user))} if user is not None else {"waiting": Waiting()}


def waiting(user: User | AnonymousUser) -> Waiting:
    if not isinstance(user, User) or not user.has_perm("accounts.execute_payment_action"):
        return Waiting()
    found = dict(_counts(grants_of(user), person=user.pk))
    return Waiting(found.get("doubts", 0) + found.get("moves", 0), found.get("approvals", 0) + others.count(user))


@Written
def _counts(grants: tuple[tuple[str, str], ...], person: Any) -> QuerySet[Execution, Any]:
    """By what they are, for that person with these channels."""
    theirs = Execution.objects.filter(given(grants))
    decidable = theirs.filter(~Q(asked_by=person), Q(taken_by=None) | ~Q(taken_by=person), state__in=REQUESTED)
    return counted(theirs.filter(state__in=LISTED), "doubts").union(
        counted(unacknowledged(grants), "moves"), counted(decidable, "approvals"), all=True
    )
