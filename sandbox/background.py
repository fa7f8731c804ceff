"""The thread that delivers what is due, and folds what changed in the tallies. One in every process
that answers calls; it sleeps until something is due or is woken."""

import logging
import os
import threading

from django.db import connections
from django.utils import timezone

from sandbox import delivery, store, upkeep
from sandbox.conf import conf

logger = logging.getLogger(__name__)
LONGEST_SLEEP = 30.0  # seconds; another process may have died over its work

_lock = threading.Lock()
_woken = threading.Event()
_running_in: int | None = None


def ensure() -> None:
    """Start the thread, if this process should have one and has none; after a fork a new one is needed."""
    global _running_in  # noqa: PLW0603 - one thread a process
    if _running_in == os.getpid() or not conf("SANDBOX_BACKGROUND"):
        return
    with _lock:
        if _running_in != os.getpid():
            store.announce_to(wake)
            threading.Thread(target=_run, name="sandbox-delivery", daemon=True).start()
            _running_in = os.getpid()


def wake() -> None:
    """Say that there may be something to deliver."""
    _woken.set()


def _run() -> None:
    while True:
        _woken.wait(deliver_once())
        _woken.clear()


def deliver_once() -> float:
    """Deliver what is due and say how many seconds may pass before the next look."""
    try:
        while delivery.deliver_due():
            pass
        upkeep.settle()
        due = delivery.next_due()
    except Exception:
        logger.exception("The sandbox could not deliver what is due; it tries again later")
        due = None
    finally:
        connections.close_all()
    if due is None:
        return LONGEST_SLEEP
    return min(LONGEST_SLEEP, max(0.05, (due - timezone.now()).total_seconds()))
