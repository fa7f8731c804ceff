"""Deliveries: what goes how, and to which pick-up point."""

from dataclasses import dataclass
from decimal import Decimal

from domain.adapters import called
from domain.states import SHIPPING
from order_api.schemas import DeliveryDetails, Order, PickupLocation, Shipping
from orders.page.tree import Fact, facts_of
from ui.formats import country_name, isolated


@dataclass(frozen=True, slots=True)
class ShippingCard:
    """One shipping; `price` is with VAT, `pick_up` the pick-up point in one line, `product` the carrier's."""

    shipping: Shipping
    title: str
    price: Decimal | None
    product: str
    pick_up: str
    attributes: list[Fact]

    @property
    def is_live(self) -> bool:
        """Whether it counts: removing one is a state, not a deletion (Norce docs, adapters' /remove)."""
        return SHIPPING.of(self.shipping.state).is_live


@dataclass(frozen=True, slots=True)
class Shippings:
    """Live ones, and removed ones apart. `state` stands for all of them in the page's head: a failed one goes first."""

    live: tuple[ShippingCard, ...]
    removed: tuple[ShippingCard, ...]
    state: str | None


def present_shippings(order: Order) -> Shippings:
    """The order's shippings."""
    cards = [present_shipping(shipping) for shipping in order.shippings]
    live = tuple(card for card in cards if card.is_live)
    states = [card.shipping.state for card in live]
    state = next((each for each in states if SHIPPING.of(each).is_failure), next(iter(states), None))
    return Shippings(live, tuple(c for c in cards if not c.is_live), state)


def present_shipping(shipping: Shipping) -> ShippingCard:
    """One shipping."""
    details = shipping.delivery_details or DeliveryDetails()
    product = details.product.name or details.product.reference if details.product else None
    return ShippingCard(
        shipping=shipping,
        title=isolated(called(shipping.name or product, shipping.adapter_id) or shipping.id or ""),
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
