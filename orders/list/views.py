"""The list of orders, and the one box that finds them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Preference, preference_of
from domain import countries
from gateway.last_read import shows_last_read
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.list.back import remember_list
from orders.list.currencies import seen_in
from orders.list.filters import SORTS, Address, OrderFilterSet, chips, read_address, says_the_same, stretches, tabs
from orders.list.filters.panel import first_problem, panel_markup
from orders.list.find import find
from orders.list.headings import headings
from orders.list.paging import LOOK_AHEAD, Found, Paging, links_of, paging_of, sum_of
from orders.list.written import write_rows
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
    found = request.api.orders.list_unread(limit=address.size + LOOK_AHEAD, offset=address.offset, **filters.params)
    remember_list(request, str(request.channel), address.here)
    rows = write_rows(found.data, request.channel)
    seen = seen_in(str(request.channel), (row.currency for row in rows))
    swap = swap_context(request, filters)
    context = {
        **list_context(filters, address, Found(rows, found.pagination), seen),
        **controls_context(filters, address),
        **swap,
        "controls_key": controls_key(filters, address, swap),
        "panel": partial(panel_markup, filters, str(swap["edit"])),
    }
    response = render_page(request, "orders/order_list.html", context, partials=("orders",))
    return with_address(request, response, address)


@require_safe
@may_view
def order_find(request: ApiRequest) -> HttpResponse:
    """Goes to the order that the text names, or to the list of those that it may mean."""
    finding = find(request.api, request.GET.get("search", ""))
    if finding.order_id:
        return redirect("order-detail", finding.order_id)
    return redirect(Address(finding.filters, size=25).here)


def asked_for(query: QueryDict) -> QueryDict:
    """The query itself or, while somebody types into the search box, the list that the box stands
    above with that search."""
    if "within" not in query:
        return query
    asked = QueryDict(query.get("within"), mutable=True)
    asked["search"] = query.get("search") or ""
    asked.pop("page", None)
    return asked


def list_context(filters: OrderFilterSet, address: Address, found: Found, seen: Collection[str]) -> Mapping[str, Any]:
    paging = paging_of(found, address.page, address.size)
    shown = chips(filters, address)
    total = sum_of(found, paging, seen)
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
        "spoken": f"{SORTS[filters.ordering]}, {range_of(paging)}",
    }


def controls_context(filters: OrderFilterSet, address: Address) -> Mapping[str, Any]:
    """What the list is changed by. Each form carries along, in hidden fields, what it does not change itself."""
    return {
        "tabs": partial(tabs, address),
        "stretches": partial(stretches, address, filters.stretch),
        "panel_fields": [pair for pair in address.fields() if pair[0] in ("search", "sort", "size")],
        "headings": partial(headings, filters.ordering, address),
        "sorts": SORTS.items(),
        "sort_fields": address.fields("sort"),
        "sizes": sorted({*Preference.PAGE_SIZES, address.size}),
        "first_page": replace(address, size=address.default_size).to(),
        "within": replace(address, filters={**address.filters, "search": ()}).query,
        "search_only": Address(
            {"search": address.filters["search"]}, address.size, default_size=address.default_size
        ).here
        if address.filters.get("search") and len(address.filters) > 1
        else "",
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
