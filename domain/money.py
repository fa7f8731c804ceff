"""Where the money of an order is, and what is wrong with it, by the states of its payments. The list and the page ask
here, and nowhere else.

Amounts are `Decimal` in major units. They are compared in the currency's minor units, and never across currencies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from babel.numbers import get_currency_precision

from domain.states import PAYMENT, Bucket, Stage

ZERO = Decimal(0)
_CODE_LENGTH, _USUAL_UNITS = 3, 2


class Amount(NamedTuple):
    """So much of a currency; `currency` is its code in capitals, empty where nobody says it."""

    value: Decimal
    currency: str


@lru_cache(maxsize=512)
def minor_units(currency: str) -> int:
    """How many decimals a currency has (ISO 4217, as CLDR knows it); two where it is none that is known."""
    return get_currency_precision(currency.upper()) if len(currency) == _CODE_LENGTH else _USUAL_UNITS


@lru_cache(maxsize=512)
def smallest(currency: str) -> Decimal:
    """The smallest amount that can be paid in the currency."""
    return Decimal(1).scaleb(-minor_units(currency))


def to_minor_units(value: Decimal, currency: str) -> Decimal:
    """Rounded to what can be paid in the currency."""
    return value.quantize(smallest(currency), ROUND_HALF_UP)


class Part(Protocol):
    """A payment, as far as money is told by it."""

    @property
    def state(self) -> str | None: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def currency(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Buckets:
    """Amounts of one currency by what their payments' states say of them (`domain.states.Bucket`)."""

    open: Decimal = ZERO
    held: Decimal = ZERO
    taken: Decimal = ZERO
    returned: Decimal = ZERO
    lost: Decimal = ZERO
    unknown: Decimal = ZERO

    def sum_of(self, buckets: Iterable[Bucket]) -> Decimal:
        return sum((getattr(self, bucket) for bucket in buckets), ZERO)

    @property
    def kept(self) -> Decimal:
        """What covers for certain: neither given back, nor come to nothing, nor in a state of which nothing is
        known."""
        return self.open + self.held + self.taken

    @property
    def covered(self) -> Decimal:
        """The most that may be covered. What was given back did cover, and so may what is in a state that is not
        known."""
        return self.kept + self.returned + self.unknown

    @property
    def declared(self) -> Decimal:
        """All that payments say they are for: what validating an order adds up (Norce docs, order/callbacks)."""
        return self.covered + self.lost


class Paid(StrEnum):
    """How an order is paid, in a word; `MIXED` and `PARTLY` need the figures to say more."""

    NOTHING_TO_PAY = "nothing to pay"
    UNPAID = "unpaid"
    OPEN = "open"
    HELD = "held"
    TAKEN = "taken"
    RETURNED = "returned"
    PARTLY = "partly"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Money:
    """`own`: in the order's currency. `foreign`: in others, each apart, as they are neither added up nor compared.

    `total` is what the order comes to, None where it does not say. `has_failure`: a payment went wrong; `is_empty`:
    no payment counts.
    """

    currency: str
    total: Decimal | None
    own: Buckets
    foreign: Mapping[str, Buckets] = field(default_factory=dict)
    has_failure: bool = False
    is_empty: bool = False

    @property
    def covers_unknown(self) -> bool:
        """Whether it cannot be said what covers the order: a payment that did not come to nothing is in another
        currency."""
        return bool(self.foreign)

    @property
    def gap(self) -> Decimal:
        """What payments cover too much, or, below zero, at least too little; nothing where that is not certain."""
        if self.total is None or (self.is_empty and self.total <= 0):
            return ZERO
        sure = self.own.kept - self.total
        if sure < 0:
            sure = min(sure + self.own.returned + self.own.unknown, ZERO)
        return (to_minor_units(sure, self.currency) + ZERO) if sure else ZERO  # no minus zero

    @property
    def undeclared(self) -> Decimal:
        """What the payments' amounts miss of the total: an order validates only where that is nothing. Below zero:
        too much."""
        return to_minor_units((self.total or ZERO) - self.own.declared, self.currency) + ZERO

    @property
    def paid(self) -> Paid:
        covered = self.own.covered
        if not covered and not self.foreign:
            return Paid.UNPAID if (self.total or ZERO) > 0 else Paid.NOTHING_TO_PAY
        for word in (Paid.TAKEN, Paid.HELD, Paid.RETURNED, Paid.OPEN):
            if not self.foreign and getattr(self.own, word) == covered > 0:
                return word if self.gap >= 0 else Paid.PARTLY
        return Paid.MIXED

    def amounts(self, *buckets: Bucket) -> tuple[Amount, ...]:
        """What is in these buckets together, the order's own currency first; only what is not nothing."""
        each = {self.currency: self.own, **self.foreign}
        sums = [Amount(of.sum_of(buckets), currency) for currency, of in each.items()]
        return tuple(amount for amount in sums if amount.value)


def money_of(parts: Iterable[Part], total: Decimal | None, currency: str | None) -> Money:
    """Where the money is that these payments of an order are about. A payment that names no currency is in the order's.

    Of an order that names none, the currency is that of its payments, if they are all in one.
    """
    live = [(part, row) for part in parts if (row := PAYMENT.of(part.state)).is_live]
    own = (currency or "").upper() or _only_currency(part for part, _row in live)
    sums: dict[str, dict[str, Decimal]] = {own: {}}
    for part, row in live:
        code, bucket = part.currency or own, row.bucket
        code = code if code == own else code.upper()
        if code == own or bucket is not Bucket.LOST:
            of = sums.setdefault(code, {})
            amount = part.amount or ZERO
            of[bucket] = of[bucket] + amount if bucket in of else amount
    return Money(
        currency=own,
        total=total,
        own=Buckets(**sums.pop(own)),
        foreign={code: Buckets(**of) for code, of in sums.items()},
        has_failure=any(row.is_failure for _part, row in live),
        is_empty=not live,
    )


def _only_currency(parts: Iterable[Part]) -> str:
    codes = {part.currency.upper() for part in parts if part.currency}
    return codes.pop() if len(codes) == 1 else ""


class Concern(StrEnum):
    """What is to be said about an order's money, the gravest first."""

    HELD_FOR_NOTHING = "held for nothing"
    CANNOT_SAY = "cannot say"
    NOT_COVERED = "not covered"
    TOO_MUCH = "too much"
    RETURNED = "returned"


class Finding(NamedTuple):
    """`amounts` are what it is about, each above zero, the order's own currency first; none where it cannot be said."""

    concern: Concern
    amounts: tuple[Amount, ...] = ()


def findings(stage: Stage, money: Money) -> list[Finding]:
    """What is to be said about the money of an order at that stage, the gravest first.

    One that came to nothing should hold no money. One that is placed should be covered exactly: the amounts of
    payments add up to the total (Norce docs, order/callbacks). Before that nobody has promised anything, so only a
    payment that failed is told. What the API does not say is not concluded: whether a payment was given back for a
    part of the order, or what a state means that is not known.
    """
    worst = _held(money) if stage is Stage.GIVEN_UP else _cover(stage, money)
    back = money.amounts(Bucket.RETURNED)
    return [*([worst] if worst else []), *([Finding(Concern.RETURNED, back)] if back else [])]


def _held(money: Money) -> Finding | None:
    held = money.amounts(Bucket.HELD, Bucket.TAKEN)
    return Finding(Concern.HELD_FOR_NOTHING, held) if held else None


def _cover(stage: Stage, money: Money) -> Finding | None:
    if money.covers_unknown:
        return Finding(Concern.CANNOT_SAY)
    gap, is_placed = money.gap, stage is Stage.PLACED
    if not gap or not (is_placed or (gap < 0 and money.has_failure)):
        return None
    concern = Concern.NOT_COVERED if gap < 0 else Concern.TOO_MUCH
    return Finding(concern, (Amount(abs(gap), money.currency),))
