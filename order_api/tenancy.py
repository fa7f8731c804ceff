"""Whose the answers are. Everything is asked for one merchant and channel, and nothing else may come back.

The API takes both from the headers of a call; no page of its reference says that it also compares them with the order
that the address names. Its documents say whose they are, so that this can be seen here, whatever the API does.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from order_api import answers
from order_api.call import Answer, Call, Sender
from order_api.errors import Foreign
from order_api.schemas import Order, OrderPaginationSet, Payment, Shipping
from order_api.words import sentence

MOST_REMEMBERED = 10_000
_NO_ORDER = sentence("Order with id:%(order_id)s not found.")
_OF_OTHERS = sentence("something of another merchant or channel")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An answer about another merchant or channel than the one that was asked for; both as its document has them."""

    operation: str
    request_id: str
    order_id: str
    merchant: str
    channel: str


class KnownOrders:
    """The orders that were seen to be of the merchant and channel in whose name they were asked
    for. Shared by threads, bounded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def add(self, merchant: str, channel: str, order_ids: Iterable[str]) -> None:
        with self._lock:
            for order_id in order_ids:
                self._orders[merchant, channel, order_id] = None
                self._orders.move_to_end((merchant, channel, order_id))
            while len(self._orders) > MOST_REMEMBERED:
                self._orders.popitem(last=False)

    def has(self, merchant: str, channel: str, order_id: str) -> bool:
        with self._lock:
            return (merchant, channel, order_id) in self._orders


class Tenancy:
    """One merchant and channel at one connection: the headers that ask for them, and the comparison
    with what comes back."""

    def __init__(
        self,
        connection: Sender,
        merchant: str,
        channel: str,
        known: KnownOrders | None = None,
        on_mismatch: Callable[[Mismatch], None] | None = None,
    ) -> None:
        """Without `known` only documents that say whose they are can be compared, and no call is
        made for those that don't."""
        self._connection = connection
        self._merchant = merchant
        self._channel = channel
        self._known = known
        self._on_mismatch = on_mismatch
        self.headers = {"x-merchant": merchant, "x-channel": channel}

    def check(self, answer: Answer, value: Any) -> None:
        """Raises Foreign if what came of an order says that it is another's, and BadAnswer if a list has such an order.

        What does not say, such as a payment's transactions, is asked of the order that it belongs
        to, once for each order.
        """
        documents = _documents(value)
        order_id = answer.call.ids.get("order_id", "")
        for document in documents:
            self._compare(answer, document, order_id)
        if any(document.merchant or document.channel for document in documents) or isinstance(value, Order):
            self._remember([order_id] if order_id else [each.id for each in documents if each.id])
        elif order_id:
            self.confirm(order_id)

    def confirm(self, order_id: str) -> None:
        """Raises Foreign if the order is another's, and what reading it raises. Without a call if
        it was seen before."""
        if self._known is None or self._known.has(self._merchant, self._channel, order_id):
            return
        answer = self._connection.send(Call("GET", "orders/{order_id}", {"order_id": order_id}), self.headers)
        self.check(answer, answers.owner_of(answer))

    def _remember(self, order_ids: Iterable[str]) -> None:
        if self._known is not None:
            self._known.add(self._merchant, self._channel, order_ids)

    def _compare(self, answer: Answer, document: "Owned", order_id: str) -> None:
        if is_of(document, self._merchant, self._channel):
            return
        if self._on_mismatch:
            named = order_id or (document.id or "" if isinstance(document, Order) else "")
            came = (document.merchant or "", document.channel or "")
            self._on_mismatch(Mismatch(answer.call.operation, answer.request_id, named, *came))
        if not order_id:
            raise answers.bad(answer, _OF_OTHERS)
        raise Foreign(
            _NO_ORDER % {"order_id": order_id},
            operation=answer.call.operation,
            request_id=answer.request_id,
            status=404,
            code="order-not-found",
        )


Owned = Order | Payment | Shipping


def _documents(value: Any) -> tuple[Owned, ...]:
    """The documents of an answer that have room for a merchant and a channel."""
    if isinstance(value, OrderPaginationSet):
        return value.data
    each = value if isinstance(value, tuple) else (value,)
    return tuple(one for one in each if isinstance(one, Order | Payment | Shipping))


def is_of(document: Owned, merchant: str, channel: str) -> bool:
    """Whether a document names that merchant and channel, or none."""
    return _is(document.merchant, merchant) and _is(document.channel, channel)


def _is(said: str | None, asked: str) -> bool:
    """Whether a document names what was asked for, in any case; one that names nothing is taken at the API's word."""
    return not said or said.strip().casefold() == asked.strip().casefold()
