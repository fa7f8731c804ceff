"""One piece of a paste, a line or a cell: what it names, and what in it was passed over.

Pure. Pieces are tidied (domain.typed.plain) and without identity numbers when they come here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from domain.phones import HOMES, compact, every_spelling
from orders.list.find import is_order_id, is_payment_id
from orders.pasted import noise
from orders.pasted.noise import Passed

FEWEST_FIGURES = 5
"""Of a number in a sentence that is taken for an order's; with letters beside it one less."""
MOST_FIGURES = 16
LONGEST_RANGE = 100
"""Numbers from the first to the last of a range that is looked up whole."""
_GONE = "\x1f"
"""Stands where something was read already: neither a blank, nor a letter, nor a figure."""
_WRAPPING = " \t\"'“”„«»‘’`´*~_<>()[]{}=.,;:!?…|"
_FIGURES = re.compile(r"\d")
_ORDER_IN_ADDRESS = re.compile(r"(?:/([\w.-]{1,63})/([\w.-]{1,63}))?/orders/([\w-]{1,100})(?![\w-])", re.ASCII)
_NO_CHANNEL = frozenset({"http:", "https:", ""})
_NOT_AN_ORDER = frozenset({"find", "new"})
_CODES = ("46", "47", "45", "358", "49", "31")
"""Of the countries whose phones are looked for also where their + is gone."""
_SKIN = re.compile(r"(?:mailto|tel|callto|sms):", re.IGNORECASE)


class Kind(StrEnum):
    """What can be looked up. The values are the ways of `orders.list.find`."""

    ORDER = "order"
    PAYMENT = "payment_id"
    REFERENCE = "reference"
    EMAIL = "emails"
    PHONE = "phones"


class Item(NamedTuple):
    """Something that a piece names, at its place. `is_sure`: a label, a known prefix or its form says that it is meant,
    so that it needs no line of its own. `channel`: the one that a link names, as norce/se."""

    at: int
    kind: Kind
    text: str
    is_sure: bool = False
    channel: str = ""


class Left(NamedTuple):
    """Something that was passed over, as what."""

    why: Passed
    text: str


class Read(NamedTuple):
    """`is_alone`: the piece is what it names, and nothing else."""

    items: tuple[Item, ...]
    left: tuple[Left, ...]
    is_alone: bool = False


@lru_cache(maxsize=64)
def known_pattern(prefixes: tuple[str, ...]) -> re.Pattern[str] | None:
    """References that begin as those of the channels do, in any case, and with or without what joins the two parts."""
    stems = {stem for prefix in prefixes if (stem := prefix.rstrip("-_/ #"))}
    if not stems:
        return None
    either = "|".join(map(re.escape, sorted(stems, key=len, reverse=True)))
    return re.compile(
        rf"(?<![A-Za-z0-9])({either})[-_/ #]?(\d{{4,20}}(?:-\d{{1,2}}(?![\d-]))?)(?![A-Za-z0-9]|[.,]\d\d(?!\d))",
        re.IGNORECASE,
    )


def scan(text: str, prefixes: tuple[str, ...] = ()) -> Read:
    """What the piece names, in the order in which it stands there."""
    if noise.HEADER.match(text) and "<" in text:
        return Read((), ())
    alone, ranged = text.strip(_WRAPPING), known_range(prefixes)
    is_range = bool(ranged and ranged.fullmatch(alone))
    if alone and not is_range and (found := _alone(alone, prefixes)):
        return found
    reading = _Reading(text, prefixes)
    reading.run()
    rest = re.sub(r"[\W_]", "", reading.rest.replace(_GONE, ""))
    return Read(tuple(sorted(reading.items)), tuple(reading.left), is_alone=not rest and len(reading.items) == 1)


def written(prefixes: Iterable[str], stem: str, number: str) -> str:
    """The reference as the channel writes it."""
    whole = next((each for each in prefixes if each.rstrip("-_/ #").lower() == stem.lower()), stem)
    return f"{whole}{number}"


def _alone(text: str, prefixes: tuple[str, ...]) -> Read | None:
    """A piece that is one thing. Who gives it a line of its own means it: also where it could be a date or a postcode
    within a sentence."""
    if noise.ROUNDED.fullmatch(text):
        return Read((), (Left(Passed.ROUNDED, text),))
    if whole := noise.WITH_NOTHING_BEHIND.fullmatch(text):
        text = whole[1]
    found = _identified(text, prefixes) or _number(text) or _word(text)
    return Read((Item(0, *found, is_sure=True),), (), is_alone=True) if found else None


def _identified(text: str, prefixes: tuple[str, ...]) -> tuple[Kind, str] | None:
    """What looks like nothing else: ids, and references of a known kind."""
    if is_order_id(text):
        return Kind.ORDER, text
    if is_payment_id(text):
        return Kind.PAYMENT, text
    known = known_pattern(prefixes)
    found = known.fullmatch(text.lstrip("#")) if known else None
    return (Kind.REFERENCE, written(prefixes, found[1], found[2])) if found else None


def _number(text: str) -> tuple[Kind, str] | None:
    """A number in groups of three, as spreadsheets show it."""
    joined = re.sub(r"\D", "", text)
    is_one = noise.IN_GROUPS.fullmatch(text) and not text.startswith("0") and len(joined) >= FEWEST_FIGURES
    return (Kind.REFERENCE, joined) if is_one else None


def _word(text: str) -> tuple[Kind, str] | None:
    """Any word with figures in it that is nothing else."""
    if " " in text or "@" in text or "/orders/" in text or not noise.TOKEN.fullmatch(text):
        return None
    if noise.DATES.fullmatch(text) or is_phone(text) or _twins(text):
        return None
    figures = len(_FIGURES.findall(text))
    is_one = figures >= 3 or (figures and len(text) > 3)
    if not is_one or (text.isdecimal() and figures > MOST_FIGURES):
        return None
    return Kind.REFERENCE, text.removeprefix("#") if text[1:].isdecimal() else text


def is_phone(text: str) -> bool:
    """Whether it is a phone's number rather than an order's: one that its country gives out, or written as such."""
    number = compact(text)
    if not number or not text.startswith(("+", "0", "(")):
        return False
    if text.startswith("+") or not text.isdecimal():
        return len(number.lstrip("+")) >= 7
    return _is_given_out(number)


def is_phone_without_plus(text: str) -> bool:
    """Whether a number would be a phone's if there were a + before it."""
    is_abroad = text.isdecimal() and 10 <= len(text) <= 13 and text.startswith(_CODES)
    return is_abroad and _is_given_out(f"+{text}")


@lru_cache(maxsize=512)
def _is_given_out(number: str) -> bool:
    """Whether it is valid somewhere: then it has other spellings than the one that was typed."""
    return len(every_spelling(number)) > 1 and len(number) >= 8 and bool(HOMES)


@lru_cache(maxsize=64)
def known_range(prefixes: tuple[str, ...]) -> re.Pattern[str] | None:
    """From one reference of a known kind to another, the second with or without what it begins with."""
    stems = {stem for prefix in prefixes if (stem := prefix.rstrip("-_/ #"))}
    if not stems:
        return None
    one = rf"({'|'.join(map(re.escape, sorted(stems, key=len, reverse=True)))})[-_/ #]?"
    return re.compile(
        rf"(?<![A-Za-z0-9]){one}(\d{{4,20}}) ?(?:-|\.\.|till|til|to|bis) ?(?:{one})?(\d{{4,20}})(?![A-Za-z0-9])",
        re.IGNORECASE,
    )


def between(first: str, last: str) -> list[str]:
    """All numbers from one to the other of the same length, where that is a few of them; else the two."""
    start, end = int(first), int(last)
    if len(first) == len(last) and 0 < end - start <= LONGEST_RANGE:
        return [f"{number:0{len(first)}}" for number in range(start, end + 1)]
    return [first, last]


def _twins(text: str) -> list[str]:
    """Two or more numbers of one length with a slash between them, or a dash: those between the two as well."""
    if dash := re.fullmatch(r"#?(\d{5,16})-(\d{5,16})", text):
        return between(dash[1], dash[2]) if len(dash[1]) == len(dash[2]) else []
    parts = text.removeprefix("#").split("/")
    is_so = len(parts) > 1 and all(part.isdecimal() and len(part) >= FEWEST_FIGURES for part in parts)
    return parts if is_so and len({len(part) for part in parts}) == 1 else []


class _Reading:
    """A piece that is read step by step; what was read is taken out of `rest`, in which all else keeps its place."""

    def __init__(self, text: str, prefixes: tuple[str, ...]) -> None:
        self.rest = text
        self.prefixes = prefixes
        self.items: list[Item] = []
        self.left: list[Left] = []

    def run(self) -> None:
        self.take(noise.URL, self.link)
        self.take(noise.BLOB, lambda _found: True)
        self.take(noise.PATH, self.link)
        self.rest = _SKIN.sub(lambda found: " " * len(found[0]), self.rest)
        self.take(noise.EMAIL, lambda found: self.item(found, Kind.EMAIL, found[0].strip(".")))
        self.take(noise.UUID, self.passing(Passed.OTHER_NUMBER))
        self.take(noise.PARCEL_LABELLED, self.passing(Passed.PARCEL, 1))
        self.take(noise.OF_A_PROVIDER, self.passing(Passed.OTHER_NUMBER, 1))
        self.take(noise.VAT, self.passing(Passed.OTHER_NUMBER))
        if ranged := known_range(self.prefixes):
            self.take(ranged, self.range)
        self.take(noise.LABELLED, self.labelled)
        if known := known_pattern(self.prefixes):
            self.take(known, lambda found: self.item(found, Kind.REFERENCE, written(self.prefixes, *found.groups())))
        self.take(noise.OTHER_LABELLED, self.passing(Passed.OTHER_NUMBER, 1))
        self.take(noise.SUMS, self.passing(Passed.AMOUNT, 1))
        for pattern, why in (
            (noise.ADDRESS_OF_A_MACHINE, Passed.OTHER_NUMBER),
            (noise.DATES, Passed.DATE),
            (noise.PARCELS, Passed.PARCEL),
            (noise.ROUNDED, Passed.ROUNDED),
        ):
            self.take(pattern, self.passing(why))
        self.take(noise.PHONES, self.phone)
        self.take(noise.POSTCODES, self.passing(Passed.POSTCODE))
        self.take(noise.AMOUNTS, self.passing(Passed.AMOUNT))
        self.take(noise.TIMES, self.passing(Passed.TIME))
        self.take(noise.TOKEN, self.token)

    def take(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], bool]) -> None:
        """What the pattern finds goes out of the rest where `read` says that it was that."""
        gone = [found.span() for found in pattern.finditer(self.rest) if read(found)]
        for start, end in gone:
            self.rest = f"{self.rest[:start]}{_GONE * (end - start)}{self.rest[end:]}"

    def item(self, found: re.Match[str], kind: Kind, text: str, *, is_sure: bool = True) -> bool:
        self.items.append(Item(found.start(), kind, text, is_sure))
        return True

    def passing(self, why: Passed, group: int = 0) -> Callable[[re.Match[str]], bool]:
        def passed(found: re.Match[str]) -> bool:
            if group and not _FIGURES.search(found[group]):
                return False
            self.left.append(Left(why, found[group].strip()))
            return True

        return passed

    def link(self, found: re.Match[str]) -> bool:
        """A link to an order, of this desk or another, old or new, also inside of another link, as mail programs wrap
        them."""
        address = found[0].rstrip(".,;:!?)]}>'*_")
        for each in (address, unquote(address), unquote(unquote(address))):
            if named := _ORDER_IN_ADDRESS.search(each):
                merchant, channel, order_id = named[1] or "", named[2] or "", named[3]
                if is_order_id(order_id):
                    of = f"{merchant}/{channel}" if merchant and _names_a_channel(each, named) else ""
                    self.items.append(Item(found.start(), Kind.ORDER, order_id, is_sure=True, channel=of))
                    return True
                if len(_FIGURES.findall(order_id)) >= FEWEST_FIGURES:
                    self.items.append(Item(found.start(), Kind.REFERENCE, order_id))
                    return True
        self.left.append(Left(Passed.LINK, address))
        return True

    def labelled(self, found: re.Match[str]) -> bool:
        """What stands behind “order number”: also a short one, where it is called a number."""
        token = found["token"].strip("_-/")
        if is_order_id(token):
            return self.item(found, Kind.ORDER, token)
        figures = len(_FIGURES.findall(token))
        is_called = bool(found["says"] or "#" in found["mark"] or ":" in found["mark"])
        fewest = 3 if is_called else FEWEST_FIGURES - 1 if not token.isdecimal() else FEWEST_FIGURES
        if figures < fewest or (token.isdecimal() and figures > MOST_FIGURES):
            return False
        if noise.DATES.fullmatch(token) or noise.UUID.fullmatch(token) or _twins(token):
            return False
        known = known_pattern(self.prefixes)
        if known and (whole := known.fullmatch(token)):
            return self.item(found, Kind.REFERENCE, written(self.prefixes, *whole.groups()))
        return self.item(found, Kind.REFERENCE, token)

    def range(self, found: re.Match[str]) -> bool:
        stem, first, other, last = found.groups()
        if len(first) != len(last) or (other or stem).lower() != stem.lower():
            return False
        self.items += [
            Item(found.start() + n, Kind.REFERENCE, written(self.prefixes, stem, number), is_sure=True)
            for n, number in enumerate(between(first, last))
        ]
        return True

    def phone(self, found: re.Match[str]) -> bool:
        text = found[0].strip(" -/.")
        if not is_phone(text):
            return False
        return self.item(found, Kind.PHONE, text)

    def token(self, found: re.Match[str]) -> bool:
        text = noise.GLUED.sub("", found[0].rstrip("-_/"), count=1)
        if is_order_id(text):
            return self.item(found, Kind.ORDER, text)
        if is_payment_id(text):
            return self.item(found, Kind.PAYMENT, text)
        if twins := _twins(text):
            self.items += [Item(found.start() + n, Kind.REFERENCE, each) for n, each in enumerate(twins)]
            return True
        bare = text.lstrip("#")
        figures = len(_FIGURES.findall(bare))
        fewest = 3 if text.startswith("#") else FEWEST_FIGURES if bare.isdecimal() else FEWEST_FIGURES - 1
        if figures < fewest:
            if figures >= 3 and bare.isdecimal():
                self.left.append(Left(Passed.SHORT, text))
            return False
        if bare.isdecimal() and (why := _no_order(bare)):
            self.left.append(Left(why, text))
            return True
        return self.item(found, Kind.REFERENCE, bare if bare.isdecimal() else text, is_sure=False)


def _no_order(figures: str) -> Passed | None:
    """As what a number within a sentence is passed over."""
    if noise.DAY_IN_FIGURES.fullmatch(figures):
        return Passed.DATE
    if len(figures) > MOST_FIGURES:
        return Passed.PARCEL
    return Passed.ARTICLE if len(figures) == 13 and _is_ean(figures) else None


def _is_ean(figures: str) -> bool:
    return sum(int(each) * (3 if n % 2 else 1) for n, each in enumerate(figures)) % 10 == 0


def _names_a_channel(address: str, named: re.Match[str]) -> bool:
    """Whether the two parts before /orders/ are a merchant and a channel, and not a host and a folder."""
    before = address[: named.start()]
    return not before.endswith(("/", ":")) and named[1] not in _NO_CHANNEL and named[3] not in _NOT_AN_ORDER


def alike(items: Iterable[Item]) -> Iterator[int]:
    """How many figures the numbers have that are sure to be orders'."""
    for item in items:
        if item.is_sure and item.kind is Kind.REFERENCE:
            yield len(_FIGURES.findall(item.text))
