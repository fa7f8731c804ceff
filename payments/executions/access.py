"""Which executions a person may see, and the Order API that belongs to one: by the channels that they were
given, whichever they work in now."""

from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.channels import Channel, channels_of
from gateway.connection import order_api
from order_api import OrderApi
from payments.models import Execution


def visible(user: User | AnonymousUser) -> "QuerySet[Execution]":
    """The executions of this person's channels."""
    theirs = [Q(merchant=channel.merchant, channel=channel.name) for channel in channels_of(user)]
    return Execution.objects.filter(reduce(or_, theirs)) if theirs else Execution.objects.none()


def execution_of(user: User, pk: UUID) -> Execution:
    """The execution. Raises Http404 where there is none, and just so where it is of a channel that is not theirs."""
    execution = visible(user).filter(pk=pk).first()
    if execution is None:
        raise Http404(_("There is no such payment action."))
    return execution


def channel_of(execution: Execution) -> Channel:
    return Channel(execution.merchant, execution.channel)


def api_of(execution: Execution) -> OrderApi:
    """The Order API, bound to the execution's own channel; get the execution by `execution_of` before."""
    return order_api(execution.merchant, execution.channel)
