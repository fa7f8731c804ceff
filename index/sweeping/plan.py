"""What is looked through, how far back, and when it is due again."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from index import checks
from index.models import ChannelState
from index.rows import kept_since

OVERLAP = dt.timedelta(minutes=10)
"""The newest are looked at from so long before they were last looked at: clocks differ, and orders become visible
late."""
FIRST_LOOK = dt.timedelta(days=1)
"""What the newest are where nothing was ever looked at."""
RECENT = dt.timedelta(days=90)
NIGHT = dt.time(2)
"""When everything is looked through, in the desk's time zone."""


FORGETTING = "forget"
"""The cursor of a channel of which everything is to be forgotten before it is read anew."""


class Sweep(NamedTuple):
    """One way to look through a channel. `name` is its cursor's, `done` the column of when it was last at its end,
    `statuses` what it asks for (all, where there are none), `since` the earliest `created` that it asks for."""

    name: str
    done: str
    statuses: tuple[str, ...]
    since: Callable[[ChannelState, dt.datetime], dt.datetime]
    is_due: Callable[[dt.datetime | None, dt.datetime], bool]

    def last(self, state: ChannelState) -> dt.datetime | None:
        """When it was last at its end."""
        found: dt.datetime | None = getattr(state, self.done)
        return found

    def due(self, state: ChannelState, now: dt.datetime) -> bool:
        """Whether it is under way, or is to begin."""
        return self.name in state.cursors or self.is_due(self.last(state), now)

    def query(self, since: dt.datetime) -> dict[str, Any]:
        """What is asked of the API. Whole days, but for the newest."""
        return {"date_from": since if self is NEWEST else since.date(), "status": self.statuses}

    def rows(self, since: dt.datetime) -> Q:
        """The rows that it should have met. The first day may have begun elsewhere, so it is left out."""
        condition = Q(created__gte=since + (dt.timedelta() if self is NEWEST else dt.timedelta(days=1)))
        return condition & Q(status__in=self.statuses) if self.statuses else condition


def _every(pause: dt.timedelta) -> Callable[[dt.datetime | None, dt.datetime], bool]:
    return lambda last, now: last is None or last + pause <= now


def _nightly(last: dt.datetime | None, now: dt.datetime) -> bool:
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    night = dt.datetime.combine(here.date(), NIGHT, here.tzinfo)
    if night > here:
        night -= dt.timedelta(days=1)
    return last is None or last < night


def _since_last(state: ChannelState, now: dt.datetime) -> dt.datetime:
    return max(state.newest_at - OVERLAP if state.newest_at else now - FIRST_LOOK, kept_since(now))


def _within(time: dt.timedelta) -> Callable[[ChannelState, dt.datetime], dt.datetime]:
    return lambda _state, now: now - time


NEWEST = Sweep("newest", "newest_at", (), _since_last, _every(dt.timedelta(minutes=1)))
OPEN = Sweep("open", "open_at", (*checks.PAYING, *checks.AGREED), _within(RECENT), _every(dt.timedelta(minutes=15)))
COMPLETED = Sweep(
    "handed-over", "completed_at", tuple(checks.HANDED_OVER), _within(RECENT), _every(dt.timedelta(hours=6))
)
WHOLE = Sweep("whole", "whole_at", (), lambda _state, now: kept_since(now), _nightly)

SWEEPS = (NEWEST, OPEN, COMPLETED, WHOLE)
"""The most important first."""
BY_NAME: Mapping[str, Sweep] = {sweep.name: sweep for sweep in SWEEPS}
