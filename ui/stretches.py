"""Days as people mean them: in their own time zone, the last one counting in full."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from babel.dates import format_date
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ui.formats import format_clock
from ui.regions import reader_locale


class Preset(StrEnum):
    """Stretches of days that move with the calendar, and the one that does not."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "7-days"
    MONTH = "30-days"
    THIS_MONTH = "this-month"
    CUSTOM = "custom"


ASKED_MOST: Mapping[Preset, Promise] = {
    Preset.TODAY: gettext_lazy("Today"),
    Preset.YESTERDAY: gettext_lazy("Yesterday"),
    Preset.WEEK: gettext_lazy("7 days"),
    Preset.MONTH: gettext_lazy("30 days"),
    Preset.THIS_MONTH: gettext_lazy("This month"),
}
"""Those that a list has one click away, in the few words that there is room for."""


def days_of(preset: Preset, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and the last day of a preset, both included; None for the custom one."""
    if preset is Preset.CUSTOM:
        return None
    yesterday = today - dt.timedelta(days=1)
    return {
        Preset.TODAY: (today, today),
        Preset.YESTERDAY: (yesterday, yesterday),
        Preset.WEEK: (today - dt.timedelta(days=6), today),
        Preset.MONTH: (today - dt.timedelta(days=29), today),
        Preset.THIS_MONTH: (today.replace(day=1), today),
    }[preset]


def in_words(first: dt.date | None, last: dt.date | None) -> str:
    """The days from the first to the last, or from or until the one that there is; nothing where there is none. What is
    a time of a day says the time as well."""
    if first and last:
        return _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}
    if first:
        return _("from %(first)s") % {"first": _day(first)}
    return _("until %(last)s") % {"last": _day(last)} if last else ""


def _day(day: dt.date) -> str:
    said = str(format_date(day, "medium", locale=reader_locale()))
    return f"{said} {format_clock(timezone.make_aware(day))}" if isinstance(day, dt.datetime) else said
