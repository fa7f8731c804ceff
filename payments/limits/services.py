"""Setting limits and four eyes: who may set which, and that each change stands in the audit log with what it was.

Raises AuditUnavailable where it cannot be recorded, and then nothing was changed.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db import transaction

from audit import log
from audit.actions import AuditAction
from audit.log import unmasked
from payments.executions.snapshot import digest_of
from payments.limits.rules import ANY
from payments.models import FourEyes, Limit, Line

Grants = Iterable[tuple[str, str]]
OneLine = TypeVar("OneLine", bound=Line)
SCOPE = ("merchant", "channel", "action_type")
AMOUNTS = ("per_action", "per_order", "per_day", "per_day_count")


class Sort(NamedTuple):
    """A sort of line: the columns that say something, and what the log calls it when one comes, changes and goes."""

    fields: tuple[str, ...]
    create: AuditAction
    update: AuditAction
    delete: AuditAction


SORTS: Mapping[type[Line], Sort] = {
    Limit: Sort(
        ("role", *SCOPE, "currency", *AMOUNTS),
        AuditAction.PAYMENT_LIMIT_CREATE,
        AuditAction.PAYMENT_LIMIT_UPDATE,
        AuditAction.PAYMENT_LIMIT_DELETE,
    ),
    FourEyes: Sort(
        (*SCOPE, "mode", "two_above", "currency"),
        AuditAction.PAYMENT_FOUR_EYES_CREATE,
        AuditAction.PAYMENT_FOUR_EYES_UPDATE,
        AuditAction.PAYMENT_FOUR_EYES_DELETE,
    ),
}


class LineChangedError(Exception):
    """The line is not what whoever changes it saw. Nothing was changed."""


def scope_of(line: Line) -> str:
    """The channels that it speaks of, written as a grant: `norce/*`."""
    return f"{line.merchant}/{line.channel}"


def is_whole(grants: Grants, scope: str) -> bool:
    """Whether somebody with these grants has every channel of that scope, and so may set its lines."""
    merchant, _slash, channel = scope.partition("/")
    return any(m in (ANY, merchant) and c in (ANY, channel) for m, c in grants)


def concerns(grants: Grants, line: Line) -> bool:
    """Whether it speaks of a channel that somebody with these grants has."""
    return any(
        (m == line.merchant or ANY in (m, line.merchant)) and (c == line.channel or ANY in (c, line.channel))
        for m, c in grants
    )


def theirs(model: type[OneLine], grants: Grants) -> list[OneLine]:
    """The lines that speak of a channel of somebody with these grants."""
    return [line for line in model._default_manager.all() if concerns(grants, line)]


def add_line(who: log.Who, line: Line) -> None:
    """Save a new line. IntegrityError: there is one for the same already."""
    with transaction.atomic():
        line.save(force_insert=True)
        _record(who, SORTS[type(line)].create, line, changes_between(None, line))


def change_line(who: log.Who, line: Line, seen: str) -> bool:
    """Save a line that is there; whether that was any change. IntegrityError: there is another one
    for the same already.

    `seen`: the fingerprint of what it was when this was decided. LineChangedError if it is not
    that any more, or is gone.
    """
    sort = SORTS[type(line)]
    with transaction.atomic():
        was = _locked(line)
        if fingerprint(was) != seen:
            raise LineChangedError
        changes = changes_between(was, line)
        if changes:
            line.save(update_fields=sort.fields)
            _record(who, sort.update, line, changes)
    return bool(changes)


def delete_line(who: log.Who, line: Line) -> None:
    """From now on it says nothing. The log says what it was at this moment."""
    with transaction.atomic():
        if was := _locked(line):
            was.delete()
            _record(who, SORTS[type(line)].delete, line, changes_between(was, None))


def _locked(line: OneLine) -> OneLine | None:
    """As it is now, and stays until the transaction ends."""
    return type(line)._default_manager.select_for_update().filter(pk=line.pk).first()


def fingerprint(line: Line | None) -> str:
    """The same text for a line that says the same; empty for none."""
    return digest_of(values_of(line)) if line else ""


def values_of(line: Line | None) -> dict[str, Any]:
    """What it says, as the log and the form's fingerprint write it down; nothing where there is none."""
    if line is None:
        return {}
    values = {name: _text(getattr(line, name)) for name in SORTS[type(line)].fields if name not in SCOPE}
    return {"channels": scope_of(line), "action": line.action_type or ANY, **values}


def _text(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def changes_between(was: Line | None, now: Line | None) -> list[log.Change]:
    """What the log says of it: all of a line that comes or goes, what is different of one that stays."""
    old, new = values_of(was), values_of(now)
    pairs = [log.Change(name, old.get(name), new.get(name)) for name in (new or old)]
    return [change for change in pairs if change.old != change.new]


def _record(who: log.Who, action: AuditAction, line: Line, changes: list[log.Change]) -> None:
    """One that speaks of a single channel stands among that channel's entries, another one among those of none."""
    channel = (line.merchant, line.channel) if ANY not in (line.merchant, line.channel) else ("", "")
    log.event(who, action, log.Subject("", *channel, target=str(line)), changes, mask=unmasked)
