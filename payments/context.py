from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from payments.approvals import others
from payments.executions.access import open_moves, visible
from payments.models import OPEN, REQUESTED, State

LISTED = (*OPEN, State.CONTRADICTED)


class Waiting(NamedTuple):
    """What waits in a person's channels: what nobody knows the outcome of or has looked at (open and contradicted
    executions, moves of others), and what they may decide: requests, and what other rooms have (`approvals.others`)."""

    doubts: int = 0
    approvals: int = 0


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: the counts beside the places of the frame. Two queries where they are
    shown, and those of other rooms; none for who may not execute."""
    user = getattr(request, "user", None)
    return {"waiting": SimpleLazyObject(lambda: waiting(user))} if user is not None else {"waiting": Waiting()}


def waiting(user: User | AnonymousUser) -> Waiting:
    if not isinstance(user, User) or not user.has_perm("accounts.execute_payment_action"):
        return Waiting()
    decidable = Q(state__in=REQUESTED) & ~Q(asked_by=user) & (Q(taken_by=None) | ~Q(taken_by=user))
    counts = visible(user).filter(state__in=[*LISTED, *REQUESTED])
    found = counts.aggregate(doubts=Count("pk", filter=Q(state__in=LISTED)), approvals=Count("pk", filter=decidable))
    return Waiting(found["doubts"] + open_moves(user).count(), found["approvals"] + others.count(user))
