"""Addresses of orders that say no channel, as all did before: they find their order by themselves."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.middleware import needs_a_channel
from gateway.permissions import may_view
from gateway.request import ApiRequest
from orders.page.anywhere import look_everywhere
from ui.pages import render_page


@require_safe
@needs_a_channel
@may_view
def order_anywhere(request: ApiRequest, order_id: str, rest: str = "") -> HttpResponse:
    """To the order, in the channel that has it; where it is in none, or in several, what each of them says."""
    looked = look_everywhere(request, order_id)
    found = [each.channel for each in looked if each.is_there]
    if len(found) == 1:
        where = resolve_url("order-detail", found[0], order_id)
        query = f"?{urlencode(request.GET, doseq=True)}" if request.GET else ""
        return redirect(f"{where}{rest}{query}" if _leads_somewhere(f"{where}{rest}") else where)
    context = {"place": "orders", "order_id": order_id, "looked": looked, "is_found": bool(found)}
    is_known = found or not any(each.error or each.is_late for each in looked)
    status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND if is_known else HTTPStatus.SERVICE_UNAVAILABLE
    return render_page(request, "orders/order_anywhere.html", context, status=status)


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
