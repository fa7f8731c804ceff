"""Asks one channel for a customer's orders, and keeps of each what the page shows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from accounts.channels import Channel
from order_api import OrderApi
from order_api.schemas import Address, Cart, Customer, Item, Order, Payment, Price
from order_api.unfit import UnfitOrder
from trade.totals import order_total

NEWEST = 50
"""Orders of a channel that are read for each way; what there is beyond is said."""
_MOST_ITEMS = 60


Filter = Mapping[str, Sequence[str]]
"""One of the API's: {billing,shipping}_{emails,phones}, and the spellings."""


class Heard(NamedTuple):
    """What a channel has of a customer's orders. `size`: how many there are at least; `is_cut`: not all were read.
    `unfit`: how many could not be read as orders."""

    orders: tuple[Order, ...] = ()
    size: int = 0
    is_cut: bool = False
    unfit: int = 0


def ask(api: OrderApi, filters: Iterable[Filter]) -> Heard:
    """The newest orders of the channel by these filters, a call for each. Raises the errors of a list."""
    found: dict[str, Order] = {}
    unfit: set[bytes] = set()
    is_cut, most = False, 0
    for params in filters:
        page = api.orders.list_unread(
            limit=NEWEST, order_by="created", order_by_direction="desc", **params  # type: ignore[arg-type]
        )  # fmt: skip
        size = (page.pagination.size if page.pagination else None) or 0
        is_cut = is_cut or size > len(page.data) or (not size and len(page.data) == NEWEST)
        most = max(most, size)
        for each in page.data:
            order = each.read()
            if isinstance(order, UnfitOrder):
                unfit.add(each.digest)
            elif order.id:
                found.setdefault(order.id, slim(order))
    newest = newest_first(found.values())
    return Heard(
        tuple(newest[:NEWEST]), max(most, len(newest)), is_cut or len(newest) > NEWEST, len(unfit)
    )  # fmt: skip


def count(api: OrderApi, params: Filter) -> int | None:
    """How many orders the channel has by that filter; one call. None where the API does not count."""
    page = api.orders.list_unread(limit=1, **params)  # type: ignore[arg-type]  # as above
    return page.pagination.size if page.pagination else None


def newest_first(orders: Iterable[Order]) -> list[Order]:
    return sorted(orders, key=lambda order: order.created.timestamp() if order.created else 0.0, reverse=True)


def slim(order: Order) -> Order:
    """The order with no more than the page of its customer shows: no streets, no identity numbers, no tokens."""
    total = order_total(order)
    customer = order.customer
    return Order(
        id=order.id,
        reference=order.reference,
        created=order.created,
        state=order.state,
        currency=order.currency,
        total=None if total is None else Price(including_vat=total),
        cart=Cart(items=tuple(Item(sku=_article(each), quantity=each.quantity) for each in _items(order))),
        payments=tuple(_payment(each) for each in order.payments),
        customer=Customer(billing=_address(customer.billing), shipping=_address(customer.shipping))
        if customer
        else None,
    )


def _items(order: Order) -> tuple[Item, ...]:
    return order.cart.items[:_MOST_ITEMS] if order.cart else ()


def _article(item: Item) -> str | None:
    return item.sku or item.reference or item.name


def _payment(payment: Payment) -> Payment:
    return Payment(
        id=payment.id,
        adapter_id=payment.adapter_id,
        name=payment.name,
        currency=payment.currency,
        type=payment.type,
        amount=payment.amount,
        state=payment.state,
        reference=payment.reference,
    )


def _address(address: Address | None) -> Address | None:
    if address is None:
        return None
    names: dict[str, Any] = {
        "organization_name": address.organization_name,
        "given_name": address.given_name,
        "family_name": address.family_name,
    }
    return Address(email=address.email, phone=address.phone, **names)


class Found(NamedTuple):
    """What one channel answered."""

    channel: Channel
    heard: Heard
