"""What the worker does for the alerts, and for the mail about queues, beside its looking."""

import logging
import time
from collections.abc import Callable

from audit.anchors import anchor_if_due
from payments.alerts import delivery, heartbeat
from teamwork import delivery as queue_mail

logger = logging.getLogger(__name__)
PAUSE = 30.0  # seconds; a process writes and asks no more often

_next = 0.0
_also: list[Callable[[], object]] = []


def also(step: Callable[[], object]) -> None:
    """Has the worker do that, too, each time: what rooms of higher floors have to tidy."""
    if step not in _also:
        _also.append(step)


def pulse(*, looked: bool) -> None:
    """Write that somebody has looked, if so, sign the head of the log if it is time, and tell what is to be told,
    those outside of alerts and people of their queues; then whatever was given to `also`. Does nothing if it did a
    moment ago; never raises."""
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
    _try(queue_mail.send_due)
    for step in _also:
        _try(step)


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        logger.exception("What the worker does beside its looking could not be done; it is tried again later")
