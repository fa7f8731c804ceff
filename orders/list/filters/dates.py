"""Days as people mean them: in their own time zone, the last one counting in full."""

import datetime as dt
from enum import StrEnum


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
