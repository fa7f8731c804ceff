"""Asks the channels of a person for a customer's orders, each within its budget, and keeps an outage to its channel."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from accounts.channels import Channel
from gateway.fanout import fan_out
from gateway.request import ApiRequest
from order_api import OrderApi
from order_api.errors import ApiError, NotFound
from order_api.schemas import Order
from orders.customer.asking import Found, Heard, ask, count
from orders.customer.counting import Counted
from trade.customer_keys import Keys, filters_of, first_filter

MOST_CALLS = 8
"""Of one channel for one look at a customer; four are made at the most."""


class Asked(NamedTuple):
    """What became of a channel: what it has, or why that is not known."""

    channel: Channel
    found: Found | None = None
    error: ApiError | None = None
    is_late: bool = False


def ask_channels(request: ApiRequest, channels: Sequence[Channel], keys: Keys) -> Iterator[Asked]:
    """What each channel has, as the answers come. Raises none of the API's errors."""
    filters = filters_of(keys)  # before the time of the channels begins: numbers of the world are read for it

    def asking(api: OrderApi, _channel: Channel) -> Heard:
        return ask(api, filters)

    for answer in fan_out(request, channels, asking, most_calls=MOST_CALLS):
        found = None if answer.value is None else Found(answer.channel, answer.value)
        yield Asked(answer.channel, found, answer.error, answer.is_late)


def count_channels(request: ApiRequest, channels: Sequence[Channel], keys: Keys) -> list[Counted]:
    """How many orders each channel has, in the order of the channels; None of one that did not say. One call each, none
    where there is nothing to count by."""
    chosen = first_filter(keys)
    if chosen is None:
        return []

    def counting(api: OrderApi, _channel: Channel) -> int | None:
        return count(api, chosen[1])

    counts = {answer.channel: answer.value for answer in fan_out(request, channels, counting, most_calls=1)}
    return [Counted(channel, counts.get(channel)) for channel in channels]


def order_or_none(api: OrderApi, order_id: str) -> Order | None:
    """The order, or None while it cannot be read; NotFound is raised: then there is no such page either."""
    try:
        return api.orders.get(order_id)
    except NotFound:
        raise
    except ApiError:
        return None
