"""Colleagues that a text mentions: "@" and their name, or the name of their account, in capitals or not.

A first name is enough where only one of those who can be mentioned has it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from teamwork.people import Colleague

_AT = re.compile(r"(?<![\w.@+-])@(?=\w)")
_WORD = re.compile(r"\w[\w.+-]*\b")


class Mentioned(NamedTuple):
    """`people`: each once, as they come; `unknown`: what stands behind an "@" and is nobody's name."""

    people: list[Colleague]
    unknown: list[str]


def mentions_any(text: str) -> bool:
    """Whether it is worth looking up who can be mentioned."""
    return bool(_AT.search(text))


def mentioned(text: str, people: Sequence[Colleague]) -> Mentioned:
    """Whom of these people the text mentions. The longest name that fits counts."""
    names = sorted(_names(people), key=lambda pair: len(pair[0]), reverse=True)
    found: dict[Colleague, None] = {}
    unknown: dict[str, None] = {}
    for at in _AT.finditer(text):
        rest = text[at.end() :]
        person = next((each for name, each in names if _begins_with(rest, name)), None)
        if person is not None:
            found[person] = None
        elif word := _WORD.match(rest):
            unknown[word[0]] = None
    return Mentioned(list(found), list(unknown))


def _names(people: Sequence[Colleague]) -> Iterable[tuple[str, Colleague]]:
    firsts = Counter(each.name.split()[0].casefold() for each in people if each.name)
    for each in people:
        first = each.name.split()[0] if each.name else ""
        yield each.account, each
        yield each.name, each
        if first and firsts[first.casefold()] == 1:
            yield first, each


def _begins_with(text: str, name: str) -> bool:
    beyond = text[len(name) : len(name) + 1]
    return text[: len(name)].casefold() == name.casefold() and not (beyond.isalnum() or beyond == "_")
