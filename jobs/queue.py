"""The way to whoever works on jobs: Django's Tasks, on the database or on Redis (JOBS_BACKEND).

A task says no more than which job is to go on for a while. It may come twice, late or never: the job's row is the
truth, `running` takes its lease before it does anything, and `sweep` finds what nobody works on.
"""

import datetime as dt
import logging
import threading
import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from jobs import files, running
from jobs.ending import end
from jobs.models import OPEN, Job, State
from jobs.words import TOO_OLD

logger = logging.getLogger(__name__)
QUEUE = "default"
AGAIN = dt.timedelta(seconds=30)
woken = threading.Event()
"""Set where this process was told of a job: its own thread need not sleep."""


@task(queue_name=QUEUE)
def go_on(job_id: str) -> None:
    """Works on that job for a while; where it is not at its end then, it stands in the queue anew, behind others."""
    if running.go_on(job_id):
        with transaction.atomic():
            job = Job.objects.select_for_update().filter(pk=job_id).first()
            if job is not None and job.is_open:
                enqueue(job)


def enqueue(job: Job) -> None:
    """Whoever works on jobs is told of it, once this transaction is committed. Should that be lost on its way, `sweep`
    finds it."""
    job.enqueued_at = timezone.now()
    job.save(update_fields=["enqueued_at"])
    transaction.on_commit(lambda: _tell(str(job.pk)))


def _tell(job_id: str) -> None:
    try:
        go_on.enqueue(job_id)
    except Exception:
        logger.exception("Job %s could not be put into the queue; it is tried again later", job_id)
    woken.set()


def patience() -> dt.timedelta:
    """After so long, a job that was put into the queue and that nobody works on is put there again. All that are open
    have their turn before: where it were shorter, the queue would grow faster than it is worked through."""
    before = Job.objects.filter(state__in=OPEN).count()
    return min(AGAIN, running.life()) + dt.timedelta(seconds=running.SLICE * before)


def sweep() -> None:
    """Puts into the queue what should be worked on and is not: what a process that died has left, what comes to its
    next try, and what was lost on its way there. What is over its time goes, with its files."""
    now = timezone.now()
    lost = now - patience()
    due = Job.objects.filter(state__in=OPEN).filter(Q(until=None) | Q(until__lte=now))
    due = due.filter(Q(next_at=None) | Q(next_at__lte=now))
    forgotten = Q(enqueued_at=None) | Q(enqueued_at__lt=lost) | Q(next_at__isnull=False) | Q(until__isnull=False)
    for pk in list(due.filter(forgotten).order_by("created_at").values_list("pk", flat=True)[:100]):
        _enqueue_again(pk, lost)
    for pk in list(Job.objects.filter(expires_at__lt=now).values_list("pk", flat=True)[:100]):
        _expire(pk)


def _enqueue_again(pk: uuid.UUID, lost: dt.datetime) -> None:
    with transaction.atomic():
        job, now = Job.objects.select_for_update().filter(pk=pk).first(), timezone.now()
        if job is None or not job.is_open or job.is_held or (job.next_at and job.next_at > now):
            return
        was_told = job.enqueued_at is not None and job.enqueued_at >= lost
        if was_told and job.next_at is None and job.until is None:  # another process was faster
            return
        job.holder, job.until, job.next_at = None, None, None
        job.save(update_fields=["holder", "until", "next_at"])
        enqueue(job)


def _expire(pk: uuid.UUID) -> None:
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=pk).first()
        if job is None or job.expires_at is None or job.expires_at >= timezone.now() or job.is_held:
            return
        if job.is_open:
            end(job, State.FAILED, TOO_OLD)
            return
        Job.objects.filter(pk=pk).delete()
    files.forget(job.pk)


def next_due() -> dt.datetime | None:
    """When `sweep` has something to do next; None where nothing is open."""
    waits = patience()
    rows = Job.objects.filter(state__in=OPEN).values_list("until", "next_at", "enqueued_at")
    return min((until or at or ((told or timezone.now()) + waits) for until, at, told in rows), default=None)
