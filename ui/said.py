"""Sentences that were made in English, by a part of the program that knows no reader or for one who comes later, in the
language of whoever reads them now.

They are kept and logged as they are. What they were made of is told by their templates, which each part registers.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext

_templates: list[tuple[str, list[str], list[str]]] = []
_NAME = re.compile(r"%\((\w+)\)s")
_DEEPEST = 4


def sentence(template: str) -> str:
    """The same text, known from now on. Its placeholders have names, as in `entry %(number)s was changed`."""
    literals, names = _NAME.split(template)[::2], _NAME.findall(template)
    if names and all(literals[1:-1]) and any(each.strip() for each in literals):
        _templates.append((template, literals, names))
    return template


def register(templates: Iterable[str]) -> None:
    """To be called once, when the program starts, for those that another room has."""
    for template in templates:
        sentence(template)


def said(text: object) -> str:
    """A sentence in the language of now; as it is where nobody registered what it was made of."""
    return _said(str(text), _DEEPEST) if text else ""


def _said(text: str, deep: int) -> str:
    if not text or not deep:
        return text
    if (own := gettext(text)) != text:
        return own
    for template, literals, names in _templates:
        parts = _taken_apart(text, literals)
        if parts is not None:
            return gettext(template) % {name: _said(part, deep - 1) for name, part in zip(names, parts, strict=True)}
    head, opened, code = text.rpartition(" (")  # as an error of the API is shown: words (code)
    return f"{_said(head, deep - 1)}{opened}{code}" if opened and code.endswith(")") else text


def _taken_apart(text: str, literals: list[str]) -> list[str] | None:
    """What stands between the literals, if the text has all of them in their order."""
    first, last = literals[0], literals[-1]
    if not (text.startswith(first) and text.endswith(last) and len(text) > len(first) + len(last)):
        return None
    parts, at, end = [], len(first), len(text) - len(last)
    for literal in literals[1:-1]:
        found = text.find(literal, at, end)
        if found < 0:
            return None
        parts.append(text[at:found])
        at = found + len(literal)
    return [*parts, text[at:end]]


REMOVED = sentence("Removed: the customer asked to be forgotten.")
"""What stands where a text that somebody wrote was removed whole (`manage.py forget`)."""


def written(text: object) -> str:
    """What somebody wrote, as it is; in the language of now that it was removed, where it was."""
    return gettext(REMOVED) if text == REMOVED else str(text)
