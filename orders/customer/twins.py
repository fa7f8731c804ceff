"""Payments of the same amount within a day: the answer to “you charged me twice”.

A twin is no alarm. Whether somebody paid twice is told by the states that the API has now, and by nothing else: money
that was captured twice, or is reserved beside what was captured. A try that was declined, cancelled or never finished,
and money that was paid back, are said to be just that.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from domain.money import Amount, is_nothing, to_minor_units
from domain.states import Bucket, Stage
from order_api.schemas import Order
from orders.customer.found import CustomerOrder
from orders.customer.payments import Line

WITHIN = dt.timedelta(hours=24)
"""What follows so soon on the same amount in the same currency is its twin."""


class Verdict(StrEnum):
    """What twins come to. `PAID_TWICE`: one order, more than it costs. `PARTS`: one order, in parts that add up to it.
    `ONCE`, `NONE`: at most one of them holds money now."""

    PAID_TWICE = "paid-twice"
    BOTH_CAPTURED = "both-captured"
    CAPTURED_AND_RESERVED = "captured-and-reserved"
    BOTH_RESERVED = "both-reserved"
    UNCLEAR = "unclear"
    PARTS = "parts"
    ONCE = "once"
    NONE = "none"

    @property
    def is_alarm(self) -> bool:
        """Whether somebody has to look: the customer may have paid too much."""
        return self in _ALARMS


_ALARMS = frozenset(
    {Verdict.PAID_TWICE, Verdict.BOTH_CAPTURED, Verdict.CAPTURED_AND_RESERVED, Verdict.BOTH_RESERVED, Verdict.UNCLEAR}
)


@dataclass(frozen=True, slots=True)
class Twins:
    """Two payments or more, the newest first. `apart`: between the first and the last; None where they are of one order
    and nothing says when."""

    lines: tuple[Line, ...]

    @property
    def orders(self) -> list[CustomerOrder]:
        """Their orders, each once."""
        return list({line.order.id: line.order for line in self.lines}.values())

    @property
    def is_one_order(self) -> bool:
        return len(self.orders) == 1

    @property
    def apart(self) -> dt.timedelta | None:
        times = [line.at for line in self.lines if line.at]
        return None if self.is_one_order or len(times) < len(self.lines) else max(times) - min(times)

    def count(self, *buckets: Bucket) -> int:
        return sum(line.bucket in buckets for line in self.lines)

    @property
    def captured(self) -> int:
        return self.count(Bucket.TAKEN)

    @property
    def reserved(self) -> int:
        return self.count(Bucket.HELD)

    @property
    def rest(self) -> list[Bucket]:
        """Where the money of those is that hold none of the customer's."""
        return [line.bucket for line in self.lines if line.bucket not in (Bucket.TAKEN, Bucket.HELD)]

    @property
    def too_much(self) -> Amount | None:
        """What one order is paid too much, where it is one order and that is certain."""
        gap = self.orders[0].money.gap
        return Amount(gap, self.orders[0].money.currency) if self.is_one_order and gap > 0 else None

    @property
    def verdict(self) -> Verdict:
        holding = self.captured + self.reserved
        if self.is_one_order and holding > 1 and not self.orders[0].money.foreign:
            return Verdict.PAID_TWICE if self.too_much and self.captured > 1 else self._of_one_order()
        if self.captured > 1:
            return Verdict.BOTH_CAPTURED
        if any(line.is_unsure for line in self.lines) and len(self.lines) - len(self._settled_empty()) > 1:
            return Verdict.UNCLEAR
        if self.captured and self.reserved:
            return Verdict.CAPTURED_AND_RESERVED
        if self.reserved > 1:
            return Verdict.BOTH_RESERVED
        return Verdict.ONCE if holding else Verdict.NONE

    def _of_one_order(self) -> Verdict:
        if not self.too_much:
            return Verdict.PARTS
        return Verdict.CAPTURED_AND_RESERVED if self.captured else Verdict.BOTH_RESERVED

    def _settled_empty(self) -> list[Line]:
        """Those of which it is known that they hold no money."""
        full = (Bucket.TAKEN, Bucket.HELD, Bucket.UNKNOWN)
        return [line for line in self.lines if line.bucket not in full and not line.is_unsure]

    @property
    def is_of_same_items(self) -> bool:
        """Whether all of their orders are for the same things, so that one may have been placed by mistake."""
        carts = [_cart(order.order) for order in self.orders]
        return len(carts) > 1 and bool(carts[0]) and all(cart == carts[0] for cart in carts)

    @property
    def given_up(self) -> list[CustomerOrder]:
        """Orders that nobody will deliver, and whose payment among these holds money nevertheless."""
        holding = {line.order.id for line in self.lines if line.bucket in (Bucket.TAKEN, Bucket.HELD)}
        return [order for order in self.orders if order.stage is Stage.GIVEN_UP and order.id in holding]


@dataclass(frozen=True, slots=True)
class Block:
    """What stands together in the table: twins, or one payment alone."""

    lines: tuple[Line, ...]
    twins: Twins | None = None


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """All lines, the newest first, with twins beside each other at the place of their newest."""
    twins = {id(line): group for group in twins_among(lines) for line in group.lines}
    blocks, seen = [], set()
    for line in lines:
        group = twins.get(id(line))
        if group is None:
            blocks.append(Block((line,)))
        elif id(group) not in seen:
            seen.add(id(group))
            blocks.append(Block(group.lines, group))
    return blocks


def twins_among(lines: Iterable[Line]) -> list[Twins]:
    """The groups of equal amounts in one currency, each within a day of the next. Those of which none ever held money
    are none."""
    by_amount: dict[Amount, list[Line]] = {}
    for line in lines:
        if line.amount is not None and line.amount > 0 and not is_nothing(line.amount, line.currency):
            amount = Amount(to_minor_units(line.amount, line.currency), line.currency)
            by_amount.setdefault(amount, []).append(line)
    groups = (group for same in by_amount.values() for group in _near(same))
    return [Twins(tuple(group)) for group in groups if len(group) > 1 and any(map(_ever_held, group))]


def _ever_held(line: Line) -> bool:
    return line.bucket in (Bucket.TAKEN, Bucket.HELD, Bucket.RETURNED, Bucket.UNKNOWN) or line.is_unsure


def _near(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines in time, split wherever more than a day lies between two; of one order they are near, whatever is said."""
    group = [lines[0]]
    for later, earlier in pairwise(lines):
        is_one_order = later.order.id == earlier.order.id
        is_near = later.at is not None and earlier.at is not None and abs(later.at - earlier.at) <= WITHIN
        if not (is_one_order or is_near):
            yield group
            group = []
        group.append(earlier)
    yield group


def _cart(order: Order) -> list[tuple[str, int]]:
    items = order.cart.items if order.cart else ()
    return sorted((item.sku, 1 if item.quantity is None else item.quantity) for item in items if item.sku)
