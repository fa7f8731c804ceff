"""Where the money of a payment and of an order is, and what is wrong with it: one set of figures, which the list, the
page, the dialogs and the limits all ask here.

Amounts are `Decimal` in major units. They are compared in the currency's minor units, and never across currencies.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from babel.numbers import get_currency_precision

from domain.states import PAYMENT, Bucket, Stage

ZERO = Decimal(0)
_CODE_LENGTH, _USUAL_UNITS = 3, 2


class Amount(NamedTuple):
    """So much of a currency; `currency` is its code in capitals, empty where nobody says it."""

    value: Decimal
    currency: str


def code_of(currency: str | None) -> str:
    """A currency's code as people read it; no word at all where there is none."""
    return (currency or "").upper()


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


def is_nothing(value: Decimal, currency: str) -> bool:
    """Whether it comes to nothing that can be paid. The API's amounts are doubles, and adding those up leaves dust."""
    return not value or not to_minor_units(value, currency)


class Part(Protocol):
    """A payment, as far as money is told by it."""

    @property
    def state(self) -> str | None: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def currency(self) -> str | None: ...


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the money of one payment is, or of several in one currency, by what their states say of it
    (`domain.states.Bucket`), in major units.

    A payment's state says so of all of it. That part of it was refunded, its transactions alone tell
    (`payments.executions.ledger`); where those can be read in two ways, what is left may be `less` or `more`.
    """

    open: Decimal = ZERO
    held: Decimal = ZERO
    taken: Decimal = ZERO
    returned: Decimal = ZERO
    let_go: Decimal = ZERO
    failed: Decimal = ZERO
    unknown: Decimal = ZERO
    less: Decimal = ZERO
    more: Decimal = ZERO

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def sum_of(self, buckets: Iterable[Bucket]) -> Decimal:
        return sum((getattr(self, bucket) for bucket in buckets), ZERO)

    @property
    def authorised(self) -> Decimal:
        """All that was promised, and not let go since."""
        return self.held + self.taken + self.returned

    @property
    def captured(self) -> Decimal:
        """All that was taken, also what was given back since."""
        return self.taken + self.returned

    @property
    def refunded(self) -> Decimal:
        return self.returned

    @property
    def left(self) -> Decimal:
        """What the next action would move: what is reserved, or was captured and not given back."""
        return self.held + self.taken

    @property
    def most_left(self) -> Decimal:
        return self.left + self.more

    @property
    def least_left(self) -> Decimal:
        return self.left - self.less

    @property
    def is_sure(self) -> bool:
        """Whether there is one way to read the transactions."""
        return not self.less and not self.more

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
        return self.covered + self.let_go + self.failed


NOTHING = Figures()


def figures_of(state: str | None, amount: Decimal | None) -> Figures:
    """Where a payment's money is, by its state alone; nowhere where it is removed or names no amount."""
    bucket = PAYMENT.of(state).bucket
    return NOTHING if amount is None or bucket is Bucket.NONE else Figures(**{bucket.value: amount})


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


class Standing(NamedTuple):
    """What stands for all payments of an order: the state that counts most, how much is in it where that is not the
    whole order (`part`) and what the order comes to, where that can be compared (`of`)."""

    state: str
    part: Amount | None = None
    of: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """`own`: in the order's currency. `foreign`: in others, each apart, as they are neither added up nor compared.

    `total` is what the order comes to, None where it does not say. `failed`, `cancelled`: how many payments came to
    nothing, with or without one that went wrong; `states`: a state for each place where there is money; `is_empty`:
    no payment counts.
    """

    currency: str
    total: Decimal | None
    own: Figures
    foreign: Mapping[str, Figures] = field(default_factory=dict)
    states: Mapping[Bucket, str] = field(default_factory=dict)
    failed: int = 0
    cancelled: int = 0
    is_empty: bool = False

    @property
    def covers_unknown(self) -> bool:
        """Whether it cannot be said what covers the order: a payment that did not come to nothing is in another
        currency."""
        return bool(self.foreign)

    @property
    def gap(self) -> Decimal:
        """What payments cover too much, or, below zero, at least too little; nothing where that is not certain."""
        if self.total is None:
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
        if not self.foreign and is_nothing(covered, self.currency):
            is_due = (self.total or ZERO) > 0 and not is_nothing(self.total or ZERO, self.currency)
            return Paid.UNPAID if is_due else Paid.NOTHING_TO_PAY
        for word in (Paid.TAKEN, Paid.HELD, Paid.RETURNED, Paid.OPEN):
            if not self.foreign and is_nothing(covered - getattr(self.own, word), self.currency) and covered > 0:
                return word if self.gap >= 0 else Paid.PARTLY
        return Paid.MIXED

    @property
    def leading(self) -> Bucket | None:
        """Where the money is that stands for all payments, as `standing` says it; `states` has its state."""
        return next((each for each in _COUNTS if each in self.states), None)

    @property
    def standing(self) -> Standing | None:
        """What stands for all payments: money that was taken before what is only reserved, and that before what was
        given back or came to nothing; None where there is no payment. What is in it is compared with the total only
        in one currency."""
        bucket = self.leading
        if bucket is None:
            return None
        state, sums = self.states[bucket], self.amounts(bucket)
        if bucket not in _TELLS or not sums:
            return Standing(state)
        part = sums[0]
        if self.foreign:
            return Standing(state, part)
        short = part.value - (self.total or ZERO)
        return Standing(state) if short >= 0 or is_nothing(short, self.currency) else Standing(state, part, self.total)

    def amounts(self, *buckets: Bucket) -> tuple[Amount, ...]:
        """What is in these buckets together, the order's own currency first; only what is not nothing."""
        each = {self.currency: self.own, **self.foreign}
        sums = [Amount(of.sum_of(buckets), currency) for currency, of in each.items()]
        return tuple(amount for amount in sums if not is_nothing(*amount))


_COUNTS = (
    Bucket.TAKEN, Bucket.HELD, Bucket.RETURNED, Bucket.UNKNOWN, Bucket.OPEN, Bucket.FAILED, Bucket.LET_GO
)  # fmt: skip
_TELLS = frozenset({Bucket.TAKEN, Bucket.HELD, Bucket.RETURNED})
"""Of these it is said how much of the order they are."""
_RANK = {name: rank for rank, name in enumerate(PAYMENT)}


def money_of(
    parts: Iterable[P],
    total: Decimal | None,
    currency: str | None,
    look: Callable[[P], Figures | None] = lambda _: None,
) -> Money:
    """Where the money is that these payments of an order are about. A payment that names no currency is in the order's.

    Of an order that names none, the currency is that of its payments, if they are all in one. `look`: where more is
    known of a payment than its state says, its figures.
    """
    live = [(part, row) for part in parts if (row := PAYMENT.of(part.state)).is_live]
    own = code_of(currency) or _only_currency(part for part, _row in live)
    sums: dict[str, Figures] = {own: NOTHING}
    states: dict[Bucket, str] = {}
    for part, row in live:
        code, bucket = part.currency or own, row.bucket
        code = code if code == own else code.upper()
        if code == own or bucket not in _CAME_TO_NOTHING:
            figures = look(part) or figures_of(part.state, part.amount)
            known = sums.get(code, NOTHING)
            sums[code] = figures if known is NOTHING else known + figures
        if bucket not in states or _RANK.get(row.name, 0) > _RANK.get(states[bucket], 0):
            states[bucket] = row.name
    return Money(
        currency=own,
        total=total,
        own=sums.pop(own),
        foreign=sums,
        states=states,
        failed=sum(row.bucket is Bucket.FAILED for _part, row in live),
        cancelled=sum(row.bucket is Bucket.LET_GO for _part, row in live),
        is_empty=not live,
    )


_CAME_TO_NOTHING = frozenset({Bucket.FAILED, Bucket.LET_GO})


def _only_currency(parts: Iterable[Part]) -> str:
    codes = {part.currency.upper() for part in parts if part.currency}
    return codes.pop() if len(codes) == 1 else ""


class Concern(StrEnum):
    """What is to be said about an order's money, the gravest first."""

    HELD_FOR_NOTHING = "held for nothing"
    CANNOT_SAY = "cannot say"
    NOT_COVERED = "not covered"
    TOO_MUCH = "too much"
    TO_PAY_BACK = "to pay back"
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
    if not gap or not (is_placed or (gap < 0 and money.failed)):
        return None
    is_owed = (money.total or ZERO) < 0
    concern = Concern.NOT_COVERED if gap < 0 else Concern.TO_PAY_BACK if is_owed else Concern.TOO_MUCH
    return Finding(concern, (Amount(abs(gap), money.currency),))
