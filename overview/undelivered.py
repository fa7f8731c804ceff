"""Notifications that nobody took, of the last ones of each channel, as the service that delivers them tells."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.cache import cache

from accounts.channels import Channel
from gateway.fanout import fan_out
from gateway.request import ApiRequest
from order_api import OrderApi
from order_api.events import Event
from orders.timeline.presentation import is_delivered

LOOKED_AT = 50
"""Events of a channel, of which each comes with a copy of its order."""
KEPT = 120
"""Seconds for which an answer is kept."""


class Undelivered(NamedTuple):
    """A notification that was tried and that nobody took. `status` or `error` is what the last attempt came to."""

    event_id: str
    order_id: str
    called: str
    at: dt.datetime | None
    tries: int
    status: int | None
    error: str


class OfChannel(NamedTuple):
    """What became of asking about a channel: `found`, or why not."""

    channel: Channel
    found: Sequence[Undelivered] = ()
    error: Any = None
    is_late: bool = False

    @property
    def came(self) -> bool:
        return self.error is None and not self.is_late


def undelivered_in(request: ApiRequest, channels: Sequence[Channel]) -> list[OfChannel]:
    """Of each channel, in their order. One call a channel, none where it was asked lately. Raises none of the API's
    errors."""
    keys = {_key(channel): channel for channel in channels}
    known = {keys[key]: OfChannel(keys[key], found) for key, found in cache.get_many(keys).items()}

    def ask(api: OrderApi, _channel: Channel) -> list[Undelivered]:
        return [_told(event) for event in api.events.recent(limit=LOOKED_AT) if _is_undelivered(event)]

    for answer in fan_out(request, [channel for channel in channels if channel not in known], ask):
        known[answer.channel] = OfChannel(answer.channel, answer.value or (), answer.error, answer.is_late)
        if answer.came:
            cache.set(_key(answer.channel), answer.value, KEPT)
    return [known[channel] for channel in channels if channel in known]


def forget(channel: Channel) -> None:
    """Something was sent again, so the channel is asked anew."""
    cache.delete(_key(channel))


def _key(channel: Channel) -> str:
    return f"overview:undelivered:{channel}"


def _is_undelivered(event: Event) -> bool:
    return bool(event.id and event.order_id and event.attempts) and not is_delivered(event)


def _told(event: Event) -> Undelivered:
    last = event.attempts[-1]
    called = " · ".join(filter(None, (event.adapter_id, event.reference or event.description)))
    return Undelivered(
        event.id or "", event.order_id or "", called[:200], event.created_at, len(event.attempts), last.status,
        (last.error or "")[:200],
    )  # fmt: skip
