"""Amounts, times and names of countries as the reader writes them. Pure functions; the template tags call them."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from django.utils import timezone
from django.utils.translation import get_language, gettext

from domain.money import code_of, minor_units
from ui.regions import NO_BREAK_SPACE, date_locale, get_region, language_locale, separators

MINUS = "\N{MINUS SIGN}"


def locale_of(language: str | None) -> Locale:
    """The Babel locale of a language code, for its words; English where Babel does not know it."""
    return language_locale(language)


def format_number(value: Decimal, decimals: int) -> str:
    """A number with the reader's separators, a real minus, and no space that a line could break at."""
    return write_number(value, decimals, get_language(), get_region())


@lru_cache(maxsize=4096)
def write_number(value: Decimal, decimals: int, language: str | None, region: str) -> str:
    """A number as it is written in that language and region."""
    group, point = separators(language, region)
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    text = text.translate({ord(","): group, ord("."): point})
    return f"{MINUS}{text}" if rounded < 0 else text


def format_amount(value: Decimal | None, currency: str | None) -> str:
    """An amount in major units with as many decimals as its currency has; more, if the amount has
    more (never hidden)."""
    if value is None:
        return "–"
    needed = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return format_number(value, max(minor_units(currency or ""), needed))


def format_money(value: Decimal | None, currency: str | None) -> str:
    """An amount with its currency, on one line."""
    return f"{format_amount(value, currency)}{NO_BREAK_SPACE}{code_of(currency)}".rstrip()


def format_beside(value: Decimal, currency: str, said: str) -> str:
    """An amount where the currency `said` stands beside it already: only another one is named."""
    return format_amount(value, currency) if currency == said else format_money(value, currency)


def format_percent(fraction: Decimal | None) -> str:
    """A VAT rate: 0.25 becomes 25 %."""
    if fraction is None:
        return "–"
    percent = (fraction * 100).normalize()
    exponent = percent.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return f"{format_number(percent, min(decimals, 3))}{NO_BREAK_SPACE}%"


@lru_cache(maxsize=4096)
def _day(day: dt.date, this_year: bool, language: str | None, region: str) -> str:
    skeleton = "MMMd" if this_year else "yMMMd"
    return format_skeleton(skeleton, dt.datetime.combine(day, dt.time()), locale=date_locale(language, region))


@lru_cache(maxsize=4096)
def _full_day(day: dt.date, language: str | None, region: str) -> str:
    return str(format_date(day, "full", locale=date_locale(language, region)))


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, second: int | None, language: str | None) -> str:
    pattern = "HH:mm" if second is None else "HH:mm:ss"
    return format_time(dt.time(hour, minute, second or 0), pattern, locale=locale_of(language))


def format_day(moment: dt.datetime, *, now: dt.datetime | None = None) -> str:
    """Today, Yesterday, or the date, in the reader's zone; the year only where it is another one."""
    today = timezone.localtime(now or timezone.now()).date()
    day = timezone.localtime(moment).date()
    if day == today:
        return gettext("Today")
    if day == today - dt.timedelta(days=1):
        return gettext("Yesterday")
    return _day(day, day.year == today.year, get_language(), get_region())


def format_calendar_day(day: dt.date) -> str:
    """A day of the calendar, in the middle of a sentence: today, tomorrow, yesterday, or the date; the year only where
    it is another one."""
    today = timezone.localdate()
    near = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}.get((day - today).days)
    return near or _day(day, day.year == today.year, get_language(), get_region())


@lru_cache(maxsize=4096)
def _weekday(day: dt.date, skeleton: str, language: str | None, region: str) -> str:
    return format_skeleton(skeleton, dt.datetime.combine(day, dt.time()), locale=date_locale(language, region))


def format_weekday(day: dt.date, skeleton: str = "MMMEd") -> str:
    """A day with its weekday, as in "Mon, 23 Nov"; or what that skeleton of CLDR asks for."""
    return _weekday(day, skeleton, get_language(), get_region())


def format_date_of(moment: dt.datetime) -> str:
    """A moment that stands for a day, such as midnight of one: that day, whatever the reader's zone."""
    return _day(moment.date(), False, get_language(), get_region())


def format_clock(moment: dt.datetime, *, seconds: bool = False) -> str:
    """The time of day in the reader's zone."""
    local = timezone.localtime(moment)
    return _clock(local.hour, local.minute, local.second if seconds else None, get_language())


_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def isolated(text: str) -> str:
    """Text from outside, for the middle of a sentence: what is written from right to left, or turns the line round,
    does so to itself alone (Unicode Standard Annex 9, 6.3)."""
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}" if _TURNS.search(text) else text


def format_zoned(moment: dt.datetime) -> str:
    """For paper, where nobody knows what day today was: local date and time to the second, with the zone's name."""
    local = timezone.localtime(moment)
    return f"{_full_day(local.date(), get_language(), get_region())} {local:%H:%M:%S} {local.tzname()}"


def format_for_paper(moment: dt.datetime) -> str:
    """A time as it stands in a printed table: local date, always with its year, and the time of day."""
    local = timezone.localtime(moment)
    return f"{_day(local.date(), False, get_language(), get_region())} {format_clock(moment)}"


def format_exact(moment: dt.datetime) -> str:
    """The whole truth, for a tooltip: local date and time with the zone's name, and UTC."""
    return f"{format_zoned(moment)} · {moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def country_name(code: str | None) -> str:
    """A country's name in the reader's language; the code itself where there is none (it came from
    the API as it is)."""
    return _country_name(code, get_language()) if code else ""


@lru_cache(maxsize=1024)
def _country_name(code: str, language: str | None) -> str:
    return str(locale_of(language).territories.get(code.upper(), code))
