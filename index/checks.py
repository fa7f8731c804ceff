"""What is looked for in the index because somebody has to do something about it: one row a check, by name.

The board counts by these, and the list filters by them, so the two cannot disagree. What only a change of the order
changes is a flag of its row, which rollups count by; how long an order may stay in a state is asked of the clock.

How long it may is a setting, INDEX_THRESHOLDS: `paying=90m`, or of one channel `norce/no:waiting=48h`; and for how
long providers hold what was authorised, `klarna_adapter:authorised=28d`, of which nothing is known where nobody says
it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from django.utils import timezone

from accounts.channels import Channel
from domain.money import Concern, Paid
from domain.states import ORDER, SHIPPING, OrderState, Stage
from index.models import FLAGS

STUCK = "stuck"


class Check(NamedTuple):
    """`name` is what stands in addresses and settings; `flag` the column of the rows that it is about, empty where
    that depends on the time."""

    name: str
    flag: str = ""


def _named(holds: Any) -> tuple[str, ...]:
    return tuple(row.name for row in ORDER.where(holds))


def _is_paying(row: OrderState) -> bool:
    return row.stage is Stage.PLACED and not row.is_agreed


PLACED = _named(lambda row: row.stage is Stage.PLACED)
PAYING = _named(_is_paying)
AGREED = _named(lambda row: row.is_agreed and not row.is_final)
HANDED_OVER = _named(lambda row: row.is_agreed and row.is_final)
_FAILED = tuple(row.name for row in SHIPPING.where(lambda row: row.is_failure))

CHECKS: Mapping[str, Check] = {
    check.name: check
    for check in (
        Check("not-captured", "is_not_captured"),
        Check("not-covered", "is_not_covered"),
        Check("held-for-nothing", "is_held_for_nothing"),
        Check(STUCK),
        Check("mismatch", "is_mismatch"),
        Check("shipping-failed", "is_shipping_failed"),
        Check("consent-missing", "is_consent_missing"),
        Check("twins", "is_twin"),
    )
}


def flags_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The flags of a row with these columns, each for itself and together as `flags`; `is_twin` and `is_not_captured`,
    which the payments alone tell, are taken as they are."""
    found = {
        "is_not_captured": bool(row["is_not_captured"]),
        "is_not_covered": row["status"] in HANDED_OVER and row["concern"] == Concern.NOT_COVERED,
        "is_held_for_nothing": row["concern"] == Concern.HELD_FOR_NOTHING,
        "is_mismatch": row["status"] in PLACED and row["undeclared"] != 0 and row["paid"] != Paid.UNPAID,
        "is_shipping_failed": row["shipping_state"] in _FAILED,
        "is_consent_missing": bool(row["consent_missing"]) and row["status"] in PLACED,
        "is_twin": bool(row["is_twin"]),
    }
    return {**found, "flags": sum(1 << place for place, name in enumerate(FLAGS) if found[name])}


def bit_of(check: str) -> int:
    """Its bit in `flags`; 0 where it is none. KeyError where there is no check of that name."""
    flag = CHECKS[check].flag
    return 1 << FLAGS.index(flag) if flag else 0


def holds(name: str, channels: Iterable[Channel] = (), now: dt.datetime | None = None) -> Q:
    """The condition of the check, now. KeyError where there is none of that name."""
    check = CHECKS[name]
    if check.flag:
        return Q(**{check.flag: True})
    condition = Q()
    by_limits: dict[tuple[dt.timedelta, dt.timedelta], list[Channel]] = {}
    for channel in channels:
        by_limits.setdefault((stuck_after("paying", channel), stuck_after("waiting", channel)), []).append(channel)
    for limits, theirs in (by_limits or {(stuck_after("paying"), stuck_after("waiting")): []}).items():
        too_long = Q()
        for statuses, limit in zip((PAYING, AGREED), limits, strict=True):
            too_long |= Q(status__in=statuses, status_since__lt=(now or timezone.now()) - limit)
        mine = Q()
        for channel in theirs if len(by_limits) > 1 else ():
            mine |= Q(merchant=channel.merchant, channel=channel.name)
        condition |= mine & too_long
    return condition


_USUAL = {"paying": dt.timedelta(minutes=60), "waiting": dt.timedelta(hours=24)}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_ENTRY = re.compile(r"(?:(?P<of>[\w./-]{1,200}):)?(?P<name>paying|waiting|authorised)=(?P<n>\d{1,5})(?P<unit>[mhd])")


def stuck_after(name: str, channel: Channel | None = None) -> dt.timedelta:
    """How long an order may be paid for (`paying`) or wait for delivery (`waiting`) before somebody looks."""
    found = _thresholds(tuple(settings.INDEX_THRESHOLDS))
    return found.get((str(channel), name)) or found.get(("", name)) or _USUAL[name]


def authorised_for(adapter: str) -> dt.timedelta | None:
    """For how long this provider holds what was authorised; None where nobody said it."""
    found = _thresholds(tuple(settings.INDEX_THRESHOLDS))
    return found.get((adapter, "authorised")) or found.get(("", "authorised"))


@lru_cache(maxsize=8)
def _thresholds(texts: tuple[str, ...]) -> dict[tuple[str, str], dt.timedelta]:
    found = {}
    for text in texts:
        entry = _ENTRY.fullmatch(text.strip())
        if entry is None:
            raise ImproperlyConfigured(
                f"INDEX_THRESHOLDS: {text!r} is none; write paying=90m, norce/no:waiting=48h or "
                "klarna_adapter:authorised=28d."
            )
        found[entry["of"] or "", entry["name"]] = dt.timedelta(**{_UNITS[entry["unit"]]: int(entry["n"])})
    return found
