"""Choosing orders, looking at them beforehand, and confirming what is done with all of them."""

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.channels import Channel, channels_of
from accounts.middleware import needs_a_channel
from audit import log
from gateway.permissions import may_view
from gateway.request import ApiRequest
from jobs.services import TooManyError
from orders.bulk import checking, deciding, kept
from orders.bulk.actions import ACTIONS, Action
from orders.bulk.checking import Part
from orders.bulk.deciding import ClosedError, NothingToDoError
from orders.bulk.forms import KnownForm, TargetForm, asked_by, form_for
from orders.bulk.kept import MOST, Filtered, OrderAt
from orders.bulk.summary import Summary, is_what_was_shown, summary_of
from orders.bulk.words import PROBLEMS
from orders.models import Batch, BatchRow
from payments.presentation import preview
from ui.pages import form_view, render_page
from ui.ways_back import page_of

TEMPLATE = "orders/bulk/batch.html"
NOT_LOGGED = gettext_lazy("It could not be written into the log, so nothing was started. Try again in a moment.")
TOO_MANY_JOBS = gettext_lazy("You have as many jobs under way as you may. Wait for one of them, then confirm it again.")
_PAUSE, _BUSY_PAUSE, _SPENT_PAUSE = "50ms", "1s", "10s"
"""Before the page asks for the next part: as a rule, while another tab is at it, and while the budget is used up."""
LONGEST_QUERY = 8000


def action_of(request: ApiRequest, name: str) -> Action:
    """Raises Http404 where there is none of that name, and PermissionDenied."""
    action = ACTIONS.get(name)
    if action is None:
        raise Http404
    if not action.may(request.user):
        raise PermissionDenied
    return action


@require_POST
@needs_a_channel
@may_view
def bulk_new(request: ApiRequest) -> HttpResponse:
    """Takes the orders that were chosen for `what` is to be done with them: the addresses of their pages (`order`) or,
    with `all`, the filter (`query`) of the list of a `channel`."""
    action = action_of(request, request.POST.get("what", ""))
    theirs = {str(channel): channel for channel in channels_of(request.user)}
    filtered = _filtered(request, theirs) if "all" in request.POST else None
    orders = [] if filtered else chosen(request)
    if not orders and filtered is None:
        messages.warning(request, _("No order was chosen. Mark some in the list first."))
        return redirect(page_of(request))
    if len(orders) > MOST:
        words = _("%(n)s orders were chosen, and %(most)s are done at once at the most. Nothing was done.")
        messages.warning(request, words % {"n": len(orders), "most": MOST})
        return redirect(page_of(request))
    batch = kept.keep(log.Who.of(request), action.name, orders, filtered)
    return redirect("bulk-detail", batch.pk)


def chosen(request: ApiRequest) -> list[OrderAt]:
    """The orders that were marked, as far as their channels are the person's."""
    theirs = set(channels_of(request.user))
    return [each for each in kept.read_orders(request.POST.getlist("order")) if each.channel in theirs]


def _filtered(request: ApiRequest, theirs: dict[str, Channel]) -> Filtered | None:
    named, query = request.POST.get("channel", ""), request.POST.get("query", "")
    if len(query) > LONGEST_QUERY or (named and named not in theirs):
        return None
    return Filtered(theirs.get(named), query)


@never_cache
@require_safe
@needs_a_channel
@may_view
def bulk_detail(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """What is known of the orders so far; reads none of them. Once it has started, its job."""
    batch = kept.batch_of(request.user, mark)
    if batch.state == Batch.State.STARTED and batch.job:
        return redirect("bulk-job", batch.job)
    return show(request, batch)


def show(  # noqa: PLR0913 - what is said besides, by name
    request: ApiRequest,
    batch: Batch,
    form: forms.Form | None = None,
    *,
    known: KnownForm | None = None,
    part: Part | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The page, with the form that could not be taken, if there is one."""
    action, rows = action_of(request, batch.action), kept.rows_of(batch)
    summary, part = summary_of(batch, rows), part or Part()
    needs_target = action.needs_target and not kept.target_of(batch)
    is_reading = batch.state == Batch.State.READING and not batch.problem and not needs_target
    is_running = is_reading and (bool(summary.left) or not batch.is_named)
    is_ready = is_reading and not is_running and bool(summary.possible)
    context = {
        "place": "orders",
        "batch": batch,
        "action": action,
        "target": kept.target_of(batch),
        "target_form": TargetForm(request.POST or None) if needs_target else None,
        "summary": summary,
        "back": _back(rows, batch),
        "problem": _problem(batch),
        "is_running": is_running,
        "is_spent": part.is_spent and is_running,
        "pause": _SPENT_PAUSE if part.is_spent else _BUSY_PAUSE if part.is_elsewhere else _PAUSE,
        **(_ready(request, batch, action, summary, form, known) if is_ready else {}),
        **(_asked(batch) if batch.state == Batch.State.WAITING else {}),
    }
    return render_page(request, TEMPLATE, context, partials=("bulk-state",), status=status)


def _back(rows: Sequence[BatchRow], batch: Batch) -> str:
    """The list that the orders were chosen in: with the filter that names them, else of the first one's channel."""
    if found := kept.filter_of(batch):
        where = reverse("order-list", args=(found.channel,)) if found.channel else reverse("orders-anywhere")
        return f"{where}?{found.query}".rstrip("?")
    return reverse("order-list", args=(rows[0].where,)) if rows else reverse("home")


def _problem(batch: Batch) -> str:
    return str(PROBLEMS[batch.problem]) % {"most": MOST} if batch.problem else ""


def _ready(  # noqa: PLR0913, PLR0917 - what the form is made of
    request: ApiRequest,
    batch: Batch,
    action: Action,
    summary: Summary,
    form: forms.Form | None,
    known: KnownForm | None,
) -> dict[str, Any]:
    rows = kept.rows_of(batch, verdict="possible")
    above = deciding.above_of(request.user, rows) if action.moves_money else []
    return {
        "confirm_words": action.confirm % {"n": len(summary.possible)},
        "form": form or form_for(action, None, request, request.user, summary.channels),
        "known": (known or KnownForm(label_suffix="")) if summary.warnings else None,
        "above": [(preview.above(each.excess, each.currency), each) for each in above],
    }


def _asked(batch: Batch) -> dict[str, Any]:
    above = deciding.above_kept(batch)
    return {"is_waiting": True, "above": [(preview.above(each.excess, each.currency), each) for each in above]}


@require_POST
@needs_a_channel
@may_view
def bulk_on(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Looks at the next part. For htmx, how far it is; else back to the page."""
    batch = kept.batch_of(request.user, mark)
    action = action_of(request, batch.action)
    if action.needs_target and not kept.target_of(batch):
        return redirect("bulk-detail", mark)
    if "again" in request.POST:
        checking.try_again(batch)
        batch.refresh_from_db()
    part = checking.look_on(request, batch, checking.PART if request.htmx else checking.LONGEST_PART)
    if not request.htmx:
        return redirect("bulk-detail", mark)
    return show(request, kept.batch_of(request.user, mark), part=part)


@require_POST
@needs_a_channel
@may_view
def bulk_target(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Which state the orders are to be in. Another one than before lets them be looked at anew."""
    batch = kept.batch_of(request.user, mark)
    action, form = action_of(request, batch.action), TargetForm(request.POST)
    if not action.needs_target or batch.state != Batch.State.READING:
        raise Http404
    if not form.is_valid():
        return show(request, batch, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    with transaction.atomic():
        kept.save_sealed(batch, target=form.cleaned_data["target"])
        batch.rows.update(verdict="", warns_json="[]", facts_json="{}", said="")
    return redirect("bulk-detail", mark)


@form_view
@needs_a_channel
@may_view
def bulk_start(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Confirms it: starts the job, or asks for a second person."""
    batch = kept.batch_of(request.user, mark)
    action = action_of(request, batch.action)
    if request.method != "POST" or batch.state != Batch.State.READING:
        return redirect("bulk-detail", mark)
    rows = kept.rows_of(batch)
    summary = summary_of(batch, rows)
    form = form_for(action, request.POST, request, request.user, summary.channels)
    known = KnownForm(request.POST, label_suffix="") if summary.warnings else None
    if summary.left or not is_what_was_shown(batch, rows, request.POST.get("saw", "")):
        form.full_clean()
        form.add_error(None, _("More is known of the orders than this page showed. Look at it, then confirm it again."))
    are_valid = [each.is_valid() for each in (form, known) if each is not None]
    if not all(are_valid):
        return show(request, batch, form, known=known, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _confirmed(request, batch, action, form, known)


def _confirmed(
    request: ApiRequest, batch: Batch, action: Action, form: forms.Form, known: KnownForm | None
) -> HttpResponse:
    public, private = asked_by(action, form)
    try:
        job = deciding.confirm(
            batch, log.Who.of(request), request.user, public, private, wants_approval="approval" in request.POST
        )
    except (ClosedError, NothingToDoError):
        return redirect("bulk-detail", batch.pk)
    except TooManyError:
        form.add_error(None, TOO_MANY_JOBS)
        return show(request, batch, form, known=known, status=HTTPStatus.CONFLICT)
    except log.AuditUnavailableError:
        form.add_error(None, NOT_LOGGED)
        return show(request, batch, form, known=known, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if job is None:
        messages.info(request, _("It waits for a second person now. Nothing was sent."))
        return redirect("bulk-detail", batch.pk)
    return redirect("bulk-job", job.pk)


@require_POST
@needs_a_channel
@may_view
def bulk_forget(request: ApiRequest, mark: uuid.UUID) -> HttpResponse:
    """Lets go of it: nothing is done. What waits for approval is taken back."""
    batch = kept.batch_of(request.user, mark)
    if batch.state == Batch.State.WAITING:
        try:
            deciding.withdraw(batch, log.Who.of(request))
        except ClosedError:
            return redirect("bulk-detail", mark)
        messages.success(request, _("It was taken back. Nothing was done."))
    elif batch.state == Batch.State.READING:
        batch.delete()
        messages.success(request, _("Nothing was done."))
    where = next((row.where for row in batch.rows.all()[:1]), None) if batch.pk else None
    return redirect("order-list", where) if where else redirect("home")
