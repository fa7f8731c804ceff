"""Orders that are not there yet: read from JSON, made of rows, copied from another one."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import msgspec
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from order_api.schemas import Cart, Discount, Item, Json, Order, Price, decode_whole, encode
from orders.changes.cart_sums import cent_of, quantity_of, recounted
from orders.changes.explanation import Words
from orders.changes.json_fields import parse
from orders.changes.row_fields import Row
from orders.changes.untouched import held, is_held
from privacy import PAGE_WITH_PEOPLE, Masked, mask
from ui.numbers import NumberField, PercentField, as_typed

SET_BY_THE_API = (
    "id", "merchant", "channel", "created", "lastModified", "state", "total", "payments", "shippings",
)  # fmt: skip
"""Read-only in the contract, or worked out from the rest; `state` starts at checkout (Norce
reference, schemas/order)."""
CALLBACKS = ("validations", "hooks", "notifications")
COLUMNS = ("line", "name", "sku", "quantity", "price", "vat")
COLUMN_WORDS = {"quantity": _("Quantity"), "price": _("Price"), "vat": _("VAT")}
_FIELDS: Mapping[str, forms.Field] = {
    "quantity": forms.IntegerField(min_value=1, max_value=1_000_000), "price": NumberField(), "vat": PercentField(),
}  # fmt: skip


def read_order(text: str) -> Order:
    """An order from JSON; nothing is an empty one. ValidationError says where it is no JSON, or no order."""
    if not text.strip():
        return Order()
    if not isinstance(parse(text), dict):
        raise ValidationError(_("This has to be a JSON object: { … }."), code="object")
    try:
        return decode_whole(text.encode(), Order)
    except msgspec.DecodeError as error:
        raise ValidationError(_("This is not an order: %(why)s."), code="order", params={"why": error}) from None


def whole(document: Json) -> Order:
    """The order that this document is, which goes out as it is."""
    return decode_whole(encode(document), Order)


def sendable(order: Order) -> tuple[Order, list[str]]:
    """The order without what the API sets itself, and the names of what was left out."""
    document = order.to_json()
    left_out = [name for name in SET_BY_THE_API if document.get(name)]
    return whole({name: value for name, value in document.items() if name not in SET_BY_THE_API}), left_out


# A copy


def copy_of(order: Order) -> Order:
    """What of an order can be an order of its own: no ids, references, states, payments, shippings, callbacks; nothing
    that is masked on the order's page; and no consent, which was given for that other order."""
    document = {k: v for k, v in order.raw.items() if k not in (*SET_BY_THE_API, *CALLBACKS, "reference")}
    document = _copied(document)
    if "cart" in document:
        document["cart"].pop("reference", None)
    for consent in document.get("consents") or ():
        consent["checked"] = False
    return whole(document)


def _copied(value: Any, within: str = "") -> Any:
    """A deep copy. Ids go, but those of consents, which the shop chose."""
    if isinstance(value, list):
        return [_copied(each, within) for each in value]
    if not isinstance(value, dict):
        return value
    left = {"nationalIdentificationNumber", *(() if within == "consents" else ("id",))}
    return {
        name: without_hidden(each) if name == "attributes" else _copied(each, name)
        for name, each in value.items()
        if name not in left
    }


def without_hidden(attributes: Any) -> Any:
    """Free attributes less everything that would be masked."""
    return _unmasked(mask(attributes, PAGE_WITH_PEOPLE))


def _unmasked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _unmasked(each)
            for name, each in value.items()
            if not isinstance(each, Masked) and not isinstance(name, Masked)
        }
    if isinstance(value, list):
        return [_unmasked(each) for each in value if not isinstance(each, Masked)]
    return value


# Items as rows


def too_many_lines(order: Order) -> Words:
    """What to say of a cart that is larger than a form for people; nothing where it is not."""
    lines = len(order.cart.items) if order.cart else 0
    words = {"lines": lines, "most": settings.LARGEST_CART}
    says = _g("The cart has %(lines)d lines, and a form can hold %(most)d: change it where it is kept.") % words
    return says if lines > settings.LARGEST_CART else ""


def rows_of(order: Order) -> list[Row]:
    """The cart's lines as they are typed: unit price with VAT, VAT in percent."""
    return [_row(str(place), item) for place, item in enumerate(order.cart.items if order.cart else ())]


def _row(line: str, item: Item) -> Row:
    price = item.price.including_vat if item.price else None
    return {
        "line": line,
        "name": item.name or "",
        "sku": item.sku or "",
        "quantity": "" if item.quantity is None else str(item.quantity),
        "price": "" if price is None else as_typed(price),
        "vat": "" if item.vat_rate is None else as_typed(item.vat_rate * 100),
    }


class Typed(NamedTuple):
    """A row that could be read. Amounts in the currency's major unit, with VAT; the rate a fraction. What a line of the
    order has and nobody touched is as it was, be it nothing."""

    row: Row
    base: Item | None
    changed: frozenset[str]
    """The columns that say something else than the line that the row came from."""
    quantity: int | None
    price: Decimal | None
    vat: Decimal | None


RowErrors = dict[tuple[int, str], str]


def read_rows(rows: Sequence[Row], base: Order) -> tuple[list[Typed], RowErrors]:
    """The rows that say something, over the order's lines that they came from, and what is wrong, by row and column."""
    typed: list[Typed] = []
    errors: RowErrors = {}
    items = base.cart.items if base.cart else ()
    for place, row in enumerate(rows):
        line = row["line"]
        item = items[int(line)] if line.isdecimal() and int(line) < len(items) else None
        if not is_empty(row) or (item is not None and is_empty(_row(line, item))):
            wrong, read = _read(row, item)
            errors |= {(place, name): says for name, says in wrong.items()}
            typed += [read] if read else []
    return typed, errors


def is_empty(row: Row) -> bool:
    return not any(row[name].strip() for name in COLUMNS if name != "line")


def _read(row: Row, base: Item | None) -> tuple[dict[str, str], Typed | None]:
    shown = _row(row["line"], base) if base else dict.fromkeys(COLUMNS, "")
    changed = frozenset(name for name in COLUMNS if not base or not is_held(row[name], shown[name]))
    values: dict[str, Any] = _values(base) if base else {}
    wrong: dict[str, str] = {}
    for name, field in _FIELDS.items():
        try:
            values |= {name: field.clean(row[name].strip())} if name in changed else {}
        except ValidationError as error:
            wrong[name] = f"{COLUMN_WORDS[name]}: {' '.join(error.messages)}"
    if "name" in changed and not row["name"].strip():
        wrong["name"] = str(_("An item needs a name."))
    if "vat" in changed - wrong.keys() and values["vat"] > 1:
        wrong["vat"] = str(_("VAT is a percentage, 100 at most."))
    return wrong, None if wrong else Typed(row, base, changed, **values)


def _values(item: Item) -> dict[str, Any]:
    price = item.price.including_vat if item.price else None
    return {"quantity": item.quantity, "price": price, "vat": item.vat_rate}


def cart_of(typed: Sequence[Typed], base: Order, currency: str) -> tuple[Cart, bool]:
    """The cart that the rows make, over the one they came from; and whether discounts were lost
    with lines that are different.

    A line that is as it was goes out as it was; with another quantity, its discounts are kept per piece. If all are as
    they were, so is the cart. Raises IndivisibleError where a bundle's parts cannot follow its quantity.
    """
    before = base.cart or Cart()
    made = [_item(each, cent_of(currency)) for each in typed]
    if tuple(made) == before.items:
        return before, False
    lost = _discounts(before.items) > _discounts(made) or bool(before.discounts)
    return before.changed(items=tuple(made), discounts=(), total=_sum(item.total for item in made)), lost


def _discounts(items: Iterable[Item]) -> int:
    return sum(len(item.discounts) for item in items)


def _item(typed: Typed, cent: Decimal) -> Item:
    """The line of a row. One that nobody touched is as it was; with another name or quantity only, it costs what it did
    a piece."""
    base = typed.base or Item()
    words = {
        name: held(typed.row[name], lines=True).strip() or None for name in ("name", "sku") if name in typed.changed
    }
    named = base.changed(**words) if words else base
    quantity = quantity_of(base) if typed.quantity is None else typed.quantity
    if typed.base and not typed.changed & {"price", "vat"} and (quantity_of(base) or "quantity" not in typed.changed):
        return recounted(named, quantity, cent)
    if typed.price is None:
        return named.changed(quantity=quantity, vat_rate=typed.vat)
    each, rate = typed.price, _rate_of(typed)
    total = _price((each * quantity).quantize(cent, ROUND_HALF_UP), rate, cent)
    none: tuple[Discount, ...] = ()
    return named.changed(
        quantity=quantity, price=_price(each, rate, cent), original_total=total, total=total, vat_rate=typed.vat,
        discounts=none,
    )  # fmt: skip


def _rate_of(typed: Typed) -> Decimal | None:
    """The VAT of a row; where the line says none, the one that its price was made with; None where it has none
    either."""
    before = typed.base.price if typed.base else None
    if typed.vat is not None or before is None or not before.including_vat or not before.excluding_vat:
        return typed.vat
    return before.including_vat / before.excluding_vat - 1


def _price(including: Decimal, rate: Decimal | None, cent: Decimal) -> Price:
    if rate is None:
        return Price(including_vat=including)
    return Price(including_vat=including, excluding_vat=(including / (1 + rate)).quantize(cent, ROUND_HALF_UP))


def _sum(prices: Iterable[Price | None]) -> Price:
    there = [price for price in prices if price]
    return Price(
        including_vat=sum((price.including_vat or Decimal(0) for price in there), Decimal(0)),
        excluding_vat=sum((price.excluding_vat or Decimal(0) for price in there), Decimal(0)),
    )


def items_total(order: Order) -> Price:
    """What the cart's lines add up to."""
    return _sum(item.total for item in (order.cart.items if order.cart else ()))
