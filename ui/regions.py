"""The region whose way of writing numbers and dates a page follows: a reader of English in Sweden writes 1 847,00.

One for each request, beside Django's language and time zone. Empty: as the language alone has it.
"""

from contextvars import ContextVar
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from domain import countries

_active: ContextVar[str] = ContextVar("region", default="")

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_IN_ENGLISH = {
    (NO_BREAK_SPACE, ","): """
        AL AM AO AX BF BG BJ BL BY CD CG CI CR CV CZ DJ EE FI FR GA GE GF GN GP GW HT HU KG KZ LT LV MC MF MQ MZ NC NO
        PF PM PT RE RU SE SJ SK ST TG TJ TL TM UA UZ WF XK YT ZA""",
    (".", ","): """
        AD AR AT AW AZ BA BE BN BO BR CF CL CO DE DK DZ EA EC ES FO GL GQ GR HR IC ID IS IT LA LB LU LY MA MD ME MK MR
        NL PL RO RS SI SM SN SR TN TR UY VA VE VN""",
    ("’", "."): "CH LI",
}
_WRITTEN_IN_ENGLISH = {region: pair for pair, regions in _IN_ENGLISH.items() for region in regions.split()}
"""What CLDR says of each region, where it isn't 1,234.56 as in English: the page with all of them
would load 250 locales."""


def activate(region: str) -> None:
    """From now on in this thread or task; a territory's code (SE), or nothing."""
    _active.set(region if is_region(region) else "")


def get_region() -> str:
    return _active.get()


def is_region(code: str) -> bool:
    """Whether it is a territory that can be chosen."""
    return code in countries.codes()


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
    """The language's words in the region's order; where CLDR has no such pair, as the language is
    written outside its home."""
    own = language_locale(language)
    pairs = (f"{own.language}_{region}", f"{own.language}_001") if region else ()
    return next((found for pair in pairs if (found := _locale(pair))), own)


@lru_cache(maxsize=1024)
def number_locale(language: str | None, region: str) -> Locale:
    """Whose separators the region uses: those of language and region together, else of the region's
    own main language."""
    if not region:
        return language_locale(language)
    pair = _locale(f"{language_locale(language).language}_{region}")
    return pair or _locale(_main_locale(region)) or date_locale(language, region)


@lru_cache(maxsize=1024)
def separators(language: str | None, region: str) -> tuple[str, str]:
    """What stands between thousands, and before decimals, in that language and region."""
    if (language or "en") == "en" and (not region or is_region(region)):
        return _WRITTEN_IN_ENGLISH.get(region, (",", "."))
    return separators_by_babel(language, region)


def separators_by_babel(language: str | None, region: str) -> tuple[str, str]:
    """The same from CLDR itself, which loads the region's locale and keeps it."""
    symbols = number_locale(language, region).number_symbols["latn"]
    group = symbols["group"]
    return (NO_BREAK_SPACE if group.isspace() else group), symbols["decimal"]


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
