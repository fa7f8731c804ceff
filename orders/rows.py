"""An order as a row of the list: everything decided and formatted, so that the template only writes it down."""

from collections.abc import Iterable, Sequence, Set
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypedDict
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboard.formats import country_name, format_amount, format_number
from dashboard.templatetags.desk import badge, when
from domain.states import ORDER, PAYMENT, SHIPPING, Bucket, Stage
from orders.api.schemas import Address, Order, Payment, Shipping

ZERO = Decimal(0)
HELD = frozenset({Bucket.HELD, Bucket.TAKEN})


class MoneyNote(NamedTuple):
    """What does not fit about the money, in words; `is_urgent` where somebody has to look."""

    text: str
    is_urgent: bool


class Row(TypedDict):
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


def rows_of(orders: Iterable[Order]) -> list[Row]:
    base = reverse("order-list")
    return [row_of(order, base) for order in orders]


def row_of(order: Order, base: str) -> Row:
    """The row of one order; `base` is the address that its id is put behind. Whatever is missing is left blank."""
    payments = [payment for payment in order.payments if PAYMENT.of(payment.state).is_live]
    shippings = [shipping for shipping in order.shippings if SHIPPING.of(shipping.state).is_live]
    status = order.state.current_status if order.state else None
    payment = main_payment(payments)
    shipping = shippings[0] if shippings else None
    country = (order.country or _customer(order, "country")).upper()
    total = order.total.including_vat if order.total else None
    return Row(
        url=f"{base}{quote(order.id, safe='')}/" if order.id else "",
        id=order.id or "",
        reference=order.reference or "",
        created=when(order.created),
        customer=customer_name(order),
        email=_customer(order, "email"),
        country=country,
        country_name=country_name(country),
        state=_badge("order", status),
        is_gone=not ORDER.of(status).is_live,
        payment=_badge("payment", payment.state) if payment else SafeString(),
        method=_and_more(_method(payment), len(payments)) if payment else "",
        shipping=_badge("shipping", shipping.state) if shipping else SafeString(),
        carrier=_and_more(_carrier(shipping), len(shippings)) if shipping else "",
        pieces=_pieces(order),
        amount=format_amount(total, order.currency),
        currency=(order.currency or "").upper(),
        note=note_of(status, total, payments, order.currency),
    )


def main_payment(payments: Sequence[Payment]) -> Payment | None:
    """The one that the customer chose; vouchers and gift cards beside it only pay a part."""
    return next(
        (payment for payment in payments if payment.type in (None, "default")), payments[0] if payments else None
    )


def customer_name(order: Order) -> str:
    """The organisation or person that is billed, or, where nobody is yet, the one that is delivered to."""
    return next((name for address in _addresses(order) if (name := address_name(address))), "")


def address_name(address: Address) -> str:
    person = " ".join(part for part in (address.given_name, address.family_name) if part)
    return address.organization_name or person


def note_of(
    status: str | None, total: Decimal | None, payments: Sequence[Payment], currency: str | None
) -> MoneyNote | None:
    """What does not fit about an order's money, the gravest first.

    An order that came to nothing should hold none; one that is placed should be covered exactly by what was not refused
    (Norce docs, order/callbacks: amounts of payments add up to the total); what went back to the customer is told.
    """
    stage, held = ORDER.of(status).stage, _sum(payments, HELD)
    if stage is Stage.GIVEN_UP and held:
        return MoneyNote(_("%(amount)s still held") % {"amount": format_amount(held, currency)}, is_urgent=True)
    covered = _sum([payment for payment in payments if PAYMENT.of(payment.state).bucket is not Bucket.LOST])
    if stage is Stage.PLACED and total is not None and (payments or total > 0) and covered != total:
        words = _("%(amount)s not covered") if covered < total else _("%(amount)s too much")
        return MoneyNote(words % {"amount": format_amount(abs(total - covered), currency)}, is_urgent=True)
    if back := _sum(payments, {Bucket.RETURNED}):
        return MoneyNote(_("%(amount)s refunded") % {"amount": format_amount(-back, currency)}, is_urgent=False)
    return None


def _pieces(order: Order) -> str:
    """How many things are in the cart; a line that does not say counts as one."""
    if order.cart is None:
        return ""
    return format_number(Decimal(sum(1 if item.quantity is None else item.quantity for item in order.cart.items)), 0)


def _sum(payments: Iterable[Payment], buckets: Set[Bucket] = frozenset(Bucket)) -> Decimal:
    return sum((payment.amount or ZERO for payment in payments if PAYMENT.of(payment.state).bucket in buckets), ZERO)


def _addresses(order: Order) -> list[Address]:
    customer = order.customer
    return [address for address in (customer.billing, customer.shipping) if address] if customer else []


def _customer(order: Order, field: str) -> str:
    return next((value for address in _addresses(order) if (value := getattr(address, field))), "")


def _method(payment: Payment) -> str:
    return payment.name or payment.adapter_id or ""


def _carrier(shipping: Shipping) -> str:
    details = shipping.delivery_details
    return (details.carrier if details else None) or shipping.name or shipping.adapter_id or ""


def _and_more(name: str, how_many: int) -> str:
    return f"{name} + {how_many - 1}".lstrip() if how_many > 1 else name


def _badge(kind: str, value: str | None) -> SafeString:
    return _cached_badge(kind, str(value) if value else None, get_language())


@lru_cache(maxsize=256)
def _cached_badge(kind: str, value: str | None, language: str | None) -> SafeString:
    return badge(kind, value)
