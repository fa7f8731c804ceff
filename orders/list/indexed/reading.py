"""Reads the orders of a page that the index answered: names are not in the index, and its states may be old."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from accounts.channels import Channel
from gateway.fanout import fan_out
from gateway.request import ApiRequest
from index import reading
from index.models import IndexedOrder
from index.questions import Question
from order_api import OrderApi
from order_api.errors import NotFound
from orders.list.looking import Read, Unread

_DENSE = 4
"""A list call reads at most so many orders for each that is wanted; beyond that, each is asked for alone."""
_LARGEST_CALL = 250


class Key(NamedTuple):
    """An order of a channel."""

    channel: Channel
    order_id: str


@dataclass
class ReadOrders:
    """What the API says of the orders of a page. `gone`: those that it does not have any more. `silent`: the channels
    that did not answer for all of theirs, or were not asked, since the budget of calls is used up."""

    found: dict[Key, Unread] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)
    silent: list[Channel] = field(default_factory=list)


def key_of(row: IndexedOrder) -> Key:
    return Key(Channel(row.merchant, row.channel), row.order_id)


def read_orders(request: ApiRequest, rows: Sequence[IndexedOrder]) -> ReadOrders:
    """The orders of these rows from the Order API, all channels at once, within the fan-out's budget and time: in one
    call a channel where they lie close together, else one by one. What came before a channel fell silent is kept."""
    result = ReadOrders()
    by_channel: dict[Channel, list[IndexedOrder]] = {}
    for row in rows:
        by_channel.setdefault(key_of(row).channel, []).append(row)
    dense = {channel: _is_dense(channel, theirs) for channel, theirs in by_channel.items()}
    parts = {channel: ReadOrders() for channel in by_channel}

    def ask(api: OrderApi, channel: Channel) -> bool:
        _ask(api, channel, by_channel[channel], parts[channel], is_dense=dense[channel])
        return True

    for answer in fan_out(request, list(by_channel), ask, most_calls=len(rows) + 1):
        if not answer.came:
            result.silent.append(answer.channel)
    for part in parts.values():
        # A thread that is late may still write into its own part: what is there by now is copied.
        result.found |= dict(part.found)
        result.gone |= set(part.gone)
    return result


def _is_dense(channel: Channel, rows: Sequence[IndexedOrder]) -> bool:
    moments = [row.created for row in rows if row.created]
    if len(rows) <= 2 or len(moments) < len(rows):
        return False
    between = Question(channels=(channel,), created_from=min(moments), created_to=_after(max(moments)))
    return reading.tally(between).size <= min(_LARGEST_CALL, _DENSE * len(rows))


def _ask(api: OrderApi, channel: Channel, rows: Sequence[IndexedOrder], into: ReadOrders, *, is_dense: bool) -> None:
    wanted = {row.order_id: row for row in rows}
    if is_dense:
        moments = [row.created for row in rows if row.created]
        page = api.orders.list_unread(limit=_LARGEST_CALL, date_from=min(moments), date_to=_after(max(moments)))
        for unread, owner in zip(page.data, page.owners.data, strict=True):
            if wanted.pop(owner.id or "", None) is not None:
                into.found[Key(channel, owner.id or "")] = unread
    for order_id in wanted:
        try:
            into.found[Key(channel, order_id)] = Read(api.orders.look(order_id))
        except NotFound:
            into.gone.add(Key(channel, order_id))


def _after(moment: dt.datetime) -> dt.datetime:
    """The API does not document which ends of `date_to` count, and tells seconds alone."""
    return moment + dt.timedelta(seconds=1)


def still_matching(question: Question, rows: Sequence[IndexedOrder]) -> set[Key]:
    """Those of these rows that the question still means, now that the index knows what was read. One query."""
    if not rows:
        return set()
    ids = tuple(dict.fromkeys(row.order_id for row in rows))
    found = reading.matching(replace(question, ids=_within(question.ids, ids)))
    return {Key(Channel(*pair), order_id) for *pair, order_id in found.values_list("merchant", "channel", "order_id")}


def _within(asked: tuple[str, ...] | None, ids: tuple[str, ...]) -> tuple[str, ...]:
    return ids if asked is None else tuple(set(asked) & set(ids))
