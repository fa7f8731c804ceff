"""What a row says of how people of this desk deal with its order: who has it, and whether there are notes on it."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db.models import CharField, Count, IntegerField, QuerySet, Value
from django.utils.translation import gettext as _

from accounts.channels import Channel
from accounts.roles import WORDS
from audit.names import person_name
from orders.models import Note
from payments.presentation.list_rows import Unsettled, unsettled_among, unsettled_of
from teamwork.models import Kind, State, Task
from ui import statements


class Mark(NamedTuple):
    """The names of those who have the order, and how many notes there are on it."""

    names: tuple[str, ...] = ()
    notes: int = 0


def _marks(merchant: str, channel: str, *order_ids: str) -> QuerySet[Any]:
    """A row of order, account, role and 0 for each task, and one of order and how many for the notes on an order."""
    there = {"merchant": merchant, "channel": channel, "order_id__in": order_ids}
    tasks = Task.objects.filter(**there, kind=Kind.ASK, state=State.OPEN).order_by()
    noted = Note.objects.filter(**there).values("order_id").annotate(n=Count("pk"))
    text, number = CharField(), IntegerField()
    of_tasks = tasks.values_list("order_id", "for_person__username", "for_role", Value(0, output_field=number))
    of_notes = noted.values_list("order_id", Value("", output_field=text), Value("", output_field=text), "n")
    return of_tasks.union(of_notes, all=True)


def _anything(merchant: str, channel: str, *order_ids: str) -> QuerySet[Any]:
    """A row where there is anything to be told of one of these orders: a task, a note, or what is not settled."""
    there = {"merchant": merchant, "channel": channel, "order_id__in": order_ids}
    tasks = Task.objects.filter(**there, kind=Kind.ASK, state=State.OPEN).order_by().values_list("order_id")
    notes = Note.objects.filter(**there).order_by().values_list("order_id")
    return tasks.union(
        notes, unsettled_among(merchant, channel, *order_ids).order_by().values_list("order_id"), all=True
    )


has_any = statements.Exists(_anything)


class Told(NamedTuple):
    """By order, of those of which there is anything to tell."""

    unsettled: Mapping[str, Unsettled]
    marks: Mapping[str, Mark]


def told_of(channel: Channel, order_ids: Collection[str]) -> Told:
    """What is not settled of these orders, who has them, and on which there are notes. One query for all, which nearly
    always says that there is nothing; else two to four more."""
    if not order_ids or not has_any(channel.merchant, channel.name, *order_ids):
        return Told({}, {})
    return Told(unsettled_of(channel, order_ids), marks_of(channel, order_ids))


def marks_of(channel: Channel, order_ids: Collection[str]) -> dict[str, Mark]:
    """By order, of those that have any. One query."""
    found: dict[str, Mark] = {}
    for order_id, account, role, notes in _marks(channel.merchant, channel.name, *order_ids):
        before = found.get(order_id, Mark())
        if notes:
            found[order_id] = before._replace(notes=notes)
            continue
        name = person_name(account) if account else str(WORDS.get(role, role)) or _("nobody")
        found[order_id] = before._replace(names=tuple(sorted({*before.names, name})))
    return found
