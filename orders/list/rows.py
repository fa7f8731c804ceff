"""An order as a row of the list: everything decided and formatted, so that the template only writes it down."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypedDict
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from domain.adapters import called
from domain.customers import customer_name
from domain.money import Concern, Money, Standing, code_of, findings, money_of
from domain.states import ORDER, PAYMENT, SHIPPING, Stage
from order_api.schemas import Address, Order, Payment, Shipping
from orders.list.columns import DEFAULT
from orders.list.marks import Mark
from orders.list.more import more_of
from orders.page.money_words import attempts_beside, part_words
from payments.models import State
from payments.presentation.list_rows import MOVED, WORDS, Unsettled
from trade.totals import order_total
from ui.formats import country_name, format_amount, format_beside, format_number
from ui.templatetags.desk import badge, when


class MoneyNote(NamedTuple):
    """What does not fit about the money, in words; `is_urgent` where somebody has to look."""

    text: str
    is_urgent: bool


class OrderRow(TypedDict):
    """What `row_markup` writes down. `url` is empty for an order that came without an id: there is nothing to open.

    `payment` stands for all payments, `part` says how much of the order that is, `method` is one of those that count,
    and `beside` what there is besides. `more` are the columns that are not usual, `said` takes the place of the id;
    `is_unread`: nothing is known of its customer.
    """

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
    part: str
    method: str
    beside: str
    shipping: SafeString
    carrier: str
    more_carriers: str
    pieces: str
    amount: str
    currency: str
    note: MoneyNote | None
    mark: Mark | None
    more: Mapping[str, str]
    said: str
    is_unread: bool


def row_of(  # noqa: PLR0913 - what a row is made of
    order: Order,
    base: str,
    language: str | None,
    *,
    unsettled: Unsettled | None = None,
    mark: Mark | None = None,
    columns: Sequence[str] = DEFAULT,
    said: str = "",
) -> OrderRow:
    """The row of one order; `base` is the address that its id is put behind, `language` the reader's, `unsettled` what
    was asked of its payments and is not settled, `mark` who has it and whether there are notes on it, `said` what else
    is to be told of it. Whatever is missing is left blank."""
    payments = [payment for payment in order.payments if PAYMENT.of(payment.state).is_live]
    shippings = [shipping for shipping in order.shippings if SHIPPING.of(shipping.state).is_live]
    status = order.state.current_status if order.state else None
    shipping = shippings[0] if shippings else None
    country = (order.country or _customer(order, "country")).upper()
    total = order_total(order)
    money = money_of(order.payments, total, order.currency)
    standing = money.standing
    payment = counting_payment(payments, standing.state) if standing else None
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
        payment=_standing(standing, unsettled, language),
        part=part_words(money),
        method=_method(payment) if payment else "",
        beside=_beside(money, len(payments)),
        shipping=_badge("shipping", shipping.state, language) if shipping else SafeString(),
        carrier=_carrier(shipping) if shipping else "",
        more_carriers=_more(len(shippings)),
        pieces=_pieces(order),
        amount=format_amount(total, order.currency),
        currency=code_of(order.currency),
        note=_unsettled(unsettled, money) or note_of(ORDER.of(status).stage, money),
        mark=mark,
        more={} if columns == DEFAULT else more_of(order, money, payment, mark, columns),
        said=said,
        is_unread=False,
    )


def counting_payment(payments: Sequence[Payment], state: str) -> Payment | None:
    """One of those that the state of them all speaks of, rather the one that the customer chose than a voucher."""
    bucket = PAYMENT.of(state).bucket
    counting = [payment for payment in payments if PAYMENT.of(payment.state).bucket is bucket]
    return next((each for each in counting if each.type in (None, "default")), counting[0] if counting else None)


def _standing(standing: Standing | None, unsettled: Unsettled | None, language: str | None) -> SafeString:
    """What is not settled stands before what the API says of the payments."""
    if unsettled:
        is_moved = unsettled.state == MOVED
        return (
            badge("execution", State.CONTRADICTED, _("Moved by others"))
            if is_moved
            else _badge("execution", unsettled.state, language)
        )
    return _badge("payment", standing.state, language) if standing else SafeString()


def _unsettled(unsettled: Unsettled | None, money: Money) -> MoneyNote | None:
    if not unsettled or not unsettled.amounts:
        return None
    amounts = " + ".join(format_beside(*amount, money.currency) for amount in unsettled.amounts)
    return MoneyNote(str(WORDS[unsettled.state]) % amounts, is_urgent=True)


def _beside(money: Money, payments: int) -> str:
    """How many payments there are besides, and which of them came to nothing."""
    attempts = attempts_beside(money)
    others = payments - 1 - (money.failed + money.cancelled if attempts else 0)
    return ", ".join(filter(None, [f"+ {others}" if others > 0 else "", *attempts]))


def address_of(order_id: str, base: str) -> str:
    """The address of the order's page, below that of the list."""
    return f"{base}{quote(order_id, safe='')}/"


_NOTES: Mapping[Concern, Promise] = {
    Concern.HELD_FOR_NOTHING: gettext_lazy("%s still held"),
    Concern.CANNOT_SAY: gettext_lazy("not all in this currency"),
    Concern.NOT_COVERED: gettext_lazy("%s not covered"),
    Concern.TOO_MUCH: gettext_lazy("%s too much"),
    Concern.TO_PAY_BACK: gettext_lazy("%s to be paid back"),
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


def _more(how_many: int) -> str:
    return f"+ {how_many - 1}" if how_many > 1 else ""


@lru_cache(maxsize=256)
def _badge(kind: str, value: str | None, language: str | None) -> SafeString:
    """Kept for each language; `value` is text like any other, so that a state equals its name."""
    return badge(kind, value)
