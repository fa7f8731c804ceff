"""Whole orders, one after another: the same seed, number and end of time give the same bytes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from zlib import crc32

from sandbox.codec import stamp
from sandbox.seeding.callers import CALLERS, HOME, Attempt, attempts
from sandbox.seeding.cart import Basket, basket
from sandbox.seeding.draw import Draw, draw_for
from sandbox.seeding.extras import attributes, callbacks, consents
from sandbox.seeding.money import Amount, Json
from sandbox.seeding.payments import HARD_DAYS, HARD_DAYS_SINCE, Payment, payments
from sandbox.seeding.people import billing_address, person, shipping_address
from sandbox.seeding.places import CHANNELS
from sandbox.seeding.shippings import shippings
from sandbox.seeding.story import Story, beginnings, channel_of, country_of, status_of, transitions

# From this much on, in minor units, goods go free of freight.
FREE_FROM = {"SEK": 99_900, "NOK": 99_900, "DKK": 69_900, "EUR": 9_900}
# Customers for each order: the fewer, the more of them come again.
CUSTOMERS = 0.7

Seeded = tuple[Json, dict[str, list[Json]]]


@dataclass(slots=True)
class _Run:
    """What all orders of one run share, and how far it has come: references count up within a channel, as shops' do.
    `hard` are the provider's hard days that no payment has yet."""

    orders: int
    seed: int
    until: datetime
    counts: Counter[str] = field(default_factory=Counter)
    hard: list[str] = field(default_factory=lambda: list(HARD_DAYS))
    neighbours: int = 0
    first_attempt: datetime | None = None

    def begin(self, index: int, began: datetime) -> tuple[Draw, Story, Draw, Draw | None]:
        """What the next order is made from, as `order` takes it."""
        draw, attempt = draw_for(self.seed, "order", index), attempts(self.orders).get(index)
        if attempt:
            self.first_attempt = self.first_attempt if attempt.minutes else began
            began = (self.first_attempt or began) + timedelta(minutes=attempt.minutes)
        story = self._story(draw, index, began, attempt)
        customer = draw.randrange(1 + round(self.orders * CUSTOMERS))
        if attempt:
            return draw, story, draw_for(self.seed, "caller", attempt.caller), draw_for(self.seed, "goods", attempt.of)
        if attempts(self.orders) and story.country == HOME != story.channel.country:
            self.neighbours += 1
            return draw, story, draw_for(self.seed, "caller", (self.neighbours - 1) % CALLERS), None
        return draw, story, draw_for(self.seed, "customer", customer), None

    def _story(self, draw: Draw, index: int, began: datetime, attempt: Attempt | None) -> Story:
        channel = channel_of(draw)
        status = status_of(draw, self.until - began)
        if attempt:
            channel, status = next(each for each in CHANNELS if each.country == HOME), attempt.status
        reference = ""
        if status != "checkout" or draw.chance(0.2):
            self.counts[channel.name] += 1
            reference = f"{channel.country}-{100_000 + self.counts[channel.name]}"
        return Story(
            index=index,
            order_id=draw.token("o_"),
            channel=channel,
            country=HOME if attempt else country_of(draw, channel),
            reference=reference,
            cart_reference=f"{1 + crc32(str(self.seed).encode()) % 899}{index:07}",
            transitions=transitions(draw, status, began, self.until),
            until=self.until,
            hard=self.hard,
            paid=attempt.paid if attempt else "",
        )


@dataclass(slots=True)
class Piece:
    """Some of a run's orders, that can be made without those before them: their first number, when each began, and how
    the run stood then."""

    run: _Run
    start: int
    begun: list[datetime]

    @property
    def is_recent(self) -> bool:
        """Whether it may use up some of the run's `hard` days, so that the next recent piece needs to know which."""
        return self.begun[-1] > self.run.until - HARD_DAYS_SINCE

    def made(self) -> Iterator[Seeded]:
        """The orders."""
        for index, began in enumerate(self.begun, self.start):
            yield order(*self.run.begin(index, began))


def generate(orders: int, seed: int, until: datetime) -> Iterator[Seeded]:
    """So many orders as `GET …/orders/{order_id}` returns them, each with its transactions by
    payment id, the oldest first.

    `until` (aware) is the end of the two years over which they are spread; nothing in them lies after it.
    """
    run = _Run(orders, seed, until)
    for index, began in enumerate(beginnings(orders, until, draw_for(seed, "time"))):
        yield order(*run.begin(index, began))


def pieces(orders: int, seed: int, until: datetime, size: int) -> Iterator[Piece]:
    """The same orders in pieces of `size`, for others to make. A piece's `hard` days are all there are."""
    run, begun = _Run(orders, seed, until), beginnings(orders, until, draw_for(seed, "time"))
    for start in range(0, orders, size):
        piece = Piece(replace(run, counts=run.counts.copy(), hard=run.hard.copy()), start, list(islice(begun, size)))
        for index, began in enumerate(piece.begun, start):
            run.begin(index, began)
        yield piece


def order(draw: Draw, story: Story, who: Draw, again: Draw | None = None) -> Seeded:
    """One order. `who` draws its customer, so that some customers come again; `again` what is in it, and how that is
    sent, where that is the same as in another order."""
    anonymous = story.status == "checkout" and len(story.transitions) == 1 and draw.chance(0.5)
    upsold = story.placed and draw.chance(0.03) and not again
    goods = basket(again or draw, story, upsold)
    sent, freight = _freight(again or draw, story, goods) if not anonymous else ([], Amount())
    if again:
        sent = [one | {"id": draw.token("s_")} for one in sent]
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
