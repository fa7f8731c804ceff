"""The order's timeline: a panel of the order's page that loads and fails alone, and a page of its own."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.notes.services import latest_notes
from orders.notes.views import box_context
from orders.page.payments import money_by_logs
from orders.timeline.presentation import ALL, FILTERS
from orders.timeline.sources import timeline_of
from payments.presentation.order_panel import of_order
from ui.pages import render_page


@require_safe
@may_view
def order_timeline(request: ApiRequest, order_id: str) -> HttpResponse:
    """Newest first, of what `?show=` asks for; anything else is all."""
    order = request.api.orders.get(order_id)
    show = request.GET.get("show", ALL)
    show = show if show in FILTERS else ALL
    timeline = timeline_of(order, request.api, request.channel, show)
    is_on_page = request.htmx.current_url_abs_path == reverse("order-detail", args=[request.channel, order_id])
    context = {
        "order": order,
        "order_id": order_id,
        "timeline": timeline,
        "filters": FILTERS,
        "show": show,
        **box_context(request, order_id),
        "notes": latest_notes(order_id, request.channel),
        "brings_filter": request.htmx.target == "timeline-entries",
        "money": money_by_logs(order, timeline.logs, of_order(request.channel, order_id)) if is_on_page else None,
        "place": "orders",
    }
    return render_page(request, "orders/order_timeline.html", context, partials=("timeline", "timeline-entries"))
