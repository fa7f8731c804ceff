"""Days as moments: when one begins, and when it is over. A day has 23 hours in spring and 25 in autumn.

Where a time of day was told with it (a `datetime` without a zone), that is when it begins and when it is over."""

import datetime as dt

from django.utils import timezone

EARLIEST, LATEST = dt.date(1970, 1, 2), dt.date(2999, 12, 30)
"""Days that every time zone can tell in UTC. What is before begins with the first, and what is after ends with the
last."""


def start_of(day: dt.date, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The moment at which that day begins, in UTC; in the reader's time zone, if no other is given."""
    return _moment(day if isinstance(day, dt.datetime) else _told(day), zone)


def end_of(day: dt.date, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The first moment that does not belong to that day any more, in UTC."""
    return _moment(day if isinstance(day, dt.datetime) else _told(day) + dt.timedelta(days=1), zone)


def _told(day: dt.date) -> dt.date:
    return min(max(day, EARLIEST), LATEST)


def _moment(day: dt.date, zone: dt.tzinfo | None) -> dt.datetime:
    clock = day.time() if isinstance(day, dt.datetime) else dt.time()
    return dt.datetime.combine(day, clock, zone or timezone.get_current_timezone()).astimezone(dt.UTC)
