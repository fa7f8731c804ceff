"""A cart with other quantities, and all its amounts as they then are: pure functions, to the cent.

What is counted anew, with and without VAT each for itself:

    item.originalTotal   quantity x price (Norce docs, order/cart)
    item.discounts       kept per piece: half as many, half the discount, rounded half up
    item.total           originalTotal less the discounts; a reduction that no discount names is kept per piece too
    a bundle's parts     follow the bundle; where they made up its price they still do, the odd cent on the largest part
    cart.discounts       follow what their namesakes on the items became; others stay
    cart.total           moves by what the items moved

A line whose quantity stays is not touched, nor is anything that this program does not know.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import starmap
from typing import NamedTuple

from domain.money import smallest
from order_api.schemas import Cart, Discount, Item, Price

ZERO = Decimal(0)


class IndivisibleError(Exception):
    """A bundle's part cannot follow: its number would not be whole. Carries the part."""

    def __init__(self, part: Item) -> None:
        super().__init__(part.name)
        self.part = part


class Sides(NamedTuple):
    """An amount with and without VAT; None where it is not known."""

    including: Decimal | None = None
    excluding: Decimal | None = None

    @classmethod
    def of(cls, price: Price | None) -> "Sides":
        return cls(price.including_vat, price.excluding_vat) if price else cls()

    def each(self, function: Callable[[Decimal], Decimal]) -> "Sides":
        return Sides(*(None if amount is None else function(amount) for amount in self))

    def __add__(self, other: "Sides") -> "Sides":  # type: ignore[override]
        """What the other one does not know adds nothing."""
        return Sides(*(None if a is None else a + (b or ZERO) for a, b in zip(self, other, strict=True)))

    def __sub__(self, other: "Sides") -> "Sides":
        return self + other.each(lambda amount: -amount)

    def known_by(self, other: "Sides") -> "Sides":
        """This, and what it does not know from the other one."""
        return Sides(*starmap(lambda a, b: b if a is None else a, zip(self, other, strict=True)))

    def in_price(self, price: Price | None) -> Price | None:
        """The price with these amounts. A side that it does not give stays without one."""
        if price is None:
            return None
        given = {
            name: amount
            for name, amount in zip(("including_vat", "excluding_vat"), self, strict=True)
            if amount is not None and getattr(price, name) is not None
        }
        return price.changed(**given)


NOTHING = Sides(ZERO, ZERO)


class Count(NamedTuple):
    """From how many to how many, and what the amounts are rounded to."""

    old: int
    new: int
    cent: Decimal

    def to_cent(self, amount: Decimal) -> Decimal:
        return amount.quantize(self.cent, ROUND_HALF_UP)

    def scaled(self, amounts: Sides) -> Sides:
        """The same for each piece. Of no piece there is nothing to keep."""
        return amounts.each(lambda amount: self.to_cent(amount * self.new / self.old) if self.old else ZERO)


def cent_of(currency: str | None) -> Decimal:
    """The smallest amount that the currency has."""
    return smallest(currency or "")


def keyed(cart: Cart | None) -> dict[str, Item]:
    """The cart's lines by id, in their order; by their place where they have none of their own, or one that cannot
    name a field of a form."""
    found: dict[str, Item] = {}
    for at, item in enumerate(cart.items if cart else (), 1):
        is_name = item.id and item.id.isprintable() and item.id not in found
        found[item.id if is_name and item.id else f"line-{at}"] = item
    return found


def quantity_of(item: Item) -> int:
    """How many; an item that does not say is one."""
    return 1 if item.quantity is None else item.quantity


def recount(cart: Cart, wanted: Mapping[str, int], currency: str | None) -> Cart:
    """The cart with these quantities by the keys of `keyed`; none takes a line out. Raises IndivisibleError."""
    cent, lines = cent_of(currency), keyed(cart)
    counts = {key: wanted.get(key, quantity_of(item)) for key, item in lines.items()}
    items = tuple(recounted(item, counts[key], cent) for key, item in lines.items() if stays(item, counts[key]))
    moved = _sum(map(total_of, items)) - _sum(map(total_of, cart.items))
    return cart.changed(
        items=items,
        discounts=_cart_discounts(cart, items),
        total=(Sides.of(cart.total) + moved).in_price(cart.total) if cart.total else _price(_sum(map(total_of, items))),
    )


def stays(item: Item, quantity: int) -> bool:
    """Whether a line is still there with that quantity; one that was of none before stays as it is."""
    return quantity > 0 or quantity_of(item) == quantity


def recounted(item: Item, quantity: int, cent: Decimal) -> Item:
    """The line with another quantity. The same line where it is the same."""
    old = quantity_of(item)
    return item if quantity == old else _settled(item, _scaled(item, quantity, Count(old, quantity, cent)))


def original_of(item: Item) -> Sides:
    """What the line would cost without discounts, by what it says itself or else by its unit price."""
    counted = Sides.of(item.price).each(lambda amount: amount * quantity_of(item))
    return Sides.of(item.original_total).known_by(counted).known_by(Sides.of(item.total))


def total_of(item: Item) -> Sides:
    """What the customer pays for the line."""
    return Sides.of(item.total).known_by(original_of(item))


def off_of(discounts: Iterable[Discount]) -> Sides:
    """What discounts take off together; the sign that they were sent with does not matter."""
    return _sum(Sides.of(discount.value).each(abs) for discount in discounts)


def _sum(amounts: Iterable[Sides]) -> Sides:
    return sum(amounts, NOTHING)


def _price(amounts: Sides) -> Price:
    return Price(including_vat=amounts.including, excluding_vat=amounts.excluding)


def _scaled(item: Item, quantity: int, count: Count, *, by_price: bool = True) -> Item:
    """The line and all below it, each counted for itself."""
    before = original_of(item)
    original = count.scaled(before)
    if by_price:
        original = Sides.of(item.price).each(lambda amount: count.to_cent(amount * quantity)).known_by(original)
    unnamed = before - total_of(item) - off_of(item.discounts)
    discounts = tuple(_with_value(each, count.scaled(Sides.of(each.value))) for each in item.discounts)
    total = original - off_of(discounts) - count.scaled(unnamed)
    return item.changed(
        quantity=quantity,
        original_total=original.in_price(item.original_total),
        total=total.in_price(item.total),
        discounts=discounts,
        items=tuple(_part(part, quantity_of(item), count) for part in item.items),
    )


def _part(part: Item, bundles: int, count: Count) -> Item:
    """A bundle's part for more or fewer bundles. Its quantity counts all bundles, unless its
    amounts show that it counts one."""
    quantity = quantity_of(part)
    if _counts_one(part, bundles):
        return _scaled(part, quantity, count, by_price=False)
    if count.old and quantity * count.new % count.old:
        raise IndivisibleError(part)
    return _scaled(part, quantity * count.new // count.old if count.old else quantity, count)


def _counts_one(part: Item, bundles: int) -> bool:
    price, original = Sides.of(part.price).including, Sides.of(part.original_total).including
    return bool(bundles != 1 and price and original == price * quantity_of(part) * bundles)


def _settled(before: Item, after: Item) -> Item:
    """Parts that made up a bundle's price made to do so again."""
    parts = after.items
    for name, amount in (("original_total", original_of), ("total", total_of)):
        rest = amount(after) - _sum(map(amount, parts))
        made_up = amount(before) - _sum(map(amount, before.items))
        parts = _on_largest(parts, name, Sides(*(r if m == 0 else ZERO for r, m in zip(rest, made_up, strict=True))))
    pairs = zip(before.items, parts, strict=True)
    return after.changed(items=tuple(_settled(old, _explained(old, new)) for old, new in pairs))


def _on_largest(parts: tuple[Item, ...], name: str, rest: Sides) -> tuple[Item, ...]:
    if not parts or not any(rest):
        return parts
    at = max(range(len(parts)), key=lambda i: total_of(parts[i]).including or ZERO)
    price: Price | None = getattr(parts[at], name)
    part = parts[at].changed(**{name: (Sides.of(price) + rest).in_price(price)})
    return (*parts[:at], part, *parts[at + 1 :])


def _explained(before: Item, after: Item) -> Item:
    """Discounts that made up the whole reduction made to do so again, the odd cent on the first."""
    made_up = original_of(before) - total_of(before) - off_of(before.discounts)
    rest = original_of(after) - total_of(after) - off_of(after.discounts)
    rest = Sides(*(r if m == 0 else ZERO for r, m in zip(rest, made_up, strict=True)))
    if not after.discounts or not any(rest):
        return after
    first, *others = after.discounts
    return after.changed(discounts=(_moved(first, rest), *others))


def _with_value(discount: Discount, amounts: Sides) -> Discount:
    return discount.changed(value=amounts.in_price(discount.value))


def _moved(discount: Discount, by: Sides) -> Discount:
    """The discount with more taken off, whatever its sign."""
    sign = -1 if (Sides.of(discount.value).including or ZERO) < 0 else 1
    return _with_value(discount, Sides.of(discount.value) + by.each(lambda amount: sign * amount))


def _name(discount: Discount) -> str:
    """What a discount on the cart and its shares on the items have in common."""
    return discount.code or discount.reference or discount.name or discount.description or ""


def _cart_discounts(cart: Cart, items: tuple[Item, ...]) -> tuple[Discount, ...]:
    """Each of them moved by what its shares moved, and gone with the last of them."""
    found, done = [], set()
    for discount in cart.discounts:
        name = _name(discount)
        shares = [each for item in cart.items for each in item.discounts if _name(each) == name]
        left = [each for item in items for each in item.discounts if _name(each) == name]
        if discount.type == "shipping" or not name or not shares or name in done:
            found.append(discount)
            continue
        done.add(name)
        after = _moved(discount, off_of(left) - off_of(shares))
        if left or any(Sides.of(after.value)):
            found.append(after)
    return tuple(found)
