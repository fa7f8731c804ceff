"""A page of orders that are not read yet: who has met an order before, letter for letter, need not read it again."""

from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from order_api import answers
from order_api.call import Answer
from order_api.errors import BadAnswer
from order_api.schemas import Order, OrderPaginationSet, Pagination, check_json, encode


class _Slices(msgspec.Struct):
    data: tuple[msgspec.Raw, ...] = ()
    pagination: Pagination | None = None


class _Owner(msgspec.Struct):
    id: str | None = None
    merchant: str | None = None
    channel: str | None = None


_slices, _owner = msgspec.json.Decoder(_Slices), msgspec.json.Decoder(_Owner)


@dataclass(frozen=True, slots=True)
class UnreadOrder:
    """An order as it came. `digest` is that of its text: where it is the same, so is the order."""

    digest: bytes
    content: bytes
    place: int
    answer: Answer

    def read(self) -> Order:
        """The order. Raises BadAnswer where its document has another shape, in the words of the whole answer."""
        try:
            return answers.value(replace(self.answer, content=self.content), Order, whole=False)
        except BadAnswer:
            return answers.value(self.answer, OrderPaginationSet, whole=False).data[self.place]


@dataclass(frozen=True, slots=True)
class UnreadOrders:
    """As `OrderPaginationSet`; `owners` is one, of orders of which nothing is known but whose they are."""

    data: tuple[UnreadOrder, ...]
    pagination: Pagination | None
    owners: OrderPaginationSet


def unread(answer: Answer) -> UnreadOrders:
    """The orders of an answer to `list`. Raises what the answer means; an order that cannot be read
    does so when it is read."""
    answers.require_done(answer)
    try:
        found = _slices.decode(check_json(answer.content))
        contents, pagination = tuple(map(bytes, found.data)), found.pagination
        owners = tuple(Order(id=o.id, merchant=o.merchant, channel=o.channel) for o in map(_owner.decode, contents))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        whole = answers.value(answer, OrderPaginationSet, whole=False)
        contents, pagination, owners = tuple(map(encode, whole.data)), whole.pagination, whole.data
    orders = tuple(
        UnreadOrder(sha256(content).digest(), content, place, answer) for place, content in enumerate(contents)
    )
    return UnreadOrders(orders, pagination, OrderPaginationSet(data=owners, pagination=pagination))
