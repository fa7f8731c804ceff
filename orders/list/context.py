"""What a list's page shows besides its rows: what it is changed by, where one is in it, and how much it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Preference
from domain import countries
from domain.states import ORDER, OrderState, Stage
from gateway.request import ApiRequest
from orders.list.columns import DEFAULT, layout_class
from orders.list.filters import (
    BY_API,
    BY_INDEX,
    IN_INDEX,
    NEWEST_FIRST,
    SORTS,
    Address,
    OrderFilterSet,
    chips,
    stretches,
    tabs,
)
from orders.list.filters.panel import first_problem
from orders.list.find import LONGEST_PASTE
from orders.list.headings import headings
from orders.list.met import Met
from orders.list.paging import Found, Paging, links_of, paging_of, sum_of
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


def controls_context(
    filters: OrderFilterSet, address: Address, columns: Sequence[str] = DEFAULT, *, by_index: bool = False
) -> Mapping[str, Any]:
    """What the list is changed by. Each form carries along, in hidden fields, what it does not change itself.
    `by_index`: whether the index answers."""
    needs_index = filters.narrows_by_index or address.channel is None
    return {
        "list": Address({}, address.default_size, default_size=address.default_size, channel=address.channel).here,
        "is_everywhere": address.channel is None,
        "layout": layout_class(columns),
        "tabs": partial(tabs, address),
        "stretches": partial(stretches, address, filters.stretch),
        "panel_fields": [pair for pair in address.fields() if pair[0] in IN_NO_PANEL],
        "headings": partial(headings, filters.ordering, address, columns, needs_index=needs_index),
        "sorts": _sorts(needs_index=needs_index),
        "sort_fields": address.fields("sort"),
        "sizes": sorted({*Preference.PAGE_SIZES, address.size}),
        "first_page": replace(address, size=address.default_size).to(),
        "within": replace(address, filters={**address.filters, "search": (), "way": ()}).query,
        "search_only": Address(
            {"search": address.filters["search"]},
            address.size,
            default_size=address.default_size,
            channel=address.channel,
        ).here
        if address.filters.get("search") and address.filters.keys() - {"search", "way", "sort"}
        else "",
        "longest_paste": LONGEST_PASTE,
        "country_options": _country_options(get_language()),
    }


def _sorts(*, needs_index: bool) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What can be sorted by, in groups with their words: by whatever answers the list, and by the index where it does
    not answer anyhow."""
    if needs_index:
        of_both = {sort: BY_API[sort] for sort in (NEWEST_FIRST, NEWEST_FIRST.removeprefix("-"))}
        return [("", list({**of_both, **BY_INDEX}.items()))]
    return [("", list(BY_API.items())), (IN_INDEX, list(BY_INDEX.items()))]


IN_NO_PANEL = ("search", "way", "sort", "size", "channels", "columns", "view")
"""What the panel carries along, as it has no fields for it."""
CHOSEN = {"status", "preset", "sort", "columns", "view", "finding", "payment_state", "shipping_state", "channels"}
"""Filters whose values are chosen, not typed: there are few of them, and nothing personal is in them."""


def controls_key(
    filters: OrderFilterSet, address: Address, swap: Mapping[str, Any], columns: Sequence[str] = DEFAULT
) -> str:
    """All that the controls and headings depend on, to keep them as they were written; empty where what was typed
    is in them, or a field stands open."""
    if swap["edit"] or filters.errors or not address.filters.keys() <= CHOSEN:
        return ""
    reader = (get_language(), get_region(), timezone.get_current_timezone_name())
    return repr((address.here, address.default_size, swap["takes_focus"], reader, columns))


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
