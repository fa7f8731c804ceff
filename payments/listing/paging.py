"""Pages of a list that is made of several: by position, so that the thousandth is as fast as the first and new rows do
not shift those that are read.

A position is a row's moment, the list that it comes from and its key there: `1795910400000000-0-9f…`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from index.united import first_of_parts
from index.walking import fetched

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICRO = dt.timedelta(microseconds=1)
_LONGEST = 80
_BIGGEST = 2**63 - 1
M = TypeVar("M", bound=Model)


class Position(NamedTuple):
    """Where in the list: the moment, the rank of the row's list, and the row's key in it."""

    at: dt.datetime
    rank: int
    key: Any

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // _MICRO}-{self.rank}-{str(self.key).replace('-', '')}"


class Source(NamedTuple, Generic[M]):
    """One of the lists: `rows` have in `moment` (a lookup, `order__created`) when it was, and what has none stands at
    the end. `read_key` reads a key as it stands in a position; ValueError. `parts`: into which the rows fall
    by the values of some columns, where an index has each part alone in order. `related`: what is shown of a row
    besides."""

    rows: "QuerySet[M]"
    moment: str
    read_key: Callable[[str], Any] = int
    parts: Sequence[Mapping[str, str]] = ()
    related: tuple[str, ...] = ()

    def position_of(self, row: M, rank: int) -> Position:
        value: Any = row
        for name in self.moment.split("__"):
            value = getattr(value, name)
        return Position(value or EPOCH, rank, row.pk)


class Page(NamedTuple):
    """Rows with the ranks of their lists, newest first; `older` and `newer` are the positions after and before which
    their neighbours stand, None at the ends."""

    rows: list[tuple[int, Any]]
    older: Position | None = None
    newer: Position | None = None


def page_of(
    sources: Sequence[Source[Any]], size: int, *, after: Position | None = None, before: Position | None = None
) -> Page:
    """So many rows after (older than) or before (newer than) that position; the newest without one, and where nothing
    is before it. One query a list, and one more for those that have rows without a moment and are at their end."""
    if before is not None:
        found = _merged(sources, size + 1, before, is_newer=True)
        if len(found) <= size:
            return page_of(sources, size)
        shown = found[:size][::-1]
        return Page(_rows(shown), shown[-1][0], shown[0][0])
    found = _merged(sources, size + 1, after, is_newer=False)
    shown = found[:size]
    newer = (shown[0][0] if shown else after) if after is not None else None
    return Page(_rows(shown), shown[-1][0] if len(found) > size else None, newer)


def _rows(found: Iterable[tuple[Position, Any]]) -> list[tuple[int, Any]]:
    return [(position.rank, row) for position, row in found]


def _merged(
    sources: Sequence[Source[Any]], most: int, at: Position | None, *, is_newer: bool
) -> list[tuple[Position, Any]]:
    found = [
        (source.position_of(row, rank), row)
        for rank, source in enumerate(sources)
        for row in _some(source, rank, most, at, is_newer=is_newer)
    ]
    # Each list comes sorted; sorting is stable, so rows of one moment and one list stay as the database has them.
    if is_newer:
        return sorted(found, key=lambda each: (each[0].at, -each[0].rank))[:most]
    return sorted(found, key=lambda each: (EPOCH - each[0].at, each[0].rank))[:most]


def _some(source: Source[M], rank: int, most: int, at: Position | None, *, is_newer: bool) -> list[M]:
    """The next rows of one list beyond a position, in the direction of reading: first those with a moment and then
    those without, or, towards the newer, the other way round."""
    sign = "" if is_newer else "-"
    dated = source.rows.filter(**{f"{source.moment}__isnull": False}).order_by(f"{sign}{source.moment}", f"{sign}pk")
    undated = source.rows.filter(**{f"{source.moment}__isnull": True}).order_by(f"{sign}pk")
    if at is None:
        parts = [dated, undated]
    elif at.at != EPOCH or not _may_be_undated(source):
        parts = [_beyond(dated, source.moment, at, rank, is_newer=is_newer), *([] if is_newer else [undated])]
    else:
        parts = [_beyond_key(undated, at, rank, is_newer=is_newer), *([dated] if is_newer else [])]
    found: list[M] = []
    for part in parts:
        if len(found) < most and (part is not undated or _may_be_undated(source)):
            found += _first(source, part, most - len(found), is_newer=is_newer)
    return found


def _first(source: Source[M], rows: "QuerySet[M]", most: int, *, is_newer: bool) -> "Iterable[M]":
    """The first of these rows, which are in order. Where they fall into parts, so many of each are found in one query,
    and the first of all of them are fetched, by their keys alone: to look for these among all that are meant, SQLite
    goes through all that are meant."""
    if not source.parts:
        return rows.select_related(*source.related)[:most] if source.related else rows[:most]
    keys = first_of_parts(rows.values_list(source.moment, "pk"), source.parts, most, is_falling=not is_newer)
    return fetched(source.rows.model, map(source.rows.model._meta.pk.to_python, keys), *source.related)


def _may_be_undated(source: Source[Any]) -> bool:
    field: Any = source.rows.model
    for name in source.moment.split("__"):
        field = field._meta.get_field(name)
        last, field = field, field.related_model or field
    return bool(last.null)


def _beyond(rows: "QuerySet[M]", moment: str, at: Position, rank: int, *, is_newer: bool) -> "QuerySet[M]":
    """Beyond a position that has a moment. Of that very moment: of the lists on the other side of its own all, of its
    own those beyond its key."""
    way = "gt" if is_newer else "lt"
    if rank != at.rank:
        all_of_it = (rank < at.rank) == is_newer
        return rows.filter(**{f"{moment}__{way}{'e' if all_of_it else ''}": at.at})
    # The plain bound is for the index; the pair decides among rows of one moment.
    pair = Q(**{f"{moment}__{way}": at.at}) | Q(**{f"pk__{way}": at.key})
    return rows.filter(pair, **{f"{moment}__{way}e": at.at})


def _beyond_key(rows: "QuerySet[M]", at: Position, rank: int, *, is_newer: bool) -> "QuerySet[M]":
    if rank != at.rank:
        return rows if (rank < at.rank) == is_newer else rows.none()
    return rows.filter(**{f"pk__{'gt' if is_newer else 'lt'}": at.key})


def read_position(text: str, sources: Sequence[Source[Any]]) -> Position | None:
    """A position as it stands in an address; None where that is none, and then the list begins at its beginning."""
    try:
        micros, rank, key = text[:_LONGEST].split("-")
        at = EPOCH + dt.timedelta(microseconds=int(micros))
        read = sources[int(rank)].read_key(key)
    except (ValueError, IndexError, OverflowError):
        return None
    return None if isinstance(read, int) and not 0 <= read <= _BIGGEST else Position(at, int(rank), read)


def read_uuid(text: str) -> UUID:
    return UUID(hex=text)
