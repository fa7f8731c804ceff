"""A page of orders that are not read yet: who has met an order before, letter for letter, need not read it again."""

from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from order_api import answers
from order_api.call import Answer
from order_api.schemas import Order, OrderPaginationSet, Pagination, check_json, decode
from order_api.unfit import UnfitOrder, owner


class _Slices(msgspec.Struct):
    data: tuple[msgspec.Raw, ...] | None = None
    pagination: msgspec.Raw = msgspec.Raw(b"null")


_slices = msgspec.json.Decoder(_Slices)


@dataclass(frozen=True, slots=True)
class UnreadOrder:
    """An order as it came. `digest` is that of its text: where it is the same, so is the order."""

    digest: bytes
    content: bytes
    answer: Answer

    def read(self) -> Order | UnfitOrder:
        """The order or, where a value of it does not fit, which one: the others of the page are none the worse."""
        return answers.order_or_why(replace(self.answer, content=self.content), whole=False)


@dataclass(frozen=True, slots=True)
class UnreadOrders:
    """As `OrderPaginationSet`; `owners` is one, of orders of which nothing is known but whose they are."""

    data: tuple[UnreadOrder, ...]
    pagination: Pagination | None
    owners: OrderPaginationSet


def unread(answer: Answer) -> UnreadOrders:
    """The orders of an answer to `list`. Raises what the answer means; what does not fit in an order shows when it is
    read, and a pagination that does not fit is none."""
    answers.require_done(answer)
    try:
        found = _slices.decode(check_json(answer.content))
        contents = tuple(map(bytes, found.data or ()))
        owners = tuple(map(owner, contents))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        answers.value(answer, OrderPaginationSet, whole=False)
        raise
    pagination = _pagination(bytes(found.pagination))
    orders = tuple(UnreadOrder(sha256(content).digest(), content, answer) for content in contents)
    return UnreadOrders(orders, pagination, OrderPaginationSet(data=owners, pagination=pagination))


def unread_order(answer: Answer) -> tuple[Order, UnreadOrder]:
    """The order of an answer to `get`: whose it is, and the order, not read yet. Raises what the answer means."""
    found = answers.owner_of(answer)
    return found, UnreadOrder(sha256(answer.content).digest(), answer.content, answer)


def _pagination(content: bytes) -> Pagination | None:
    try:
        return decode(content, Pagination) if content != b"null" else None
    except (msgspec.DecodeError, ValueError):
        return None
