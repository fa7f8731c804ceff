"""The provider's own address, which payment actions point at: `POST
…/orders/{order_id}/payments/{payment_id}/{capture|cancel|refund}`.

`attributes.sandbox` of the payment chooses a bad day; docs/sandbox.md lists them.
"""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from sandbox import store
from sandbox.conf import conf
from sandbox.entry import nothing
from sandbox.problems import NoAnswer, Problem, not_found
from sandbox.provider.days import Day, day_of
from sandbox.provider.lines import AFTERWARDS
from sandbox.provider.settle import carry_out, count
from sandbox.provider.steps import Order, payment_of
from sandbox.scope import Scope


def act(request: HttpRequest, order_id: str, payment_id: str, kind: str) -> HttpResponse:
    """Capture, cancel or refund a payment. 200 without content; 400 `payment-error` where it is refused."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.SANDBOX_TOKEN}"):
        raise Problem(401, "unauthorized", "The provider takes orders from the Order API only.")
    if kind not in AFTERWARDS:
        raise not_found("payment-action", kind)
    scope = Scope(request.headers.get("x-merchant", ""), request.headers.get("x-channel", ""))
    order = Order(order_id, payment_id, kind)
    day = day_of(payment_of(store.read(scope, order_id), payment_id), kind)
    count(order)
    if day.slow:
        time.sleep(conf("SANDBOX_SLOW_SECONDS"))
    carry_out(scope, order)
    return _answer(day, kind)


def _answer(day: Day, kind: str) -> HttpResponse:
    if day.answer == "refused":
        raise Problem(400, "payment-error", f"The provider declined to {kind} this payment.")
    if day.answer == "broken":
        raise Problem(500, "internal-server-error", "The provider is out of order.")
    if day.answer == "silent":
        raise NoAnswer(done=day.done and not day.waits)
    return nothing()
