"""Today against the same weekday last week, by this hour: how many orders were placed and what they come to, as the
Order API counts them.

A channel is asked with `limit=1` for how many there are (`size`) and what they add up to (`valueSum`). The API adds up
whatever the currency, so its sum is only told where one currency alone was ever met in the channel; where several
were, the sums by currency are those of the index.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone

from accounts.channels import Channel
from domain.money import Amount
from gateway.fanout import Answer, fan_out
from gateway.request import ApiRequest
from index.checks import PLACED
from index.questions import Question
from index.reading import Tally, group
from order_api import OrderApi
from order_api.errors import ApiError
from orders.list.met import known_of
from overview.scope import Scope
from ui import days

WEEK = dt.timedelta(days=7)
STEP = dt.timedelta(minutes=5)
"""The hour of last week is told to that, so that it need not be asked for each minute anew."""
KEPT_TODAY, KEPT_HOUR, KEPT_DAY = 60, 15 * 60, 24 * 3600
"""Seconds for which an answer is kept: of today, of a part of a day that is over, of a whole one."""


class Window(NamedTuple):
    """From when until when (exclusive, UTC), and for how long an answer is good."""

    first: dt.datetime
    end: dt.datetime
    kept: int

    def key(self, channel: Channel) -> str:
        return f"overview:{channel}:{self.first:%Y%m%d%H%M}:{self.end:%Y%m%d%H%M}"


class Windows(NamedTuple):
    today: Window
    then: Window
    whole: Window


class Count(NamedTuple):
    """What a channel said of a stretch: how many orders, what the API adds them up to, and the currency of the one
    that it showed (empty where it showed none)."""

    size: int
    value: Decimal
    currency: str


class Side(NamedTuple):
    """Today or last week: `size` is None where a channel did not answer. `sums` by currency."""

    size: int | None = None
    sums: tuple[Amount, ...] = ()


class ChannelDay(NamedTuple):
    """`is_mixed`: its sums are those of the index. `error`: why it did not answer, `is_late`: not in time."""

    channel: Channel
    today: Side
    then: Side
    whole: Side
    is_mixed: bool = False
    error: ApiError | None = None
    is_late: bool = False

    @property
    def came(self) -> bool:
        return self.today.size is not None


class Today(NamedTuple):
    """`rows` by channel; `silent` are those that did not answer, and the figures are without them. `day` is today in
    the reader's zone, `then` the same weekday last week, `by` the moment today that it is compared with."""

    rows: Sequence[ChannelDay]
    today: Side
    then: Side
    whole: Side
    day: dt.date
    before: dt.date
    by: dt.datetime

    @property
    def silent(self) -> list[Channel]:
        return [row.channel for row in self.rows if not row.came]


def windows(now: dt.datetime) -> Windows:
    """The stretches in the zone of whoever reads. A day of last week may be an hour longer or shorter."""
    today = timezone.localdate(now)
    before = today - WEEK
    clock = timezone.localtime(now)
    by = clock.replace(minute=clock.minute // 5 * 5, second=0, microsecond=0)
    then = dt.datetime.combine(before, by.time(), timezone.get_current_timezone()).astimezone(dt.UTC)
    start = days.start_of(before)
    return Windows(
        Window(days.start_of(today), days.end_of(today), KEPT_TODAY),
        Window(start, max(then, start), KEPT_HOUR),
        Window(start, days.end_of(before), KEPT_DAY),
    )


def today_of(request: ApiRequest, scope: Scope, now: dt.datetime) -> Today:
    """The figures. Raises none of the API's errors: a channel that fails says so in its row."""
    stretches = windows(now)
    counts, failed = _counts(request, scope.channels, stretches)
    currencies = _currencies(scope.channels, counts, stretches)
    mixed = [channel for channel in scope.channels if len(currencies[channel]) > 1]
    sums = [_sums(mixed, window) for window in stretches]
    rows = []
    for channel in scope.channels:
        today, then, whole = (
            _side(counts.get(window.key(channel)), own.get(channel), currencies[channel])
            for window, own in zip(stretches, sums, strict=True)
        )
        answer = failed.get(channel)
        error, is_late = (answer.error, answer.is_late) if answer else (None, False)
        rows.append(ChannelDay(channel, today, then, whole, channel in mixed, error, is_late))
    clock = timezone.localtime(now)
    told = [row for row in rows if row.came]
    return Today(
        rows,
        _total(row.today for row in told),
        _total(row.then for row in told),
        _total(row.whole for row in told),
        clock.date(),
        clock.date() - WEEK,
        clock.replace(minute=clock.minute // 5 * 5, second=0, microsecond=0),
    )


def _counts(
    request: ApiRequest, channels: Sequence[Channel], stretches: Windows
) -> tuple[dict[str, Count], dict[Channel, Answer[dict[str, Count]]]]:
    keys = {window.key(channel): window for channel in channels for window in stretches}
    known: dict[str, Count] = cache.get_many(keys)

    def ask(api: OrderApi, channel: Channel) -> dict[str, Count]:
        wanted = {window.key(channel): window for window in stretches}
        return {key: _count(api, window) for key, window in wanted.items() if key not in known}

    missing = [channel for channel in channels if any(window.key(channel) not in known for window in stretches)]
    failed: dict[Channel, Answer[dict[str, Count]]] = {}
    for answer in fan_out(request, missing, ask, most_calls=len(stretches)):
        if answer.value is None:
            failed[answer.channel] = answer
            continue
        known |= answer.value
        for kept in {keys[key].kept for key in answer.value}:
            cache.set_many({key: one for key, one in answer.value.items() if keys[key].kept == kept}, kept)
    return known, failed


def _count(api: OrderApi, window: Window) -> Count:
    if window.end <= window.first:
        return Count(0, Decimal(0), "")
    found = api.orders.list(limit=1, status=PLACED, date_from=window.first, date_to=window.end)
    size = found.pagination.size if found.pagination and found.pagination.size is not None else len(found.data)
    value = found.pagination.value_sum if found.pagination else None
    currency = next((order.currency for order in found.data if order.currency), "") or ""
    return Count(size, value or Decimal(0), currency.upper())


def _currencies(
    channels: Sequence[Channel], counts: Mapping[str, Count], stretches: Windows
) -> dict[Channel, frozenset[str]]:
    """The currencies that were met in each channel: by pages, by the index on these days, and in these answers."""
    met = known_of(map(str, channels))
    found = {channel: set(met[str(channel)].currencies) for channel in channels}
    for window in (stretches.today, stretches.whole):
        for channel, known in _of_index(channels, window).items():
            found[channel] |= known.sums.keys() - {""}
    for channel in channels:
        answers = (counts.get(window.key(channel)) for window in stretches)
        found[channel] |= {count.currency for count in answers if count and count.currency}
    return {channel: frozenset(currencies) for channel, currencies in found.items()}


def _of_index(channels: Sequence[Channel], window: Window) -> dict[Channel, Tally]:
    """The orders that the index knows, by channel; nothing of those without any."""
    if not channels:
        return {}
    asked = Question(
        channels=tuple(channels), status=tuple(PLACED), created_from=window.first, created_to=window.end
    )  # fmt: skip
    found = group(asked, "channel")
    return {channel: found[str(channel)] for channel in channels if str(channel) in found}


def _sums(channels: Sequence[Channel], window: Window) -> dict[Channel, tuple[Amount, ...]]:
    """By currency, as the index knows them, the largest first."""
    return {
        channel: tuple(Amount(value, code) for code, value in sorted(known.sums.items(), key=lambda each: -each[1]))
        for channel, known in _of_index(channels, window).items()
    }


def _side(count: Count | None, of_index: tuple[Amount, ...] | None, currencies: frozenset[str]) -> Side:
    if count is None:
        return Side()
    if len(currencies) > 1:
        return Side(count.size, of_index or ())
    currency = next(iter(currencies), "")
    return Side(count.size, (Amount(count.value, currency),) if count.value else ())


def _total(sides: Iterable[Side]) -> Side:
    """Orders of all channels, and the sums of each currency apart."""
    size, sums = 0, dict[str, Decimal]()
    for side in sides:
        size += side.size or 0
        for amount in side.sums:
            sums[amount.currency] = sums.get(amount.currency, Decimal(0)) + amount.value
    amounts = sorted((Amount(value, code) for code, value in sums.items()), key=lambda each: -each.value)
    return Side(size, tuple(amounts))
