"""An order as a row of the list: everything decided and formatted, so that the template only writes it down."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypedDict
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from domain.adapters import called
from domain.customers import customer_name
from domain.money import Concern, Money, findings, money_of
from domain.states import ORDER, PAYMENT, SHIPPING, Stage
from order_api.schemas import Address, Order, Payment, Shipping
from orders.page.totals import order_total
from ui.formats import country_name, format_amount, format_beside, format_number
from ui.templatetags.desk import badge, when


class MoneyNote(NamedTuple):
    """What does not fit about the money, in words; `is_urgent` where somebody has to look."""

    text: str
    is_urgent: bool


class OrderRow(TypedDict):
    """What `row_markup` writes down. `url` is empty for an order that came without an id: there is nothing to open."""

    url: str
    id: str
    reference: str
    created: SafeString
    customer: str
    email: str
    country: str
    country_name: str
    state: SafeString
    is_gone: bool
    payment: SafeString
    method: str
    shipping: SafeString
    carrier: str
    pieces: str
    amount: str
    currency: str
    note: MoneyNote | None


def row_of(order: Order, base: str, language: str | None) -> OrderRow:
    """The row of one order; `base` is the address that its id is put behind, `language` the reader's.
    Whatever is missing is left blank."""
    payments = [payment for payment in order.payments if PAYMENT.of(payment.state).is_live]
    shippings = [shipping for shipping in order.shippings if SHIPPING.of(shipping.state).is_live]
    status = order.state.current_status if order.state else None
    payment = main_payment(payments)
    shipping = shippings[0] if shippings else None
    country = (order.country or _customer(order, "country")).upper()
    total = order_total(order)
    return OrderRow(
        url=address_of(order.id, base) if order.id else "",
        id=order.id or "",
        reference=order.reference or "",
        created=when(order.created),
        customer=customer_name(*_addresses(order)),
        email=_customer(order, "email"),
        country=country,
        country_name=country_name(country),
        state=_badge("order", status, language),
        is_gone=not ORDER.of(status).is_live,
        payment=_badge("payment", payment.state, language) if payment else SafeString(),
        method=_and_more(_method(payment), len(payments)) if payment else "",
        shipping=_badge("shipping", shipping.state, language) if shipping else SafeString(),
        carrier=_and_more(_carrier(shipping), len(shippings)) if shipping else "",
        pieces=_pieces(order),
        amount=format_amount(total, order.currency),
        currency=(order.currency or "").upper(),
        note=note_of(ORDER.of(status).stage, money_of(order.payments, total, order.currency)),
    )


def address_of(order_id: str, base: str) -> str:
    """The address of the order's page, below that of the list."""
    return f"{base}{quote(order_id, safe='')}/"


def main_payment(payments: Sequence[Payment]) -> Payment | None:
    """The one that the customer chose; vouchers and gift cards beside it only pay a part."""
    return next(
        (payment for payment in payments if payment.type in (None, "default")), payments[0] if payments else None
    )


_NOTES: Mapping[Concern, Promise] = {
    Concern.HELD_FOR_NOTHING: gettext_lazy("%s still held"),
    Concern.CANNOT_SAY: gettext_lazy("not all in this currency"),
    Concern.NOT_COVERED: gettext_lazy("%s not covered"),
    Concern.TOO_MUCH: gettext_lazy("%s too much"),
    Concern.RETURNED: gettext_lazy("%s refunded"),
}


def note_of(stage: Stage, money: Money) -> MoneyNote | None:
    """What is to be said about an order's money, the gravest alone: the page says the same, and the rest of it."""
    found = findings(stage, money)
    if not found:
        return None
    concern, amounts = found[0]
    is_back = concern is Concern.RETURNED
    texts = [format_beside(-value if is_back else value, currency, money.currency) for value, currency in amounts]
    words = str(_NOTES[concern])
    return MoneyNote(words % " + ".join(texts) if texts else words, is_urgent=not is_back)


def _pieces(order: Order) -> str:
    """How many things are in the cart; a line that does not say counts as one."""
    if order.cart is None:
        return ""
    return format_number(Decimal(sum(1 if item.quantity is None else item.quantity for item in order.cart.items)), 0)


def _addresses(order: Order) -> list[Address]:
    customer = order.customer
    return [address for address in (customer.billing, customer.shipping) if address] if customer else []


def _customer(order: Order, field: str) -> str:
    return next((value for address in _addresses(order) if (value := getattr(address, field))), "")


def _method(payment: Payment) -> str:
    return called(payment.name, payment.adapter_id)


def _carrier(shipping: Shipping) -> str:
    details = shipping.delivery_details
    return (details.carrier if details else None) or called(shipping.name, shipping.adapter_id)


def _and_more(name: str, how_many: int) -> str:
    return f"{name} + {how_many - 1}".lstrip() if how_many > 1 else name


@lru_cache(maxsize=256)
def _badge(kind: str, value: str | None, language: str | None) -> SafeString:
    """Kept for each language; `value` is text like any other, so that a state equals its name."""
    return badge(kind, value)
