"""What a list of payments comes to, each currency apart: what moved, by what moved it, what nobody knows yet, and what
moved nothing. The parts add up to the list."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from domain.money import ZERO, code_of
from domain.states import EXECUTION, MONEY_ACTIONS
from index.amounts import from_units
from payments.listing import ours, theirs
from payments.listing.questions import DONE, Question, Tab

MOST_COUNTED = 10_000
"""Rows of a kind up to which a list is counted and added up: of more, the newest."""
UNSETTLED, WAITING, OTHER, NOTHING, HELD = "unsettled", "waiting", "other", "nothing", "held"
WORDS: dict[str, Promise] = {
    HELD: _("Reserved"),
    "capture": _("Captured"),
    "cancel": _("Cancelled"),
    "refund": _("Refunded"),
    OTHER: _("Executed"),
    UNSETTLED: _("Not settled"),
    WAITING: _("Waiting for a person"),
    NOTHING: _("Moved nothing"),
}
"""The parts, in the order in which they are told."""


class Part(NamedTuple):
    """How many rows of a currency came to this, and to how much (major units)."""

    name: str
    amount: Decimal
    size: int

    @property
    def word(self) -> Promise:
        return WORDS[self.name]

    @property
    def is_told(self) -> bool:
        """Whether it is known how much they came to: of what may have moved, nothing is no amount."""
        return bool(self.amount) or self.name == NOTHING


class SumsOf(NamedTuple):
    """`currency` is a code in capitals, empty where nobody says it."""

    currency: str
    parts: tuple[Part, ...]

    def amount(self, name: str) -> Decimal:
        return next((part.amount for part in self.parts if part.name == name), ZERO)


class Tally(NamedTuple):
    """`is_capped`: there may be more rows than were counted, and the sums are of the newest `size`."""

    size: int
    sums: tuple[SumsOf, ...]
    is_capped: bool = False


def tally(question: Question, user: User, most: int = MOST_COUNTED) -> Tally:
    """How many rows are meant, and what they come to. Two queries for each list that is
    asked."""
    groups: list[_Group] = []
    sizes, is_capped = 0, False
    for found, is_whole in _parts(question, user, most):
        groups += found
        size = sum(size for _currency, _name, size, _units in found)
        sizes += size
        is_capped |= size >= most and not is_whole
    sums: dict[str, dict[str, tuple[int, int]]] = {}
    for currency, name, size, units in groups:
        named = sums.setdefault(code_of(currency), {})
        before = named.get(name, (0, 0))
        named[name] = (before[0] + size, before[1] + units)
    return Tally(
        sizes,
        tuple(SumsOf(currency, _told(sums[currency])) for currency in sorted(sums)),
        is_capped,
    )


def _told(named: dict[str, tuple[int, int]]) -> tuple[Part, ...]:
    return tuple(Part(name, from_units(named[name][1]), named[name][0]) for name in WORDS if name in named)


_Group = tuple[str, str, int, int]
"""Currency, the part's name, how many, and ten-thousandths."""


def _parts(question: Question, user: User, most: int) -> Iterable[tuple[list[_Group], bool]]:
    """Of each list, and whether all of it was added up, however many there are."""
    if question.asks_ours:
        found = ours.grouped(question, user, most)
        yield [(currency, part_of(kind, state), size, units) for currency, kind, state, size, units in found], False
    if question.asks_others:
        every = theirs.all_events(question, user)
        events = theirs.grouped_events(question, user, most) if every is None else every
        found_there = [(code, _of_event(event, done), size, units) for code, event, done, size, units in events]
        yield found_there, every is not None
    if question.tab is Tab.TO_CAPTURE:
        whole = theirs.all_held(question, user)
        held = theirs.grouped_held(question, user, most) if whole is None else whole
        yield [(currency, HELD, size, units) for currency, size, units in held], whole is not None


def part_of(kind: str, state: str) -> str:
    """Which part of the sums an execution of that type belongs to in that state."""
    row = EXECUTION.of(state)
    if row.name == DONE:
        return kind.lower() if kind.lower() in MONEY_ACTIONS else OTHER
    if row.is_request:
        return WAITING
    return UNSETTLED if row.may_have_moved else NOTHING


def _of_event(event: str, success: bool | None) -> str:
    if success is None:
        return UNSETTLED
    return event if success else NOTHING
