"""A task, and what else waits for a person, as the queue and the order's page show it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.channels import Channel
from accounts.roles import WORDS
from audit.names import person_name
from teamwork import access, queue
from teamwork.models import Kind, Task
from ui import statements

_ICONS: Mapping[str, str] = {Kind.ASK: "user", Kind.MENTION: "note", Kind.ANSWER: "done"}


class Row(NamedTuple):
    """One line. `url` leads to the order; `ways_on` to where else it is decided, with its words. The last four say what
    whoever reads may do with it."""

    channel: Channel
    order_id: str
    called: str
    url: str
    kind: str | Promise
    icon: str
    by: str
    text: str
    since: dt.datetime
    due: dt.date | None = None
    is_overdue: bool = False
    code: str = ""
    whose: str = ""
    is_own: bool = False
    is_left: bool = False
    task_id: int | None = None
    moves: int = 0
    ways_on: tuple[str, str] | None = None
    may_end: bool = False
    may_hand_over: bool = False
    may_take: bool = False
    may_give_back: bool = False

    def _address(self, name: str) -> str:
        return reverse(name, args=(self.channel, self.order_id, self.task_id))

    @property
    def done_url(self) -> str:
        return self._address("task-done")

    @property
    def hand_over_url(self) -> str:
        return self._address("task-hand-over")

    @property
    def take_url(self) -> str:
        return self._address("task-take")

    @property
    def give_back_url(self) -> str:
        return self._address("task-give-back")


def order_url(channel: Channel, order_id: str) -> str:
    """The order's page, in its channel."""
    return reverse("order-detail", args=(channel, order_id))


def rows_of(found: Sequence[Task | queue.Item], user: User) -> list[Row]:
    """The rows for that reader. At most one query: what notes say."""
    said = queue.texts_of([each for each in found if isinstance(each, Task)])
    return [_of_task(each, user, said) if isinstance(each, Task) else _of_item(each) for each in found]


def _of_task(task: Task, user: User, said: Mapping[int, str]) -> Row:
    may_write = user.has_perm(access.WRITES)
    may_end = may_write and access.may_end(user, task)
    return Row(
        channel=task.where,
        order_id=task.order_id,
        called=task.called,
        url=order_url(task.where, task.order_id),
        kind=Kind(task.kind).label,
        icon=_ICONS[task.kind],
        by=task.by_name,
        text=said[task.pk],
        since=task.created_at,
        due=task.due,
        is_overdue=queue.is_overdue(task.due),
        code=queue.words_of(task.code),
        whose=whose(task),
        is_own=task.for_person_id == user.pk,
        is_left=access.left_by_all(task),
        task_id=task.pk,
        moves=task.moves,
        ways_on=queue.way_of(task),
        may_end=may_end,
        may_hand_over=may_end and task.kind == Kind.ASK,
        may_take=may_write and access.may_take(user, task),
        may_give_back=may_write and access.may_give_back(user, task),
    )


def _of_item(item: queue.Item) -> Row:
    return Row(
        channel=item.channel,
        order_id=item.order_id,
        called=item.reference or item.order_id,
        url=order_url(item.channel, item.order_id) if item.order_id else item.url,
        kind=item.kind,
        icon="approve",
        by=item.by,
        text=item.text,
        since=item.since,
        due=item.due,
        is_overdue=queue.is_overdue(item.due),
        ways_on=(item.url, str(item.words)),
    )


def whose(task: Task) -> str:
    """Who has it, in words: a person, or a role."""
    if task.for_person is not None:
        return person_name(task.for_person.username)
    return str(WORDS.get(task.for_role, task.for_role)) or _("nobody")


class OfOrder(NamedTuple):
    """What of an order's tasks its page shows: with whom it is, and what whoever reads it has to know or do."""

    holders: str = ""
    rows: Sequence[Row] = ()
    answers: Sequence[Row] = ()
    """Those of the rows that a note of the reader would answer."""


_has_any = statements.Exists(
    lambda merchant, channel, order_id: Task.objects.filter(
        order_id=order_id, merchant=merchant, channel=channel, state="open"
    )
)


def of_order(user: User, channel: Channel, order_id: str) -> OfOrder:
    """What the order's page shows of its open tasks. One query, and two more where there are any."""
    if not _has_any(channel.merchant, channel.name, order_id):
        return OfOrder()
    tasks = list(access.of_order(channel, order_id))
    shown = [task for task in tasks if task.kind == Kind.ASK or access.is_mine(user, task)]
    rows = rows_of(shown, user)
    answered = [row for row, task in zip(rows, shown, strict=True) if is_answered_by_note(user, task)]
    holders = dict.fromkeys(whose(task) for task in tasks if task.kind == Kind.ASK)
    return OfOrder(", ".join(holders), rows, answered)


def is_answered_by_note(user: User, task: Task) -> bool:
    """Whether it is theirs, and a question that words can answer: one that somebody else asked."""
    return access.is_mine(user, task) and task.kind != Kind.ANSWER and task.by_id != user.pk
