"""Sums kept with the rows, so that a question is answered from as many rows, however many orders there are.

Each order counts in a few rows: all orders that are alike, those of its month and of its day (of `created` and of
`status_since`, as the setting TIME_ZONE has days), and the same for each adapter that it was paid with; and those of
its quarter of a day that are alike in a little. Each payment that holds money counts in one, each
transaction that moved some in those of all, of its month and of its day. A writing adds up what it changes and puts it
in at its end, in its own transaction, with its channel held (`index.locking`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Model

from accounts.channels import Channel
from domain.states import MONEY_ACTIONS
from index.locking import held
from index.models import IndexedOrder, IndexedPayment, MoneyEvent
from index.sums import Axis, HeldSum, MoveSum, OrderSum, Outcome

EPOCH = dt.date(1970, 1, 1)
ALIKE = ("status", "payment_state", "paid", "concern", "currency", "country", "shipping_state", "flags")
"""In what orders of one row are alike."""
QUARTERS = (Axis.QUARTER_0, Axis.QUARTER_1, Axis.QUARTER_2, Axis.QUARTER_3)
QUARTER = 24 // len(QUARTERS)
"""Hours of the clock."""
SUMS = ("total", "held", "taken", "gap", "undeclared")
"""What of them is added up; of `undeclared` how far it is from nothing."""
OF_ORDERS = ("created", "status_since", "adapters", *SUMS, *ALIKE)
"""What of an order decides where it counts."""
OF_PAYMENTS = ("adapter", "currency", "is_to_capture", "held")
OF_EVENTS = ("event", "success", "at", "moved", "is_ours", "adapter", "currency")
_Row = Mapping[str, Any]
_AT_ONCE = 400


class Deltas:
    """What a writing changes, added up: `order`, `payment` and `event` before and after, `put` at the end."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.orders: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * (1 + len(SUMS)))
        self.held: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
        self.moves: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])

    def order(self, row: _Row, sign: int) -> None:
        values = (1, row["total"], row["held"], row["taken"], row["gap"], abs(row["undeclared"]))
        for key in self._places(row):
            _add(self.orders[key], values, sign)

    def payment(self, row: _Row, sign: int) -> None:
        if row["held"] > 0:
            _add(self.held[row["adapter"], row["currency"], row["is_to_capture"]], (1, row["held"]), sign)

    def event(self, row: _Row, sign: int) -> None:
        if row["is_ours"] or row["event"] not in MONEY_ACTIONS:
            return
        alike = (row["adapter"], row["event"], Outcome.of(row["success"]).value, row["currency"])
        times = [(Axis.ALL.value, EPOCH)]
        if row["at"]:
            day = row["at"].astimezone(self.zone).date()
            times += [(Axis.AT_MONTH.value, day.replace(day=1)), (Axis.AT_DAY.value, day)]
        for axis, since in times:
            _add(self.moves[axis, since, *alike], (1, row["moved"] or 0, row["moved"] is None), sign)

    def _places(self, row: _Row) -> Iterator[tuple[Any, ...]]:
        created = row["created"].astimezone(self.zone)
        day, since = created.date(), row["status_since"].astimezone(self.zone).date()
        rough = (row["status"], "", "", "", row["currency"], "", "", 0)
        yield (Axis.ROUGH_ALL.value, "", EPOCH, *rough)
        yield (Axis.ROUGH_MONTH.value, "", day.replace(day=1), *rough)
        yield (Axis.ROUGH_DAY.value, "", day, *rough)
        by_state = (row["status"], row["payment_state"], "", "", row["currency"], "", "", 0)
        yield (QUARTERS[quarter_of(created)].value, "", day, *by_state)
        alike = tuple(row[name] for name in ALIKE)
        for adapter in ("", *filter(None, row["adapters"].split("\n"))):
            yield (Axis.ALL.value, adapter, EPOCH, *alike)
            yield (Axis.CREATED_MONTH.value, adapter, day.replace(day=1), *alike)
            yield (Axis.CREATED_DAY.value, adapter, day, *alike)
            yield (Axis.SINCE_MONTH.value, adapter, since.replace(day=1), *alike)
            yield (Axis.SINCE_DAY.value, adapter, since, *alike)

    def put(self) -> None:
        """Into the tables, which have what was there before."""
        _put(self.channel, OrderSum, ("axis", "adapter", "since", *ALIKE), ("n", *SUMS), self.orders)
        _put(self.channel, HeldSum, ("adapter", "currency", "is_to_capture"), ("n", "held"), self.held)
        names = ("axis", "since", "adapter", "event", "outcome", "currency")
        _put(self.channel, MoveSum, names, ("n", "moved", "untold"), self.moves)


def quarter_of(here: dt.datetime) -> int:
    """In which quarter of its day it is, by the clock of its time zone."""
    return here.hour // QUARTER


def _add(sums: list[int], values: Iterable[int], sign: int = 1) -> None:
    """Adds each of these to the sum in its place, or takes it off."""
    for place, value in enumerate(values):
        sums[place] += sign * value


def _put(
    channel: Channel,
    model: type[Model],
    alike: Sequence[str],
    sums: Sequence[str],
    deltas: Mapping[tuple[Any, ...], Sequence[int]],
) -> None:
    changed = sorted((key, values) for key, values in deltas.items() if any(values))
    quote, table = connection.ops.quote_name, model._meta.db_table
    names = ("merchant", "channel", *alike)
    columns = ", ".join(map(quote, (*names, *sums)))
    added = ", ".join(f"{quote(name)} = {quote(table)}.{quote(name)} + excluded.{quote(name)}" for name in sums)
    mark = f"({', '.join(['%s'] * (len(names) + len(sums)))})"
    with connection.cursor() as cursor:
        for start in range(0, len(changed), _AT_ONCE):
            some = changed[start : start + _AT_ONCE]
            cursor.execute(
                f"INSERT INTO {quote(table)} ({columns}) VALUES {', '.join([mark] * len(some))} "  # noqa: S608 - names of ours
                f"ON CONFLICT ({', '.join(map(quote, names))}) DO UPDATE SET {added}",
                [value for key, values in some for value in (*channel, *map(_plain, key), *values)],
            )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) and connection.vendor == "sqlite" else value


def recount(channel: Channel) -> None:
    """The channel's sums from its rows alone: after the time zone of days was changed, or where somebody wrote by
    hand."""
    with held(channel):
        deltas = Deltas(channel)
        mine = {"merchant": channel.merchant, "channel": channel.name}
        for row in IndexedOrder.objects.filter(**mine).values(*OF_ORDERS).iterator(5000):
            deltas.order(row, 1)
        for row in IndexedPayment.objects.filter(**mine).values(*OF_PAYMENTS).iterator(5000):
            deltas.payment(row, 1)
        for row in MoneyEvent.objects.filter(**mine, is_ours=False).values(*OF_EVENTS).iterator(5000):
            deltas.event(row, 1)
        OrderSum.objects.filter(**mine).delete()
        HeldSum.objects.filter(**mine).delete()
        MoveSum.objects.filter(**mine).delete()
        deltas.put()


def drop_empty(channels: Iterable[Channel]) -> None:
    """Rows that count nothing any more are taken out."""
    for channel in channels:
        with held(channel):
            for model in (OrderSum, HeldSum, MoveSum):
                model._default_manager.filter(merchant=channel.merchant, channel=channel.name, n=0).delete()


def known_channels() -> list[Channel]:
    """The channels of which something is kept."""
    rows = OrderSum.objects.filter(axis=Axis.ROUGH_ALL, n__gt=0).values_list("merchant", "channel").distinct()
    return [Channel(*row) for row in rows.order_by("merchant", "channel")]
