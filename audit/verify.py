"""Proves the chain: every entry is as it was written, none is missing, and they follow one another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.db import DEFAULT_DB_ALIAS

from audit import anchors, claims
from audit.chain import FORM, GENESIS, digest
from audit.models import Entry
from ui.said import sentence

BATCH = 2000
NEIGHBOURHOOD = 500
_UNLIKE = sentence("entry %(number)s is not the one of %(who)s: the log was written anew from some point on")
_CUT_OFF = sentence("the log ends at entry %(last)s, and %(who)s has entry %(most)s: the newest were cut off")
_ONE_MISSING = sentence("entry %(number)s is missing")
_MISSING = sentence("entries %(first)s to %(last)s are missing")
_FORM = sentence("entry %(number)s says that it has form %(form)s, which this program does not know")
_OUT_OF_ORDER = sentence("entry %(number)s stands out of order: it was written as entry %(original)s")
_CHANGED = sentence("entry %(number)s was changed: its content does not match its hash")
_REPLACED = sentence("entry %(number)s does not follow entry %(before)s: one of the two was replaced, its hash with it")


class How(Enum):
    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_ORDER = "out of order"
    ANCHOR = "anchor"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which the chain does not hold."""

    sequence: int
    how: How
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was read: how many entries, the last of them, and where the chain broke, if it did."""

    count: int
    last: int
    hash: str
    broken: Break | None = None


Witness = Callable[[Entry], None]


def verify(start: int = 1, *, using: str = DEFAULT_DB_ALIAS, witness: Witness | None = None) -> Verdict:
    """Read the log from that entry on and stop at the first break. `witness` sees each entry that holds.

    Whatever is before `start` is taken at its word. What is known of the log outside of it (`audit.anchors`) and what
    others say that it must have (`audit.claims`) is compared, for the desk's own database. Reads in batches outside any
    transaction: the memory stays flat, nobody has to wait, and what is written meanwhile is read too.
    """
    previous, count, expected = _hash_before(start, using), 0, start
    promised = _promised(start, using)
    for entry in _entries(start, using):
        broken = _flaw(entry, expected, previous, using) or _unlike(entry, promised)
        if broken:
            return Verdict(count, expected - 1, previous, broken)
        if witness:
            witness(entry)
        previous, count, expected = entry.hash, count + 1, expected + 1
    return Verdict(count, expected - 1, previous, _lacking(expected - 1, promised, start, using))


Promised = dict[int, list[tuple[str, str]]]


def _promised(start: int, using: str) -> Promised:
    """By the number of an entry, the hashes that it must have, and who says so."""
    found: Promised = {}
    if using == DEFAULT_DB_ALIAS:
        for sequence, own, who in anchors.promised():
            if sequence >= start:
                found.setdefault(sequence, []).append((own, who))
    return found


def _unlike(entry: Entry, promised: Promised) -> Break | None:
    for own, who in promised.get(entry.sequence, ()):
        if own != entry.hash:
            says = _UNLIKE % {"number": entry.sequence, "who": who}
            return Break(entry.sequence, How.ANCHOR, says)
    return None


def _lacking(last: int, promised: Promised, start: int, using: str) -> Break | None:
    """What was to come after the last entry, which anchors do not hold by themselves, and what others miss."""
    if (most := max(promised, default=0)) > last:
        who = promised[most][0][1]
        says = _CUT_OFF % {"last": last, "who": who, "most": most}
        return Break(last + 1, How.MISSING, says)
    if using != DEFAULT_DB_ALIAS:
        return None
    _good, wrong = anchors.read()
    if wrong:
        return Break(last, How.ANCHOR, "; ".join(wrong))
    if start == 1 and (says := claims.missing(using)):
        return Break(last, How.MISSING, says)
    return None


def _entries(start: int, using: str) -> Iterator[Entry]:
    while batch := list(Entry.objects.using(using).filter(sequence__gte=start).order_by("sequence")[:BATCH]):
        yield from batch
        start = batch[-1].sequence + 1


def _hash_before(start: int, using: str) -> str:
    if start <= 1:
        return GENESIS
    before = Entry.objects.using(using).filter(sequence=start - 1).first()
    return before.hash if before else ""


def _flaw(entry: Entry, expected: int, previous: str, using: str) -> Break | None:
    number = entry.sequence
    if number != expected:
        one = number == expected + 1
        says = _ONE_MISSING % {"number": expected} if one else _MISSING % {"first": expected, "last": number - 1}
        return Break(expected, How.MISSING, says)
    if entry.form != FORM:
        return Break(number, How.CHANGED, _FORM % {"number": number, "form": entry.form})
    if digest(entry) != entry.hash:
        if (original := _original_place(entry, using)) is not None:
            return Break(number, How.OUT_OF_ORDER, _OUT_OF_ORDER % {"number": number, "original": original})
        return Break(number, How.CHANGED, _CHANGED % {"number": number})
    if entry.previous != previous:
        says = _REPLACED % {"number": number, "before": number - 1}
        return Break(number, How.CHANGED, says)
    return None


def _original_place(entry: Entry, using: str) -> int | None:
    """The number under which an entry was written, if its number is all that was changed; None if that is not found.

    It is the one after the entry that its `previous` names; where that one is gone too, it is
    looked for in the neighbourhood.
    """
    stored = entry.sequence
    named = Entry.objects.using(using).filter(hash=entry.previous).first()
    try:
        for number in (
            named.sequence + 1 if named else 1,
            *range(max(1, stored - NEIGHBOURHOOD), stored + NEIGHBOURHOOD),
        ):
            entry.sequence = number
            if number != stored and digest(entry) == entry.hash:
                return int(number)
    finally:
        entry.sequence = stored
    return None
