"""The list of payments: what was done through this desk, what others did, and what waits to be captured, over all
channels of the person."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Preference, preference_of
from gateway.permissions import may_view
from gateway.request import ApiRequest
from index.reading import Freshness, freshness
from payments.executions.access import visible
from payments.listing import rows, sums, theirs
from payments.listing.address import Address, chips, read_address, stretches, tabs, whose
from payments.listing.filters import PaymentFilterSet
from payments.listing.questions import STATES_OF, Tab
from payments.listing.sums import Tally
from ui.pages import render_page
from ui.templatetags.desk import number

OLD = ("doubts", "contradicted", "moves", "requests")
"""Pages of the lists on *In doubt*, which stood at this address."""


@never_cache
@require_safe
@may_view
def money_list(request: ApiRequest) -> HttpResponse:
    """The payments that the address asks for. Reads nothing at the API; what the index answers says how old it is."""
    if any(name in request.GET for name in OLD):
        return redirect(_in_doubt(request))
    filters = PaymentFilterSet(request.GET, request.user)
    address = read_address(request.GET, filters, preference_of(request.user).page_size)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if not request.htmx and any(not text.strip() for text in map(str, request.GET.values())):
        return redirect(address.to(after=after, before=before))
    found = rows.page(filters.question, request.user, address.size, after=after, before=before)
    shown = chips(filters, address)
    tally = sums.tally(filters.question, request.user)
    context = {
        "place": "payments",
        "filters": filters,
        "form": filters.form,
        "tabs": tabs(filters, address, counts(request.user)),
        "stretches": stretches(filters, address),
        "whose": whose(filters, address),
        "chips": shown,
        "problems": [chip for chip in shown if chip.problem],
        "rows": rows.present(found.rows, request.user),
        "older": address.to(after=found.older) if found.older else "",
        "newer": address.to(before=found.newer) if found.newer else "",
        "tally": tally,
        "says": says(tally),
        "known": known(filters, request.user),
        "zone": timezone.get_current_timezone_name(),
        **_controls(address),
    }
    response = render_page(request, "payments/listing/money_list.html", context, partials=("money",))
    if request.htmx and not request.htmx.history_restore_request:
        response["HX-Push-Url"] = address.to(after=after, before=before)
    return response


def _in_doubt(request: ApiRequest) -> str:
    return f"{reverse('doubt-list')}?{request.GET.urlencode()}"


def _controls(address: Address) -> dict[str, Any]:
    """What the list is changed by. Each form carries along what it does not change itself."""
    return {
        "address": address,
        "here": address.to(),
        "export": address.to(view="money-export"),
        "cleared": address.to({name: () for name in address.filters if name not in ("tab", "others")}),
        "panel_fields": address.fields("tab", "others", "preset", "text"),
        "search_fields": address.fields(*(name for name in address.filters if name != "text")),
        "sizes": sorted({*Preference.PAGE_SIZES, address.size}),
        "first_page": Address(address.filters, address.default_size, address.default_size).to(),
    }


def counts(user: User) -> dict[Tab, int]:
    """How many executions stand in the tabs that somebody has to do something about. One query, by the index of
    states."""
    states = {state: tab for tab, those in STATES_OF.items() for state in those}
    found = visible(user).filter(state__in=states).order_by().values_list("state").annotate(n=Count("pk"))
    sizes = dict.fromkeys(STATES_OF, 0)
    for state, size in found:
        sizes[states[state]] += size
    return sizes


def says(tally: Tally) -> str:
    """How many rows there are, in words."""
    if tally.is_capped:
        return _("%(n)s or more; the sums are of the newest") % {"n": number(tally.size)}
    return number(tally.size)


def known(filters: PaymentFilterSet, user: User) -> list[Freshness]:
    """How well the index knows the channels that it was asked about; nothing where it was not asked."""
    question = filters.question
    return freshness(theirs.asked_channels(question, user)) if question.asks_the_index else []
