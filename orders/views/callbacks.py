"""Running the validation of an order, which shows its answers where it was asked for."""

from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from audit import log
from orders.api.errors import ApiError
from orders.changes.flow import answered, demand, outcome_of, show, subject_of, words_of
from orders.changes.validation import ValidationRun, answers_of
from orders.request import OrderRequest
from orders.views.changes import form_view


@form_view
def order_validate(request: HttpRequest, order_id: str) -> HttpResponse:
    """Asks first, then runs, and shows the answers where it asked. Nothing of the order is changed, so nobody has to wait."""
    request = cast(OrderRequest, request)
    demand(request, ValidationRun.permission)
    order = request.api.orders.get(order_id)
    if request.method != "POST":
        return show(request, ValidationRun(order=order))
    return _run(request, ValidationRun(request.POST, order=order))


def _run(request: OrderRequest, form: ValidationRun) -> HttpResponse:
    order_id = form.order.id or ""
    try:
        attempt = log.begin(log.Who.of(request), form.action, subject_of(request, order_id), classify=outcome_of)
    except log.AuditUnavailable:
        form.add_error(None, _("It could not be written into the log, so it was not run. Try again in a moment."))
        return show(request, form, HTTPStatus.SERVICE_UNAVAILABLE)
    try:
        with attempt:
            reasons = request.api.orders.validate(order_id)
            said = [{"adapter": reason.adapter_id, "code": reason.code} for reason in reasons]
            attempt.end(
                log.Result(
                    log.Outcome.DONE, {**answered(request), "details": {"validates": not reasons, "reasons": said}}
                )
            )
    except ApiError as error:
        form.add_error(None, words_of(error))
        return show(request, form, HTTPStatus.BAD_GATEWAY, in_doubt=error.may_have_happened)
    return show(request, form, answers=answers_of(form.order, reasons))
