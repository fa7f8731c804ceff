"""The list that an export is opened from: of one channel, or of all of the person's."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.channels import Channel
from accounts.models import preference_of
from gateway.fanout import fan_out
from gateway.request import ApiRequest
from index import reading
from index.answers import Freshness
from index.models import IndexedOrder
from jobs.registry import Words
from order_api.unfit import UnfitOrder
from orders.bulk.kept import OrderAt
from orders.bulk.words import PROBLEMS
from orders.exports.source import counted, pack
from orders.list.filters import Address, OrderFilterSet, chips, read_address
from orders.list.filters.chips import Chip
from orders.list.find import ORDER, read
from orders.list.indexed.asking import Asked, question_of
from orders.list.looking import Looked, look
from orders.list.met import met_in
from orders.list.paging import Found, paging_of
from ui.templatetags.desk import number

MOST_BY_INDEX = 5_000
"""Orders of a list that the index answers: each of them is read by its id."""


@dataclass(frozen=True)
class Listed:
    """The list: its address, the channels that it is of, what each of them is asked with, the orders on its page, and
    how many match over all pages (None where nobody says). `every`: all of them, where their ids are known and they are
    read by these; `problem`: why they cannot be told; `counts`: how many match in each channel that said so, where
    several are asked; `by_index`: how well the index knows the channels, where it says which orders match; `asked_from`
    (UTC): from when on they were created, where that was asked for."""

    address: Address
    channels: Sequence[Channel]
    chips: Sequence[Chip]
    query: Mapping[str, Any]
    on_page: Sequence[OrderAt]
    total: int | None
    every: Sequence[OrderAt] | None = None
    problem: str = ""
    counts: Mapping[Channel, int] = field(default_factory=dict)
    by_index: Sequence[Freshness] = ()
    asked_from: dt.datetime | None = None


def listed(request: ApiRequest) -> Listed:
    """The channel's list as its page shows it. One API call, or, while something is searched for, one for each way."""
    query = _query(request)
    filters = OrderFilterSet(query)
    address = read_address(query, filters, preference_of(request.user).page_size, request.channel)
    if filters.narrows_by_index:
        return _by_index(request, filters, address, (request.channel,))
    found = _looked(request, filters, address)
    if filters.asks_index:  # to sort; the API knows as well which they are, and of more than the index tells at once
        on_page = _shown(question_of(filters, (request.channel,), request.user), address)
    else:
        orders = (each.read() for each in found.data)
        owners = (order.owner if isinstance(order, UnfitOrder) else order for order in orders)
        on_page = [OrderAt(request.channel, owner.id) for owner in owners if owner.id]
    total = paging_of(Found((), found.pagination), address.page, address.size).total if found.data else 0
    # Which order was searched for stands in no filter: it is one of the page.
    every = on_page if found.hit and found.hit.way == ORDER else None
    asked = {**filters.params, **(found.hit.params if found.hit else {})}
    return Listed(address, (request.channel,), chips(filters, address), asked, on_page, total, every)


def listed_everywhere(request: ApiRequest, channels: Sequence[Channel]) -> Listed:
    """The list of all of the person's channels. What the Order API has filters for, each channel is asked for itself,
    as far as it answers just now: the index may not know all of them."""
    query = _query(request)
    filters = OrderFilterSet(query, channels)
    address = read_address(query, filters, preference_of(request.user).page_size, None)
    if filters.narrows_by_index or filters.searched:
        return _by_index(request, filters, address, channels)
    asked = question_of(filters, channels, request.user)
    theirs = asked.question.channels
    counts = _counts(request, theirs, filters.params)
    total = sum(counts.values()) if len(counts) == len(theirs) else None
    return Listed(
        address, theirs, chips(filters, address), dict(filters.params), _shown(asked, address), total, counts=counts
    )


def _query(request: ApiRequest) -> QueryDict:
    query = request.GET.copy()
    query.pop("row", None)
    return query


def _counts(request: ApiRequest, channels: Sequence[Channel], query: Mapping[str, Any]) -> dict[Channel, int]:
    packed, until = pack(query), timezone.now().isoformat()
    answers = fan_out(request, channels, lambda api, _channel: counted(api, packed, until), most_calls=1)
    said = {answer.channel: answer.value for answer in answers if answer.came}
    return {channel: size for channel in channels if (size := said.get(channel)) is not None}


def _by_index(request: ApiRequest, filters: OrderFilterSet, address: Address, channels: Sequence[Channel]) -> Listed:
    """As the list itself asks the index, which says which orders are meant and nothing else: they are read from the
    API, by their ids."""
    asked = question_of(filters, channels, request.user)
    rows = reading.page(asked.question, MOST_BY_INDEX + 1).rows
    problem: Words = ""
    if asked.problems.keys() - {"sort"}:
        problem = PROBLEMS["not-applied"]
    elif not rows:
        problem = PROBLEMS["none"]
    elif len(rows) > MOST_BY_INDEX:
        says = _("More than %(n)s orders match, and of a list that the index answers no more are exported at once.")
        problem = says % {"n": number(MOST_BY_INDEX)}
    every = [] if problem else list(map(_at, rows))
    theirs = list(dict.fromkeys(each.channel for each in every)) or asked.question.channels
    known = chips(filters, address, asked.problems)
    fresh, since = reading.freshness(asked.question.channels), asked.question.created_from
    on_page = _shown(asked, address)
    return Listed(address, theirs, known, {}, on_page, len(rows), every, str(problem), by_index=fresh, asked_from=since)


def _shown(asked: Asked, address: Address) -> list[OrderAt]:
    """The orders on the page that the index answered."""
    return list(map(_at, reading.page(asked.question, address.size, address.after, address.before).rows))


def _at(row: IndexedOrder) -> OrderAt:
    return OrderAt(Channel(row.merchant, row.channel), row.order_id)


def _looked(request: ApiRequest, filters: OrderFilterSet, address: Address) -> Looked:
    if not filters.searched:
        found = request.api.orders.list_unread(limit=address.size, offset=address.offset, **filters.params)
        return Looked(found.data, found.pagination)
    return look(
        request.api,
        read(filters.searched, met_in(str(request.channel)).prefixes),
        filters.params,
        limit=address.size,
        offset=address.offset,
        way=filters.found_way,
    )
