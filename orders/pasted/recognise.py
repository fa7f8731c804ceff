"""A pasted mail, column or message: what of it can be looked up, and what was passed over.

Pure. Nothing is left out without being told: `Recognised` counts identity numbers, has what was passed over by what it
was taken for, and says where a text is too long or names too much, which is then not looked up in part.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from domain.phones import subscriber
from domain.typed import plain
from orders.pasted import noise
from orders.pasted.noise import Passed
from orders.pasted.scan import Item, Kind, Left, Read, alike, scan
from orders.pasted.tables import Column, column_of, table_of
from privacy.cards import hide_cards
from privacy.text import hide_identity_numbers

LONGEST = 20_000
"""Characters of a paste."""
MOST = 500
"""Things that are looked up of one paste."""
_HIDDEN = "\ue000"
_SHARE = 0.6
"""Of the lines that hold one thing and no more, from which on the text is a list and no letter."""
_LONGEST_LINE = 80
_LIKELY = 10
"""Figures of a number beside an id or a link that may be an order's."""
_LINES = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NAMED = re.compile(r"[A-Z]{1,5}[-_ ]?([0-9]+)")
_STRONG = (Kind.ORDER, Kind.REFERENCE, Kind.PAYMENT)


class Find(NamedTuple):
    """Something to look up: `text` as it is asked for, `channel` the one that a link names, `times` how often it was
    there."""

    kind: Kind
    text: str
    channel: str = ""
    times: int = 1


class Recognised(NamedTuple):
    """`finds` in the order in which they were pasted, each once. `hidden` counts numbers that stand for a person or a
    card, of which nothing is kept. `column` is the one that was read where it was a table. `length` is that of the
    text, `is_too_long` and `are_too_many` say why nothing of it is to be looked up."""

    finds: tuple[Find, ...] = ()
    left: tuple[Left, ...] = ()
    hidden: int = 0
    column: Column | None = None
    length: int = 0

    @property
    def is_too_long(self) -> bool:
        return self.length > LONGEST

    @property
    def are_too_many(self) -> bool:
        return len(self.finds) > MOST

    @property
    def doubles(self) -> int:
        """How many of what is there were there before."""
        return sum(find.times - 1 for find in self.finds)


def recognise(text: str, prefixes: Iterable[str] = ()) -> Recognised:
    """What the text names. `prefixes` are what references of the person's channels are known to begin with.

    A text of more than LONGEST characters is not read. E-mail addresses and phones are taken from a list that has them,
    and from a text that names no order; beside orders in a letter they are whoever wrote it, and are passed over.
    """
    if len(text) > LONGEST:
        return Recognised(length=len(text))
    known = tuple(sorted({prefix for prefix in prefixes if prefix}))
    hidden = _Hidden()
    lines = [line for line in map(_unquoted, _LINES.split(unicodedata.normalize("NFKC", text))) if line.strip()]
    if (table := table_of(lines)) and (column := column_of(table, known)):
        cells = [row[column.number] if column.number < len(row) else "" for row in table.rows]
        reads = [scan(hidden.without(plain(cell)), known) for cell in cells]
        left = [Left(Passed.LINE, cell) for cell, read in zip(cells, reads, strict=True) if cell and not read.items]
        found = [item for read in reads for item in read.items]
        kept = [*(each for read in reads for each in read.left), *left]
        return Recognised(_once(found), _of_left(kept), hidden.count, column, len(text))
    pieces = [plain(piece) for line in lines for piece in line.split("\t") if piece.strip()]
    shown = [noise.BULLET.sub("", hidden.without(piece), count=1) for piece in pieces]
    reads = [scan(piece, known) for piece in shown]
    items, left = _meant(shown, reads)
    return Recognised(_once(items), _of_left(left), hidden.count, None, len(text))


def _unquoted(line: str) -> str:
    quoted = noise.QUOTE.match(line) if line.lstrip()[:1] == ">" else None
    return line[quoted.end() :] if quoted else line


class _Hidden:
    """Takes identity numbers and cards out of text, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def without(self, text: str) -> str:
        """A Swedish mobile number in one row is a phone, although some could be somebody's birthday."""
        text = text.replace(_HIDDEN, " ")
        if not any(sign.isdecimal() for sign in text):
            return text
        text = noise.PEOPLE.sub(_HIDDEN, text)
        shown, done = [], 0
        for found in noise.MOBILE_IN_ONE.finditer(text):
            shown += [hide_identity_numbers(text[done : found.start()], _HIDDEN), found[0]]
            done = found.end()
        whole = "".join([*shown, hide_identity_numbers(text[done:], _HIDDEN)])
        whole = noise.CARDS.sub(lambda found: _HIDDEN if hide_cards(found[0], dots="") != found[0] else found[0], whole)
        self.count += whole.count(_HIDDEN)
        return whole.replace(_HIDDEN, " ")


def _meant(pieces: Sequence[str], reads: Sequence[Read]) -> tuple[list[Item], list[Left]]:
    """What of all that was read is meant, and all that is not."""
    is_list = sum(read.is_alone for read in reads) >= _SHARE * len(reads)
    figures = set(alike(item for read in reads for item in read.items))
    names_orders = any(item.kind in _STRONG for read in reads for item in read.items)
    names_surely = any(item.is_sure and item.kind in _STRONG for read in reads for item in read.items)
    items: list[Item] = []
    left: list[Left] = []
    for piece, read in zip(pieces, reads, strict=True):
        left += read.left
        for item in read.items:
            if why := _not_meant(
                item, read, is_list=is_list, names_orders=names_orders, figures=figures, names_surely=names_surely
            ):
                left.append(Left(why, item.text))
            else:
                items.append(item)
        if is_list and not read.items and not read.left and piece.strip():
            left.append(Left(Passed.LINE, piece.strip()[:_LONGEST_LINE]))
    return items, left


def _not_meant(  # noqa: PLR0913 - by name
    item: Item, read: Read, *, is_list: bool, names_orders: bool, names_surely: bool, figures: set[int]
) -> Passed | None:
    """Beside orders a letter has whoever wrote it, and numbers that are built otherwise than those of its orders."""
    if item.kind in (Kind.EMAIL, Kind.PHONE):
        beside = Passed.EMAIL if item.kind is Kind.EMAIL else Passed.PHONE
        return beside if names_orders and not (is_list and read.is_alone) else None
    if item.kind is not Kind.REFERENCE or item.is_sure or read.is_alone or not names_surely:
        return None
    if (named := _NAMED.fullmatch(item.text)) and len(named[1]) in figures:
        return None  # of a shop whose references nobody has seen yet
    is_likely = len(item.text) in figures if figures else len(item.text) <= _LIKELY and item.text[0] != "0"
    return None if item.text.isdecimal() and is_likely else Passed.OTHER_NUMBER


def key_of(item: Item | Find) -> tuple[str, str]:
    """The same for two spellings of one thing."""
    if item.kind is Kind.PHONE:
        return item.kind, subscriber(item.text) or item.text
    is_exact = item.kind in (Kind.ORDER, Kind.PAYMENT)
    return item.kind, item.text if is_exact else item.text.lstrip("#").casefold()


def _once(items: Iterable[Item]) -> tuple[Find, ...]:
    """Each once, where it stood first; with the channel, if a link says it anywhere."""
    found: dict[tuple[str, str], Find] = {}
    for item in items:
        before = found.get(key := key_of(item))
        found[key] = (
            before._replace(times=before.times + 1, channel=before.channel or item.channel)
            if before
            else Find(item.kind, item.text, item.channel)
        )
    return tuple(found.values())


def _of_left(left: Iterable[Left]) -> tuple[Left, ...]:
    return tuple(dict.fromkeys(left))


def counted(left: Iterable[Left]) -> dict[Passed, int]:
    """How much was passed over as what, in the order of Passed."""
    count = Counter(each.why for each in left)
    return {why: count[why] for why in Passed if count[why]}


def shown(left: Iterable[Left]) -> Iterator[Left]:
    """What of that may stand on a page: no addresses and phones of people, who are nobody's business here."""
    return (each for each in left if each.why not in (Passed.EMAIL, Passed.PHONE, Passed.LINK))
