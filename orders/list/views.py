"""The list of orders, and the one box that finds them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.channels import channels_of, parse
from accounts.middleware import needs_a_channel
from accounts.models import preference_of
from gateway.last_read import shows_last_read
from gateway.outages import stays_without_rows
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.list.back import list_with, remember_list
from orders.list.columns import default_for
from orders.list.context import (
    SEARCH_BOX,
    asked_for,
    controls_context,
    controls_key,
    list_context,
    swap_context,
    with_address,
)
from orders.list.filters import Address, OrderFilterSet, read_address, says_the_same
from orders.list.filters.panel import panel_markup
from orders.list.find import read
from orders.list.indexed.asking import question_of
from orders.list.indexed.page import indexed_page, rows_beyond
from orders.list.looked import looked_context
from orders.list.looking import Looked, OvertakenError, look, the_one
from orders.list.met import Met, met_in
from orders.list.overtaking import overtaking
from orders.list.paging import LOOK_AHEAD, Found, Paging, is_open, is_told, paging_of
from orders.list.written import WrittenRow, write_rows
from orders.saved_views.tabs import tabs_context
from ui.pages import render_page


def list_without_rows(request: ApiRequest, outage: Mapping[str, Any]) -> HttpResponse:
    """The list's page while nobody answers: the search, the tabs and the filters stay, with what was typed."""
    query = asked_for(request.GET)
    filters = OrderFilterSet(query)
    address = read_address(query, filters, preference_of(request.user).page_size, request.channel)
    context = {
        **list_context(filters, address, Found((), None), met_in(str(request.channel))),
        **controls_context(filters, address),
        **tabs_context(request.user, address),
        **swap_context(request, filters),
        "panel": partial(panel_markup, filters, ""),
        "outage": outage,
    }
    return render_page(request, "orders/order_list.html", context)


@stays_without_rows(list_without_rows)
@shows_last_read
@require_safe
@may_view
def order_list(request: ApiRequest) -> HttpResponseBase:
    """The orders that the address asks for. One API call; an address that needs tidying is tidied first."""
    query = asked_for(request.GET)
    filters = OrderFilterSet(query)
    address = read_address(query, filters, preference_of(request.user).page_size, request.channel)
    is_edit = "edit" in request.GET
    if not request.htmx and not is_edit and not says_the_same(request.GET, address):
        return redirect(address.here)
    if filters.asks_index:
        return indexed_page(request, filters, address, (request.channel,))
    try:
        found = _looked(request, filters, address)
    except OvertakenError:
        return HttpResponse(status=204)
    return _list_page(request, filters, _as_found(address, found), found)


@require_safe
@needs_a_channel
@may_view
def orders_anywhere(request: ApiRequest) -> HttpResponse:
    """The orders of all channels of the person, from the index. Who has one channel alone goes to its list."""
    channels = channels_of(request.user)
    if len(channels) == 1:
        where = Address({}, 0, default_size=0, channel=channels[0]).here
        return redirect(f"{where}?{urlencode(request.GET, doseq=True)}" if request.GET else where)
    query = asked_for(request.GET)
    filters = OrderFilterSet(query, channels)
    address = read_address(query, filters, preference_of(request.user).page_size, None)
    if not request.htmx and "edit" not in request.GET and not says_the_same(request.GET, address):
        return redirect(address.here)
    return indexed_page(request, filters, address, channels)


def _looked(request: ApiRequest, filters: OrderFilterSet, address: Address) -> Looked:
    """The page of the list: in one call, or, while something is searched for, in one for each way that it may mean."""
    limit, offset = address.size + LOOK_AHEAD, address.offset
    if not filters.searched:
        found = request.api.orders.list_unread(limit=limit, offset=offset, **filters.params)
        return Looked(found.data, found.pagination)
    return look(
        request.api,
        read(filters.searched, met_in(str(request.channel)).prefixes),
        filters.params,
        limit=limit,
        offset=offset,
        way=filters.found_way,
        is_overtaken=overtaking(request) if request.htmx.trigger == SEARCH_BOX else None,
    )


def _as_found(address: Address, found: Looked) -> Address:
    """With the way in which the search hit, so that the other pages of it take no more than one call either."""
    if "search" not in address.filters or found.hit is None:
        return address
    return replace(address, filters={**address.filters, "way": [found.hit.way]})


def _met(
    request: ApiRequest, filters: OrderFilterSet, address: Address, found: Looked, rows: Sequence[WrittenRow]
) -> Met:
    """What is known of the channel's orders. Where the rows are just as many as were asked for, and nobody has seen yet
    what the API counts, it is asked once more for one of them."""
    page = Found(rows, found.pagination)
    met = met_in(str(request.channel), rows, is_told(page))
    if met.counts_all is not None or not is_open(page, address.size):
        return met
    within = {**filters.params, **(found.hit.params if found.hit else {})}
    one = request.api.orders.list_unread(limit=1, **within)
    return met_in(str(request.channel), rows, one.pagination is not None and one.pagination.size == len(rows))


def _list_page(request: ApiRequest, filters: OrderFilterSet, address: Address, found: Looked) -> HttpResponse:
    """The page of what was found, whichever view found it."""
    columns = filters.chosen_columns or default_for(preference_of(request.user).list_columns, is_everywhere=False)
    rows = write_rows(found.data, request.channel, columns)
    met = _met(request, filters, address, found, rows)
    swap = swap_context(request, filters)
    shown = list_context(filters, address, Found(rows, found.pagination), met)
    paging: Paging = shown["paging"]
    ids = [row.id for row in rows[: paging.rows] if row.id]
    remember_list(request, request.channel, address, paging, ids)
    context = {
        **shown,
        **controls_context(filters, address, columns),
        **looked_context(address, found),
        **tabs_context(request.user, address),
        **swap,
        "controls_key": controls_key(filters, address, swap, columns),
        "panel": partial(panel_markup, filters, str(swap["edit"])),
    }
    response = render_page(request, "orders/order_list.html", context, partials=("orders",))
    return with_address(request, response, address)


@stays_without_rows(list_without_rows)
@shows_last_read
@require_safe
@may_view
def order_find(request: ApiRequest) -> HttpResponse:
    """Goes to the order that the text means, or to the list of those that it may mean: among all orders, in the same
    ways as the list itself. Where nothing is found, it is said here, so that nothing is asked twice."""
    query = QueryDict(urlencode({"search": request.GET.get("search", "")}))
    filters = OrderFilterSet(query)
    address = read_address(query, filters, preference_of(request.user).page_size, request.channel)
    if not filters.searched:
        return redirect(address.here)
    found = _looked(request, filters, address)
    if order_id := the_one(request.api, found):
        return redirect("order-detail", request.channel, order_id)
    if found.data:
        return redirect(_as_found(address, found).here)
    return _list_page(request, filters, address, found)


@require_safe
@may_view
def order_before(request: ApiRequest, order_id: str) -> HttpResponse:
    """Goes to the last order of the page before the one that this order is the first of."""
    return _beyond(request, order_id, -1)


@require_safe
@may_view
def order_after(request: ApiRequest, order_id: str) -> HttpResponse:
    """Goes to the first order of the page after the one that this order is the last of."""
    return _beyond(request, order_id, 1)


def _beyond(request: ApiRequest, order_id: str, step: int) -> HttpResponse:
    """On to the next page of the list that the order was opened from, as whoever answers that list has it now. Where
    there is none any more, to the list."""
    looked = list_with(request, request.channel, order_id)
    if looked is None:
        return redirect("order-detail", request.channel, order_id)
    query = QueryDict(looked.address.partition("?")[2])
    channels = None if looked.channel else channels_of(request.user)
    filters = OrderFilterSet(query, channels)
    address = read_address(query, filters, preference_of(request.user).page_size, None if channels else request.channel)
    if not (looked.after if step > 0 else looked.before):
        return redirect(looked.address)
    if channels or filters.asks_index:
        asked = question_of(filters, channels or (request.channel,), request.user)
        keys = rows_beyond(request, asked.question, address, looked, step)
    else:
        keys = _rows_beyond(request, filters, replace(address, page=max(1, address.page + step)))
    if not keys:
        return redirect(looked.address)
    channel, there = keys[0 if step > 0 else -1]
    return redirect("order-detail", parse(channel), there)


def _rows_beyond(request: ApiRequest, filters: OrderFilterSet, address: Address) -> list[tuple[str, str]]:
    """The orders of another page of the list, as channel and id. One call, as for any page of it."""
    found = _looked(request, filters, address)
    rows = write_rows(found.data, request.channel)
    paging = paging_of(Found(rows, found.pagination), address.page, address.size)
    ids = [row.id for row in rows[: paging.rows] if row.id]
    if ids:
        remember_list(request, request.channel, address, paging, ids)
    return [(str(request.channel), each) for each in ids]
