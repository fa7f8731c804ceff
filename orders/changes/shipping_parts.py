"""A shipping's fields by name, and what a change of shippings does to the order's total."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext

from domain.money import code_of, is_nothing
from domain.states import SHIPPING
from order_api.schemas import (
    DeliveryDetails,
    Document,
    Order,
    PickupLocation,
    PickupLocationAddress,
    Price,
    Product,
    Shipping,
)
from orders.changes.explanation import Warn
from orders.changes.lookup import part_of
from orders.page.payments import present_money
from ui.formats import format_money

D = TypeVar("D", bound=Document)

# Where in a shipping each field stands. Only what was changed is put there,
# so that everything else goes back as it came.
PATHS: dict[str, tuple[str, ...]] = {
    "state": ("state",),
    "name": ("name",),
    "adapter_id": ("adapter_id",),
    "reference": ("reference",),
    "tms_reference": ("tms_reference",),
    "including_vat": ("total", "including_vat"),
    "excluding_vat": ("total", "excluding_vat"),
    "vat_rate": ("vat_rate",),
    "carrier": ("delivery_details", "carrier"),
    "carrier_product_id": ("delivery_details", "carrier_product_id"),
    "delivery_class": ("delivery_details", "class_"),
    "product_name": ("delivery_details", "product", "name"),
    "product_reference": ("delivery_details", "product", "reference"),
    "pickup_name": ("delivery_details", "pickup_location", "name"),
    "pickup_reference": ("delivery_details", "pickup_location", "reference"),
    "pickup_street_address": ("delivery_details", "pickup_location", "address", "street_address"),
    "pickup_postal_code": ("delivery_details", "pickup_location", "address", "postal_code"),
    "pickup_city": ("delivery_details", "pickup_location", "address", "city"),
    "pickup_country": ("delivery_details", "pickup_location", "address", "country"),
}
_KINDS: dict[str, type[Document]] = {
    "total": Price,
    "delivery_details": DeliveryDetails,
    "product": Product,
    "pickup_location": PickupLocation,
    "address": PickupLocationAddress,
}


def shipping_of(order: Order, shipping_id: str) -> Shipping:
    """The order's shipping of that id. Raises NotFound."""
    return part_of(order.shippings, shipping_id, gettext("The order has no such shipping."))


def value_at(document: Document, path: Sequence[str]) -> Any:
    """What stands there; None where something on the way is missing."""
    found: Any = document
    for name in path:
        found = None if found is None else getattr(found, name)
    return found


def with_value(document: D, path: Sequence[str], value: Any) -> D:
    """The document with that value there, and what is missing on the way made."""
    name, *rest = path
    if rest:
        value = with_value(getattr(document, name) or _KINDS[name](), rest, value)
    return document.changed(**{name: value})


def total_warnings(order: Order, shippings: tuple[Shipping, ...]) -> list[Warn]:
    """Says what the shippings would make of the order's total, and if its payments would no longer
    cover exactly that."""
    before, after = (_live_sum(each) for each in (order.shippings, shippings))
    if is_nothing(after - before, code_of(order.currency)) or order.total is None or order.total.including_vat is None:
        return []
    total = order.total.including_vat + after - before
    changed = order.changed(shippings=shippings, total=order.total.changed(including_vat=total))
    currency = code_of(order.currency)
    figures = {
        "old": format_money(order.total.including_vat, currency),
        "new": format_money(total, currency),
    }
    found = [Warn(gettext("The order's total goes from %(old)s to %(new)s.") % figures)]
    money = present_money(changed)
    if money.undeclared and not money.is_empty and not money.foreign:
        covered = format_money(money.own.declared, money.currency)
        words = gettext(
            "Its payments add up to %s, which is not the new total: the order will not validate until it is."
        )
        found.append(Warn(words % covered))
    return found


def _live_sum(shippings: Sequence[Shipping]) -> Decimal:
    live = (each.total.including_vat for each in shippings if SHIPPING.of(each.state).is_live and each.total)
    return sum((amount for amount in live if amount is not None), Decimal(0))
