"""Running the validation of an order, which shows its answers where it was asked for."""

from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gateway.lease import OrderLockedError, lease
from gateway.request import ApiRequest
from orders.changes.flow import demand, show
from orders.changes.validation import ValidationRun
from orders.changes.validation_run import run
from ui.held import hold
from ui.pages import form_view


@form_view
def order_validate(request: HttpRequest, order_id: str) -> HttpResponse:
    """Asks first, then runs, and shows the answers where it asked. Nothing of the order is changed,
    so only a second click has to wait."""
    request = cast(ApiRequest, request)
    demand(request, ValidationRun.permission)
    order = request.api.orders.get(order_id)
    if request.method != "POST":
        return show(request, ValidationRun(order=order, channel=request.channel))
    form = ValidationRun(request.POST, order=order, channel=request.channel)
    if form.explanation.closed():
        return show(request, form, HTTPStatus.CONFLICT)
    try:
        with lease(request.channel.merchant, request.channel.name, f"validate:{form.once}"):
            return run(request, form)
    except OrderLockedError:
        return hold(
            request, _("The validation is running already. Its answers are not there yet."), HTTPStatus.CONFLICT
        )
