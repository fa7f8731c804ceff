"""Running the validation of an order, which shows its answers where it was asked for."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from audit import log
from dashboard.held import hold
from orders.api.errors import ApiError
from orders.api.schemas import ValidationError
from orders.changes import once
from orders.changes.flow import answered, demand, doubt, failed, outcome_of, show, subject_of
from orders.changes.lease import Busy, lease
from orders.changes.validation import ValidationRun, answers_of
from orders.request import OrderRequest
from orders.views.changes import form_view


@form_view
def order_validate(request: HttpRequest, order_id: str) -> HttpResponse:
    """Asks first, then runs, and shows the answers where it asked. Nothing of the order is changed, so only a second click has to wait."""
    request = cast(OrderRequest, request)
    demand(request, ValidationRun.permission)
    order = request.api.orders.get(order_id)
    if request.method != "POST":
        return show(request, ValidationRun(order=order))
    form = ValidationRun(request.POST, order=order)
    try:
        with lease(request.channel.merchant, request.channel.name, f"validate:{form.once}"):
            return _run(request, form)
    except Busy:
        return hold(
            request, _("The validation is running already. Its answers are not there yet."), HTTPStatus.CONFLICT
        )


def _run(request: OrderRequest, form: ValidationRun) -> HttpResponse:
    """Once: a form that comes again shows the answers that it got."""
    reasons: Sequence[ValidationError] | str | None = once.fate(request, adds=form.adds)
    if reasons == once.UNKNOWN:
        return doubt(request, form)
    if reasons is None:
        try:
            reasons = _ask(request, form)
        except log.AuditUnavailable:
            form.add_error(None, _("It could not be written into the log, so it was not run. Try again in a moment."))
            return show(request, form, HTTPStatus.SERVICE_UNAVAILABLE)
        except ApiError as error:
            return failed(request, form, error)
    return show(request, form, answers=answers_of(form.order, cast(Sequence[ValidationError], reasons)))


def _ask(request: OrderRequest, form: ValidationRun) -> Sequence[ValidationError]:
    """The reasons why the order does not validate. Raises AuditUnavailable, with nothing asked, and ApiError."""
    order_id = form.order.id or ""
    with log.begin(log.Who.of(request), form.action, subject_of(request, order_id), classify=outcome_of) as attempt:
        once.start(request, adds=form.adds)
        reasons = request.api.orders.validate(order_id)
        said = [{"adapter": reason.adapter_id, "code": reason.code} for reason in reasons]
        details = {"validates": not reasons, "reasons": said}
        attempt.end(log.Result(log.Outcome.DONE, {**answered(request), "details": details}))
    once.settle(request, reasons, adds=form.adds)
    return reasons
