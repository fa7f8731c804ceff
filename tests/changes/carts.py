"""Carts whose sums are known, for the tests about carts."""

from decimal import Decimal
from typing import Any

from order_api.schemas import (
    Cart,
    Discount,
    DiscountType,
    Item,
    Price,
    ProductType,
)

ITEM, SHIPPING = (DiscountType.read(name) for name in ("item", "shipping"))


def price(including: str | Decimal | int, excluding: str | Decimal | int | None = None) -> Price:
    return Price(including_vat=Decimal(including), excluding_vat=None if excluding is None else Decimal(excluding))


def plate(quantity: int = 2, off: str = "0") -> Item:
    """A plate of 50.00, of which a discount may take something off."""
    sale = Discount(type=ITEM, name="Sale", code="SALE", value=price(off, off))
    discounts = (sale,) if Decimal(off) else ()
    return Item(
        id="ci_plate", name="Plate", sku="P-1", quantity=quantity, price=price(50, 40), vat_rate=Decimal("0.25"),
        original_total=price(50 * quantity, 40 * quantity), discounts=discounts,
        total=price(50 * quantity - Decimal(off), 40 * quantity - Decimal(off)),
    )  # fmt: skip


def mug() -> Item:
    return Item(id="ci_mug", name="Mug", sku="M-1", quantity=1, price=price(125, 100), vat_rate=Decimal("0.25"),
                original_total=price(125, 100), total=price(125, 100))  # fmt: skip


def bundle(quantity: int = 1) -> Item:
    """Two parts of 33.33 and 66.66 for 99.99 together."""
    parts = tuple(
        Item(id=f"ci_{name}", name=name, quantity=quantity, price=price(each, net), vat_rate=Decimal("0.25"),
             original_total=price(Decimal(each) * quantity, Decimal(net) * quantity),
             total=price(Decimal(each) * quantity, Decimal(net) * quantity))
        for name, each, net in (("Cup", "33.33", "26.66"), ("Saucer", "66.66", "53.33"))
    )  # fmt: skip
    whole = price(Decimal("99.99") * quantity, Decimal("79.99") * quantity)
    return Item(id="ci_set", name="Set", product_type=ProductType.read("bundle"), quantity=quantity,
    price=price("99.99", "79.99"),
                original_total=whole, total=whole, items=parts)  # fmt: skip


def cart_of(*items: Item, **more: Any) -> Cart:
    sums = [sum((getattr(item.total, side) or Decimal(0) for item in items), Decimal(0)) for side in SIDES]
    return Cart(items=items, total=Price(including_vat=sums[0], excluding_vat=sums[1]), **more)


SIDES = ("including_vat", "excluding_vat")
