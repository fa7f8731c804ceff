"""Limits and four eyes that are changed by two people, where the setting RIGHTS_BY_TWO asks for it."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from accounts.models import PendingChange
from accounts.people import pending
from audit import log
from payments.limits.services import (
    SORTS,
    Grants,
    LineChangedError,
    add_line,
    change_line,
    changes_between,
    delete_line,
    fingerprint,
    is_whole,
    scope_of,
)
from payments.models import Limit, Line

KINDS = (pending.Kind.LIMIT,)


def ask(who: log.Who, was: Line | None, now: Line | None) -> bool:
    """Write down what somebody wants changed: no `was` is a new line, no `now` one that goes. False if it is no
    change."""
    would_change, line = changes_between(was, now), now or was
    if not would_change or line is None:
        return False
    data = {"limit": was.pk if was else None, "seen": fingerprint(was), "values": _written(now) if now else None}
    pending.ask(who, pending.Kind.LIMIT, str(line), would_change, data | {"sort": type(line).__name__})
    return True


def waiting(model: type[Line], grants: Grants) -> list[PendingChange]:
    """What waits and speaks of nothing but channels of somebody with these grants."""
    return [row for row in pending.waiting(KINDS) if _model_of(row) is model and concerns_only(grants, row)]


def concerns_only(grants: Grants, row: PendingChange) -> bool:
    return all(is_whole(grants, scope_of(each)) for each in _both(row) if each)


def confirm(model: type[Line], number: int, user: User, who: log.Who, grants: Grants) -> None:
    """Make the change. Raises PermissionDenied, `pending.PendingOverError`, LineChangedError, IntegrityError."""
    with pending.confirming(number, KINDS, user, who) as row:
        if _model_of(row) is not model or not concerns_only(grants, row):
            raise pending.PendingOverError
        was, now = _both(row)
        if row.data["limit"] is None and now:
            add_line(who, now)
        elif was is None or fingerprint(was) != row.data["seen"]:
            raise LineChangedError
        elif now is None:
            delete_line(who, was)
        else:
            change_line(who, now, row.data["seen"])


def drop(model: type[Line], number: int, user: User, who: log.Who, grants: Grants) -> None:
    """Nothing is changed. Raises `pending.PendingOverError`."""
    if not any(row.pk == number for row in waiting(model, grants)):
        raise pending.PendingOverError
    pending.drop(number, KINDS, user, who)


def _model_of(row: PendingChange) -> type[Line]:
    """What was asked before there were four eyes does not say it: it was a limit."""
    return next((each for each in SORTS if each.__name__ == row.data.get("sort")), Limit)


def _both(row: PendingChange) -> tuple[Line | None, Line | None]:
    """The line as it is now, and as it would be."""
    model, number, values = _model_of(row), row.data["limit"], row.data["values"]
    was = model._default_manager.filter(pk=number).first() if number else None
    if not values:
        return was, None
    now = model(
        **{field.name: field.to_python(values[field.name]) for field in model._meta.fields if field.name in values}
    )
    now.pk = number
    return was, now


def _written(line: Line) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in SORTS[type(line)].fields}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}
