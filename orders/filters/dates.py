"""Days as people mean them: in their own time zone, the last one counting in full."""

import datetime as dt
from enum import StrEnum

from django.utils import timezone

EARLIEST, LATEST = dt.date(1970, 1, 2), dt.date(2999, 12, 30)
"""Days that every time zone can tell in UTC."""


class Preset(StrEnum):
    """Stretches of days that move with the calendar, and the one that does not."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "7-days"
    MONTH = "30-days"
    THIS_MONTH = "this-month"
    CUSTOM = "custom"


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


def start_of(day: dt.date) -> dt.datetime:
    """The moment at which that day begins in the current time zone, in UTC."""
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone()).astimezone(dt.UTC)


def end_of(day: dt.date) -> dt.datetime:
    """The first moment that does not belong to that day any more, in UTC. A day has 23 hours in spring and 25 in autumn."""
    return start_of(day + dt.timedelta(days=1))
