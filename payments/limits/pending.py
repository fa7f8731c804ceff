"""Limits that are changed by two people, where the setting RIGHTS_BY_TWO asks for it."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from accounts.models import PendingChange
from accounts.people import pending
from audit import log
from payments.limits.services import (
    AMOUNTS,
    FIELDS,
    Grants,
    LimitChangedError,
    add_limit,
    change_limit,
    changes_between,
    delete_limit,
    fingerprint,
    is_whole,
)
from payments.models import Limit

KINDS = (pending.Kind.LIMIT,)


def ask(who: log.Who, was: Limit | None, now: Limit | None) -> bool:
    """Write down what somebody wants changed: no `was` is a new limit, no `now` one that goes. False if it is no
    change."""
    would_change = changes_between(was, now)
    if not would_change:
        return False
    data = {"limit": was.pk if was else None, "seen": fingerprint(was), "values": _written(now) if now else None}
    pending.ask(who, pending.Kind.LIMIT, str(now or was), would_change, data)
    return True


def waiting(grants: Grants) -> list[PendingChange]:
    """What waits and speaks of nothing but channels of somebody with these grants."""
    return [row for row in pending.waiting(KINDS) if concerns_only(grants, row)]


def concerns_only(grants: Grants, row: PendingChange) -> bool:
    return all(is_whole(grants, f"{each.merchant}/{each.channel}") for each in _both(row) if each)


def confirm(number: int, user: User, who: log.Who, grants: Grants) -> None:
    """Make the change. Raises PermissionDenied, `pending.PendingOverError`, LimitChangedError, IntegrityError."""
    with pending.confirming(number, KINDS, user, who) as row:
        if not concerns_only(grants, row):
            raise pending.PendingOverError
        was, now = _both(row)
        if row.data["limit"] is None and now:
            add_limit(who, now)
        elif was is None or fingerprint(was) != row.data["seen"]:
            raise LimitChangedError
        elif now is None:
            delete_limit(who, was)
        else:
            change_limit(who, now, row.data["seen"])


def drop(number: int, user: User, who: log.Who, grants: Grants) -> None:
    """Nothing is changed. Raises `pending.PendingOverError`."""
    if not any(row.pk == number for row in waiting(grants)):
        raise pending.PendingOverError
    pending.drop(number, KINDS, user, who)


def _both(row: PendingChange) -> tuple[Limit | None, Limit | None]:
    """The limit as it is now, and as it would be."""
    number, values = row.data["limit"], row.data["values"]
    was = Limit.objects.filter(pk=number).first() if number else None
    return was, Limit(pk=number, **{name: _read(name, value) for name, value in values.items()}) if values else None


def _written(limit: Limit) -> dict[str, Any]:
    return {name: str(value) if isinstance(value := getattr(limit, name), Decimal) else value for name in FIELDS}


def _read(name: str, value: Any) -> Any:
    return Decimal(value) if name in AMOUNTS and isinstance(value, str) else value
