"""The thread that looks at what is open. One in every process that serves; it sleeps until
something is due or is woken.

Where the pages are served otherwise than by `manage.py serve`, `manage.py payments_reconcile
--loop` does the same beside them.
"""

import logging
import threading

from django.conf import settings
from django.db import connections
from django.utils import timezone

from gateway.one_thread import OneThread, beat
from payments.alerts.pulse import pulse
from payments.executions import reconciliation, schedule

logger = logging.getLogger(__name__)
NAME = "payments-reconcile"
"""As which it is known to operators."""
LONGEST_SLEEP = 20.0  # seconds; another process may have died over its work
AT_ONCE = 5  # so few that the alerts have their turn between, also where every reading takes as long as it may

_woken = threading.Event()


def ensure() -> None:
    """Start the thread, if this process should have one and has none that lives, and let it look at once;
    after a fork a new one is needed."""
    if not settings.PAYMENT_WORKER:
        return
    _woken.set()
    _thread.ensure()


def run() -> None:
    """Look at what is due, for ever."""
    while True:
        pause = look_once()
        beat(NAME)
        _woken.wait(pause)
        _woken.clear()


_thread = OneThread(NAME, run)


def look_once() -> float:
    """Look at what is due and say how many seconds may pass before the next look. Never raises."""
    due, looked = None, False
    try:
        while reconciliation.check_due(AT_ONCE):
            pulse(looked=True)
        due, looked = schedule.next_due(), True
    except Exception:
        logger.exception("What is open could not be looked at; it is tried again later")
    pulse(looked=looked)
    try:
        connections.close_all()
    except Exception:
        logger.exception("The worker's connections could not be closed")
    if due is None:
        return LONGEST_SLEEP
    return min(LONGEST_SLEEP, max(0.2, (due - timezone.now()).total_seconds()))
