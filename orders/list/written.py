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

from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from order_api.unread import UnreadOrder
from orders.list.row_markup import markup, unfit_markup
from orders.list.rows import address_of, row_of
from orders.page.unfit import in_words
from ui.regions import get_region

MOST_ROWS = 2000
"""Rows that a process keeps, of some 1.5 KB each."""


class WrittenRow(NamedTuple):
    """An order's row as HTML, and its currency."""

    markup: SafeString
    currency: str | None


class _Reader(NamedTuple):
    """All that a row depends on besides the order. Nothing in it depends on who may do what."""

    language: str | None
    region: str
    zone: str
    today: date
    list_address: str


def write_rows(orders: Iterable[UnreadOrder]) -> list[WrittenRow]:
    """A row for each order, in the reader's language, region and time zone."""
    zone = timezone.get_current_timezone_name()
    reader = _Reader(get_language(), get_region(), zone, timezone.localdate(), reverse("order-list"))
    return [_row(order, reader) for order in orders]


def _row(order: UnreadOrder, reader: _Reader) -> WrittenRow:
    place = _place(order.digest, reader)
    if not place:
        place.append(_written(order.read(), reader))
    return place[0]


def _written(order: Order | UnfitOrder, reader: _Reader) -> WrittenRow:
    if isinstance(order, UnfitOrder):
        order_id = order.owner.id or ""
        url = address_of(order_id, reader.list_address) if order_id else ""
        return WrittenRow(unfit_markup(order_id, url, in_words(order.misfit)), None)
    return WrittenRow(markup(row_of(order, reader.list_address, reader.language)), order.currency)


@lru_cache(maxsize=MOST_ROWS)
def _place(digest: bytes, reader: _Reader) -> list[WrittenRow]:
    """Where the row of an order is kept for a reader: empty until it is written."""
    return []
