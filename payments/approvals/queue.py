"""The requests that wait for a person's word, in their queue: nothing is copied, so what is decided is gone."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.channels import grants_of
from domain.states import EXECUTION
from payments.executions.access import given
from payments.models import REQUESTED, Evidence, Execution, Kind
from payments.presentation.summary import title_of
from teamwork.models import Task
from teamwork.queue import Item
from ui.statements import Written, counted

EXECUTE = "accounts.execute_payment_action"


class Requests:
    """A source of `teamwork.queue`."""

    def count(self, user: User) -> int:
        """How many wait for this person. One query; none for who may not execute."""
        if not user.has_perm(EXECUTE):
            return 0
        found = _count(grants_of(user), person=user.pk, name=user.get_username(), now=timezone.now())
        return sum(size for _what, size in found)

    def items(self, user: User) -> Sequence[Item]:
        """What waits for this person. One query."""
        return [_item(each) for each in waiting_for(user)]


def waiting_for(user: User) -> "QuerySet[Execution]":
    """The requests of their channels that they may decide: not what they asked for, took up, or approved first."""
    if not user.has_perm(EXECUTE):
        return Execution.objects.none()
    return _waiting(grants_of(user), user.pk, user.get_username(), timezone.now())


@Written
def _count(grants: tuple[tuple[str, str], ...], person: Any, name: Any, now: Any) -> QuerySet[Execution, Any]:
    return counted(_waiting(grants, person, name, now))


def _waiting(grants: tuple[tuple[str, str], ...], person: Any, name: Any, now: Any) -> "QuerySet[Execution]":
    """For the person with that number and name, or what stands for those (`ui.statements`)."""
    said = Evidence.objects.filter(execution=OuterRef("pk"), kind=Kind.PERSON, by=name)
    others = Q(asked_by=None) | ~Q(asked_by=person)
    return Execution.objects.filter(given(grants), ~Exists(said), others, expires_at__gt=now, state__in=REQUESTED)


def way_to(task: Task) -> tuple[str, str] | None:
    """From what somebody was told of a request to the request."""
    if task.execution is None:
        return None
    return reverse("approval-detail", args=[task.where, task.execution]), _("Open the request")


def _item(execution: Execution) -> Item:
    channel = execution.in_channel
    return Item(
        channel=channel,
        order_id=execution.order_id,
        reference=execution.order_reference,
        kind=EXECUTION.of(execution.state).word,
        by=execution.asked_by_name,
        text=title_of(execution),
        since=execution.created_at,
        url=reverse("approval-detail", args=[channel, execution.pk]),
        words=_("Open the request"),
        due=timezone.localdate(execution.expires_at) if execution.expires_at else None,
    )
