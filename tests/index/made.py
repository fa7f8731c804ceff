"""Orders out of thin air, of every kind that the index tells apart."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from accounts.channels import Channel
from domain.states import ORDER, PAYMENT, SHIPPING
from order_api.schemas import Address, Cart, Consent, Customer, Item, Order, Payment, Price, Shipping, State, Transition
from order_api.schemas.sets import OrderStatus, PaymentState, ShippingState

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SE, NO = Channel("norce", "se"), Channel("norce", "no")
ADAPTERS = ("klarna_adapter", "stripe_adapter", "walley_adapter")
PEOPLE = ("anna@example.com", "bo@example.com", "guest@example.com")


def order(
    number: int,
    channel: Channel = SE,
    *,
    status: str = "completed",
    created: datetime = NOW - timedelta(days=3),
    since: datetime | None = None,
    total: str = "499.00",
    payments: tuple[Payment, ...] = (),
    email: str = "anna@example.com",
    skus: tuple[str, ...] = ("F-1",),
    shipping: str = "",
) -> Order:
    """An order of 499 kr with nothing special about it."""
    price = Price(including_vat=Decimal(total), excluding_vat=Decimal(total) * 4 / 5)
    now = OrderStatus(status)
    items = tuple(Item(name="Flask", sku=sku, quantity=1, price=price, total=price) for sku in skus)
    return Order(
        id=f"o_{channel.name}{number:05}",
        merchant=channel.merchant,
        channel=channel.name,
        reference=f"{channel.name.upper()}-{100000 + number}",
        created=created,
        last_modified=created,
        currency="SEK" if channel == SE else "NOK",
        country=channel.name.upper(),
        state=State(current_status=now, transitions=(Transition(status=now, time_stamp=since or created),)),
        cart=Cart(reference=f"cart-{number}", items=items, total=price),
        total=price,
        customer=Customer(billing=Address(given_name="Anna", family_name="Ek", email=email)),
        payments=payments,
        shippings=(Shipping(id="s", state=ShippingState(shipping)),) if shipping else (),
    )


def payment(name: str = "p", state: str = "captured", amount: str = "499.00", **more: str) -> Payment:
    """A payment of all of it."""
    return Payment(
        id=name, state=PaymentState(state), amount=Decimal(amount), adapter_id=more.get("adapter", ADAPTERS[0]),
        reference=more.get("reference", f"psp-{name}"), currency=more.get("currency"),
    )  # fmt: skip


def anything(dice: random.Random, number: int) -> Order:
    """An order of any kind, the same number in the same channel."""
    channel = SE if number % 3 else NO
    created = NOW - timedelta(minutes=dice.choice((10, 90, 60 * 30, 60 * 24 * 8, 60 * 24 * 70, 60 * 24 * 500)))
    total = dice.choice(("0.00", "100.00", "499.00", "1250.50"))
    states = [*PAYMENT, "tomorrows"]
    made = order(
        number,
        channel,
        status=dice.choice([*ORDER, "tomorrows"]),
        created=created - timedelta(hours=number % 7),
        since=created + timedelta(minutes=dice.randrange(0, 4000)),
        total=total,
        email=dice.choice(PEOPLE),
        skus=tuple(dice.sample(("F-1", "F-2", "X-99", "ÅÄ-7"), dice.randrange(0, 3))),
        shipping=dice.choice(["", *SHIPPING]),
        payments=tuple(
            payment(
                f"p{number}-{place}",
                dice.choice(states),
                dice.choice((total, "100.00", "499.00")),
                adapter=dice.choice(ADAPTERS),
                currency=dice.choice(("SEK", "SEK", "EUR")),
            )
            for place in range(dice.randrange(0, 3))
        ),
    )
    return made.changed(
        consents=(Consent(id="c", required=True, checked=dice.choice((True, False))),),
        currency="EUR" if number % 7 == 0 else made.currency,
        last_modified=dice.choice((None, created, created + timedelta(minutes=number))),
    )
