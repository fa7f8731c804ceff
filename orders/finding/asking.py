"""Looks for a text in one channel: the ladder of the list, within the calls that a search may make there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.phones import compact
from order_api import OrderApi
from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from orders.list.find import SEARCH, Reading, Try
from orders.list.looking import Looked, look

MOST_CALLS = 8
"""Calls that a search makes in a channel, the look at who was sent what included."""
ROWS = 5
"""Orders that are shown of a channel; one more is asked for, to see whether there are."""
_WHOLE_NUMBER = 8
"""Digits: nobody who has typed so many has typed half of a number."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a channel has: up to ROWS + 1 orders, how many the API counts, and how it was looked for, `hit` last."""

    orders: Sequence[Order | UnfitOrder]
    size: int | None
    tried: Sequence[Try]
    hit: Try | None

    @property
    def is_identified(self) -> bool:
        """Whether it was found by what names an order or a person, and not by a word that may stand anywhere: an id, a
        reference, an address, a number as long as a phone's."""
        if self.hit is None or self.hit.way.endswith("names"):
            return False
        return self.hit.way != SEARCH or len(compact(self.hit.spelled[0])) >= _WHOLE_NUMBER


def ask(api: OrderApi, reading: Reading) -> Found:
    """The first way that hits, in at most MOST_CALLS calls. Raises the errors of a list.

    Who was found by their bill alone may have been sent other orders: those are looked for too, so that one order is
    only one if it can be no other.
    """
    looked = look(api, reading._replace(tries=reading.tries[:MOST_CALLS]), {}, limit=ROWS + 1)
    orders = [each.read() for each in looked.data]
    if len(orders) == 1 and looked.hit is not None and looked.hit.way.startswith("billing_"):
        twin = looked.hit.way.replace("billing_", "shipping_")
        within: dict[str, Any] = {twin: looked.hit.spelled}
        sent = [each.read() for each in api.orders.list_unread(limit=ROWS + 1, **within).data]
        seen = {id_of(order) for order in orders}
        return _found([*orders, *(order for order in sent if id_of(order) not in seen)], looked, None)
    return _found(orders, looked, looked.pagination.size if looked.pagination else None)


def _found(orders: Sequence[Order | UnfitOrder], looked: Looked, size: int | None) -> Found:
    return Found(orders[: ROWS + 1], size, looked.tried, looked.hit)


def id_of(order: Order | UnfitOrder) -> str:
    """Its id; empty where it came without one."""
    return (order.owner.id if isinstance(order, UnfitOrder) else order.id) or ""
