"""Which executions a person may see, and the Order API that belongs to one: by the channels that they were
given, whichever they work in now.

A channel that is taken out of ORDER_API_CHANNELS can't be worked in any more. What was sent in it may have moved money
all the same, so whoever was given the channel goes on seeing that.
"""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.channels import Channel, grants_of
from accounts.models import ANY, AccountChange
from accounts.people.changes import tie_between
from gateway.connection import order_api
from order_api import OrderApi
from payments.executions.intent import attempts_on
from payments.models import Execution, ExternalMove


def visible(user: User | AnonymousUser) -> "QuerySet[Execution]":
    """The executions of the channels that this person was given, also of those that the settings name no more."""
    return Execution.objects.filter(given(grants_of(user)))


def given(grants: tuple[tuple[str, str], ...], path: str = "") -> Q:
    """That an execution is of one of these channels, merchant and channel, either of which may be `*`; `path` leads to
    it."""
    if (ANY, ANY) in grants:
        return Q()
    theirs = Q(pk__in=())
    for grant in grants:
        named = zip((f"{path}merchant", f"{path}channel"), grant, strict=True)
        theirs |= Q(**{name: part for name, part in named if part != ANY})
    return theirs


def open_moves(user: User | AnonymousUser) -> "QuerySet[ExternalMove]":
    """What others moved on the payments that this person may see, and nobody has acknowledged yet."""
    return unacknowledged(grants_of(user))


def unacknowledged(grants: tuple[tuple[str, str], ...]) -> "QuerySet[ExternalMove]":
    """The same for whoever was given these channels (`given`). Their executions are looked up one by one: of such moves
    there are few."""
    return ExternalMove.objects.filter(given(grants, "execution__"), acknowledged_at=None)


def execution_of(user: User, channel: Channel, pk: UUID) -> Execution:
    """The execution of that channel. Raises Http404 where there is none, and just so where the channel is not
    theirs."""
    execution = visible(user).filter(pk=pk, merchant=channel.merchant, channel=channel.name).first()
    if execution is None:
        raise Http404(_("There is no such payment action."))
    return execution


def move_of(user: User, channel: Channel, pk: int) -> ExternalMove:
    """What others moved in that channel. Raises Http404 where there is none, and just so where the channel is not
    theirs."""
    theirs = visible(user).filter(merchant=channel.merchant, channel=channel.name)
    seen = ExternalMove.objects.filter(execution__in=theirs).select_related("execution")
    move = seen.filter(pk=pk).first()
    if move is None:
        raise Http404(_("There is no such task."))
    return move


def moves_on(execution: Execution) -> "QuerySet[ExternalMove]":
    """What others moved on that payment, oldest first, acknowledged or not."""
    return (
        ExternalMove.objects.filter(execution__in=attempts_on(execution))
        .select_related("execution")
        .order_by("found_at", "pk")
    )


def api_of(execution: Execution) -> OrderApi:
    """The Order API, bound to the execution's own channel; get the execution by `execution_of` before."""
    return order_api(execution.merchant, execution.channel)


def tie_of(execution: Execution, one: int | None, other: int | None) -> AccountChange | None:
    """Why one person may stand behind both of these people: since shortly before it was asked for, one of them changed
    the other's account, or somebody who may act as the one may act as the other. None where they do not."""
    window: dt.timedelta = settings.PAYMENT_CHANGED_ACCOUNT_TIME
    if not window or one is None or other is None:
        return None
    return tie_between(one, other, execution.created_at - window)
