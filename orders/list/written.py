"""The rows of the list as they were written before: most of them are the same for everybody who
looks, time and again."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.channels import Channel
from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from orders.list.looking import Unread
from orders.list.met import prefix_of
from orders.list.row_markup import markup, unfit_markup
from orders.list.rows import address_of, row_of
from orders.page.unfit import in_words
from payments.presentation.list_rows import Unsettled, unsettled_of
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


class _Reader(NamedTuple):
    """All that a row depends on besides the order. Nothing in it depends on who may do what."""

    language: str | None
    region: str
    zone: str
    today: date
    list_address: str


def write_rows(orders: Iterable[Unread], channel: Channel | None = None) -> list[WrittenRow]:
    """A row for each order, in the reader's language, region and time zone.

    With the channel that they are of, they say what was asked of their payments through this desk and is not settled:
    one query.
    """
    zone = timezone.get_current_timezone_name()
    reader = _Reader(get_language(), get_region(), zone, timezone.localdate(), reverse("order-list"))
    orders = list(orders)
    rows = [_row(order, reader) for order in orders]
    if channel is None or not rows:
        return rows
    unsettled = unsettled_of(channel, [row.id for row in rows])
    return [
        _row(order, reader, unsettled[row.id]) if row.id in unsettled else row
        for order, row in zip(orders, rows, strict=True)
    ]


def _row(order: Unread, reader: _Reader, unsettled: Unsettled | None = None) -> WrittenRow:
    place = _place(order.digest, reader, unsettled)
    if not place:
        place.append(_written(order.read(), reader, unsettled))
    return place[0]


def _written(order: Order | UnfitOrder, reader: _Reader, unsettled: Unsettled | None) -> WrittenRow:
    if isinstance(order, UnfitOrder):
        order_id = order.owner.id or ""
        url = address_of(order_id, reader.list_address) if order_id else ""
        return WrittenRow(unfit_markup(order_id, url, in_words(order.misfit)), None, order_id)
    row = row_of(order, reader.list_address, reader.language, unsettled)
    status = order.state.current_status if order.state else None
    return WrittenRow(markup(row), order.currency, order.id or "", prefix_of(order.reference), status)


@lru_cache(maxsize=MOST_ROWS)
def _place(digest: bytes, reader: _Reader, unsettled: Unsettled | None) -> list[WrittenRow]:
    """Where the row of an order is kept for a reader: empty until it is written."""
    return []
