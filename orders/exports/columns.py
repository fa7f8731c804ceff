"""What can stand in a column of an export of orders, and what a row is: an order, a payment of one, or an item."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from domain.adapters import adapter_name, called
from domain.customers import customer_name, person_name
from domain.money import Figures, Money, code_of, figures_of, money_of
from domain.states import ORDER, PAYMENT, SHIPPING
from jobs.tables import Cell, Column, digits
from order_api.schemas import Address, Item, Order, Payment, Price, Shipping
from privacy import Kind
from trade.totals import order_total


class Row(StrEnum):
    """What a row of the file is."""

    ORDER = "order"
    PAYMENT = "payment"
    ITEM = "item"


ROWS: Mapping[Row, Promise] = {
    Row.ORDER: _("One row an order"),
    Row.PAYMENT: _("One row a payment"),
    Row.ITEM: _("One row an item"),
}


class Facts:
    """An order, and what several columns need of it, found out once. `payment` or `item` is what the row is of,
    `language` what its words are in."""

    def __init__(self, order: Order, channel: str, language: str | None) -> None:
        self.order = order
        self.channel = channel
        self.language = language
        self.payment: Payment = _NO_PAYMENT
        self.item: Item = _NO_ITEM
        self.line: str = ""

    @cached_property
    def total(self) -> Decimal | None:
        return order_total(self.order)

    @cached_property
    def money(self) -> Money:
        return money_of(self.order.payments, self.total, self.order.currency)

    @cached_property
    def billing(self) -> Address:
        return (self.order.customer.billing if self.order.customer else None) or _NO_ADDRESS

    @cached_property
    def delivery(self) -> Address:
        return (self.order.customer.shipping if self.order.customer else None) or _NO_ADDRESS

    @cached_property
    def payments(self) -> list[Payment]:
        return [payment for payment in self.order.payments if PAYMENT.of(payment.state).is_live]

    @cached_property
    def shippings(self) -> list[Shipping]:
        return [shipping for shipping in self.order.shippings if SHIPPING.of(shipping.state).is_live]

    @property
    def figures(self) -> Figures:
        """Where the money of the row's payment is, by its state."""
        return figures_of(self.payment.state, self.payment.amount)


_NO_ADDRESS, _NO_PAYMENT, _NO_ITEM = Address(), Payment(), Item()
Get = Callable[[Facts], Any]


class OrderColumn(NamedTuple):
    """`is_usual`: whether it is chosen at first."""

    column: Column
    get: Get
    is_usual: bool = False


def _column(  # noqa: PLR0913 - a row of a table
    name: str,
    word: Promise,
    get: Get,
    cell: Cell = Cell.TEXT,
    masks: Kind | None = None,
    *,
    usual: bool = False,
) -> OrderColumn:
    return OrderColumn(Column(name, word, cell, masks), get, usual)


def _usual(name: str, word: Promise, get: Get, cell: Cell = Cell.TEXT, masks: Kind | None = None) -> OrderColumn:
    return _column(name, word, get, cell, masks, usual=True)


_STATES: Mapping[str, Any] = {"order": ORDER, "payment": PAYMENT, "shipping": SHIPPING}


@lru_cache(maxsize=512)
def _word(kind: str, state: str | None, _language: str | None) -> str:
    """Kept for each language: looking a word up costs more than the rest of its cell."""
    return str(_STATES[kind].of(state).word) if state else ""


def _status(facts: Facts) -> str:
    return _word("order", facts.order.state.current_status, facts.language) if facts.order.state else ""


def _standing(facts: Facts) -> str:
    bucket = facts.money.leading
    return _word("payment", facts.money.states[bucket], facts.language) if bucket else ""


def _pieces(facts: Facts) -> int | None:
    cart = facts.order.cart
    return sum(1 if item.quantity is None else item.quantity for item in cart.items) if cart else None


def _named(facts: Facts) -> str:
    return ", ".join(dict.fromkeys(filter(None, (called(p.name, p.adapter_id) for p in facts.payments))))


def _references(facts: Facts) -> str:
    return ", ".join(payment.reference for payment in facts.payments if payment.reference)


def _carrier(facts: Facts) -> str:
    names = (
        (s.delivery_details.carrier if s.delivery_details else None) or called(s.name, s.adapter_id)
        for s in facts.shippings
    )
    return ", ".join(dict.fromkeys(filter(None, names)))


def _shipping_states(facts: Facts) -> str:
    return ", ".join(dict.fromkeys(_word("shipping", s.state, facts.language) for s in facts.shippings if s.state))


def _own(figure: Callable[[Figures], Decimal]) -> Get:
    """An amount of all payments in the order's currency; those in others have a column of their own."""
    return lambda facts: figure(facts.money.own)


def _abroad(facts: Facts) -> str:
    """What payments hold in other currencies than the order's."""
    return ", ".join(
        f"{word} {digits(value)} {code}"
        for code, figures in facts.money.foreign.items()
        for word, value in (
            (_("Reserved"), figures.held),
            (_("Captured"), figures.captured),
            (_("Refunded"), figures.refunded),
        )
        if value
    )


def _price(price: Price | None, *, with_vat: bool = True) -> Decimal | None:
    return (price.including_vat if with_vat else price.excluding_vat) if price else None


def _address(side: str, word: Mapping[str, Promise]) -> list[OrderColumn]:
    def of(field: str) -> Get:
        return lambda facts: getattr(getattr(facts, side), field)

    def street(facts: Facts) -> str:
        address: Address = getattr(facts, side)
        return ", ".join(filter(None, (address.care_of, address.street_address, address.street_address2)))

    def name(facts: Facts) -> str:
        return person_name(getattr(facts, side))

    return [
        _column(f"{side}_name", word["name"], name, masks=Kind.NAME),
        _column(f"{side}_organization", word["organization"], of("organization_name"), masks=Kind.NAME),
        _column(f"{side}_email", word["email"], of("email"), masks=Kind.EMAIL),
        _column(f"{side}_phone", word["phone"], of("phone"), masks=Kind.PHONE),
        _column(f"{side}_street", word["street"], street, masks=Kind.NAME),
        _column(f"{side}_postal_code", word["postal_code"], of("postal_code")),
        _column(f"{side}_city", word["city"], of("city")),
        _column(f"{side}_country", word["country"], lambda facts: (getattr(facts, side).country or "").upper()),
    ]


_ORDER_HEAD = [
    _usual("reference", _("Order reference"), lambda facts: facts.order.reference),
    _usual("id", _("Order id"), lambda facts: facts.order.id),
    _usual("channel", _("Channel"), lambda facts: facts.channel),
    _usual("created", _("Created"), lambda facts: facts.order.created, Cell.MOMENT),
    _column("modified", _("Last changed"), lambda facts: facts.order.last_modified, Cell.MOMENT),
    _usual("state", _("Order state"), _status),
]
_CURRENCY = _usual("currency", _("Currency"), lambda facts: code_of(facts.order.currency))
_OF_ORDERS = [
    *_ORDER_HEAD,
    _usual(
        "customer",
        _("Customer"),
        lambda facts: customer_name(facts.billing, facts.delivery),
        masks=Kind.NAME,
    ),
    _usual("email", _("E-mail"), lambda facts: facts.billing.email or facts.delivery.email, masks=Kind.EMAIL),
    _column("phone", _("Phone"), lambda facts: facts.billing.phone or facts.delivery.phone, masks=Kind.PHONE),
    _usual("country", _("Country"), lambda facts: (facts.order.country or facts.billing.country or "").upper()),
    _usual("pieces", _("Pieces"), _pieces, Cell.COUNT),
    _usual("total", _("Total"), lambda facts: facts.total, Cell.AMOUNT),
    _column(
        "total_without_vat",
        _("Total without VAT"),
        lambda facts: _price(facts.order.total, with_vat=False),
        Cell.AMOUNT,
    ),
    _CURRENCY,
    _usual("payment_state", _("Payment state"), _standing),
    _usual("method", _("Payment methods"), _named),
    _usual("sum_reserved", _("Reserved"), _own(lambda figures: figures.held), Cell.AMOUNT),
    _usual("sum_captured", _("Captured"), _own(lambda figures: figures.captured), Cell.AMOUNT),
    _usual("sum_refunded", _("Refunded"), _own(lambda figures: figures.refunded), Cell.AMOUNT),
    _usual("abroad", _("In other currencies"), _abroad),
    _column("not_covered", _("Not covered or too much"), lambda facts: facts.money.gap, Cell.AMOUNT),
    _column("payment_references", _("References at the provider"), _references),
    _usual("shipping_state", _("Shipping state"), _shipping_states),
    _column("carrier", _("Carrier"), _carrier),
    _column("cart_reference", _("Cart reference"), lambda facts: facts.order.cart and facts.order.cart.reference),
    *_address(
        "billing",
        {
            "name": _("Billing name"),
            "organization": _("Billing organisation"),
            "email": _("Billing e-mail"),
            "phone": _("Billing phone"),
            "street": _("Billing street"),
            "postal_code": _("Billing postal code"),
            "city": _("Billing city"),
            "country": _("Billing country"),
        },
    ),
    *_address(
        "delivery",
        {
            "name": _("Shipping name"),
            "organization": _("Shipping organisation"),
            "email": _("Shipping e-mail"),
            "phone": _("Shipping phone"),
            "street": _("Shipping street"),
            "postal_code": _("Shipping postal code"),
            "city": _("Shipping city"),
            "country": _("Shipping country"),
        },
    ),
]
_OF_PAYMENTS = [
    *_ORDER_HEAD,
    _usual("payment_id", _("Payment id"), lambda facts: facts.payment.id),
    _usual("method", _("Payment method"), lambda facts: called(facts.payment.name, facts.payment.adapter_id)),
    _usual("provider", _("Provider"), lambda facts: adapter_name(facts.payment.adapter_id or "")),
    _usual("payment_reference", _("Reference at the provider"), lambda facts: facts.payment.reference),
    _column("payment_type", _("Kind of payment"), lambda facts: facts.payment.type),
    _usual(
        "payment_state",
        _("Payment state"),
        lambda facts: _word("payment", facts.payment.state, facts.language),
    ),
    _usual("amount", _("Amount"), lambda facts: facts.payment.amount, Cell.AMOUNT),
    _usual(
        "payment_currency",
        _("Currency"),
        lambda facts: code_of(facts.payment.currency or facts.order.currency),
    ),
    _usual("sum_reserved", _("Reserved"), lambda facts: facts.figures.held, Cell.AMOUNT),
    _usual("sum_captured", _("Captured"), lambda facts: facts.figures.captured, Cell.AMOUNT),
    _usual("sum_refunded", _("Refunded"), lambda facts: facts.figures.refunded, Cell.AMOUNT),
    _column("let_go", _("Let go"), lambda facts: facts.figures.let_go, Cell.AMOUNT),
    _column("order_total", _("Order total"), lambda facts: facts.total, Cell.AMOUNT),
]
_OF_ITEMS = [
    *_ORDER_HEAD,
    _usual("line", pgettext_lazy("of a cart", "Line"), lambda facts: facts.line),
    _usual("sku", _("SKU"), lambda facts: facts.item.sku),
    _usual("name", pgettext_lazy("a product", "Name"), lambda facts: facts.item.name),
    _usual("quantity", _("Quantity"), lambda facts: facts.item.quantity, Cell.COUNT),
    _column("unit", _("Unit"), lambda facts: facts.item.unit),
    _usual("price", _("Price of one"), lambda facts: _price(facts.item.price), Cell.AMOUNT),
    _column("before_discounts", _("Before discounts"), lambda facts: _price(facts.item.original_total), Cell.AMOUNT),
    _usual("item_total", _("Total"), lambda facts: _price(facts.item.total), Cell.AMOUNT),
    _column(
        "item_total_without_vat",
        _("Total without VAT"),
        lambda facts: _price(facts.item.total, with_vat=False),
        Cell.AMOUNT,
    ),
    _usual("vat_rate", _("VAT rate"), lambda facts: facts.item.vat_rate, Cell.SHARE),
    _CURRENCY,
]

COLUMNS: Mapping[Row, Mapping[str, OrderColumn]] = {
    Row.ORDER: {each.column.name: each for each in _OF_ORDERS},
    Row.PAYMENT: {each.column.name: each for each in _OF_PAYMENTS},
    Row.ITEM: {each.column.name: each for each in _OF_ITEMS},
}
"""All columns by their names, in the order in which they are offered."""


def usual(row: Row) -> list[str]:
    """The names of the columns that are chosen at first."""
    return [name for name, each in COLUMNS[row].items() if each.is_usual]


def rows_of(orders: Iterable[Order], row: Row, columns: Sequence[Get], channel: str) -> Iterator[list[Any]]:
    """The rows that these orders give: one each, or one a payment that counts, or one a line of the cart; the parts of
    a bundle follow it, with their place in it."""
    language = get_language()
    for order in orders:
        for facts in _facts_of(Facts(order, channel, language), row):
            yield [get(facts) for get in columns]


def _facts_of(facts: Facts, row: Row) -> Iterator[Facts]:
    """One for each row of the order: the same, with another payment or item."""
    order = facts.order
    if row is Row.ORDER:
        yield facts
    elif row is Row.PAYMENT:
        for payment in facts.payments:
            facts.payment = payment
            yield facts
    else:
        for line, item in _lines(order.cart.items if order.cart else ()):
            facts.line, facts.item = line, item
            yield facts


def _lines(items: Sequence[Item], above: str = "") -> Iterator[tuple[str, Item]]:
    for n, item in enumerate(items, start=1):
        yield f"{above}{n}", item
        yield from _lines(item.items, f"{above}{n}.")
