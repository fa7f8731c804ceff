"""Counting and finding by tallies: how many orders match, what they add up to, and in which days a page of them lies.

A stretch of time is added up from whole months, the days at its edges, and the orders themselves of a day that it
begins or ends within. So a million orders take no longer than ten thousand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Count, Q, Sum

from sandbox.models import Order, Tally
from sandbox.scope import Scope
from sandbox.text import column

DAY, MONTH = Tally.Span.DAY, Tally.Span.MONTH
_LAST = datetime.max.replace(tzinfo=UTC)
ANY = Q()
MOST_GAPS = 15
"""How many gaps between the days of a page are passed over; the narrowest of more are read as well."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many orders began from `since` until `before` (not included), with totals of so many 1/10000."""

    since: datetime
    before: datetime
    orders: int
    value: int
    is_month: bool = False


def stretches(
    scope: Scope, kinds: Q = ANY, since: datetime | None = None, before: datetime | None = None
) -> list[Stretch]:
    """The stretches, oldest first and without empty ones, that together hold the orders of these `kinds` (a condition
    on state and countries) that began in that time."""
    before = None if before and before.date() == date.max else before  # the end of time
    first, end = _first_day(since), before and before.date()
    if first and end and first >= end:
        return _orders(scope, kinds, since, before)
    found = [_stretch(*cell) for cell in _cells(scope, kinds, _spans(first, end))]
    if since and first and since < _midnight(first):
        found += _orders(scope, kinds, since, _midnight(first))
    if before and end and _midnight(end) < before:
        found += _orders(scope, kinds, _midnight(end), before)
    return sorted((one for one in found if one.orders > 0), key=lambda one: one.since)


def days_of_page(
    scope: Scope, kinds: Q, found: list[Stretch], part: slice, *, is_backwards: bool
) -> tuple[list[Stretch], int]:
    """The days, oldest first, in which that part of the list of those stretches lies, and how many orders of the first
    of them in the list come before it."""
    sign = -1 if is_backwards else 1
    limit = part.stop - part.start
    kept, skip = _window(found[::sign], part.start, limit)
    days, skip = _window(_in_days(scope, kinds, kept)[::sign], skip, limit)
    return days[::sign], skip


def within(days: list[Stretch]) -> Q:
    """The condition that an order began within those days (oldest first), as few ranges: where one day follows close on
    another, as one."""
    gaps = sorted((later.since - one.before, at) for at, (one, later) in enumerate(pairwise(days), 1))
    cuts = [0, *sorted(at for gap, at in gaps[-MOST_GAPS:] if gap), len(days)]
    spans = [(days[low].since, days[high - 1].before) for low, high in pairwise(cuts) if low < high]
    if not spans:
        return Q(pk__in=())
    return Q(*(Q(created__gte=since, created__lt=before) for since, before in spans), _connector=Q.OR)


def _window(found: list[Stretch], offset: int, limit: int) -> tuple[list[Stretch], int]:
    """Those stretches that hold orders from `offset` on, and how many to pass over in the first of them."""
    kept: list[Stretch] = []
    passed = skip = 0
    for one in found:
        if passed + one.orders > offset and passed < offset + limit:
            skip = skip if kept else offset - passed
            kept.append(one)
        passed += one.orders
    return kept, skip


def _in_days(scope: Scope, kinds: Q, found: list[Stretch]) -> list[Stretch]:
    """The same stretches with every month parted into its days, oldest first."""
    months = {one.since.date(): one for one in found if one.is_month}
    days: list[Stretch] = []
    if months:
        low, high = min(months), max(one.before for one in months.values()).date()
        cells = [_stretch(*cell) for cell in _cells(scope, kinds, Q(span=DAY, begin__gte=low, begin__lte=high))]
        days = [one for one in cells if one.since.date().replace(day=1) in months and one.orders > 0]
    return sorted([*(one for one in found if not one.is_month), *days], key=lambda one: one.since)


def _cells(scope: Scope, kinds: Q, spans: Q) -> Iterable[tuple[str, date, int, int]]:
    mine = Tally.objects.filter(kinds, spans, merchant=column(scope.merchant), channel=column(scope.channel))
    return mine.values_list("span", "begin").annotate(Sum("orders"), Sum("value")).order_by()


def _spans(first: date | None, end: date | None) -> Q:
    """The months that lie within, and the days before and after them."""
    month, last = first and (first if first.day == 1 else _next_month(first)), end and end.replace(day=1)
    if month and last and month >= last:
        return Q(span=DAY, begin__gte=first, begin__lt=end)
    months, days = Q(span=MONTH), Q()
    if month:
        months &= Q(begin__gte=month)
        days |= Q(span=DAY, begin__gte=first, begin__lt=month)
    if last:
        months &= Q(begin__lt=last)
        days |= Q(span=DAY, begin__gte=last, begin__lt=end)
    return months | days


def _stretch(span: str, begin: date, orders: int, value: int) -> Stretch:
    is_month = span == MONTH
    end = _next_month(begin) if is_month else _next_day(begin)
    return Stretch(_midnight(begin), _LAST if end == date.max else _midnight(end), int(orders), int(value), is_month)


def _orders(scope: Scope, kinds: Q, since: datetime | None, before: datetime | None) -> list[Stretch]:
    """The one stretch that is no whole day, from the orders themselves."""
    mine = Order.objects.filter(kinds, merchant=column(scope.merchant), channel=column(scope.channel))
    sums = mine.filter(created__gte=since, created__lt=before).aggregate(orders=Count("number"), value=Sum("total"))
    return [Stretch(since, before, sums["orders"], int(sums["value"]))] if since and before and sums["orders"] else []


def _first_day(since: datetime | None) -> date | None:
    """The first day that is whole."""
    if since is None:
        return None
    return since.date() if since == _midnight(since.date()) else _next_day(since.date())


def _next_day(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def _next_month(day: date) -> date:
    return (
        date.max
        if (day.year, day.month) == (date.max.year, 12)
        else (day.replace(day=1) + timedelta(31)).replace(day=1)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
