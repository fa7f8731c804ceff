"""The region whose way of writing numbers and dates a page follows: a reader of English in Sweden writes 1 847,00.

One for each request, beside Django's language and time zone. Empty: as the language alone has it.
"""

import re
from functools import lru_cache

from asgiref.local import Local
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_TERRITORY = re.compile(r"[A-Z]{2}")
_NO_TERRITORIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_active = Local()


def activate(region: str) -> None:
    """From now on in this thread or task; a territory's code (SE), or nothing."""
    _active.value = region if is_region(region) else ""


def get_region() -> str:
    return getattr(_active, "value", "")


@lru_cache(maxsize=1)
def all_regions() -> frozenset[str]:
    """The codes of the territories that can be chosen (ISO 3166, as far as CLDR knows them)."""
    return (
        frozenset(code for code in map(str, Locale("en").territories) if _TERRITORY.fullmatch(code)) - _NO_TERRITORIES
    )


def is_region(code: str) -> bool:
    return code in all_regions()


def validate_region(code: str) -> None:
    if not is_region(code):
        raise ValidationError(_("There is no country “%(code)s”."), "region", {"code": code})


def region_of(accept_language: str) -> str:
    """The territory that a browser's Accept-Language names first, as in `sv-SE,sv;q=0.9`; nothing if it names none."""
    for part in accept_language[:500].split(","):
        for subtag in part.partition(";")[0].strip().split("-")[1:]:
            if is_region(subtag.upper()):
                return subtag.upper()
    return ""


@lru_cache(maxsize=64)
def language_locale(language: str | None) -> Locale:
    """The locale of a language alone; English where CLDR does not know it."""
    return _locale((language or "en").replace("-", "_")) or Locale("en")


@lru_cache(maxsize=1024)
def date_locale(language: str | None, region: str) -> Locale:
    """The language's words in the region's order; where CLDR has no such pair, as the language is written outside its home."""
    own = language_locale(language)
    pairs = (f"{own.language}_{region}", f"{own.language}_001") if region else ()
    return next((found for pair in pairs if (found := _locale(pair))), own)


@lru_cache(maxsize=1024)
def number_locale(language: str | None, region: str) -> Locale:
    """Whose separators the region uses: those of language and region together, else of the region's own main language."""
    if not region:
        return language_locale(language)
    pair = _locale(f"{language_locale(language).language}_{region}")
    return pair or _locale(_main_locale(region)) or date_locale(language, region)


def reader_locale() -> Locale:
    """For dates on the page that is being written."""
    return date_locale(get_language(), get_region())


def _main_locale(region: str) -> str:
    return str(get_global("likely_subtags").get(f"und_{region}", f"en_{region}"))


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return None
