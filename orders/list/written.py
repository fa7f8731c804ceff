"""The rows of the list as they were written before: most of them are the same for everybody who
looks, time and again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.channels import Channel
from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from orders.list.columns import DEFAULT
from orders.list.filters.address import list_of
from orders.list.looking import Unread
from orders.list.marks import Mark, told_of
from orders.list.met import prefix_of
from orders.list.row_markup import markup, unfit_markup
from orders.list.rows import address_of, row_of
from orders.page.unfit import in_words
from payments.presentation.list_rows import Unsettled
from ui.regions import get_region

MOST_ROWS = 2000
"""Rows that a process keeps, of some 1.5 KB each."""


class WrittenRow(NamedTuple):
    """An order's row as HTML, and what of the order the page around it is about: currency, id, what its reference
    begins with, and its state."""

    markup: SafeString
    currency: str | None
    id: str = ""
    prefix: str = ""
    status: str | None = None


class Reader(NamedTuple):
    """All that a row depends on besides the order. Nothing in it depends on who may do what."""

    language: str | None
    region: str
    zone: str
    today: date
    list_address: str
    columns: str


def reader_of(channel: Channel, columns: Sequence[str] = DEFAULT) -> Reader:
    """Whoever reads the page, as far as rows of that channel with these columns depend on them."""
    zone, base = timezone.get_current_timezone_name(), list_of(channel, get_script_prefix())
    return Reader(get_language(), get_region(), zone, timezone.localdate(), base, ",".join(columns))


def write_rows(
    orders: Iterable[Unread],
    channel: Channel,
    columns: Sequence[str] = DEFAULT,
    said: Mapping[str, str] = MappingProxyType({}),
) -> list[WrittenRow]:
    """A row for each order, in the reader's language, region and time zone, with these columns; `said`: what else is to
    be told of an order, by its id.

    They say what was asked of their payments through this desk and is not settled, who has them, and whether there are
    notes on them: one query, and more where there is anything.
    """
    reader = reader_of(channel, columns)
    orders = list(orders)
    rows = [_row(order, reader) for order in orders]
    if not rows:
        return rows
    ids = [row.id for row in rows]
    unsettled, marks = told_of(channel, ids)
    special = {*unsettled, *marks, *said}
    return [
        _row(order, reader, unsettled.get(row.id), marks.get(row.id), said.get(row.id, ""))
        if row.id in special
        else row
        for order, row in zip(orders, rows, strict=True)
    ]


def _row(
    order: Unread, reader: Reader, unsettled: Unsettled | None = None, mark: Mark | None = None, said: str = ""
) -> WrittenRow:
    place = _place(order.digest, reader, unsettled, mark, said)
    if not place:
        place.append(_written(order.read(), reader, unsettled, mark, said))
    return place[0]


def _written(
    order: Order | UnfitOrder, reader: Reader, unsettled: Unsettled | None, mark: Mark | None, said: str
) -> WrittenRow:
    columns = tuple(reader.columns.split(",")) if reader.columns else ()
    if isinstance(order, UnfitOrder):
        order_id = order.owner.id or ""
        url = address_of(order_id, reader.list_address) if order_id else ""
        return WrittenRow(unfit_markup(order_id, url, in_words(order.misfit), columns), None, order_id)
    row = row_of(
        order, reader.list_address, reader.language, unsettled=unsettled, mark=mark, columns=columns, said=said
    )
    status = order.state.current_status if order.state else None
    return WrittenRow(markup(row, columns), order.currency, order.id or "", prefix_of(order.reference), status)


@lru_cache(maxsize=MOST_ROWS)
def _place(
    digest: bytes, reader: Reader, unsettled: Unsettled | None, mark: Mark | None, said: str
) -> list[WrittenRow]:
    """Where the row of an order is kept for a reader: empty until it is written."""
    return []
