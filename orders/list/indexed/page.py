"""The page of a list that the index answers: which orders, how many and what they come to are from the index, as of a
time that is said; the rows are read from the Order API."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from django.db import Error
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.channels import Channel, channel_name
from accounts.models import preference_of
from domain.states import ORDER
from gateway.request import ApiRequest
from index import reading, writing
from index.questions import Question
from index.reading import Freshness, Page, Tally
from order_api.unfit import UnfitOrder
from orders.list.back import UNKNOWN, LookedAt, remember_rows
from orders.list.columns import default_for
from orders.list.context import also_summed, controls_context, controls_key, swap_context, with_address
from orders.list.filters import Address, OrderFilterSet, chips
from orders.list.filters.panel import panel_markup
from orders.list.indexed.asking import Asked, question_of
from orders.list.indexed.known import known_row
from orders.list.indexed.reading import Key, ReadOrders, key_of, read_orders, still_matching
from orders.list.paging import PageLinks, Paging
from orders.list.written import WrittenRow, reader_of, write_rows
from orders.saved_views.tabs import tabs_context
from ui.pages import render_page
from ui.templatetags.desk import number

logger = logging.getLogger(__name__)


class Notice(NamedTuple):
    """What is to be said of the answer: how well its `channels` are known; `silent`, those whose orders could not be
    read just now; `changed`, rows that do not match any more; `by_currency`, whether one currency comes after the
    other; `asked_from` (UTC), from when on orders were asked for."""

    channels: Sequence[Freshness]
    silent: Sequence[Channel]
    changed: int
    by_person: bool
    by_currency: bool
    asked_from: dt.datetime | None

    @property
    def silent_names(self) -> str:
        return ", ".join(map(channel_name, self.silent))


def indexed_page(
    request: ApiRequest, filters: OrderFilterSet, address: Address, channels: Sequence[Channel]
) -> HttpResponse:
    """The page of what the index has for these filters in these channels, which are the person's."""
    asked = question_of(filters, channels, request.user)
    page = reading.page(asked.question, address.size, address.after, address.before)
    if not page.rows and (address.after or address.before):
        return redirect(replace(address, after="", before="").here)
    kept = preference_of(request.user).list_columns
    columns = filters.chosen_columns or default_for(kept, is_everywhere=address.channel is None)
    read = read_orders(request, page.rows)
    changed = _changed(asked, page, read)
    rows = _rows(page, read, changed, columns)
    tally = reading.tally(asked.question)
    fresh = reading.freshness(asked.question.channels)
    by_currency = asked.question.sort.removeprefix("-") == "total" and len(tally.sums) > 1
    missed = len(changed) + len(read.gone)
    notice = Notice(fresh, read.silent, missed, asked.by_person, by_currency, asked.question.created_from)
    swap = swap_context(request, filters)
    context = {
        **_list_context(filters, address, asked, (page, tally), rows),
        **controls_context(filters, address, columns, by_index=True),
        **tabs_context(request.user, address),
        **swap,
        "index": notice,
        "controls_key": "" if asked.problems else controls_key(filters, address, swap, columns),
        "panel": partial(panel_markup, filters, str(swap["edit"])),
    }
    remember_rows(request, address, page, _total(tally))
    response = render_page(request, "orders/order_list.html", context, partials=("orders",))
    return with_address(request, response, address)


def _changed(asked: Asked, page: Page, read: ReadOrders) -> set[Key]:
    """The rows that were read and are not meant any more. What was read goes into the index first."""
    orders = [order for each in read.found.values() if not isinstance(order := each.read(), UnfitOrder)]
    if not orders:
        return set()
    try:
        writing.see(orders, at=timezone.now())
    except Error:  # the page is shown all the same; the index gets to know with the next look
        logger.warning("What was read for a list could not be put into the index", exc_info=True)
        return set()
    matching = still_matching(asked.question, page.rows)
    return {key for key in read.found if key not in matching}


def _rows(page: Page, read: ReadOrders, changed: set[Key], columns: Sequence[str]) -> list[WrittenRow]:
    written: dict[Key, WrittenRow] = {}
    for channel in dict.fromkeys(key.channel for key in read.found):
        orders = {key: each for key, each in read.found.items() if key.channel == channel}
        said = {key.order_id: _("changed meanwhile") for key in orders if key in changed}
        written |= zip(orders, write_rows(orders.values(), channel, columns, said), strict=True)
    rows = []
    for row in page.rows:
        key = key_of(row)
        if key not in written:
            said_of_it = _("not there any more") if key in read.gone else ""
            written[key] = known_row(row, reader_of(key.channel, columns), columns, said_of_it)
        rows.append(written[key])
    return rows


def _list_context(
    filters: OrderFilterSet, address: Address, asked: Asked, answer: tuple[Page, Tally], rows: Sequence[WrittenRow]
) -> Mapping[str, Any]:
    page, tally = answer
    shown = chips(filters, address, asked.problems)
    paging = Paging(1, address.size, 0, len(rows), _total(tally), bool(page.next))
    first = replace(address, after="", before="")
    links = PageLinks(
        [],
        previous=first.to(before=page.previous) if page.previous else "",
        next=first.to(after=page.next) if page.next else "",
        last=first.to(),
    )
    states = [ORDER.of(name) for name in address.filters.get("status", ORDER)]
    spoken = range_of(len(rows), tally)
    return {
        "place": "orders",
        "address": address,
        "filters": filters,
        "chips": shown,
        "problems": [chip for chip in shown if chip.problem],
        "rows": SafeString("\n".join(row.markup for row in rows)),
        "paging": paging,
        "pages": links,
        "range": spoken,
        "sums": _sums(tally),
        "sum_also": also_summed(states) if tally.size else "",
        "spoken": spoken,
    }


def _total(tally: Tally) -> int | None:
    return None if tally.is_capped else tally.size


def rows_beyond(
    request: ApiRequest, question: Question, address: Address, looked: LookedAt, step: int
) -> list[tuple[str, str]]:
    """The orders of the page before or after one that was looked at, as channel and id, which is kept in its place.
    Asks the index alone."""
    after, before = ("", looked.before) if step < 0 else (looked.after, "")
    page = reading.page(question, address.size, after, before)
    if not page.rows:
        return []
    offset = looked.offset + len(looked.ids) if step > 0 else max(0, looked.offset - len(page.rows))
    known = None if looked.offset == UNKNOWN or (step < 0 and not page.previous) else offset
    there = replace(address, after=after, before=before)
    return remember_rows(request, there, page, looked.total, offset=known).keys


def _sums(tally: Tally) -> list[tuple[Decimal, str]]:
    return sorted(((value, currency) for currency, value in tally.sums.items()), reverse=True)


def range_of(rows: int, tally: Tally) -> str:
    """How many orders of how many are shown, in words: where in the list they stand, the index does not say."""
    if tally.is_capped:
        return _("%(rows)s of more than %(total)s") % {"rows": number(rows), "total": number(tally.size)}
    return _("%(rows)s of %(total)s") % {"rows": number(rows), "total": number(tally.size)}
