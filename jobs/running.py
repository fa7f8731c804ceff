"""Runs jobs, piece by piece.

Whoever runs a job holds it for `life()` and says so anew with each piece. A process that died holds it no longer than
that; then another takes it over and goes on after the last piece that was committed. What a piece has done and how far
the job has come are committed in one transaction, and only by whoever still holds the job:

    def run(step):
        page = ask(step.arguments, step.cursor)          # slow, outside of a transaction
        with step.committing() as job:                   # raises LostError where somebody else has it now
            job.cursor = {"offset": …}; job.done += len(page)
            if not page:
                step.finish("complete", rows=job.done)   # or: step.fail(code, …)

What a piece does outside of the database (bytes in a file, a call that changes something) it arranges so that the
piece can be done again: `jobs.spool` is for files; `JobRow` has a state for what is about to be sent.
"""

import datetime as dt
import logging
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error, transaction
from django.utils import timezone

from audit.log import AuditUnavailableError, Who
from jobs import files
from jobs.ending import end, keep
from jobs.models import Job, State
from jobs.registry import Kind, kind_of
from jobs.sealing import SealBrokenError
from jobs.words import ERROR, GONE, LOST_FILE, NOT_ALLOWED, OUTAGE, REFUSED, SEAL, STOPPED
from order_api.errors import ApiError, Foreign, NotFound, Rejected

logger = logging.getLogger(__name__)
SLICE = 5.0
"""Seconds that one job goes on before those that wait have their turn."""
MOST_TRIES = 6
"""In a row, of what goes wrong in the desk itself; an outage of the Order API is waited for as long as it takes."""
LONGEST_PAUSE = 300.0  # seconds


def life() -> dt.timedelta:
    """How long a job is held without a word."""
    time: dt.timedelta = settings.JOBS_LEASE
    return time


class LostError(Exception):
    """Somebody else holds the job now: it took too long, or was ended. Nothing of this piece was committed."""


class Step:
    """One piece of a job, as its kind gets it. `cursor` and `arguments` are what was committed before."""

    def __init__(self, job: Job, holder: uuid.UUID) -> None:
        self.job = job
        self.holder = holder
        self._committing: Job | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.job.arguments)

    @property
    def private(self) -> dict[str, Any]:
        return self.job.private

    @property
    def cursor(self) -> dict[str, Any]:
        return dict(self.job.cursor)

    @property
    def who(self) -> Who:
        return self.job.who

    @property
    def owner(self) -> User:
        return self.job.owner

    def renew(self) -> None:
        """Holds the job for another while: for a piece that takes long. Raises LostError."""
        mine = Job.objects.filter(pk=self.job.pk, holder=self.holder, state=State.RUNNING)
        if not mine.update(until=timezone.now() + life()):
            raise LostError

    @property
    def stops(self) -> bool:
        """Whether somebody asked it to stop: for a piece that can end early."""
        return Job.objects.filter(pk=self.job.pk, wants_stop=True).exists()

    @contextmanager
    def committing(self) -> Iterator[Job]:
        """A transaction in which the job is locked: what is written in it and how far the job has come hold together,
        or not at all. Raises LostError before anything is written."""
        with transaction.atomic():
            job = Job.objects.select_for_update().filter(pk=self.job.pk, holder=self.holder).first()
            if job is None or job.state != State.RUNNING:
                raise LostError
            self._committing = job
            try:
                yield job
            finally:
                self._committing = None
            if job.state == State.RUNNING:
                job.until, job.tries = timezone.now() + life(), 0
                job.code, job.facts = "", {}
                if job.wants_stop:
                    end(job, State.STOPPED, STOPPED)
                else:
                    keep(job)
        self.job = job

    def finish(self, code: str = "", **facts: Any) -> None:
        """In `committing`: that was the last piece."""
        self._end(State.DONE, code, facts)

    def fail(self, code: str, **facts: Any) -> None:
        """In `committing`: it ends here, for that reason."""
        self._end(State.FAILED, code, facts)

    def _end(self, state: State, code: str, facts: dict[str, Any]) -> None:
        if self._committing is None:
            raise RuntimeError("A job ends in a transaction: with step.committing() …")
        end(self._committing, state, code, facts)


def go_on(job_id: str) -> bool:
    """Takes the job and works on it for a while. Whether it is to go on after those that wait. Does nothing where
    somebody else has it, or it is over. Never raises."""
    try:
        job, holder = _take(job_id)
        return job is not None and _work(Step(job, holder))
    except LostError:
        logger.info("Job %s is with somebody else now", job_id)
    except Exception:
        logger.exception("Job %s could not go on; it is tried again later", job_id)
    return False


def _take(job_id: str) -> tuple[Job | None, uuid.UUID]:
    """The job, held by this call alone; None where it cannot be had."""
    holder, now = uuid.uuid4(), timezone.now()
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id).first()
        if job is None or not job.is_open or job.is_held or (job.next_at and job.next_at > now):
            return None, holder
        if job.wants_stop:
            end(job, State.STOPPED, STOPPED)
            return None, holder
        job.holder, job.until, job.state = holder, now + life(), State.RUNNING
        job.started_at = job.started_at or now
        job.next_at = None
        keep(job)
    return job, holder


def _work(step: Step) -> bool:
    kind, began = kind_of(step.job.kind), time.monotonic()
    if kind is None:
        _end(step, GONE)
        return False
    while step.job.state == State.RUNNING and _piece(kind, step):
        if step.job.state == State.RUNNING and time.monotonic() - began > SLICE:
            _give_back(step)
            return True
    return False


def _piece(kind: Kind, step: Step) -> bool:
    """One piece. Whether it worked; where not, when it is tried again, or that it ends, has been written down."""
    try:
        if code := _may(kind, step):
            _end(step, code)
        else:
            kind.run(step)
    except LostError:
        raise
    except SealBrokenError:
        _end(step, SEAL)
    except files.LostFileError:
        _end(step, LOST_FILE)
    except (Rejected, NotFound) as error:
        _end(step, REFUSED, reason="" if isinstance(error, Foreign) else str(error)[:300])
    except ApiError as error:
        logger.info("Job %s pauses: %r", step.job.pk, error)
        _pause(step, OUTAGE)
    except (Error, AuditUnavailableError):
        logger.exception("Job %s pauses: the database does not take it", step.job.pk)
        _pause(step, "")
    except Exception:
        logger.exception("Job %s failed in a piece of it", step.job.pk)
        if step.job.tries + 1 >= MOST_TRIES:
            _end(step, ERROR)
        else:
            _pause(step, "")
    else:
        return True
    return False


def _may(kind: Kind, step: Step) -> str:
    """Why the owner, as they are now, may not have this done; empty where they may."""
    owner = User.objects.get(pk=step.job.owner_id)
    step.job.owner = owner
    if not owner.is_active or not owner.has_perm("accounts.view_order"):
        return NOT_ALLOWED
    return kind.may(step.job, owner)


def _end(step: Step, code: str, **facts: Any) -> None:
    with step.committing():
        step.fail(code, **facts)


def _pause(step: Step, code: str) -> None:
    """Gives it up until later: each time in a row for twice as long."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=step.job.pk, holder=step.holder).first()
        if job is None or job.state != State.RUNNING:
            raise LostError
        if job.wants_stop:
            end(job, State.STOPPED, STOPPED)
            return
        seconds = min(LONGEST_PAUSE, 2.0**job.tries) * random.uniform(0.75, 1.25)  # noqa: S311 - not all at once
        job.tries += 1
        job.state, job.holder, job.until = State.WAITING, None, None
        job.next_at = timezone.now() + dt.timedelta(seconds=seconds)
        job.code, job.facts = code, {}
        keep(job)


def _give_back(step: Step) -> None:
    """Those that wait have their turn; then it goes on."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=step.job.pk, holder=step.holder).first()
        if job is None or job.state != State.RUNNING:
            raise LostError
        job.holder, job.until, job.enqueued_at = None, None, None
        job.save(update_fields=["holder", "until", "enqueued_at"])
