"""What an order adds up to: lines, discounts, shippings and VAT per rate, exactly, and checked
against what the order says.

Item totals are after discounts, and the cart's discounts are those of its items summed up (Norce docs, order/cart). The
order's own total is never replaced by ours: where the two differ, the page shows the order's and says by how much.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from domain.adapters import called
from domain.money import ZERO, code_of, is_nothing, to_minor_units
from domain.states import SHIPPING
from order_api.schemas import Discount, Item, Order, Price, Shipping


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A line of the totals: what it is called and its amount, negative for what is taken off."""

    name: str
    amount: Decimal
    code: str = ""

    @property
    def off(self) -> Decimal:
        """How much is taken off, for a sentence."""
        return -self.amount


@dataclass(frozen=True, slots=True)
class VatRow:
    """VAT of one rate (a fraction; None where lines name no rate): what it is on, and how much."""

    rate: Decimal | None
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures that should be the same: ours from the lines, and the order's own."""

    lines: Decimal
    order: Decimal

    @property
    def by(self) -> Decimal:
        """How much more the order says than its lines add up to."""
        return self.order - self.lines


@dataclass(frozen=True, slots=True)
class Totals:
    """`total` is the order's own with VAT, else that of the lines. The gaps are None where figures
    agree or are not given.

    `unexplained` is what separates the items before discounts, less the discounts, from what the items cost.
    """

    before: Decimal
    discounts: tuple[TotalRow, ...]
    unexplained: Decimal
    shippings: tuple[TotalRow, ...]
    shipping_discounts: tuple[TotalRow, ...]
    total: Decimal
    vat: tuple[VatRow, ...]
    total_gap: Difference | None
    vat_gap: Difference | None


def present_totals(order: Order) -> Totals:
    """The order's totals; removed shippings are left out."""
    items = order.cart.items if order.cart else ()
    shippings = [s for s in order.shippings if SHIPPING.of(s.state).is_live]
    discounts, for_shipping = _discounts(order)
    before = sum((_before(item) for item in items), ZERO)
    after = sum((line_total(item) for item in items), ZERO)
    ours = after + sum((including(s.total) for s in shippings), ZERO)
    theirs = order.total.including_vat if order.total else None
    vat = tuple(_vat_rows(items, shippings, order.currency))
    return Totals(
        before=before,
        discounts=discounts,
        unexplained=_unless_dust(after - before - sum((row.amount for row in discounts), ZERO), order.currency),
        shippings=tuple(TotalRow(_shipping_name(s), including(s.total)) for s in shippings),
        shipping_discounts=for_shipping,
        total=ours if theirs is None else theirs,
        vat=vat,
        total_gap=_gap(ours, theirs, order.currency),
        vat_gap=_gap(sum((row.vat for row in vat), ZERO), _own_vat(order.total), order.currency),
    )


def order_total(order: Order) -> Decimal | None:
    """What the order comes to with VAT: its own total, else that of its lines; None where it has neither."""
    if order.total and order.total.including_vat is not None:
        return order.total.including_vat
    return present_totals(order).total if order.shippings or (order.cart and order.cart.items) else None


def including(price: Price | None) -> Decimal:
    """The price with VAT, or nothing."""
    return (price.including_vat if price else None) or ZERO


def line_total(item: Item) -> Decimal:
    """What the customer pays for a line, with VAT; from its unit price where the line has no total of its own."""
    if item.total and item.total.including_vat is not None:
        return item.total.including_vat
    return _before(item)


def _before(item: Item) -> Decimal:
    if item.original_total and item.original_total.including_vat is not None:
        return item.original_total.including_vat
    if item.price and item.price.including_vat is not None:
        return item.price.including_vat * (1 if item.quantity is None else item.quantity)
    return including(item.total)


def _gap(ours: Decimal, theirs: Decimal | None, currency: str | None) -> Difference | None:
    """None where they are the same, or less than what can be paid apart."""
    if theirs is None or is_nothing(theirs - ours, code_of(currency)):
        return None
    return Difference(ours, theirs)


def _unless_dust(amount: Decimal, currency: str | None) -> Decimal:
    return ZERO if is_nothing(amount, code_of(currency)) else amount


def _own_vat(total: Price | None) -> Decimal | None:
    if total is None or total.including_vat is None or total.excluding_vat is None:
        return None
    return total.including_vat - total.excluding_vat


def _shipping_name(shipping: Shipping) -> str:
    product = shipping.delivery_details.product if shipping.delivery_details else None
    return called(shipping.name or (product.name if product else None), shipping.adapter_id)


def _discounts(order: Order) -> tuple[tuple[TotalRow, ...], tuple[TotalRow, ...]]:
    """Discounts on items and on shipping. The items say how much each took off; the cart adds what no item names."""
    cart = order.cart
    if cart is None:
        return (), ()
    on_items = [d for item in cart.items for d in item.discounts if d.type != "shipping"]
    named = {_same(d) for d in on_items}
    on_cart = [d for d in cart.discounts if d.type != "shipping" and _same(d) not in named]
    return discount_rows(on_items + on_cart), discount_rows(d for d in cart.discounts if d.type == "shipping")


def _same(discount: Discount) -> str:
    """What two lines of one discount have in common."""
    return discount.code or discount.reference or discount.name or discount.description or ""


def discount_rows(discounts: Iterable[Discount]) -> tuple[TotalRow, ...]:
    """One line for each discount, however many items it is on. The sign it was sent with does not
    matter: it takes off."""
    groups: dict[str, list[Discount]] = defaultdict(list)
    for discount in discounts:
        groups[_same(discount)].append(discount)
    return tuple(_discount_row(group) for group in groups.values())


def _discount_row(group: list[Discount]) -> TotalRow:
    first = group[0]
    off = -sum((abs(including(d.value)) for d in group), ZERO)
    return TotalRow(first.name or first.description or first.reference or "", off, first.code or "")


def _taxed(items: Iterable[Item], currency: str) -> Iterator[Item]:
    """The lines that VAT is on: a bundle's parts where they make up its whole price, else the bundle itself."""
    for item in items:
        parts = sum((including(part.total) for part in item.items), ZERO)
        if item.items and all(part.total for part in item.items) and is_nothing(parts - line_total(item), currency):
            yield from _taxed(item.items, currency)
        else:
            yield item


def _vat_rows(items: Iterable[Item], shippings: Iterable[Shipping], currency: str | None) -> Iterator[VatRow]:
    bases: dict[Decimal | None, Decimal] = defaultdict(lambda: ZERO)
    vats: dict[Decimal | None, Decimal] = defaultdict(lambda: ZERO)
    code = code_of(currency)
    lines = [(i.vat_rate, line_total(i), i.total) for i in _taxed(items, code)]
    lines += [(s.vat_rate, including(s.total), s.total) for s in shippings]
    for rate, amount, price in lines:
        base = _base(amount, price, rate, currency)
        bases[rate] += base
        vats[rate] += amount - base
    for rate in sorted(bases, key=lambda r: (r is None, -(r or ZERO))):
        if not is_nothing(bases[rate], code) or not is_nothing(vats[rate], code):
            yield VatRow(rate, bases[rate], vats[rate])


def _base(amount: Decimal, price: Price | None, rate: Decimal | None, currency: str | None) -> Decimal:
    """The price without VAT as the API gives it; where it does not, from the rate, rounded as the currency is."""
    if price and price.excluding_vat is not None and price.including_vat is not None:
        return price.excluding_vat
    if rate is None or rate <= -1:
        return amount
    return to_minor_units(amount / (1 + rate), code_of(currency))
