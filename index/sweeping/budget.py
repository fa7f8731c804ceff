"""So many calls a minute and channel, counted in the database: by every process that reads for the index."""

import time
from collections.abc import Callable

from django.conf import settings
from django.db.models import F

from accounts.channels import Channel
from gateway.connection import get_sweep_connection
from index.models import ChannelState
from order_api.call import Answer, Call
from order_api.errors import Overloaded

_SPENT = "The calls of this minute are spent."


class SpentError(Overloaded):
    """It was not called: the channel's calls of this minute are spent."""


def minute_now() -> int:
    return int(time.time() // 60)


def made(state: ChannelState) -> int:
    """Calls made in this minute, as the row has them."""
    return state.calls if state.minute == minute_now() else 0


def least_left() -> int:
    """So many calls of a minute are left for what is urgent: the newest, and what somebody says has changed."""
    return max(1, int(settings.INDEX_CALLS_A_MINUTE) // 3)


def most(*, is_urgent: bool) -> int:
    """The calls of a minute that may be made for what is urgent, or is not."""
    calls = max(1, int(settings.INDEX_CALLS_A_MINUTE))
    return calls if is_urgent else max(1, calls - least_left())


def spend(channel: Channel, limit: int) -> bool:
    """Counts one more call of this minute; False where there are as many as may be."""
    minute = minute_now()
    mine = ChannelState.objects.filter(merchant=channel.merchant, channel=channel.name)
    if mine.filter(minute=minute, calls__lt=limit).update(calls=F("calls") + 1, spent=F("spent") + 1):
        return True
    return bool(mine.exclude(minute=minute).update(minute=minute, calls=1, spent=F("spent") + 1))


class Budgeted:
    """The way of the index's calls. `may_go_on` is asked before each."""

    def __init__(self, channel: Channel, limit: int, may_go_on: Callable[[], bool]) -> None:
        self._channel = channel
        self._limit = limit
        self._may_go_on = may_go_on

    def send(self, call: Call, headers: dict[str, str]) -> Answer:
        """As `Connection.send`; SpentError."""
        if call.changes:
            raise TypeError(f"{call.operation} changes something; nothing is changed for the index")
        if not self._may_go_on() or not spend(self._channel, self._limit):
            raise SpentError(_SPENT, operation=call.operation, sent=False)
        return get_sweep_connection().send(call, headers)
