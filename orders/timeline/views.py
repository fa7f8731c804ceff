"""The order's timeline: a panel of the order's page that loads and fails alone, and a page of its own."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.notes.services import latest_notes
from orders.notes.views import NoteForm
from orders.timeline.presentation import ALL, FILTERS
from orders.timeline.sources import timeline_of
from ui.pages import render_page


@require_safe
@may_view
def order_timeline(request: ApiRequest, order_id: str) -> HttpResponse:
    """Newest first, of what `?show=` asks for; anything else is all."""
    order = request.api.orders.get(order_id)
    show = request.GET.get("show", ALL)
    show = show if show in FILTERS else ALL
    context = {
        "order": order,
        "order_id": order_id,
        "timeline": timeline_of(order, request.api, request.channel, show),
        "filters": FILTERS,
        "show": show,
        "note_form": NoteForm.empty(),
        "notes": latest_notes(order_id, request.channel),
        "brings_filter": request.htmx.target == "timeline-entries",
        "place": "orders",
    }
    return render_page(request, "orders/order_timeline.html", context, partials=("timeline", "timeline-entries"))
