"""The time zones that a person can choose, by the names of the IANA database on this machine."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


@cache
def all_zones() -> tuple[str, ...]:
    """Places, as in Europe/Stockholm, sorted by region and name, and UTC; without the database's
    abbreviations and aliases."""
    return (*sorted(name for name in available_timezones() if name.startswith(_REGIONS)), "UTC")


def find_zone(text: str) -> str | None:
    """The zone that somebody means who writes `europe/stockholm`, `Stockholm` or `new york`; None
    if there is none or several."""
    wanted = text.strip().replace(" ", "_").casefold()
    by_name = {name.casefold(): name for name in all_zones()}
    places = [name for key, name in by_name.items() if key.rpartition("/")[2] == wanted]
    return by_name.get(wanted) or (places[0] if len(places) == 1 else None)


def is_zone(name: str) -> bool:
    return name in all_zones()


def validate_zone(name: str) -> None:
    if not is_zone(name):
        raise ValidationError(
            _("There is no time zone “%(name)s”. Write it as in Europe/Stockholm."), "zone", {"name": name}
        )


def offset_of(name: str) -> str:
    """The zone's distance from UTC today, as in UTC+01:00."""
    text = datetime.now(UTC).astimezone(ZoneInfo(name)).strftime("%z")
    return f"UTC{text[:3]}:{text[3:]}"
