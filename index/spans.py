"""A span of time as rollups know it: whole months, days and quarters of days, and what is left at either end.

All of them are those of the setting TIME_ZONE. Of a part (a day or a quarter) that a span has not all of, what it has
is counted in the rows, or what it has not is counted and taken off, whichever is shorter.
"""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from index.rollups import QUARTER, QUARTERS, quarter_of
from index.sums import Axis

_DAY = dt.timedelta(days=1)
_LONG = (_DAY, _DAY / len(QUARTERS))
"""A part, by whether quarters are taken."""


class Span(NamedTuple):
    """What is whole, as conditions on rollups, each of which an index finds by itself, and what is to be counted
    besides."""

    rows: tuple[Q, ...]
    edges: tuple["Edge", ...] = ()


class Edge(NamedTuple):
    """Less than half of a part; `sign` is -1 where it is to be taken off."""

    since: dt.datetime
    until: dt.datetime
    sign: int = 1


class Place(NamedTuple):
    """Where a part begins: a day, or a quarter of it."""

    day: dt.date
    quarter: int = 0

    @property
    def next(self) -> "Place":
        """The quarter after it."""
        return self._replace(quarter=self.quarter + 1) if self.quarter + 1 < len(QUARTERS) else Place(self.day + _DAY)


def pieces(
    since: dt.datetime | None,
    until: dt.datetime | None,
    month: Axis,
    day: Axis,
    *,
    quarters: bool = False,
) -> Span:
    """That span of time in rollups of such axes, without those of quarters if they are not to be taken."""
    if since and until and until - since < _LONG[quarters] / 2:
        return Span((), (Edge(since, until),) if since < until else ())
    first, last = (_nearest(each, quarters=quarters) if each else None for each in (since, until))
    edges = (
        *(_between(since, _begin(first), 1) if since and first else ()),
        *(_between(until, _begin(last), -1) if until and last else ()),
    )
    if first and last and first.day == last.day:
        return Span(tuple(_quarters(first, last.quarter)), edges)
    found = [*(_quarters(first) if first else ()), *(_quarters(Place(last.day), last.quarter) if last else ())]
    first_day = first.day + _DAY * bool(first.quarter) if first else None
    if first_day is None or last is None or first_day < last.day:
        found += _whole(first_day, last.day if last else None, month, day)
    return Span(tuple(found), edges)


def _quarters(first: Place, end: int | None = None) -> Iterator[Q]:
    """Quarters of that day from the one until before the other; without another, those of a day that is not whole."""
    axes = QUARTERS[first.quarter : end] if end is not None or first.quarter else ()
    if axes:
        yield Q(axis__in=axes, since=first.day)


def _nearest(moment: dt.datetime, *, quarters: bool) -> Place:
    """The beginning of a part that is nearest to it."""
    here = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    before = Place(here.date(), quarter_of(here) if quarters else 0)
    after = before.next if quarters else Place(before.day + _DAY)
    return before if moment - _begin(before) <= _begin(after) - moment else after


def _between(moment: dt.datetime, place: dt.datetime, sign: int) -> Iterator[Edge]:
    """What lies between them, which the span has where it comes first (`sign`: at its beginning 1, at its end -1)."""
    if moment != place:
        yield Edge(min(moment, place), max(moment, place), sign if moment < place else -sign)


def _whole(first: dt.date | None, last: dt.date | None, month: Axis, day: Axis) -> Iterator[Q]:
    """Days from the one until before the other, those of whole months by these."""
    first_month = first and (first if first.day == 1 else _next_month(first))
    last_month = last and last.replace(day=1)
    if first_month and last_month and first_month >= last_month:
        yield _days(day, first, last)
        return
    yield _days(month, first_month, last_month)
    if first and first_month and first < first_month:
        yield _days(day, first, first_month)
    if last and last_month and last_month < last:
        yield _days(day, last_month, last)


def _begin(place: Place) -> dt.datetime:
    return begin_of(place.day, ZoneInfo(settings.TIME_ZONE), place.quarter)


def begin_of(day: dt.date, zone: dt.tzinfo, quarter: int = 0) -> dt.datetime:
    """When it begins, or that quarter of it, in UTC."""
    return dt.datetime.combine(day, dt.time(quarter * QUARTER), zone).astimezone(dt.UTC)


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def _days(axis: Axis, first: dt.date | None, last: dt.date | None) -> Q:
    since = Q(axis=axis, since__gte=first or dt.date.min.replace(year=1000))
    return since & Q(since__lt=last) if last else since
