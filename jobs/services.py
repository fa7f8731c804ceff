"""What people do with jobs, one step each: start, stop, go on, throw away."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from audit import tidy
from audit.log import Who
from jobs import files
from jobs.ending import end, keep, kept
from jobs.models import OPEN, Job, State
from jobs.queue import enqueue
from jobs.registry import kind_of
from jobs.sealing import seal
from jobs.words import STOPPED

MOST_OPEN = 5
"""Jobs that a person has under way at once."""


class TooManyError(Exception):
    """The person has as many jobs under way as they may."""


def start(
    kind: str,
    who: Who,
    arguments: Mapping[str, Any],
    *,
    private: Mapping[str, Any] | None = None,
    total: int | None = None,
) -> Job:
    """A new job of that kind, which begins by itself once this transaction is committed.

    `arguments` and `private` are JSON; whatever may name a customer belongs into `private`, which is sealed. The rows
    that it works on (`JobRow`) are made in the same transaction. Raises TooManyError.
    """
    if kind_of(kind) is None:
        raise LookupError(f"There is no kind of job called {kind!r}")
    with transaction.atomic():
        # The person's row is the lock: two starts at once are counted one after the other.
        owner = User.objects.select_for_update().get(pk=who.user_id or 0)
        if Job.objects.filter(owner=owner, state__in=OPEN).count() >= MOST_OPEN:
            raise TooManyError
        job = Job.objects.create(
            kind=kind,
            owner=owner,
            username=who.username,
            ip=who.ip,
            agent=tidy.text(who.agent, 200),
            arguments=dict(arguments),
            sealed=seal(dict(private)) if private else "",
            total=total,
            expires_at=timezone.now() + kept(),
        )
        enqueue(job)
    return job


def stop(job: Job) -> Job:
    """Ends it for now: at once where nobody runs it, else after the piece that is under way. `resume` goes on."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.is_open and job.is_held:
            job.wants_stop = True
            job.save(update_fields=["wants_stop"])
        elif job.is_open:
            end(job, State.STOPPED, STOPPED)
    return job


def resume(job: Job) -> Job:
    """Goes on where it was stopped, or tries at once what waits for its next try."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state == State.STOPPED or (job.is_open and not job.is_held):
            job.state, job.wants_stop, job.next_at, job.ended_at = State.WAITING, False, None, None
            job.code, job.facts, job.tries = "", {}, 0
            job.expires_at = timezone.now() + kept()
            keep(job)
            enqueue(job)
        elif job.wants_stop:
            job.wants_stop = False
            job.save(update_fields=["wants_stop"])
    return job


def drop(job: Job) -> None:
    """Throws away a job that is not under way, with its files."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.is_open:
            return
        Job.objects.filter(pk=job.pk).delete()
    files.forget(job.pk)


def jobs_of(person: User, kinds: tuple[str, ...] = ()) -> list[Job]:
    """The person's own, newest first; of these kinds, if some are named."""
    mine = Job.objects.filter(owner=person)
    return list(mine.filter(kind__in=kinds) if kinds else mine)


def job_of(person: User, pk: Any) -> Job:
    """The person's own. Raises Http404, also where it is somebody else's."""
    try:
        return Job.objects.get(pk=pk, owner=person)
    except Job.DoesNotExist:
        raise Http404 from None
