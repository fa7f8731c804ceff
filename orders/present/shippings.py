"""Deliveries: what goes how, and to which pick-up point."""

from dataclasses import dataclass
from decimal import Decimal

from dashboard.formats import country_name
from orders.api.schemas import DeliveryDetails, Order, PickupLocation, Shipping
from orders.present.totals import is_live
from orders.present.tree import Fact, facts_of


@dataclass(frozen=True, slots=True)
class ShippingCard:
    """One shipping; `price` is with VAT, `pick_up` the pick-up point in one line, `product` the carrier's."""

    shipping: Shipping
    title: str
    price: Decimal | None
    product: str
    pick_up: str
    attributes: list[Fact]


@dataclass(frozen=True, slots=True)
class Shippings:
    """Live ones, and removed ones apart. `state` stands for all of them in the page's head: a failed one goes first."""

    live: tuple[ShippingCard, ...]
    removed: tuple[ShippingCard, ...]
    state: str | None


def present_shippings(order: Order) -> Shippings:
    """The order's shippings."""
    cards = [present_shipping(shipping) for shipping in order.shippings]
    live = tuple(card for card in cards if is_live(card.shipping.state))
    states = [card.shipping.state for card in live]
    state = "failed" if "failed" in states else next(iter(states), None)
    return Shippings(live, tuple(c for c in cards if not is_live(c.shipping.state)), state)


def present_shipping(shipping: Shipping) -> ShippingCard:
    """One shipping."""
    details = shipping.delivery_details or DeliveryDetails()
    product = details.product.name or details.product.reference if details.product else None
    return ShippingCard(
        shipping=shipping,
        title=shipping.name or product or shipping.adapter_id or shipping.id or "",
        price=shipping.total.including_vat if shipping.total else None,
        product=product or "",
        pick_up=_pick_up(details.pickup_location) if details.pickup_location else "",
        attributes=facts_of(shipping.attributes),
    )


def _pick_up(location: PickupLocation) -> str:
    address = location.address
    town = " ".join(part for part in (address.postal_code, address.city) if part) if address else ""
    parts = [location.name, address.street_address if address else None, town]
    return ", ".join(part for part in [*parts, country_name(address.country) if address else None] if part)
