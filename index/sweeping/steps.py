"""The most important next thing for a channel, one call at a time, by one process at a time."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.db import OperationalError
from django.db.models import F
from django.utils import timezone

from accounts.channels import Channel
from audit.log import Who
from gateway.connection import get_bulkhead, order_api, shut_for
from gateway.lease import Held, try_lease
from index import writing
from index.models import ChannelState, PushedOrder
from index.sweeping import budget, money, single
from index.sweeping.pages import Cursor, read_page
from index.sweeping.plan import FORGETTING, NEWEST, SWEEPS, Sweep
from order_api import OrderApi
from order_api.errors import ApiError, Overloaded

logger = logging.getLogger(__name__)
WHO = Who.system("index")
LEASE = "index:sweep"
TURN = 5.0
"""Seconds after which another channel has its turn."""
FORGOTTEN_AT_ONCE = 2_000
"""Orders; such a step makes no call."""
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=15), dt.timedelta(minutes=5)
"""After a failure; it doubles with each in a row."""


class Step(NamedTuple):
    """Something to do, in one call. `is_urgent`: the last calls of a minute are kept for such."""

    do: Callable[[OrderApi], None]
    is_urgent: bool = False


def state_of(channel: Channel) -> ChannelState:
    """What is known of the channel, which is made where there is nothing yet."""
    return ChannelState.objects.get_or_create(merchant=channel.merchant, channel=channel.name)[0]


def is_free(channel: Channel, state: ChannelState, now: dt.datetime) -> bool:
    """Whether it may be asked now: it has not just failed, no breaker is open and people are served."""
    places = get_bulkhead()
    return (
        (state.next_at is None or state.next_at <= now)
        and not shut_for(channel.merchant, channel.name)
        and (places.under_way <= places.places // 2)
    )


def next_step(channel: Channel, state: ChannelState, now: dt.datetime) -> Step | None:
    """The most important thing that there is to do, within the budget; None while there is nothing, or no call left."""
    if FORGETTING in state.cursors:
        return Step(lambda _api: _forget(channel, state))
    calls = budget.made(state)
    step = _urgent(channel, state, now) if calls < budget.most(is_urgent=True) else None
    if step is None and calls < budget.most(is_urgent=False):
        step = _unhurried(channel, state, now)
    return step


def forget_all(channel: Channel) -> None:
    """Have everything of the channel be forgotten and read anew, by whoever looks through it."""
    state_of(channel)
    ChannelState.objects.filter(merchant=channel.merchant, channel=channel.name).update(
        cursors={FORGETTING: {}}, **dict.fromkeys([sweep.done for sweep in SWEEPS])
    )


def _forget(channel: Channel, state: ChannelState) -> None:
    if not writing.forget_channel(channel, FORGOTTEN_AT_ONCE):
        state.cursors = {name: kept for name, kept in state.cursors.items() if name != FORGETTING}
        state.save(update_fields=["cursors"])


def _urgent(channel: Channel, state: ChannelState, now: dt.datetime) -> Step | None:
    if NEWEST.due(state, now):
        return Step(partial(_sweep, channel, state, NEWEST, now), is_urgent=True)
    if pushed := single.pushed_of(channel).first():
        return Step(partial(_read_pushed, channel, state, pushed, now), is_urgent=True)
    return None


def _unhurried(channel: Channel, state: ChannelState, now: dt.datetime) -> Step | None:
    for sweep in SWEEPS:
        if sweep.due(state, now):
            return Step(partial(_sweep, channel, state, sweep, now))
    if payment := money.next_payment(channel, now):
        return Step(lambda api: money.read_transactions(api, payment, now))
    return None


def _sweep(channel: Channel, state: ChannelState, sweep: Sweep, now: dt.datetime, api: OrderApi) -> None:
    cursor = Cursor.of(sweep, state, now)
    if not cursor.is_read:
        if read_page(api, channel, sweep, cursor, now):
            money.look_again(channel)
        cursor.keep(sweep, state)
    elif row := single.unmet(channel, sweep, cursor).first():
        single.read_one(api, channel, row.order_id, now)
    if cursor.is_read and not single.unmet(channel, sweep, cursor).exists():
        _finish(state, sweep, cursor)


def _finish(state: ChannelState, sweep: Sweep, cursor: Cursor) -> None:
    state.cursors = {name: kept for name, kept in state.cursors.items() if name != sweep.name}
    setattr(state, sweep.done, cursor.began_at)
    state.save(update_fields=["cursors", sweep.done])


def _read_pushed(channel: Channel, state: ChannelState, pushed: PushedOrder, now: dt.datetime, api: OrderApi) -> None:
    single.read_pushed(api, channel, pushed, now)
    money.look_again(channel)
    state.pushed_at = now
    state.save(update_fields=["pushed_at"])


def take_step(channel: Channel, held: Held) -> bool:
    """Do the next thing; False where there is none for now. Never raises ApiError: what went wrong is kept, and the
    channel left alone for a while."""
    now, state = timezone.now(), state_of(channel)
    step = next_step(channel, state, now) if is_free(channel, state, now) else None
    if step is None or not held.renew():
        return False
    limit = budget.most(is_urgent=step.is_urgent)
    try:
        step.do(order_api(channel.merchant, channel.name, WHO, budget.Budgeted(channel, limit, held.renew)))
    except (Overloaded, OperationalError):  # the desk's own business: nothing is said of the channel
        return False
    except ApiError as error:
        _failed(state, error, now)
        return False
    if state.failed_at:
        ChannelState.objects.filter(pk=state.pk).update(failed_at=None, error="", failures=0, next_at=None)
    return True


def _failed(state: ChannelState, error: ApiError, now: dt.datetime) -> None:
    name = type(error).__name__
    logger.warning("%s could not be looked through: %s", state, name)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(state.failures, 10))
    ChannelState.objects.filter(pk=state.pk).update(
        failed_at=state.failed_at or now, error=name, failures=F("failures") + 1, next_at=now + pause
    )


def take_turn(channel: Channel, seconds: float = TURN) -> int:
    """Do what there is to do for the channel, for so long, unless somebody else is at it; how many steps it was."""
    held = try_lease(LEASE, *channel)
    if held is None:
        return 0
    until, steps = time.monotonic() + seconds, 0
    try:
        while take_step(channel, held):
            steps += 1
            if time.monotonic() >= until:
                break
    finally:
        held.give_back()
    return steps
