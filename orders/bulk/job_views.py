"""The page of a job that does something with many orders: how far it is, and what became of each."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import needs_a_channel
from audit import log
from domain.states import State as Shown
from gateway.permissions import may_view
from gateway.request import ApiRequest
from jobs import services
from jobs.models import Job, RowState, State
from jobs.registry import called, kind_of, says
from jobs.words import STATES
from orders.bulk import kept
from orders.bulk.kept import OrderAt
from orders.bulk.results import (
    MOST_LISTED,
    Result,
    can_try_again,
    counts_of,
    csv_lines,
    job_of,
    jobs_for,
    results_of,
)
from orders.bulk.running import action_of
from orders.bulk.views import action_of as allowed
from orders.models import Batch
from ui.pages import render_page

ROWS = 100
"""Of the table, on a page of it."""


class Listed(NamedTuple):
    """A job as the list shows it."""

    job: Job
    called: str
    url: str
    shown: Shown


@never_cache
@require_safe
@may_view
def bulk_job_list(request: ApiRequest) -> HttpResponse:
    """All that takes longer than a page: the person's own, exports too, and for whoever may read the whole log what
    others have done in their channels."""
    mine = services.jobs_of(request.user)[:MOST_LISTED]
    context = {
        "place": "jobs",
        "mine": [_listed(job) for job in mine],
        "others": [_listed(job) for job in jobs_for(request.user)],
    }
    return render_page(request, "orders/bulk/job_list.html", context)


def _listed(job: Job) -> Listed:
    kind = kind_of(job.kind)
    url = kind.url(job) if kind and kind.url else reverse("download-detail", args=(job.pk,))
    name = job.file_name or str(job.arguments.get("called", "")) or called(job)
    return Listed(job, name, url, STATES[State(job.state)])


@never_cache
@require_safe
@needs_a_channel
@may_view
def bulk_job(request: ApiRequest, pk: uuid.UUID) -> HttpResponse:
    """Progress and results; `?state=` shows those that stand there alone."""
    job = job_of(request.user, pk)
    return render_page(request, "orders/bulk/job.html", _context(request, job), partials=("bulk-job",))


def _context(request: ApiRequest, job: Job) -> dict[str, Any]:
    results = results_of(list(job.rows.all()))
    state = request.GET.get("state", "")
    state = state if state in RowState.values else ""
    shown = [each for each in results if each.state == state] if state else results
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    is_mine = job.owner_id == request.user.pk
    return {
        "place": "jobs",
        "job": job,
        "action": action_of(job),
        "says": says(job),
        "shown": STATES[State(job.state)],
        "state": state,
        "counts": counts_of(results),
        "total": len(results),
        "page": page,
        "batch": Batch.objects.filter(job=job.pk).first(),
        "is_mine": is_mine,
        "is_complete": job.state == State.DONE,
        "can_stop": is_mine and job.is_open and not job.wants_stop,
        "can_go_on": is_mine and (job.state == State.STOPPED or bool(job.is_open and job.code)),
        "again": len(_again(job, results)) if is_mine and not job.is_open else 0,
    }


def _again(job: Job, results: Sequence[Result]) -> list[OrderAt]:
    return [OrderAt(each.row.where, each.row.order_id) for each in results if can_try_again(job, each)]


def _own(request: ApiRequest, pk: uuid.UUID) -> Job:
    job = job_of(request.user, pk)
    return services.job_of(request.user, job.pk)


@require_POST
@needs_a_channel
@may_view
def bulk_job_stop(request: ApiRequest, pk: uuid.UUID) -> HttpResponse:
    """Stops it after the order that is under way."""
    services.stop(_own(request, pk))
    return redirect("bulk-job", pk)


@require_POST
@needs_a_channel
@may_view
def bulk_job_go_on(request: ApiRequest, pk: uuid.UUID) -> HttpResponse:
    """Goes on where it was stopped, or tries at once what waits for its next try."""
    services.resume(_own(request, pk))
    return redirect("bulk-job", pk)


@require_POST
@needs_a_channel
@may_view
def bulk_job_again(request: ApiRequest, pk: uuid.UUID) -> HttpResponse:
    """Chooses those that were not done anew: they are looked at and confirmed like any others."""
    job = _own(request, pk)
    action = allowed(request, action_of(job).name)
    orders = [] if job.is_open else _again(job, results_of(list(job.rows.all())))
    if not orders:
        messages.info(request, _("There is none that could be tried again."))
        return redirect("bulk-job", pk)
    batch = kept.keep(log.Who.of(request), action.name, orders)
    if action.needs_target:
        kept.save_sealed(batch, target=job.arguments["target"])
    return redirect("bulk-detail", batch.pk)


@require_safe
@may_view
def bulk_job_csv(request: ApiRequest, pk: uuid.UUID) -> HttpResponseBase:
    """What became of each order, for a spreadsheet."""
    job = job_of(request.user, pk)
    results = results_of(list(job.rows.all()))
    answer = StreamingHttpResponse(csv_lines(results), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{action_of(job).name}-{job.created_at:%Y%m%d-%H%M}.csv"'
    return answer
