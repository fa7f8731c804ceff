"""What a second person sees of many payments that somebody wants captured at once, and what they say to it."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import needs_a_channel
from audit import log
from gateway.permissions import may_execute, may_view
from gateway.request import ApiRequest
from jobs.services import TooManyError
from orders.bulk import deciding, kept
from orders.bulk.actions import ACTIONS
from orders.bulk.deciding import ClosedError
from orders.bulk.forms import ApproveForm
from orders.bulk.summary import summary_of
from orders.bulk.views import NOT_LOGGED, TOO_MANY_JOBS
from orders.models import Batch
from payments.approvals.forms import TurnDownForm
from payments.presentation import preview
from payments.reasons.services import words_of
from ui.pages import form_view, render_page


@never_cache
@require_safe
@needs_a_channel
@may_view
@may_execute
def bulk_approval(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """All of it on one page: which orders, what they come to, why it takes a second person."""
    return show(request, deciding.batch_to_decide(request.user, mark))


def show(
    request: ApiRequest,
    batch: Batch,
    approving: ApproveForm | None = None,
    turning_down: TurnDownForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    rows = kept.rows_of(batch, verdict="possible")
    asked = deciding.asked_of(batch)
    is_waiting = batch.state == Batch.State.WAITING
    context = {
        "place": "approvals",
        "batch": batch,
        "action": ACTIONS[batch.action],
        "summary": summary_of(batch, rows),
        "above": [(preview.above(each.excess, each.currency), each) for each in deciding.above_kept(batch)],
        "reason": words_of(asked["public"].get("reason", "")),
        "note": asked["private"].get("note", ""),
        "is_own": batch.owner_id == request.user.pk,
        "is_waiting": is_waiting,
        "tie": deciding.tie_of(request.user, batch) if is_waiting else None,
        "approving": approving or ApproveForm(request=request),
        "turning_down": turning_down or TurnDownForm(),
    }
    return render_page(request, "orders/bulk/approval.html", context, status=status)


@form_view
@needs_a_channel
@may_view
@may_execute
def bulk_approve(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Yes: the job starts, as the asker's."""
    batch = deciding.batch_to_decide(request.user, mark)
    if request.method != "POST":
        return redirect("bulk-approval", mark)
    form = ApproveForm(request.POST, request=request)
    if not form.is_valid():
        return show(request, batch, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        job = deciding.approve(batch, request.user, log.Who.of(request), form.cleaned_data["note"].strip())
    except ClosedError:
        return redirect("bulk-approval", mark)
    except TooManyError:
        form.add_error(None, TOO_MANY_JOBS)
        return show(request, batch, form, status=HTTPStatus.CONFLICT)
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return show(request, batch, form, status=HTTPStatus.SERVICE_UNAVAILABLE)
    messages.success(request, _("It was approved, and has started."))
    return redirect("bulk-job", job.pk)


@form_view
@needs_a_channel
@may_view
@may_execute
def bulk_turn_down(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """No, with a reason that the asker reads."""
    batch = deciding.batch_to_decide(request.user, mark)
    if request.method != "POST":
        return redirect("bulk-approval", mark)
    form = TurnDownForm(request.POST)
    if not form.is_valid():
        return show(request, batch, turning_down=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        deciding.turn_down(batch, request.user, log.Who.of(request), form.cleaned_data["reason"])
    except ClosedError:
        return redirect("bulk-approval", mark)
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return show(request, batch, turning_down=form, status=HTTPStatus.SERVICE_UNAVAILABLE)
    messages.success(request, _("It was turned down. Nothing was done."))
    return redirect("bulk-approval", mark)
