"""Whoever works on jobs: a thread in every process that serves, or, where JOBS_WORKER is off, `manage.py jobs_work`
beside them.

On the database it works through the queue itself; on Redis RQ's own workers do (`manage.py jobs_work` runs one), and
the thread only looks for jobs that nobody works on.
"""

import datetime as dt
import logging
import time
import uuid

from django.conf import settings
from django.db import connections
from django.utils import timezone

from gateway.one_thread import OneThread, beat
from jobs import files, queue
from jobs.models import Job

logger = logging.getLogger(__name__)
NAME = "jobs"
"""As which it is known to operators."""
LONGEST_SLEEP = 5.0  # seconds; another process may have been told of a job, or have died over one
AT_ONCE = 4  # tasks, each of which works on one job for a while
ALIAS = "default"
KEPT_TASKS = dt.timedelta(days=1)
_TIDIED_EVERY = 3600.0  # seconds

_tidied = 0.0


def ensure() -> None:
    """Start the thread, if this process should have one and has none that lives; after a fork a new one is needed."""
    if not settings.JOBS_WORKER:
        return
    _thread.ensure()


def run() -> None:
    """Work on what is to be done, for ever."""
    while True:
        pause = look_once()
        beat(NAME)
        queue.woken.wait(pause)
        queue.woken.clear()


_thread = OneThread(NAME, run)


def look_once() -> float:
    """Look for jobs that nobody works on, and, on the database, work on all that stand in the queue. How many seconds
    may pass before the next look. Never raises."""
    due, is_more = None, False
    try:
        queue.sweep()
        is_more = on_database() and work_some()
        due = queue.next_due()
        _tidy()
    except Exception:
        logger.exception("Jobs could not be looked after; it is tried again later")
    try:
        connections.close_all()
    except Exception:
        logger.exception("The connections of whoever works on jobs could not be closed")
    if is_more:
        return 0.0
    if due is None:
        return LONGEST_SLEEP
    return min(LONGEST_SLEEP, max(0.2, (due - timezone.now()).total_seconds()))


def on_database() -> bool:
    return bool(settings.JOBS_BACKEND == "database")


def work_some() -> bool:
    """Does what stands in the queue on the database, one after the other. Whether there is more: now and then what
    nobody works on has to be looked for."""
    from django_tasks_db.management.commands.db_worker import Worker  # noqa: PLC0415 - it needs the models
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415 - as above

    ready = DBTaskResult.objects.ready().filter(backend_name=ALIAS, queue_name=queue.QUEUE)
    if not ready.exists():  # which takes no lock
        return False
    Worker(
        queue_names=[queue.QUEUE],
        interval=0,
        batch=True,
        backend_name=ALIAS,
        startup_delay=False,
        max_tasks=AT_ONCE,
        worker_id=uuid.uuid4().hex,
        excluded_queue_names=[],
    ).run()
    return bool(ready.exists())


def _tidy() -> None:
    """Now and then: files of jobs that are gone, and, on the database, tasks that are over. One that a process died
    over stays *running* for ever otherwise."""
    global _tidied  # noqa: PLW0603 - one clock a process
    if time.monotonic() < _tidied:
        return
    _tidied = time.monotonic() + _TIDIED_EVERY
    files.tidy(lambda jobs: set(Job.objects.filter(pk__in=jobs).values_list("pk", flat=True)))
    if on_database():
        from django_tasks_db.models import DBTaskResult  # noqa: PLC0415 - as above

        DBTaskResult.objects.filter(enqueued_at__lt=timezone.now() - KEPT_TASKS).delete()
