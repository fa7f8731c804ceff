"""Setting limits: who may set which, and that each change stands in the audit log with what it was before.

Raises AuditUnavailable where it cannot be recorded, and then nothing was changed.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit import log
from audit.actions import AuditAction
from audit.log import unmasked
from payments.executions.snapshot import digest_of
from payments.limits.rules import ANY
from payments.models import Limit

Grants = Iterable[tuple[str, str]]
AMOUNTS = ("per_action", "per_order", "per_day", "per_day_count")
FIELDS = ("role", "merchant", "channel", "action_type", "currency", *AMOUNTS)


class LimitChangedError(Exception):
    """The limit is not what whoever changes it saw. Nothing was changed."""


def scope_of(limit: Limit) -> str:
    """The channels that it speaks of, written as a grant: `norce/*`."""
    return f"{limit.merchant}/{limit.channel}"


def is_whole(grants: Grants, scope: str) -> bool:
    """Whether somebody with these grants has every channel of that scope, and so may set its limits."""
    merchant, _slash, channel = scope.partition("/")
    return any(m in (ANY, merchant) and c in (ANY, channel) for m, c in grants)


def concerns(grants: Grants, limit: Limit) -> bool:
    """Whether it speaks of a channel that somebody with these grants has."""
    return any(
        (m == limit.merchant or ANY in (m, limit.merchant)) and (c == limit.channel or ANY in (c, limit.channel))
        for m, c in grants
    )


def add_limit(who: log.Who, limit: Limit) -> None:
    """Save a new limit. IntegrityError: there is one for the same already."""
    with transaction.atomic():
        limit.save(force_insert=True)
        _record(who, AuditAction.PAYMENT_LIMIT_CREATE, limit, changes_between(None, limit))


def change_limit(who: log.Who, limit: Limit, seen: str) -> bool:
    """Save a limit that is there; whether that was any change. IntegrityError: there is another one
    for the same already.

    `seen`: the fingerprint of what it was when this was decided. LimitChangedError if it is not
    that any more, or is gone.
    """
    with transaction.atomic():
        was = _locked(limit)
        if fingerprint(was) != seen:
            raise LimitChangedError
        changes = changes_between(was, limit)
        if changes:
            limit.save(update_fields=FIELDS)
            _record(who, AuditAction.PAYMENT_LIMIT_UPDATE, limit, changes)
    return bool(changes)


def delete_limit(who: log.Who, limit: Limit) -> None:
    """From now on it limits nothing. The log says what it was at this moment."""
    with transaction.atomic():
        if was := _locked(limit):
            was.delete()
            _record(who, AuditAction.PAYMENT_LIMIT_DELETE, limit, changes_between(was, None))


def _locked(limit: Limit) -> Limit | None:
    """As it is now, and stays until the transaction ends."""
    return Limit.objects.select_for_update().filter(pk=limit.pk).first()


def fingerprint(limit: Limit | None) -> str:
    """The same text for a limit that says the same; empty for none."""
    return digest_of(values_of(limit)) if limit else ""


def values_of(limit: Limit | None) -> dict[str, Any]:
    """What it says, as the log and the form's fingerprint write it down; nothing where there is none."""
    if limit is None:
        return {}
    scope = {"role": limit.role, "channels": scope_of(limit), "action": limit.action_type or ANY}
    amounts = {name: _text(getattr(limit, name)) for name in AMOUNTS}
    return {**scope, "currency": limit.currency, **amounts}


def _text(value: Decimal | int | None) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def changes_between(was: Limit | None, now: Limit | None) -> list[log.Change]:
    """What the log says of it: all of a limit that comes or goes, what is different of one that stays."""
    old, new = values_of(was), values_of(now)
    pairs = [log.Change(name, old.get(name), new.get(name)) for name in (new or old)]
    return [change for change in pairs if change.old != change.new]


def _record(who: log.Who, action: AuditAction, limit: Limit, changes: list[log.Change]) -> None:
    """One that speaks of a single channel stands among that channel's entries, another one among those of none."""
    channel = (limit.merchant, limit.channel) if ANY not in (limit.merchant, limit.channel) else ("", "")
    log.event(who, action, log.Subject("", *channel, target=str(limit)), changes, mask=unmasked)
