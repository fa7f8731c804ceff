"""One order before its details: where and when it began, how far it came, and the times on the way."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from sandbox.seeding.draw import Draw
from sandbox.seeding.places import CHANNELS, Channel

SPAN = timedelta(days=730)
# The larger, the more of the orders are recent: the last day of two years holds some 2.5 % of them.
LATENESS = 1.8
# Orders by hour of the day (UTC): few at night, most in the evening.
BY_HOUR = (4, 2, 1, 1, 2, 5, 12, 20, 26, 28, 28, 30, 32, 30, 28, 28, 30, 36, 44, 50, 46, 32, 18, 8)
CLOCK = [0.0, *(done / sum(BY_HOUR) for done in accumulate(BY_HOUR))]

SHARES = {at: channel.share for at, channel in enumerate(CHANNELS)}

Transitions = list[tuple[str, datetime]]


@dataclass(slots=True)
class Story:
    """What the parts of an order agree on. `transitions` begin with `checkout` at the time of creation;
    `hard` are the provider's hard days that no payment has yet, shared by all orders of a run."""

    index: int
    order_id: str
    channel: Channel
    country: str
    reference: str
    cart_reference: str
    transitions: Transitions
    until: datetime
    hard: list[str] = field(default_factory=list)
    paid: str = ""
    """The state of its one payment, where that is not left to chance."""

    @property
    def created(self) -> datetime:
        """When the order began."""
        return self.transitions[0][1]

    @property
    def status(self) -> str:
        """The order's present state."""
        return self.transitions[-1][0]

    @property
    def age(self) -> timedelta:
        """How long before the end of the seeded time the order began."""
        return self.until - self.created

    def entered(self, *states: str) -> datetime | None:
        """When the order first came into one of the states; None if it never did."""
        return next((moment for state, moment in self.transitions if state in states), None)

    @property
    def placed(self) -> bool:
        """Whether the customer got through: the order was accepted or completed at some time."""
        return self.entered("accepted", "completed") is not None


def beginnings(orders: int, until: datetime, chance: Random) -> Iterator[datetime]:
    """When each order began, in time order: over two years, more of late, by the hours at which people shop."""
    for index in range(orders):
        left = 1 - (index + chance.random()) / orders
        yield by_clock(until - SPAN * left**LATENESS, until)


def by_clock(moment: datetime, until: datetime) -> datetime:
    """The moment moved within its day to the hours at which people shop; order is kept. The last day stays as it is."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight.date() >= until.date():
        return moment
    share = (moment - midnight) / timedelta(days=1)
    hour = bisect_left(CLOCK, share, 1) - 1
    within = (share - CLOCK[hour]) / (CLOCK[hour + 1] - CLOCK[hour])
    return midnight + timedelta(hours=hour + min(within, 0.9999))


def channel_of(draw: Draw) -> Channel:
    """The channel in which somebody shops."""
    return CHANNELS[draw.weighted(SHARES)]


def country_of(draw: Draw, channel: Channel) -> str:
    """Where the customer lives: the channel's country, or now and then a neighbour."""
    return draw.weighted({channel.country: 1 - sum(channel.abroad.values()), **channel.abroad})


def status_of(draw: Draw, age: timedelta) -> str:
    """How far an order of that age has come."""
    if age < timedelta(minutes=40):
        return draw.weighted({"checkout": 45, "processing": 20, "accepted": 20, "completed": 12, "declined": 3})
    if age < timedelta(days=1):
        weights = {"checkout": 15, "processing": 4, "accepted": 24, "completed": 50, "declined": 4, "removed": 3}
        return draw.weighted(weights)
    return draw.weighted({"checkout": 13, "processing": 1, "accepted": 3, "completed": 75, "declined": 4, "removed": 4})


PATHS: dict[str, dict[tuple[str, ...], float]] = {
    "checkout": {(): 88, ("processing", "checkout"): 12},
    "processing": {("processing",): 90, ("processing", "checkout", "processing"): 10},
    "accepted": {("processing", "accepted"): 92, ("accepted",): 8},
    "completed": {
        ("processing", "accepted", "completed"): 84,
        ("processing", "completed"): 5,
        ("completed",): 5,
        ("processing", "checkout", "processing", "accepted", "completed"): 6,
    },
    "declined": {("processing", "declined"): 75, ("processing", "accepted", "declined"): 20, ("declined",): 5},
    "removed": {("removed",): 100},
}

# Seconds that a step takes, from and to.
STEPS = {
    "processing": (60, 1500),
    "checkout": (30, 240),
    "accepted": (8, 120),
    "completed": (2, 5400),
    "declined": (5, 7200),
}


def transitions(draw: Draw, status: str, began: datetime, until: datetime) -> Transitions:
    """The states on the way to `status` with their times, squeezed so that none lies after `until`."""
    path = draw.weighted(PATHS[status])
    steps = [draw.between(*STEPS.get(state, (600, 600_000))) for state in path]
    room = (until - began).total_seconds() * 0.8
    squeeze = min(1.0, room / sum(steps)) if steps else 1.0
    times = accumulate((step * squeeze for step in steps), initial=0.0)
    return [(state, began + timedelta(seconds=at)) for state, at in zip(("checkout", *path), times, strict=True)]
