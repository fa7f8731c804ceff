"""The payment adapters as services of their own, as far as they manage orders: at `/checkout/<name>-adapter/`, with
`POST …/api/order/v1/orders/{order_id}/payments/{payment_id}/…` for its `refresh`, and `capture`, `cancel`, `refund`.

A refresh makes the actions on the payment true to what the provider thinks (Norce's generated clients of the adapters;
docs.norce.io, klarna-adapter and svea-adapter, order management). No body either way.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from sandbox import store
from sandbox.entry import nothing
from sandbox.models import Settlement
from sandbox.problems import Problem, bad_request
from sandbox.provider import actions, views
from sandbox.provider.steps import payment_of
from sandbox.scope import Scope
from sandbox.store import Draft
from sandbox.text import column

REFRESHES = {
    "klarna": {"refresh-kco": "klarna_checkout_adapter", "refresh-kp": "klarna_payments_adapter"},
    "walley": {"refresh": "walley_checkout_adapter"},
    "qliro": {"refresh": "qliro_checkout_adapter"},
    "svea": {"refresh": "svea_adapter"},
}
"""By service, its refreshes, and whose payments each is for."""


def act(request: HttpRequest, service: str, order_id: str, payment_id: str, kind: str) -> HttpResponse:
    """Refresh the actions of a payment of that adapter's, or do one of them. 200 without content."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.SANDBOX_TOKEN}"):
        raise Problem(401, "unauthorized", "Send `Authorization: Bearer <token>` with a token that is known here.")
    scope = Scope(request.headers.get("x-merchant", ""), request.headers.get("x-channel", ""))
    refreshes = REFRESHES[service]
    theirs = [refreshes[kind]] if kind in refreshes else list(refreshes.values())
    adapter = payment_of(store.read(scope, order_id), payment_id).get("adapterId") or ""
    if adapter.replace("-", "_") not in theirs:
        raise bad_request(f"The payment is of {adapter or 'no adapter'}, and this is for {' and '.join(theirs)}.")
    if kind not in refreshes:
        return views.act(request, order_id, payment_id, kind)
    refresh(scope, order_id, payment_id)
    return nothing()


def refresh(scope: Scope, order_id: str, payment_id: str) -> None:
    """Make the payment's actions true to its state, and let reads show what is there by now."""

    def edit(draft: Draft) -> None:
        payment = payment_of(draft.document, payment_id)
        actions.refresh(order_id, payment)

    Settlement.objects.filter(order__public_id=column(order_id), payment=payment_id, step="catch-up").delete()
    store.change(scope, order_id, edit)
