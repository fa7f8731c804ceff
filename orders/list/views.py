"""The list of orders, and the one box that finds them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Preference, preference_of
from domain import countries
from domain.states import ORDER, OrderState, Stage
from gateway.last_read import shows_last_read
from gateway.outages import stays_without_rows
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.list.back import list_with, remember_list
from orders.list.filters import SORTS, Address, OrderFilterSet, chips, read_address, says_the_same, stretches, tabs
from orders.list.filters.panel import first_problem, panel_markup
from orders.list.find import LONGEST_PASTE, read
from orders.list.headings import headings
from orders.list.looked import looked_context
from orders.list.looking import Looked, OvertakenError, look, the_one
from orders.list.met import Met, met_in
from orders.list.overtaking import overtaking
from orders.list.paging import LOOK_AHEAD, Found, Paging, is_open, is_told, links_of, paging_of, sum_of
from orders.list.written import WrittenRow, write_rows
from ui.pages import render_page
from ui.regions import get_region
from ui.templatetags.desk import number

SEARCH_BOX = "q"
"""The id of the search box; what it asks for while somebody types must not replace it."""
PANEL = "filter-form"
"""The id of the panel's form."""


@lru_cache(maxsize=16)
def _country_options(language: str | None) -> SafeString:
    """The countries as the options of a datalist, each by name and code. Written once: there are some 250."""
    named = ((name, code) for code, name in countries.names(language).items())
    return format_html_join("", '<option value="{}">{}</option>', named)


def list_without_rows(request: ApiRequest, outage: Mapping[str, Any]) -> HttpResponse:
    """The list's page while nobody answers: the search, the tabs and the filters stay, with what was typed."""
    query = asked_for(request.GET)
    filters = OrderFilterSet(query)
    address = read_address(query, filters, preference_of(request.user).page_size)
    context = {
        **list_context(filters, address, Found((), None), met_in(str(request.channel))),
        **controls_context(filters, address),
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
    address = read_address(query, filters, preference_of(request.user).page_size)
    is_edit = "edit" in request.GET
    if not request.htmx and not is_edit and not says_the_same(request.GET, address):
        return redirect(address.here)
    try:
        found = _looked(request, filters, address)
    except OvertakenError:
        return HttpResponse(status=204)
    return _list_page(request, filters, _as_found(address, found), found)


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
    rows = write_rows(found.data, request.channel)
    met = _met(request, filters, address, found, rows)
    swap = swap_context(request, filters)
    shown = list_context(filters, address, Found(rows, found.pagination), met)
    paging: Paging = shown["paging"]
    ids = [row.id for row in rows[: paging.rows] if row.id]
    remember_list(request, str(request.channel), address, paging, ids)
    context = {
        **shown,
        **controls_context(filters, address),
        **looked_context(address, found),
        **swap,
        "controls_key": controls_key(filters, address, swap),
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
    address = read_address(query, filters, preference_of(request.user).page_size)
    if not filters.searched:
        return redirect(address.here)
    found = _looked(request, filters, address)
    if order_id := the_one(request.api, found):
        return redirect("order-detail", order_id)
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
    """On to the next page of the list that the order was opened from: one call, as for any page of it. Where there is
    none any more, to the list."""
    looked = list_with(request, str(request.channel), order_id)
    if looked is None:
        return redirect("order-detail", order_id)
    query = QueryDict(looked.address.partition("?")[2])
    filters = OrderFilterSet(query)
    address = read_address(query, filters, preference_of(request.user).page_size)
    address = replace(address, page=max(1, looked.page + step))
    found = _looked(request, filters, address)
    rows = write_rows(found.data, request.channel)
    paging = paging_of(Found(rows, found.pagination), address.page, address.size)
    ids = [row.id for row in rows[: paging.rows] if row.id]
    if not ids:
        return redirect(looked.address)
    remember_list(request, str(request.channel), address, paging, ids)
    return redirect("order-detail", ids[0 if step > 0 else -1])


def asked_for(query: QueryDict) -> QueryDict:
    """The query itself or, while somebody types into the search box, the list that the box stands
    above with that search."""
    if "within" not in query:
        return query
    asked = QueryDict(query.get("within"), mutable=True)
    asked["search"] = query.get("search") or ""
    for name in ("page", "way"):
        asked.pop(name, None)
    return asked


def list_context(filters: OrderFilterSet, address: Address, found: Found, met: Met) -> Mapping[str, Any]:
    paging = paging_of(found, address.page, address.size, counts_all=met.counts_all)
    shown = chips(filters, address)
    total = sum_of(found, paging, met.currencies)
    return {
        "place": "orders",
        "address": address,
        "filters": filters,
        "chips": shown,
        "problems": [chip for chip in shown if chip.problem],
        "rows": SafeString("\n".join(row.markup for row in found.data[: paging.rows])),
        "paging": paging,
        "pages": links_of(address, paging),
        "range": range_of(paging),
        "sum": total,
        "sum_also": also_summed(states_of(found, paging, address)) if total else "",
        "spoken": f"{SORTS[filters.ordering]}, {range_of(paging)}",
    }


def states_of(found: Found, paging: Paging, address: Address) -> list[OrderState]:
    """The states that orders of the list may have: those of its rows, where there are no others, else what was asked
    for, else all."""
    if paging.rows == paging.total:
        return [ORDER.of(name) for name in dict.fromkeys(row.status for row in found.data)]
    return [ORDER.of(name) for name in address.filters.get("status", ORDER)]


def also_summed(states: Sequence[OrderState]) -> str:
    """Those of these states whose orders are no sales and stand in a sum nevertheless, in words; none where it is of
    them alone."""
    others = [state for state in states if state.stage is not Stage.PLACED]
    return ", ".join(str(state.word) for state in others) if len(others) < len(states) else ""


def controls_context(filters: OrderFilterSet, address: Address) -> Mapping[str, Any]:
    """What the list is changed by. Each form carries along, in hidden fields, what it does not change itself."""
    return {
        "tabs": partial(tabs, address),
        "stretches": partial(stretches, address, filters.stretch),
        "panel_fields": [pair for pair in address.fields() if pair[0] in ("search", "way", "sort", "size")],
        "headings": partial(headings, filters.ordering, address),
        "sorts": SORTS.items(),
        "sort_fields": address.fields("sort"),
        "sizes": sorted({*Preference.PAGE_SIZES, address.size}),
        "first_page": replace(address, size=address.default_size).to(),
        "within": replace(address, filters={**address.filters, "search": (), "way": ()}).query,
        "search_only": Address(
            {"search": address.filters["search"]}, address.size, default_size=address.default_size
        ).here
        if address.filters.get("search") and address.filters.keys() - {"search", "way", "sort"}
        else "",
        "longest_paste": LONGEST_PASTE,
        "country_options": _country_options(get_language()),
    }


CHOSEN = {"status", "preset", "sort"}
"""Filters whose values are chosen, not typed: there are few of them, and nothing personal is in them."""


def controls_key(filters: OrderFilterSet, address: Address, swap: Mapping[str, Any]) -> str:
    """All that the controls and headings depend on, to keep them as they were written; empty where what was typed
    is in them, or a field stands open."""
    if swap["edit"] or filters.errors or not address.filters.keys() <= CHOSEN:
        return ""
    reader = (get_language(), get_region(), timezone.get_current_timezone_name())
    return repr((address.here, address.default_size, swap["takes_focus"], reader))


def range_of(paging: Paging) -> str:
    """Which orders of how many are shown, in words."""
    shown = {"first": number(paging.first), "last": number(paging.last), "total": number(paging.total)}
    if paging.total is None:
        return _("%(first)s–%(last)s") % shown
    return _("%(first)s–%(last)s of %(total)s") % shown


def swap_context(request: ApiRequest, filters: OrderFilterSet) -> Mapping[str, Any]:
    """What a part of the page has to bring with it besides itself.

    Whatever was asked for outside of the search box puts the box right too; whatever takes away the element that had
    the focus says where it goes. `edit` is the field that the panel stands open at: the one that the address names, or,
    after the panel was sent, the first that cannot be read.
    """
    trigger = request.htmx.trigger or ""
    was_sent = trigger == PANEL or not request.htmx
    edit = request.GET.get("edit") or (first_problem(filters) if was_sent else "")
    return {
        "brings_search_box": bool(request.htmx) and trigger != SEARCH_BOX,
        "takes_focus": trigger.startswith(("x-", "filter", "clear")) and not edit,
        "edit": edit,
    }


def with_address(request: ApiRequest, response: HttpResponse, address: Address) -> HttpResponse:
    """Says which address the part belongs to. A stroke of a key is no step of the history, and
    neither is one to the same address."""
    if request.htmx and not request.htmx.history_restore_request:
        stays = request.htmx.trigger == SEARCH_BOX or request.htmx.current_url_abs_path == address.here
        response["HX-Replace-Url" if stays else "HX-Push-Url"] = address.here
    return response
