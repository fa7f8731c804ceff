from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from payments.executions.access import visible
from payments.models import OPEN, State


class Waiting(NamedTuple):
    """What waits in a person's channels: executions that are not settled, and requests that they may decide."""

    doubts: int = 0
    approvals: int = 0


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: the counts beside the places of the frame. One query where they are shown,
    none for who may not execute."""
    user = getattr(request, "user", None)
    return {"waiting": SimpleLazyObject(lambda: waiting(user))} if user is not None else {"waiting": Waiting()}


def waiting(user: User | AnonymousUser) -> Waiting:
    if not isinstance(user, User) or not user.has_perm("accounts.execute_payment_action"):
        return Waiting()
    others = Q(state=State.WAITING) & ~Q(asked_by=user)
    counts = visible(user).filter(state__in=[*OPEN, State.WAITING])
    return Waiting(
        **counts.aggregate(doubts=Count("pk", filter=Q(state__in=OPEN)), approvals=Count("pk", filter=others))
    )
