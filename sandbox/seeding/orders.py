"""Whole orders, one after another: the same seed, number and end of time give the same bytes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zlib import crc32

from sandbox.codec import stamp
from sandbox.seeding.cart import Basket, basket
from sandbox.seeding.draw import Draw, draw_for
from sandbox.seeding.extras import attributes, callbacks, consents
from sandbox.seeding.money import Amount, Json
from sandbox.seeding.payments import HARD_DAYS, Payment, payments
from sandbox.seeding.people import billing_address, person, shipping_address
from sandbox.seeding.places import Channel
from sandbox.seeding.shippings import shippings
from sandbox.seeding.story import Story, beginnings, channel_of, country_of, status_of, transitions

# From this much on, in minor units, goods go free of freight.
FREE_FROM = {"SEK": 99_900, "NOK": 99_900, "DKK": 69_900, "EUR": 9_900}
# Customers for each order: the fewer, the more of them come again.
CUSTOMERS = 0.7

Seeded = tuple[Json, dict[str, list[Json]]]


@dataclass(slots=True)
class _Plan:
    """What all orders of one run share; references count up within a channel, as shops' do."""

    seed: int
    until: datetime
    carts: int = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    hard: list[str] = field(default_factory=lambda: list(HARD_DAYS))

    def __post_init__(self) -> None:
        self.carts = 1 + crc32(str(self.seed).encode()) % 899

    def next_reference(self, channel: Channel) -> str:
        """The next order number of the channel, `SE-100001`."""
        self.counts[channel.name] += 1
        return f"{channel.country}-{100_000 + self.counts[channel.name]}"


def generate(orders: int, seed: int, until: datetime) -> Iterator[Seeded]:
    """So many orders as `GET …/orders/{order_id}` returns them, each with its transactions by
    payment id, the oldest first.

    `until` (aware) is the end of the two years over which they are spread; nothing in them lies after it.
    """
    plan = _Plan(seed, until)
    for index, began in enumerate(beginnings(orders, until, draw_for(seed, "time"))):
        draw = draw_for(seed, "order", index)
        story = _story(draw, plan, index, began)
        yield order(draw, story, draw_for(seed, "customer", draw.randrange(1 + round(orders * CUSTOMERS))))


def _story(draw: Draw, plan: _Plan, index: int, began: datetime) -> Story:
    channel = channel_of(draw)
    status = status_of(draw, plan.until - began)
    reference = ""
    if status != "checkout" or draw.chance(0.2):
        reference = plan.next_reference(channel)
    return Story(
        index=index,
        order_id=draw.token("o_"),
        channel=channel,
        country=country_of(draw, channel),
        reference=reference,
        cart_reference=f"{plan.carts}{index:07}",
        transitions=transitions(draw, status, began, plan.until),
        until=plan.until,
        hard=plan.hard,
    )


def order(draw: Draw, story: Story, who: Draw) -> Seeded:
    """One order. `who` draws its customer, so that some customers come again."""
    anonymous = story.status == "checkout" and len(story.transitions) == 1 and draw.chance(0.5)
    upsold = story.placed and draw.chance(0.03)
    goods = basket(draw, story, upsold)
    sent, freight = _freight(draw, story, goods) if not anonymous else ([], Amount())
    whole = goods.total + freight
    customer = {} if anonymous else _customer(draw, story, who)
    paid = payments(draw, story, whole.including, customer.get("billing", {}), upsold)
    adapters = [part["adapterId"] for part in (*(payment.document for payment in reversed(paid)), *sent)]
    document: Json = {
        "id": story.order_id,
        "merchant": story.channel.merchant,
        "channel": story.channel.name,
        "reference": story.reference,
        "created": stamp(story.created),
        "lastModified": _last_modified(story, paid),
        "state": _state(story),
        "culture": story.channel.culture,
        "currency": story.channel.currency,
        "country": story.country,
        "cart": _cart(goods, sent),
        "shippings": sent,
        "payments": [payment.document for payment in paid],
        "customer": customer,
        "consents": consents(draw, story),
        **callbacks(draw, adapters),
        "total": whole.price(),
        "attributes": attributes(draw, story),
    }
    return _without_blanks(document), {payment.document["id"]: payment.log for payment in paid}


def _freight(draw: Draw, story: Story, goods: Basket) -> tuple[list[Json], Amount]:
    """Nothing is sent where there is nothing to hold in the hand."""
    if not goods.physical:
        return [], Amount()
    return shippings(draw, story, goods.total.including >= FREE_FROM[story.channel.currency])


def _cart(goods: Basket, sent: list[Json]) -> Json:
    """The cart; where the freight was waived, with a discount that says so (its value is what the
    freight would have cost)."""
    waived = [one["attributes"]["listPrice"] for one in sent if "listPrice" in one.get("attributes", {})][:1]
    if not waived:
        return goods.document
    rate = next(one["vatRate"] for one in sent)
    value = {"includingVat": waived[0], "excludingVat": round(waived[0] / (1 + rate), 2)}
    free = {"type": "shipping", "name": "Fri frakt", "reference": "free-freight", "value": value}
    return goods.document | {"discounts": [*goods.document.get("discounts", []), free]}


def _customer(draw: Draw, story: Story, who: Draw) -> Json:
    buyer = person(who, story.country)
    billing = billing_address(who, buyer)
    found: Json = {
        "type": billing["type"],
        "billing": billing,
        "shipping": shipping_address(draw, buyer, story.country),
    }
    if draw.chance(0.3):
        found["attributes"] = {"customerNumber": f"K{100_000 + draw.randrange(900_000)}"}
    return found


def _state(story: Story) -> Json:
    passed = [{"status": status, "timeStamp": stamp(moment)} for status, moment in story.transitions]
    return {"currentStatus": story.status, "transitions": passed}


def _last_modified(story: Story, paid: list[Payment]) -> str:
    """The latest of what happened; times of one form sort as text."""
    logged: list[str] = [line["created"] for payment in paid for line in payment.log]
    return max([stamp(story.transitions[-1][1]), *logged])


def _without_blanks(document: Json) -> Json:
    """The API leaves out what was never set."""
    return {name: value for name, value in document.items() if value not in ("", {}, None)}
