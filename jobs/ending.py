"""How a job ends."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from jobs.models import Job, State
from jobs.registry import kind_of

_MOVING = (
    "arguments", "sealed", "state", "done", "total", "cursor", "code", "facts", "wants_stop", "holder", "until",
    "next_at", "tries", "started_at", "ended_at", "file", "file_name", "file_size", "expires_at",
)  # fmt: skip


def keep(job: Job) -> None:
    """Inside of a transaction that has locked the job: how far it has come. Who asked for what never changes, and when
    a queue was told is the queue's."""
    job.save(update_fields=_MOVING)


def end(job: Job, state: State, code: str, facts: Mapping[str, Any] | None = None) -> None:
    """Inside of a transaction that has locked the job: it is over, or stopped, for that reason."""
    job.state, job.code, job.facts = state, code, dict(facts or {})
    job.holder, job.until, job.next_at, job.wants_stop = None, None, None, False
    job.ended_at = timezone.now()
    job.expires_at = job.ended_at + kept()
    if (found := kind_of(job.kind)) is not None:
        found.ended(job)
    keep(job)


def kept() -> dt.timedelta:
    """How long a job is kept that nobody does anything with."""
    time: dt.timedelta = settings.EXPORTS_KEPT
    return time
