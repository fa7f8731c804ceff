"""Shippings."""

from pydantic import Field

from sandbox.schemas.base import Amount, Free, Model
from sandbox.schemas.cart import Price
from sandbox.schemas.enums import ShippingStateField


class Product(Model):
    reference: str | None = None
    name: str | None = None


class PickupLocationAddress(Model):
    streetAddress: str | None = None
    city: str | None = None
    postalCode: str | None = None
    country: str | None = None


class PickupLocation(Model):
    reference: str | None = None
    name: str | None = None
    address: PickupLocationAddress | None = None


class DeliveryDetails(Model):
    carrier: str | None = None
    carrierProductId: str | None = None
    class_: str | None = Field(None, alias="class")
    product: Product | None = None
    pickupLocation: PickupLocation | None = None


class Addon(Model):
    reference: str | None = None
    price: Amount | None = None


class Shipping(Model):
    read_only = frozenset({"id"})

    id: str | None = None
    merchant: str | None = None
    channel: str | None = None
    state: ShippingStateField | None = None
    reference: str | None = None
    tmsReference: str | None = None
    orderId: str | None = None
    adapterId: str | None = None
    name: str | None = None
    total: Price
    vatRate: Amount
    deliveryDetails: DeliveryDetails | None = None
    addons: list[Addon] | None = None
    attributes: Free | None = None
