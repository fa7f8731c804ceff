"""Orders and value by day, as a drawing and as a table: 7, 30 or 90 days in the reader's zone, each currency apart."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from index.reading import days
from overview.scope import Scope
from ui.formats import format_amount, format_money, format_number, format_weekday

PERIODS = (7, 30, 90)
WIDTH, HEIGHT = 10, 100
"""Of a day in the drawing, and of the drawing."""
MOST_CURRENCIES = 6
_EVERY_MONDAY = 31
_WEEK = 7
_LAST_TO_BEGIN = 86
"""Percent, beyond which a label would not fit if it began there."""


class Day(NamedTuple):
    """A day: how many orders were placed, and what they come to by currency. `url` leads to its orders."""

    day: dt.date
    size: int
    sums: Mapping[str, Decimal]
    url: str
    is_today: bool = False


class Bar(NamedTuple):
    """One day of a drawing. `says` is day and figure in words."""

    x: int
    y: str
    height: str
    says: str
    url: str
    is_today: bool


class Label(NamedTuple):
    """What stands below a day, `at` so many percent of the drawing's width: where it begins, or, `is_at_end`, ends."""

    at: str
    text: str
    is_at_end: bool


class Chart(NamedTuple):
    """`title` says what is drawn, `says` sums it up in a sentence, `top` is the highest figure."""

    key: str
    title: str
    says: str
    top: str
    bars: Sequence[Bar]
    labels: Sequence[Label]

    @property
    def width(self) -> int:
        return WIDTH * len(self.bars)


def days_of(scope: Scope, count: int, now: dt.datetime) -> list[Day]:
    """The last so many days, today last. One statement."""
    today = timezone.localdate(now)
    found = days(scope.channels, today - dt.timedelta(days=count - 1), today, timezone.get_current_timezone())
    return [
        Day(
            day,
            sum(placed.size for placed in sums.values()),
            {currency: placed.total for currency, placed in sums.items()},
            scope.url("overview-day", day.isoformat()),
            day == today,
        )
        for day, sums in sorted(found.items())
    ]


def currencies_of(shown: Sequence[Day]) -> list[str]:
    """The currencies of these days, the one of most value first within its own; at most MOST_CURRENCIES."""
    met: dict[str, Decimal] = {}
    for day in shown:
        for currency, value in day.sums.items():
            met[currency] = met.get(currency, Decimal(0)) + value
    return sorted(met, key=lambda currency: (-met[currency], currency))[:MOST_CURRENCIES]


def charts_of(shown: Sequence[Day]) -> list[Chart]:
    """A drawing of how many orders there were, and one of each currency's value."""
    sizes = [Decimal(day.size) for day in shown]
    words = [
        ngettext("%(n)s order", "%(n)s orders", day.size) % {"n": format_number(Decimal(day.size), 0)} for day in shown
    ]
    charts = [_chart("orders", _("Orders"), shown, values=sizes, words=words, top=format_number(max(sizes), 0))]
    for currency in currencies_of(shown):
        values = [day.sums.get(currency, Decimal(0)) for day in shown]
        money = [format_money(value, currency) for value in values]
        top = format_amount(max(values), currency)
        charts.append(_chart(currency, currency or "–", shown, values=values, words=money, top=top))
    return charts


def _chart(  # noqa: PLR0913 - what a drawing is
    key: str, title: str, shown: Sequence[Day], *, values: Sequence[Decimal], words: Sequence[str], top: str
) -> Chart:
    most = max((value for value in values if value > 0), default=Decimal(0))
    only = "" if key == "orders" else f"?{urlencode({'currency': key})}"
    bars = []
    for number, (day, value, said) in enumerate(zip(shown, values, words, strict=True)):
        height = HEIGHT * max(value, Decimal(0)) / most if most else Decimal(0)
        bars.append(
            Bar(
                number * WIDTH + 1, f"{HEIGHT - height:.1f}", f"{height:.1f}",
                f"{format_weekday(day.day)}: {said}", f"{day.url}{only}", day.is_today,
            )
        )  # fmt: skip
    least = min(range(len(values)), key=values.__getitem__)
    highest = max(range(len(values)), key=values.__getitem__)
    says = _("%(title)s by day, %(first)s to %(last)s: between %(least)s and %(most)s, today %(today)s so far.") % {
        "title": title,
        "first": format_weekday(shown[0].day),
        "last": format_weekday(shown[-1].day),
        "least": words[least],
        "most": words[highest],
        "today": words[-1],
    }
    return Chart(key, title, says, top, bars, labels_of(shown))


def labels_of(shown: Sequence[Day]) -> list[Label]:
    """Each day of a week, the Mondays of a month, every other Monday of a quarter."""
    labels = []
    for number, each in enumerate(shown):
        if text := _label(each.day, len(shown)):
            at = Decimal(100 * number) / len(shown)
            is_at_end = at > _LAST_TO_BEGIN and len(shown) > _WEEK
            labels.append(Label(f"{min(at + 12, 100) if is_at_end else at:.2f}", text, is_at_end))
    return labels


def _label(day: dt.date, count: int) -> str:
    if count <= _WEEK:
        return format_weekday(day, "Ed")
    is_labelled = day.weekday() == 0 and (count <= _EVERY_MONDAY or day.isocalendar().week % 2 == 0)
    return format_weekday(day, "MMMd") if is_labelled else ""
