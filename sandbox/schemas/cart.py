"""Cart, its items, and prices."""

from sandbox.schemas.base import Amount, Flag, Free, Int32, Model, Time
from sandbox.schemas.enums import DiscountTypeField, ProductTypeField


class Price(Model):
    includingVat: Amount | None = None
    excludingVat: Amount | None = None


class Discount(Model):
    type: DiscountTypeField | None = None
    name: str | None = None
    reference: str | None = None
    description: str | None = None
    code: str | None = None
    value: Price | None = None
    attributes: Free | None = None


class Logistics(Model):
    weight: Int32 | None = None
    height: Int32 | None = None
    width: Int32 | None = None
    length: Int32 | None = None
    tags: list[str] | None = None
    shippingDate: Time | None = None


class Item(Model):
    """An item that is sent with an id keeps it."""

    id: str | None = None
    reference: str | None = None
    name: str | None = None
    sku: str | None = None
    productType: ProductTypeField | None = None
    items: "list[Item] | None" = None
    url: str | None = None
    imageUrl: str | None = None
    quantity: Int32 | None = None
    unit: str | None = None
    price: Price | None = None
    total: Price | None = None
    originalTotal: Price | None = None
    vatRate: Amount | None = None
    discounts: list[Discount] | None = None
    logistics: Logistics | None = None
    upsell: Flag | None = None
    attributes: Free | None = None


class Cart(Model):
    reference: str | None = None
    items: list[Item] | None = None
    discounts: list[Discount] | None = None
    total: Price | None = None
    attributes: Free | None = None
