"""What the worker does for the alerts, beside its looking."""

import logging
import time
from collections.abc import Callable

from audit.anchors import anchor_if_due
from payments.alerts import delivery, heartbeat

logger = logging.getLogger(__name__)
PAUSE = 30.0  # seconds; a process writes and asks no more often

_next = 0.0


def pulse(*, looked: bool) -> None:
    """Write that somebody has looked, if so, sign the head of the log if it is time, and tell what is to be told. Does
    nothing if it did a moment ago; never raises."""
    global _next  # noqa: PLW0603 - one clock a process
    if time.monotonic() < _next:
        return
    _next = time.monotonic() + PAUSE
    if looked:
        _try(heartbeat.beat)
    _try(anchor_if_due)
    _try(heartbeat.check_log)
    _try(delivery.refresh)
    _try(delivery.send_due)


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        logger.exception("The alerts could not be brought up to date; it is tried again later")
