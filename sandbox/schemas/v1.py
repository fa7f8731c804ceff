"""The types of the API's version 1, made from version 0's: what is gone, what is new, and what is called otherwise.

`stored` reads version 1's values as version 0's, which is how orders are kept; `shown` is the way back. What version 1
has no name for is left out of what it shows, and stays in the store.
"""

# mypy: disable-error-code="assignment"
# A part of a type of version 1 is not one of version 0: nothing takes the one for the other.

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

from sandbox.codec import Document
from sandbox.schemas import callbacks, cart, customer, order, payment, shipping
from sandbox.schemas.base import Int32, Model

OTHERWISE: dict[str, dict[str, str]] = {"Hook": {"scope": "subscribeTo"}, "Validation": {"invoke": "url"}}
"""By type, what version 1 calls a property, and what version 0 does."""


class Validation(callbacks.Callback):
    gone = frozenset({"url"})

    reference: str | None = None
    description: str | None = None
    invoke: str | None = None

    def values(self) -> Document:
        """As version 0 has them."""
        return stored(super().values(), Validation)


class Hook(callbacks.Hook):
    gone = frozenset({"subscribeTo"})

    reference: str | None = None
    description: str | None = None
    scope: str | None = None

    def values(self) -> Document:
        """As version 0 has them."""
        return stored(super().values(), Hook)


class Notification(callbacks.Notification):
    gone = frozenset({"delay"})
    read_only = frozenset({"id"})


class Consent(customer.Consent):
    """`id` is read-only, and yet read: where consents are changed, it says which."""

    shown_read_only = frozenset({"id"})


class Discount(cart.Discount):
    gone = frozenset({"reference", "description"})


class Item(cart.Item):
    """`id` is read-only, and yet read: an item that is sent back with its id keeps it."""

    gone = frozenset({"logistics", "upsell"})
    shown_read_only = frozenset({"id"})

    items: "list[Item] | None" = None
    discounts: list[Discount] | None = None


class Cart(cart.Cart):
    items: list[Item] | None = None
    discounts: list[Discount] | None = None


class Payment(payment.Payment):
    gone = frozenset({"merchant", "channel", "upsell"})

    currency: str | None = None


class DeliveryDetails(shipping.DeliveryDetails):
    gone = frozenset({"carrierProductId"})


class Shipping(shipping.Shipping):
    gone = frozenset({"merchant", "channel"})

    deliveryDetails: DeliveryDetails | None = None


class Order(order.Order):
    culture: str | None = None
    currency: str | None = None
    country: str | None = None
    cart: Cart | None = None
    shippings: list[Shipping] | None = None
    payments: list[Payment] | None = None
    consents: list[Consent] | None = None
    validations: list[Validation] | None = None
    hooks: list[Hook] | None = None
    notifications: list[Notification] | None = None

    def values(self) -> Document:
        """As version 0 has them; what a consent is called is not the caller's to say."""
        found = stored(super().values(), Order)
        for consent in found.get("consents") or ():
            consent.pop("id", None)
        return found


class Pagination(order.Pagination):
    gone = frozenset({"valueSum"})


class OrderPaginationSet(order.OrderPaginationSet):
    data: list[Order] | None = None
    pagination: Pagination | None = None


class ProblemDetails(Model):
    """How version 1 says what is wrong (RFC 9457)."""

    type: str | None = None
    title: str | None = None
    status: Int32 | None = None
    detail: str | None = None
    instance: str | None = None


def stored(values: Document, kind: type[Model]) -> Document:
    """Values of that type as version 0 has them."""
    names = OTHERWISE.get(kind.__name__, {})
    return {names.get(name, name): _parts(value, kind, name, stored) for name, value in values.items()}


def shown(values: Document, kind: type[Model]) -> Document:
    """What is stored of that type as version 1 shows it."""
    names = {old: new for new, old in OTHERWISE.get(kind.__name__, {}).items()}
    there = {names.get(name, name): value for name, value in values.items()}
    return {name: _parts(value, kind, name, shown) for name, value in there.items() if name not in kind.gone}


def in_version(document: Document, version: str | None) -> Document:
    """The order as a receiver of that version is sent it; version 0's where it does not say."""
    return shown(document, Order) if version == "v1" else document


def _parts(value: Any, kind: type[Model], name: str, turned: Callable[[Document, type[Model]], Document]) -> Any:
    inner = _inner(kind).get(name)
    if inner is None:
        return value
    if isinstance(value, list):
        return [turned(each, inner) if isinstance(each, dict) else each for each in value]
    return turned(value, inner) if isinstance(value, dict) else value


@cache
def _inner(kind: type[Model]) -> dict[str, type[Model]]:
    """The types of its parts, by the names that they have in JSON."""
    fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    return {name: found for name, hint in fields.items() if (found := _model(hint))}


def _model(hint: Any) -> type[Model] | None:
    if isinstance(hint, type) and issubclass(hint, Model):
        return hint
    return next((found for each in get_args(hint) if (found := _model(each))), None)
