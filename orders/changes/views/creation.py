"""Making an order."""

from typing import cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse

from gateway.request import ApiRequest
from orders.changes.creation import OrderCreation
from orders.changes.drafts import copy_of
from orders.changes.flow import create
from ui.pages import form_view


@form_view
@permission_required("accounts.create_order", raise_exception=True)
def order_create(request: HttpRequest) -> HttpResponse:
    """A new order; with `?from=` an order's id, at first a copy of that one. The form carries the copy from then on."""
    source = request.GET.get("from", "")
    is_copy = bool(source) and request.method != "POST"
    draft = copy_of(cast(ApiRequest, request).api.orders.get(source)) if is_copy else None
    return create(request, OrderCreation, draft, **({"source": source} if source else {}))
