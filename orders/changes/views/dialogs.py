"""The view of every change to an order that is there. What happens in it is `orders.changes.flow`'s."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from orders.changes.base import OrderChange
from orders.changes.flow import change
from ui.pages import form_view


def changing(form_class: type[OrderChange]) -> Callable[..., HttpResponse]:
    """A view that shows this form and sends it. The address names the order, and the part of it that is meant."""

    @form_view
    def view(request: HttpRequest, order_id: str, **ids: str) -> HttpResponse:
        return change(request, order_id, form_class, **ids)

    view.form_class = form_class  # type: ignore[attr-defined]
    return view
