"""Answers from the index. Each says how old it can be (`freshness`), and none is the basis of a money decision."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from accounts.channels import Channel
from index import checks, counting, narrowing, positions, walking, words
from index.amounts import from_units
from index.answers import Freshness, Page, Tally
from index.conditions import matching, of_channels
from index.counting import MOST_COUNTED, found_by_checks
from index.models import ChannelState, IndexedOrder
from index.questions import Question
from index.spans import begin_of
from index.sums import Axis, HeldSum, OrderSum
from index.walking import oldest_by_checks


def tally(question: Question, amount: Any = counting.TOTAL) -> Tally:
    """How many orders are meant, and what they come to: exact where rollups tell (`counting.can_be_rolled`), up to
    MOST_COUNTED otherwise, without sums where there are more. `oldest` is known where the question names a check or a
    status. `amount` is what is added up of each, by columns that rollups have as well (`rollups.SUMS`)."""
    return counting.tally(question, amount)


def group(question: Question, by: str) -> dict[str, Tally]:
    """The same for each `currency` or `channel` ("norce/se") there is. ValueError where rollups do not know all that
    is asked for."""
    return counting.grouped(question, by)


def ages(
    question: Question, now: dt.datetime, edges_days: tuple[int, ...] = (1, 3, 7, 14), amount: Any = counting.TOTAL
) -> list[Tally]:
    """The orders by how many days ago they took their state, as the desk's time zone has days: by default 0–1, 2–3,
    4–7, 8–14 and more. `age_bounds` says which rows these are."""
    return [
        counting.found_by(replace(question, since_from=since, since_to=until), amount)
        for since, until in age_bounds(now, edges_days)
    ]


def age_bounds(
    now: dt.datetime, edges_days: tuple[int, ...] = (1, 3, 7, 14)
) -> list[tuple[dt.datetime | None, dt.datetime | None]]:
    """`since_from` and `since_to` of each of the `ages`."""
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    times = [begin_of(today - dt.timedelta(days=days), zone) for days in edges_days]
    return list(zip([*times, None], [None, *times], strict=True))


class Placed(NamedTuple):
    """How many orders, and what they come to, in major units."""

    size: int
    total: Decimal


def days(
    channels: Iterable[Channel], first: dt.date, last: dt.date, zone: dt.tzinfo
) -> dict[dt.date, dict[str, Placed]]:
    """The orders that were placed on each day from `first` to `last`, as that time zone has days, by currency. Every
    day is there. By rollups in the desk's own time zone (TIME_ZONE), by the rows in another."""
    asked = tuple(channels)
    found: dict[dt.date, dict[str, Placed]] = {
        first + dt.timedelta(days=n): {} for n in range((last - first).days + 1)
    }  # fmt: skip
    if str(zone) == settings.TIME_ZONE:
        sums = OrderSum.objects.filter(
            of_channels(asked), axis=Axis.ROUGH_DAY, adapter="", since__range=(first, last), status__in=checks.PLACED
        )
        rows: Iterable[Any] = sums.values_list("since", "currency").annotate(n_=Sum("n"), s=Sum("total")).order_by()
    else:
        orders = IndexedOrder.objects.filter(
            of_channels(asked),
            created__gte=begin_of(first, zone),
            created__lt=begin_of(last + dt.timedelta(days=1), zone),
            status__in=checks.PLACED,
        )
        by_day = orders.annotate(day=TruncDate("created", tzinfo=zone))
        rows = by_day.values_list("day", "currency").annotate(n_=Count("number"), s=Sum("total")).order_by()
    for day, currency, size, total in rows:
        if size:
            found[day][currency] = Placed(size, from_units(int(total)))
    return found


def page(  # noqa: PLR0913 - which page of what
    question: Question, size: int, after: str = "", before: str = "", *, at: str = "", only: Q | None = None
) -> Page:
    """A page of the orders that are meant, in the order of `question.sort`. `at="end"`: the last one. A position that
    cannot be read is the beginning. A page in the middle costs what the first one does. `only`: a condition besides,
    which has to hold of most of them, or they are looked through for it."""
    sorting = narrowing.Sorting.of(question.sort)
    is_sized = sorting.column in narrowing.IN_NO_OTHER_ORDER and narrowing.has_an_index(question)
    sizes = counting.sizes(question) if is_sized else None
    question = counting.where_any(question) if sizes is None else replace(question, channels=tuple(sizes))
    if not question.channels:
        return Page(())
    found = walking.page(
        walking.along(question, sorting, only, sizes), sorting, size,
        positions.read(sorting.column, after), positions.read(sorting.column, before), last=at == "end",
    )  # fmt: skip
    rows: tuple[IndexedOrder, ...] = tuple(walking.fetched(IndexedOrder, found.keys))

    def place(row: IndexedOrder) -> str:
        currency = row.currency if sorting.column == "total" else ""
        return positions.written(sorting.column, getattr(row, sorting.column), row.number, currency)

    return Page(
        rows, place(rows[-1]) if rows and found.has_more else "", place(rows[0]) if rows and found.has_less else ""
    )


def adapters_holding(channels: Iterable[Channel]) -> list[str]:
    """The adapters by which money is held in these channels."""
    sums = HeldSum.objects.filter(of_channels(channels), n__gt=0)
    return list(sums.values_list("adapter", flat=True).distinct().order_by("adapter"))


def few_with(channels: tuple[Channel, ...], text: str) -> list[int] | None:
    """The numbers of orders among which those are of which an identifier has that piece; None where there are more than
    can be looked up one by one, or it is too short to tell."""
    if len(" ".join(text.split())) < words.FEWEST:
        return None
    found = narrowing.some_with(Question(channels=channels, text=text), narrowing.SORTED)
    return None if len(found) > narrowing.SORTED else found


def rows_of(channel: Channel, ids: Iterable[str]) -> dict[str, IndexedOrder]:
    """The rows of these orders of a channel, by id; what is not known is left out."""
    rows = IndexedOrder.objects.filter(merchant=channel.merchant, channel=channel.name, order_id__in=list(ids))
    return {row.order_id: row for row in rows}


def freshness(channels: Iterable[Channel]) -> list[Freshness]:
    """How well each of these channels is known, in the same order."""
    asked = tuple(channels)
    known = {Channel(row.merchant, row.channel): row for row in ChannelState.objects.filter(of_channels(asked))}
    sums = OrderSum.objects.filter(of_channels(asked), Q(axis=Axis.ROUGH_ALL))
    orders = {
        Channel(merchant, name): n
        for merchant, name, n in sums.values_list("merchant", "channel").annotate(n_=Sum("n")).order_by()
    }
    found = []
    for channel in asked:
        row, size = known.get(channel), orders.get(channel, 0)
        found.append(
            Freshness(
                channel, size, row.newest_at, row.pushed_at, row.failed_at, row.error, row.whole_at, _share(row.cursors)
            )
            if row
            else Freshness(channel, size, None)
        )
    return found


def _share(cursors: Mapping[str, Any]) -> float:
    """How much of the channel the sweep of the whole has met (`index.sweeping.pages.Cursor`)."""
    kept = cursors.get("whole") or {}
    return min(1.0, kept.get("offset", 0) / kept["size"]) if kept.get("size") else 0.0


__all__ = [
    "MOST_COUNTED", "Freshness", "Page", "Placed", "Tally", "adapters_holding",
    "age_bounds", "ages", "days", "few_with", "found_by_checks", "freshness", "group", "matching", "oldest_by_checks",
    "page", "rows_of", "tally",
]  # fmt: skip
