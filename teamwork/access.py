"""Which tasks a person may see, which of them are theirs to do, and what they may do with one.

Nobody sees a task of a channel that is not theirs; whoever loses a channel loses its tasks, and the team has them.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.channels import Channel, channels_of
from accounts.models import ANY, ChannelGrant
from teamwork.models import Kind, State, Task
from teamwork.people import role_of
from ui.statements import Written, counted

WRITES = "accounts.add_note"
"""The right to ask colleagues, and to answer them: that of writing notes."""


def visible(user: User | AnonymousUser) -> QuerySet[Task]:
    """The open tasks of the person's channels. No query of its own."""
    return _visible(channels_of(user))


def _visible(channels: Iterable[Channel]) -> QuerySet[Task]:
    theirs = Q(pk__in=())
    for merchant, ours in groupby(sorted(channels), key=lambda channel: channel.merchant):
        theirs |= Q(merchant=merchant, channel__in=[channel.name for channel in ours])
    return Task.objects.filter(theirs, state=State.OPEN)


def mine(user: User | AnonymousUser) -> QuerySet[Task]:
    """What is for them, or for their role while nobody has taken it."""
    return visible(user).filter(_theirs(user.pk, role_of(user)))


def count_mine(user: User) -> int:
    """How many those are; asked with each page. One query, none for who has no channel."""
    return sum(size for _what, size in _count_mine(channels_of(user), role_of(user), person=user.pk))


@Written
def _count_mine(channels: tuple[Channel, ...], role: str, person: Any) -> QuerySet[Task, Any]:
    """For people of these channels and that role."""
    return counted(_visible(channels).filter(_theirs(person, role)))


def team(user: User | AnonymousUser) -> QuerySet[Task]:
    """What others of their channels have to do, and what somebody had who is gone."""
    return visible(user).exclude(_theirs(user.pk, role_of(user))).filter(Q(kind=Kind.ASK) | is_left())


def _theirs(person: Any, role: str) -> Q:
    own = Q(for_person=person)
    if role:
        own |= Q(for_person=None, for_role=role)
    return own


def is_left() -> Q:
    """That nobody has it: its person has no account any more, may not sign in, or has not the channel."""
    grants = ChannelGrant.objects.filter(
        user=OuterRef("for_person"),
        merchant__in=(ANY, OuterRef("merchant")),
        channel__in=(ANY, OuterRef("channel")),
    )
    nobodys = Q(for_person=None, for_role="")
    nobodys |= Q(for_person__is_active=False)
    nobodys |= Q(~Exists(grants), for_person__is_superuser=False)
    return nobodys


def told(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """With whose they are, and whether nobody has them any more (`left_by_all`)."""
    return tasks.select_related("for_person", "by").annotate(is_left=ExpressionWrapper(is_left(), BooleanField()))


def of_order(channel: Channel, order_id: str) -> QuerySet[Task]:
    """The open tasks on an order, oldest first."""
    there = Task.objects.filter(order_id=order_id, merchant=channel.merchant, channel=channel.name)
    return told(there.filter(state=State.OPEN))


def task_of(user: User, channel: Channel, order_id: str, pk: int) -> Task:
    """The task on that order, done or not. Raises Http404 where there is none, and just so where it is of another
    channel."""
    there = Task.objects.filter(order_id=order_id, merchant=channel.merchant, channel=channel.name)
    task = told(there.filter(pk=pk)).first() if channel in channels_of(user) else None
    if task is None:
        raise Http404(_("There is no such task."))
    return task


def is_mine(user: User, task: Task) -> bool:
    if task.for_person_id is not None:
        return task.for_person_id == user.pk
    return bool(task.for_role) and task.for_role == role_of(user)


def may_end(user: User, task: Task) -> bool:
    """Whether the person may say that it is done, or hand it over: whoever has it, whoever asked, and everybody where
    whoever had it is gone."""
    return is_mine(user, task) or task.by_id == user.pk or left_by_all(task)


def may_take(user: User, task: Task) -> bool:
    """Whether the person may make it their own: any colleague, with what is to be done about an order. What was said to
    somebody stays with them, unless they are gone."""
    return task.for_person_id != user.pk and (task.kind == Kind.ASK or left_by_all(task))


def may_give_back(user: User, task: Task) -> bool:
    """Whoever has it, where there is somebody to give it to."""
    goes_back = bool(task.for_role) or (task.by is not None and task.by.is_active and task.by_id != user.pk)
    return task.for_person_id == user.pk and task.kind == Kind.ASK and goes_back


def left_by_all(task: Task) -> bool:
    """Whether nobody has it any more; of a task that `told` gave."""
    return bool(getattr(task, "is_left", False))
