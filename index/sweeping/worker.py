"""The thread that looks through the channels. One in every process that serves; of all processes one at a time looks at
a channel.

Where the pages are served otherwise than by `manage.py serve`, `manage.py index_sweep --loop` does the same beside
them.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import connections
from django.utils import timezone

from accounts.channels import Channel, all_channels
from gateway.lease import try_lease
from gateway.one_thread import OneThread, beat
from index import writing
from index.models import ChannelState, PushedOrder
from index.sweeping import budget
from index.sweeping.plan import FORGETTING, NEWEST, SWEEPS
from index.sweeping.steps import is_free, take_turn

logger = logging.getLogger(__name__)
NAME = "index-sweep"
"""As which it is known to operators."""
LONGEST_SLEEP = 5.0
"""Seconds; another process may have been told of a change."""
SHORTEST_SLEEP = 0.2
PRUNED_EVERY = 3600.0
"""Seconds."""

_woken = threading.Event()
_pruned_at = -PRUNED_EVERY


def ensure() -> None:
    """Start the thread, if this process should have one and has none that lives; after a fork a new one is needed."""
    if not settings.INDEX_WORKER:
        return
    _thread.ensure()


def wake() -> None:
    """Somebody was told of a change: have it looked at now."""
    _woken.set()


def run(only: Channel | None = None) -> None:
    """Look through the channels, or one, for ever."""
    while True:
        pause = look_once(only)
        beat(NAME)
        _woken.wait(pause)
        _woken.clear()


_thread = OneThread(NAME, run)


def look_once(only: Channel | None = None) -> float:
    """Give each channel that has something to do its turn, and say how many seconds may pass before the next look.
    Never raises."""
    steps = 0
    try:
        for channel in due(only):
            steps += take_turn(channel)
        prune_now_and_then()
    except Exception:
        logger.exception("The channels could not be looked through; it is tried again later")
    try:
        connections.close_all()
    except Exception:
        logger.exception("The worker's connections could not be closed")
    return SHORTEST_SLEEP if steps else LONGEST_SLEEP


def prune_now_and_then() -> None:
    """What is too old to be kept goes, once an hour, by one process."""
    global _pruned_at  # noqa: PLW0603 - one a process
    if time.monotonic() - _pruned_at < PRUNED_EVERY or not (held := try_lease("index:prune")):
        return
    try:
        while writing.prune(timezone.now()) and held.renew():
            pass
        _pruned_at = time.monotonic()
    finally:
        held.give_back()


def due(only: Channel | None = None) -> list[Channel]:
    """The channels that have something to do and may be asked, those of which somebody said something first. Two
    statements."""
    now = timezone.now()
    states = {Channel(row.merchant, row.channel): row for row in ChannelState.objects.all()}
    pushed = {Channel(*pair) for pair in PushedOrder.objects.order_by().values_list("merchant", "channel").distinct()}
    served = [channel for channel in all_channels() if only in (None, channel)]
    found = []
    for channel in sorted(served, key=lambda channel: channel not in pushed):
        state = states.get(channel)
        if state is None or (is_free(channel, state, now) and _has_something(state, channel in pushed)):
            found.append(channel)
    return found


def _has_something(state: ChannelState, is_pushed: bool) -> bool:
    now, calls = timezone.now(), budget.made(state)
    if FORGETTING in state.cursors:
        return True
    if calls < budget.most(is_urgent=True) and (is_pushed or NEWEST.due(state, now)):
        return True
    return calls < budget.most(is_urgent=False) and any(sweep.due(state, now) for sweep in SWEEPS)
