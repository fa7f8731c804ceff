"""Shippings: what is delivered how, and for how much."""

from decimal import Decimal
from typing import Any

from msgspec import field

from order_api.schemas.base import Document, Numbered
from order_api.schemas.sets import ShippingState
from order_api.schemas.shared import Price


class Product(Document):
    """The carrier's product."""

    reference: str | None = None
    name: str | None = None


class PickupLocationAddress(Document):
    street_address: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None


class PickupLocation(Document):
    reference: str | None = None
    name: str | None = None
    address: PickupLocationAddress | None = None


class DeliveryDetails(Document):
    """`class_` is the contract's `class`."""

    carrier: str | None = None
    carrier_product_id: str | None = None
    class_: str | None = field(name="class", default=None)
    product: Product | None = None
    pickup_location: PickupLocation | None = None


class Addon(Numbered):
    """Something that the delivery costs more for; `price` in the order's currency."""

    reference: str | None = None
    price: Decimal | None = None


class Shipping(Numbered):
    """A delivery. The contract requires `total` and `vat_rate` (a fraction) of who sends one."""

    id: str | None = None
    merchant: str | None = None
    channel: str | None = None
    state: ShippingState | None = None
    reference: str | None = None
    tms_reference: str | None = None
    order_id: str | None = None
    adapter_id: str | None = None
    name: str | None = None
    total: Price | None = None
    vat_rate: Decimal | None = None
    delivery_details: DeliveryDetails | None = None
    addons: tuple[Addon, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
