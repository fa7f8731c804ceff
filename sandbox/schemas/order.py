"""The order, a page of orders, and errors."""

from sandbox.schemas.base import Amount, Free, Int32, Model, Time
from sandbox.schemas.callbacks import Callback, Hook, Notification
from sandbox.schemas.cart import Cart, Price
from sandbox.schemas.customer import Consent, Customer
from sandbox.schemas.enums import OrderStatusField
from sandbox.schemas.payment import CURRENCY, Payment, described
from sandbox.schemas.shipping import Shipping


class BaseError(Model):
    code: str | None = None
    message: str | None = None


class Transition(Model):
    read_only = frozenset({"status", "timeStamp"})

    status: OrderStatusField | None = None
    timeStamp: Time | None = None


class State(Model):
    read_only = frozenset({"transitions"})

    currentStatus: OrderStatusField | None = None
    transitions: list[Transition] | None = None


class Order(Model):
    read_only = frozenset({"id", "merchant", "channel", "created", "lastModified", "shippings", "payments"})
    always_answered = ("merchant", "channel")

    id: str | None = None
    merchant: str | None = None
    channel: str | None = None
    reference: str | None = None
    created: Time | None = None
    lastModified: Time | None = None
    state: State | None = None
    culture: str | None = described(pattern="^[A-Za-z]{2,3}(?:-[A-Za-z]{2,2})*$")
    currency: str | None = described(pattern=CURRENCY)
    country: str | None = described(pattern="^[A-Za-z]{2,2}$")
    cart: Cart | None = None
    shippings: list[Shipping] | None = None
    payments: list[Payment] | None = None
    customer: Customer | None = None
    consents: list[Consent] | None = None
    validations: list[Callback] | None = None
    hooks: list[Hook] | None = None
    notifications: list[Notification] | None = None
    total: Price | None = None
    attributes: Free | None = None


class Pagination(Model):
    shown_read_only = frozenset({"offset", "limit", "size", "valueSum", "totalSize"})

    offset: Int32 | None = None
    limit: Int32 | None = None
    size: Int32 | None = None
    valueSum: Amount | None = None
    totalSize: Int32 | None = None


class OrderPaginationSet(Model):
    read_only = frozenset({"data", "pagination"})

    data: list[Order] | None = None
    pagination: Pagination | None = None
