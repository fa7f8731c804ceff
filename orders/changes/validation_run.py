"""Running the validation of an order once: a form that comes again shows the answers that it got."""

from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from audit import log
from gateway.request import ApiRequest
from order_api.errors import ApiError
from order_api.schemas import ValidationError
from orders.changes import idempotency
from orders.changes.flow import answered, doubt, failed, outcome_of, show, subject_of
from orders.changes.validation import ValidationRun, answers_of

Reasons = list[dict[str, str | None]]
"""`ValidationError`s, as they are kept for the form that comes again."""


def run(request: ApiRequest, form: ValidationRun) -> HttpResponse:
    """Once: a form that comes again shows the answers that it got."""
    reasons = idempotency.fate(request, adds=form.adds)
    if reasons == idempotency.UNKNOWN:
        return doubt(request, form)
    if reasons is None:
        try:
            reasons = _ask(request, form)
        except idempotency.AlreadySentError:
            return doubt(request, form)
        except (log.AuditUnavailableError, DatabaseError):
            idempotency.forget(request, adds=form.adds)
            form.add_error(None, _("It could not be written into the log, so it was not run. Try again in a moment."))
            return show(request, form, HTTPStatus.SERVICE_UNAVAILABLE)
        except ApiError as error:
            return failed(request, form, error)
    return show(request, form, answers=answers_of(form.order, [ValidationError(**reason) for reason in reasons]))


def _ask(request: ApiRequest, form: ValidationRun) -> Reasons:
    """The reasons why the order does not validate. Raises AuditUnavailableError and DatabaseError,
    with nothing asked, and ApiError."""
    order_id = form.order.id or ""
    idempotency.start(request, adds=form.adds)
    with log.begin(log.Who.of(request), form.action, subject_of(request, order_id), classify=outcome_of) as attempt:
        reasons = request.api.orders.validate(order_id)
        said = [{"adapter": reason.adapter_id, "code": reason.code} for reason in reasons]
        details = {"validates": not reasons, "reasons": said}
        attempt.end(log.Result(log.Outcome.DONE, {**answered(request), "details": details}))
    answers = [{"code": each.code, "adapter_id": each.adapter_id, "message": each.message} for each in reasons]
    idempotency.settle(request, answers, adds=form.adds)
    return answers
