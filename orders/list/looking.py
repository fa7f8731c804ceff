"""Asks the Order API for a text in one way after the other, until one hits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from order_api import OrderApi
from order_api.errors import NotFound
from order_api.schemas import Order, Pagination, encode
from order_api.unfit import UnfitOrder
from orders.list.find import ORDER, Reading, Try

_SORTING = {"order_by", "order_by_direction"}


class Unread(Protocol):
    """An order that is read when its row is written; `digest` is the same for the same order."""

    @property
    def digest(self) -> bytes: ...
    def read(self) -> Order | UnfitOrder: ...


@dataclass(frozen=True, slots=True)
class Read:
    """An order that came alone."""

    order: Order | UnfitOrder

    @property
    def digest(self) -> bytes:
        document = self.order.document if isinstance(self.order, UnfitOrder) else self.order.raw
        return sha256(encode(document)).digest()

    def read(self) -> Order | UnfitOrder:
        return self.order


class Looked(NamedTuple):
    """A page of the orders that were found, and how: `tried` is all that was asked, the last of them is the `hit`."""

    data: Sequence[Unread]
    pagination: Pagination | None
    tried: tuple[Try, ...] = ()
    hit: Try | None = None


class OvertakenError(Exception):
    """Somebody typed on meanwhile: what is found now, nobody waits for."""


def look(  # noqa: PLR0913 - how a list is asked for
    api: OrderApi,
    reading: Reading,
    within: Mapping[str, Any],
    *,
    limit: int,
    offset: int = 0,
    way: str = "",
    is_overtaken: Callable[[], bool] | None = None,
) -> Looked:
    """The first page that has something, of the ways of the reading in their order; those of `way` come first.

    One call for each, no more than find.MOST_TRIES. `within` are the parameters that hold as well; an order by its id
    is asked for only where none do. Raises the errors of a list, and OvertakenError before a call that nobody waits
    for. An id that nobody has is no error: it may be part of something else.
    """
    tries = sorted(_fitting(reading.tries, within), key=lambda each: each.way != way)
    found = Looked((), None)
    tried: list[Try] = []
    for each in tries:
        if tried and is_overtaken is not None and is_overtaken():
            raise OvertakenError
        tried.append(each)
        found = _asked(api, each, within, limit, offset)
        # Behind the last page of what was found, there is nothing to be seen of it.
        if found.data or (offset and found.pagination and found.pagination.size):
            return found._replace(tried=tuple(tried), hit=each)
    return found._replace(tried=tuple(tried))


def _fitting(tries: Iterable[Try], within: Mapping[str, Any]) -> list[Try]:
    """Without those that would take the place of a filter that is on."""
    is_free = within.keys() <= _SORTING
    return [each for each in tries if (is_free if each.way == ORDER else not each.params.keys() & within.keys())]


def _asked(api: OrderApi, each: Try, within: Mapping[str, Any], limit: int, offset: int) -> Looked:
    if each.way == ORDER:
        return _order(api, each.spelled[0])
    found = api.orders.list_unread(limit=limit, offset=offset, **{**within, **each.params})
    return Looked(found.data, found.pagination)


def _order(api: OrderApi, order_id: str) -> Looked:
    try:
        order = api.orders.look(order_id)
    except NotFound:
        return Looked((), None)
    return Looked((Read(order),), Pagination(size=1, total_size=1))


def the_one(api: OrderApi, looked: Looked) -> str:
    """The id of the order that was meant, if it can be no other; empty if there are several, or none.

    Who was found by their bill alone may have been sent other orders: one more call.
    """
    if len(looked.data) != 1 or looked.hit is None:
        return ""
    found = looked.data[0].read()
    only = (found.owner if isinstance(found, UnfitOrder) else found).id or ""
    if not looked.hit.way.startswith("billing_"):
        return only
    twin = looked.hit.way.replace("billing_", "shipping_")
    sent = api.orders.list(limit=2, **{twin: looked.hit.spelled})  # type: ignore[arg-type]  # the keys are OrderQuery's
    return only if {order.id for order in sent.data} <= {only} else ""
