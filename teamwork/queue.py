"""*My queue*: what waits for one person, over all their channels. Their tasks, and what other rooms know of that waits
for them, in one line: overdue first, then by the day it is due, then by age.

Other rooms register where they start:

    queue.register(source)            items of their own that wait for a person, which are copied nowhere
    queue.register_texts(texts)       what the notes say by which somebody was mentioned or answered
    queue.register_words({code: …})   words for the `code` of tasks that they make
    queue.register_way(way)           where such a task leads besides its order
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from accounts.channels import Channel
from teamwork import access
from teamwork.models import Task


class Item(NamedTuple):
    """Something that waits for a person and is no task.

    `kind`: why, in a word or two. `by`: the account of whoever asked. `url`: where it is decided; `words`: what a link
    there says. What is about many orders has no `order_id`, and says in `reference` how many. `due`: the day, in the
    reader's zone, until which it should be.
    """

    channel: Channel
    order_id: str
    reference: str
    kind: str | Promise
    by: str
    text: str
    since: dt.datetime
    url: str
    words: str | Promise
    due: dt.date | None = None


class Source(Protocol):
    """What another room has for a person's queue."""

    def count(self, user: User) -> int:
        """How many wait for the person: asked with each page, so at most one query."""
        ...

    def items(self, user: User) -> Sequence[Item]:
        """All that wait for the person, in no order."""
        ...


Texts = Callable[[Collection[int]], Mapping[int, str]]
"""What notes say, by their numbers; one query for all."""
Way = Callable[[Task], tuple[str, str] | None]
"""Where a task leads besides its order, and the words of a link there; None where it does not. No query."""
_sources: list[Source] = []
_texts: list[Texts] = []
_words: dict[str, Promise] = {}
_ways: list[Way] = []


def register(source: Source) -> None:
    """To be called once by each room, when the program starts."""
    _sources.append(source)


def register_texts(texts: Texts) -> None:
    """As `register`."""
    _texts.append(texts)


def register_words(words: Mapping[str, Promise]) -> None:
    """As `register`."""
    _words.update(words)


def register_way(way: Way) -> None:
    """As `register`."""
    _ways.append(way)


def way_of(task: Task) -> tuple[str, str] | None:
    """Where it leads besides its order, if anybody knows."""
    return next(filter(None, (way(task) for way in _ways)), None)


def words_of(code: str) -> str:
    """What became of something; empty where nobody knows the code."""
    return str(_words.get(code, ""))


def texts_of(tasks: Collection[Task]) -> dict[int, str]:
    """What each of the tasks says, by its number; one query for all whose text is a note's."""
    numbers = {task.note_id for task in tasks if task.note_id is not None}
    said: dict[int, str] = {}
    for texts in _texts if numbers else ():
        said |= texts(numbers)
    return {task.pk: task.text or (said.get(task.note_id, "") if task.note_id else "") for task in tasks}


def count_of(user: User | AnonymousUser) -> int:
    """How many things wait for the person. One query, and those of the sources."""
    if not isinstance(user, User) or not user.has_perm("accounts.view_order"):
        return 0
    return access.count_mine(user) + sum(source.count(user) for source in _sources)


class Page(NamedTuple):
    """A page of the queue: tasks and items as they come; `total` over all pages."""

    rows: list[Task | Item]
    total: int


def page_of_mine(user: User, first: int, size: int) -> Page:
    """So many of what waits for the person, from that place on. Two queries, and those of the sources."""
    return _page(access.mine(user), [item for source in _sources for item in source.items(user)], first, size)


def page_of_team(user: User, first: int, size: int) -> Page:
    """So many of what their colleagues have to do. Two queries."""
    return _page(access.team(user), [], first, size)


class _Key(NamedTuple):
    undated: bool
    due: dt.date
    since: dt.datetime
    place: int


def _key(due: dt.date | None, since: dt.datetime, place: int) -> _Key:
    """The earliest due first, so that what is overdue stands above all; what has no day comes last, oldest first."""
    return _Key(due is None, due or dt.date.max, since, place)


def _page(tasks: QuerySet[Task], items: Sequence[Item], first: int, size: int) -> Page:
    keys = [(_key(due, since, pk), None) for pk, due, since in tasks.values_list("pk", "due", "created_at")]
    everything = [*keys, *((_key(item.due, item.since, 0), item) for item in items)]
    shown = sorted(everything, key=lambda pair: pair[0])[first : first + size]
    wanted = [key.place for key, item in shown if item is None]
    found = access.told(Task.objects.filter(pk__in=wanted)).in_bulk() if wanted else {}
    rows = [item or found.get(key.place) for key, item in shown]
    return Page([row for row in rows if row is not None], len(everything))


def is_overdue(due: dt.date | None) -> bool:
    """Whether the day is over in the reader's zone."""
    return due is not None and due < timezone.localdate()
