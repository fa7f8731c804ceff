"""Countries by name and by code, in the reader's language. The codes are those of ISO 3166, as the API wants them."""

import re
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

from domain import sorting

_CODE = re.compile(r"[A-Z]{2}")
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Two letters that CLDR has a name for and that are no country."""
_LONGEST = 100
"""Characters of a country's name."""


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """The codes of all countries and territories that CLDR knows."""
    return frozenset(_territories("en"))


@lru_cache(maxsize=64)
def names(language: str | None) -> Mapping[str, str]:
    """Code to name, sorted by name."""
    return dict(sorted(_territories(language).items(), key=lambda item: sorting.key_of(item[1], language)))


def _territories(language: str | None) -> dict[str, str]:
    found = _locale_of(language).territories
    return {code: name for code, name in found.items() if _CODE.fullmatch(code) and code not in _NO_COUNTRIES}


def _locale_of(language: str | None) -> Locale:
    try:
        return Locale.parse((language or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def _codes(language: str | None) -> Mapping[str, str]:
    return {name.casefold(): code for code, name in names(language).items()}


_AT_HOME = tuple(
    "bg cs da de el es et fi fr hr hu is it lt lv nb nl nn pl pt ro sk sl sv".split()  # noqa: SIM905 - a line, not thirty
)
"""Languages of Europe, whose countries people know by the names that stand in an address. Babel keeps what it has read
of a language, so it is not asked for all of the world's."""


@lru_cache(maxsize=1)
def _own_names() -> Mapping[str, str]:
    """The names of all countries in the languages of Europe, as Sverige or Deutschland. Where two
    differ, the first one counts."""
    found: dict[str, str] = {}
    for language in _AT_HOME:
        found = {**_codes(language), **found}
    return found


def code_of(text: str) -> str | None:
    """The code of a country written by name or by code; None if it is neither.

    Names are looked for in the reader's language, in English, and in the languages of Europe. Any two ASCII letters
    pass for a code: which ones there are is the API's to say.
    """
    written = text.strip()
    if len(written) > _LONGEST:
        return None
    if written.isascii() and _CODE.fullmatch(written.upper()):
        return written.upper()
    name = written.casefold()
    return _codes(get_language()).get(name) or _codes("en").get(name) or _own_names().get(name)
