"""The order's timeline: a panel of the order's page that loads and fails alone, and a page of its own."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dashboard.pages import render_page
from orders.present.timeline import ALL, FILTERS
from orders.request import OrderRequest
from orders.timeline import timeline_of
from orders.views.detail import may_view_order
from orders.views.notes import NoteForm


@require_safe
@may_view_order
def order_timeline(request: OrderRequest, order_id: str) -> HttpResponse:
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
        "brings_filter": request.htmx.target == "timeline-entries",
        "place": "orders",
    }
    return render_page(request, "orders/order_timeline.html", context, partials=("timeline", "timeline-entries"))
