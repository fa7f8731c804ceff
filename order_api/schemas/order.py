"""The order and everything that belongs to it alone."""

from decimal import Decimal
from typing import Any

from msgspec import field

from order_api.schemas.base import Document, Moment, Numbered
from order_api.schemas.payment import Payment
from order_api.schemas.sets import CustomerType, DiscountType, OrderStatus, OrderVersion, ProductType
from order_api.schemas.shared import Price
from order_api.schemas.shipping import Shipping


class Transition(Document):
    """A state that the order took, and when (UTC)."""

    status: OrderStatus | None = None
    time_stamp: Moment | None = None


class State(Document):
    current_status: OrderStatus | None = None
    transitions: tuple[Transition, ...] = ()


class Discount(Document):
    """A discount on an item, or on the cart as a whole. The cart's are those of its items summed up
    (Norce docs, order/cart)."""

    type: DiscountType | None = None
    name: str | None = None
    reference: str | None = None
    description: str | None = None
    code: str | None = None
    value: Price | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Logistics(Document):
    """Weight in grams, measures in millimetres (Norce reference of 2026-01-12, schemas/notification)."""

    weight: int | None = None
    height: int | None = None
    width: int | None = None
    length: int | None = None
    tags: tuple[str, ...] = ()
    shipping_date: Moment | None = None


class Item(Numbered):
    """A line of the cart; `items` are the parts of a bundle.

    `price` is that of one unit before discounts, `original_total` quantity x price, `total` what the customer pays
    (Norce docs, order/cart). `vat_rate` is a fraction.
    """

    id: str | None = None
    reference: str | None = None
    name: str | None = None
    sku: str | None = None
    product_type: ProductType | None = None
    items: tuple["Item", ...] = ()
    url: str | None = None
    image_url: str | None = None
    quantity: int | None = None
    unit: str | None = None
    price: Price | None = None
    total: Price | None = None
    original_total: Price | None = None
    vat_rate: Decimal | None = None
    discounts: tuple[Discount, ...] = ()
    logistics: Logistics | None = None
    upsell: bool | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Cart(Document):
    """`total` is without shipping; that of the order is with it."""

    reference: str | None = None
    items: tuple[Item, ...] = ()
    discounts: tuple[Discount, ...] = ()
    total: Price | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Address(Document):
    """A person's or an organisation's address; holds personal data, the national identification number above all."""

    type: CustomerType | None = None
    given_name: str | None = None
    family_name: str | None = None
    care_of: str | None = None
    reference: str | None = None
    organization_name: str | None = None
    street_address: str | None = None
    street_address2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    national_identification_number: str | None = None
    organization_identification_number: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Customer(Document):
    billing: Address | None = None
    shipping: Address | None = None
    type: CustomerType | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Consent(Document):
    """`required`: the order does not get to `processing` before it is checked (Norce reference, schemas/consent)."""

    id: str | None = None
    checked: bool | None = None
    text: str | None = None
    required: bool | None = None


def _text(document: Document, name: str) -> str | None:
    """A text that stands under that name in the object that the document was read from."""
    value = document.raw.get(name)
    return value if isinstance(value, str) else None


class Callback(Document):
    """A validation: `url` is asked by POST whether the order may go on; `{order_id}` in it becomes the order's id."""

    id: str | None = None
    adapter_id: str | None = None
    url: str | None = None

    @property
    def address(self) -> str | None:
        """Where it is asked, also of one in version 1's shape, which has `invoke`."""
        return self.url or _text(self, "invoke")


class Hook(Document):
    """Asked before a change to `subscribe_to` is committed, and may patch what lies under `target`."""

    id: str | None = None
    adapter_id: str | None = None
    subscribe_to: str | None = None
    target: str | None = None
    invoke: str | None = None
    version: OrderVersion | None = None

    @property
    def part(self) -> str | None:
        """The part of the order that it is about, also of one in version 1's shape, which has `scope`."""
        return self.subscribe_to or _text(self, "scope")


class Notification(Document):
    """Sent after a change of `scope` that fits `schema` (JSON Schema); `delay` in milliseconds."""

    id: str | None = None
    adapter_id: str | None = None
    reference: str | None = None
    description: str | None = None
    scope: str | None = None
    schema: dict[str, Any] | None = None
    invoke: str | None = None
    version: OrderVersion | None = None
    delay: int | None = None


class Order(Document):
    """An order, with its payments and shippings. `total` includes shipping. Transactions are fetched for themselves."""

    id: str | None = None
    merchant: str | None = None
    channel: str | None = None
    reference: str | None = None
    created: Moment | None = None
    last_modified: Moment | None = None
    state: State | None = None
    culture: str | None = None
    currency: str | None = None
    country: str | None = None
    cart: Cart | None = None
    shippings: tuple[Shipping, ...] = ()
    payments: tuple[Payment, ...] = ()
    customer: Customer | None = None
    consents: tuple[Consent, ...] = ()
    validations: tuple[Callback, ...] = ()
    hooks: tuple[Hook, ...] = ()
    notifications: tuple[Notification, ...] = ()
    total: Price | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Pagination(Numbered):
    """`size` counts what the filters match over all pages, `total_size` everything, `value_sum`
    adds up what matches."""

    offset: int | None = None
    limit: int | None = None
    size: int | None = None
    value_sum: Decimal | None = None
    total_size: int | None = None


class OrderPaginationSet(Document):
    """A page of orders. Full orders, but they do not keep their `raw`: get one before changing it."""

    data: tuple[Order, ...] = ()
    pagination: Pagination | None = None
