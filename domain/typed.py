"""What people type and paste: without what cannot be seen, and in the spellings in which somebody else may have
written it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import product

# Nothing of these is seen where it stands, and not all of them are of the category Cf (Unicode,
# Default_Ignorable_Code_Point).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_ACCENTS_ALONE = {ord(sign): "'" for sign in "´΄᾽᾿῾ˊˋ"}
"""Typed for an apostrophe; NFKC would make a blank and an accent of most of them."""
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58]")
MOST_SPELLINGS = 24
"""Ways to write one name: all of them go into one call."""
_LONGEST_NAME = 60
_MOST_BYTES = 2400


def tidy(text: str) -> str:
    """The text as it was meant: what cannot be seen is left out (format and control characters, byte order marks, soft
    hyphens), compatible characters are the plain ones (NFKC), and each run of blanks of whatever kind is one."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text).translate(_ACCENTS_ALONE)))
    return " ".join("".join(filter(None, map(_kept, seen))).split())


def _kept(sign: str) -> str:
    if sign.isspace():
        return " "
    kind = unicodedata.category(sign)
    if kind == "Nd":  # digits of any script are those that numbers are kept in
        return str(unicodedata.digit(sign))
    return "" if kind in ("Cf", "Cc", "Cs") else sign


def plain(text: str) -> str:
    """Tidied, with the dashes and quotes of typesetters as keyboards have them: O’Brien is O'Brien."""
    return _DASHES.sub("-", tidy(text)).translate(_KEYBOARD)


_KEYBOARD = {ord(sign): "'" for sign in "’‘ʼʹ′`‛ˈʻʽ"} | {ord(sign): '"' for sign in "“”„‟″«»"}
_JOINTS = {"'": "'’ʼ´", "-": "- \u2011–", " ": " -"}
"""What stands between parts of a name, and what may stand there instead."""
_JOINT = re.compile("['\\- ]")
_MOST_JOINTS = 4


def _table(pairs: str) -> list[tuple[str, str]]:
    return [(old, new) for old, _, new in (pair.partition(">") for pair in pairs.split())]


_HABITS = (
    _table("aa>å ae>æ oe>ø"),
    _table("aa>å ae>ä oe>ö ue>ü"),
    _table("å>aa ä>ae æ>ae ö>oe ø>oe ü>ue ß>ss"),
    _table("ä>æ ö>ø"),
    _table("æ>ä ø>ö"),
    _table("å>a ä>a æ>a ö>o ø>o ü>u é>e ł>l đ>d ð>d þ>th ı>i"),
    _table("ss>ß"),
)
"""How letters are written that not every keyboard has, or that neighbours write otherwise: a habit holds for a whole
name, and each of its pairs alone."""


def name_spellings(name: str) -> list[str]:
    """The ways in which that name may have been written, as typed first; MOST_SPELLINGS at most.

    Soeren is Søren and Sören, O'Brien is O’Brien, Åkesson Öhrn is Åkesson-Öhrn, Strauss is Strauß, and each the other
    way round.
    """
    simple = plain(name)
    if len(simple) > _LONGEST_NAME:
        return list(dict.fromkeys([tidy(name), simple]))
    lettered = list(dict.fromkeys(_lettered(simple)))
    ways = dict.fromkeys([tidy(name), simple, *_jointed(simple), *lettered])
    for each in lettered:
        ways |= dict.fromkeys(_jointed(each))
    return list(_within_bounds(list(ways)[:MOST_SPELLINGS]))


def _within_bounds(ways: Iterable[str]) -> Iterator[str]:
    """As many as an address takes, in which each byte outside of ASCII is written as three."""
    left = _MOST_BYTES
    for way in ways:
        left -= len(way.encode()) * 2
        if left < 0:
            return
        yield way


def _jointed(name: str) -> Iterator[str]:
    """With what joins its parts written in each way."""
    parts, joints = _JOINT.split(name), _JOINT.findall(name)
    if 0 < len(joints) <= _MOST_JOINTS:
        for chosen in product(*(_JOINTS[joint] for joint in joints)):
            yield parts[0] + "".join(joint + part for joint, part in zip(chosen, parts[1:], strict=True))


def _lettered(name: str) -> Iterator[str]:
    for habit in _HABITS:
        yield _swapped(name, habit)
    for habit in _HABITS:
        for pair in habit:
            yield _swapped(name, [pair])


def _swapped(name: str, pairs: Iterable[tuple[str, str]]) -> str:
    """As case has it: Aa is Å."""
    for old, new in pairs:
        for before, after in ((old, new), (old.capitalize(), new.capitalize()), (old.upper(), new.upper())):
            name = name.replace(before, after)
    return name
