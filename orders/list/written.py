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

from orders.list.looking import Unread
from orders.list.met import prefix_of
from orders.list.row_markup import markup
from orders.list.rows import row_of
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


def write_rows(orders: Iterable[Unread]) -> list[WrittenRow]:
    """A row for each order, in the reader's language, region and time zone. Raises BadAnswer as `UnreadOrder.read`."""
    zone = timezone.get_current_timezone_name()
    reader = _Reader(get_language(), get_region(), zone, timezone.localdate(), reverse("order-list"))
    return [_row(order, reader) for order in orders]


def _row(order: Unread, reader: _Reader) -> WrittenRow:
    place = _place(order.digest, reader)
    if not place:
        document = order.read()
        row = row_of(document, reader.list_address, reader.language)
        status = document.state.current_status if document.state else None
        place.append(WrittenRow(markup(row), document.currency, row["id"], prefix_of(document.reference), status))
    return place[0]


@lru_cache(maxsize=MOST_ROWS)
def _place(digest: bytes, reader: _Reader) -> list[WrittenRow]:
    """Where the row of an order is kept for a reader: empty until it is written."""
    return []
