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
from payments.listing.counting import Added
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
    """How many rows of a currency came to this, and to how much (major units); `untold`: of how many of them that is
    not known."""

    name: str
    amount: Decimal
    size: int
    untold: int = 0

    @property
    def word(self) -> Promise:
        return WORDS[self.name]

    @property
    def is_told(self) -> bool:
        """Whether there is an amount to be told."""
        return self.untold < self.size or self.name == NOTHING

    @property
    def lacks(self) -> int:
        """Of how many rows an amount is missing in it; what moved nothing misses none."""
        return 0 if self.name == NOTHING else self.untold


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
        size = sum(added.size for _currency, _name, added in found)
        sizes += size
        is_capped |= size >= most and not is_whole
    sums: dict[str, dict[str, Added]] = {}
    for currency, name, added in groups:
        named = sums.setdefault(code_of(currency), {})
        named[name] = named.get(name, Added()).and_also(added)
    return Tally(
        sizes,
        tuple(SumsOf(currency, _told(sums[currency])) for currency in sorted(sums)),
        is_capped,
    )


def _told(named: dict[str, Added]) -> tuple[Part, ...]:
    return tuple(
        Part(name, from_units(named[name].units), named[name].size, named[name].untold)
        for name in WORDS
        if name in named
    )


_Group = tuple[str, str, Added]
"""Currency, the part's name, and what they come to."""


def _parts(question: Question, user: User, most: int) -> Iterable[tuple[list[_Group], bool]]:
    """Of each list, and whether all of it was added up, however many there are."""
    if question.asks_ours:
        found = ours.grouped(question, user, most)
        yield [(currency, part_of(kind, state), added) for currency, kind, state, added in found], False
    if question.asks_others:
        every = theirs.all_events(question, user)
        events = theirs.grouped_events(question, user, most) if every is None else every
        yield [(currency, _of_event(event, done), added) for currency, event, done, added in events], every is not None
    if question.tab is Tab.TO_CAPTURE:
        whole = theirs.all_held(question, user)
        held = theirs.grouped_held(question, user, most) if whole is None else whole
        yield [(currency, HELD, added) for currency, added in held], whole is not None


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
