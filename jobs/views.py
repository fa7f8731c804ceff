"""*Downloads*: what a person exported, how far it is, and the file. Nobody else's is found."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.log import Who
from gateway.permissions import may_view
from jobs import exports, files, registry, services
from jobs.formats import FORMATS
from jobs.models import Job, State
from jobs.words import STATES
from ui.pages import render_page

MOST = 200
"""Exports that the page shows; more of a person's are hardly kept at a time."""


class PersonRequest(HttpRequest):
    """A signed-in person's."""

    user: User


@require_safe
@may_view
def download_list(request: PersonRequest) -> HttpResponse:
    """The person's exports, newest first."""
    jobs = services.jobs_of(request.user, exports.kinds())[:MOST]
    days = round(settings.EXPORTS_KEPT.total_seconds() / 86_400)
    context = {"place": "downloads", "shown": [_shown(job) for job in jobs], "days": days}
    return render_page(request, "jobs/download_list.html", context)


@require_safe
@may_view
def download_detail(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """One export: how far it is, how it ended, and its file. While it runs, the page asks for `download-state` anew."""
    return _state(request, _job(request, pk))


@require_POST
@may_view
def download_file(request: PersonRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The file. That it was taken is written into the log first."""
    job = _job(request, pk)
    if not exports.is_there(job):
        raise Http404(_("The file is not there any more."))
    exports.record_download(job, Who.of(request))
    form = FORMATS[job.arguments["format"]]
    file = files.path_of(job.file).open("rb")
    answer = FileResponse(file, as_attachment=True, filename=job.file_name, content_type=form.content_type)
    if form.is_packed:
        answer["Content-Encoding"] = "identity"  # packing it once more takes time and gains nothing
    return answer


@require_POST
@may_view
def download_stop(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Stops it after the page that is being read; it can go on from there."""
    services.stop(_job(request, pk))
    return _answer(request, pk)


@require_POST
@may_view
def download_resume(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Goes on where it was stopped, or tries at once."""
    services.resume(_job(request, pk))
    return _answer(request, pk)


@require_POST
@may_view
def download_delete(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Deletes an export that is not under way, with its file."""
    job = _job(request, pk)
    if job.is_open:
        messages.error(request, _("It is under way. Stop it first."))
        return redirect("download-detail", pk)
    services.drop(job)
    messages.success(request, _("The export is deleted."))
    return redirect("download-list")


def _job(request: PersonRequest, pk: uuid.UUID) -> Job:
    job = services.job_of(request.user, pk)
    if job.kind not in exports.kinds():
        raise Http404(_("There is no such page."))
    return job


def _answer(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    return _state(request, _job(request, pk)) if getattr(request, "htmx", None) else redirect("download-detail", pk)


def _state(request: PersonRequest, job: Job) -> HttpResponse:
    context = {"place": "downloads", **_shown(job), "by_channel": exports.by_channel(job)}
    return render_page(request, "jobs/download_detail.html", context, partials=("download-state",))


def _shown(job: Job) -> dict[str, Any]:
    """What the templates say of a job."""
    return {
        "job": job,
        "called": registry.called(job),
        "says": registry.says(job),
        "is_there": exports.is_there(job),
        "is_running": job.is_open,
        "is_stopped": job.state == State.STOPPED,
        "is_stopping": job.is_open and job.wants_stop,
        "is_paused": job.is_open and job.next_at is not None,
        "is_proven": job.code == exports.COMPLETE,
        "state": STATES[job.state],
        "unmasked": bool(job.arguments.get("unmasked")),
    }
