"""Changes that lead to money and wait for a second person, where the setting RIGHTS_BY_TWO asks for one.

What is asked for is a row; nothing is changed before somebody else confirms it, who is not the one it is about, and
behind whom not the asker may stand (`accounts.people.changes`). Each step is in the log, with what would change.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.entitlements import entitlements_of
from accounts.models import AccountChange, PendingChange
from accounts.people import changes
from accounts.people.services import Rights
from audit import log
from audit.actions import AuditAction
from audit.log import Change, Who, unmasked

Kind = PendingChange.Kind
LONGEST = 300
"""Characters of what it is about: the names of a limit's channels may be long."""
LASTS = dt.timedelta(days=3)
MONEY = frozenset({"accounts.execute_payment_action", "accounts.manage_people", "accounts.change_limit"})
"""Whoever has one of these moves money, or decides who may."""


class PendingOverError(Exception):
    """It was confirmed, turned down or taken back meanwhile, or is too old."""


def concerns_money(person: User | None, rights: Rights | None = None) -> bool:
    """Whether a change of this person, or to these rights, waits for a second person."""
    if not settings.RIGHTS_BY_TWO:
        return False
    if person is not None and (person.is_superuser or MONEY & entitlements_of(person).permissions):
        return True
    return rights is not None and bool(MONEY & _permissions_of(rights))


def _permissions_of(rights: Rights) -> set[str]:
    rows = Group.objects.filter(name=rights.role).values_list(
        "permissions__content_type__app_label", "permissions__codename"
    )
    return {f"{label}.{name}" for label, name in rows} | set(rights.extras)


def ask(  # noqa: PLR0913 - who asks for what about whom; the rest has names
    who: Who,
    kind: Kind,
    target: str,
    would_change: Sequence[Change],
    data: Mapping[str, Any],
    *,
    person: User | None = None,
) -> PendingChange:
    """Write down what somebody wants changed. Raises AuditUnavailableError."""
    with transaction.atomic():
        row = PendingChange.objects.create(
            kind=kind,
            person=person,
            target=target[:LONGEST],
            data_json=json.dumps(data),
            changes_json=json.dumps([list(change) for change in would_change]),
            asked_by_id=who.user_id,
            asked_by_name=who.username,
            asked_at=timezone.now(),
        )
        _record(who, AuditAction.CHANGE_ASK, row, would_change)
    return row


def waiting(kinds: Iterable[Kind], person: User | None = None) -> list[PendingChange]:
    """What can be confirmed, the oldest first; of one person, if one is given."""
    rows = PendingChange.objects.filter(kind__in=list(kinds), is_made=None, asked_at__gt=timezone.now() - LASTS)
    return list(rows.filter(person=person) if person else rows)


def tie_of(user: User, row: PendingChange) -> AccountChange | None:
    """What somebody did to an account so that the asker may stand behind this person."""
    window: dt.timedelta = settings.PAYMENT_CHANGED_ACCOUNT_TIME
    if not window or row.asked_by_id is None:
        return None
    return changes.tie_between(row.asked_by_id, user.pk, row.asked_at - window)


def may_confirm(user: User, row: PendingChange) -> bool:
    """Somebody else than the asker, and than the one it is about; whether they have the right for it is the view's to
    ask."""
    return user.pk not in (row.asked_by_id, row.person_id) and tie_of(user, row) is None


@contextmanager
def confirming(number: int, kinds: Iterable[Kind], user: User, who: Who) -> Iterator[PendingChange]:
    """One transaction, in which the caller makes the change: it is made and recorded, or goes on waiting.

    Raises PermissionDenied, PendingOverError, and what the change raises.
    """
    with transaction.atomic():
        row = _locked(number, kinds)
        if not may_confirm(user, row):
            raise PermissionDenied
        yield row
        _decide(row, user, who, AuditAction.CHANGE_CONFIRM, is_made=True)


def drop(number: int, kinds: Iterable[Kind], user: User, who: Who) -> PendingChange:
    """Nothing is changed: turned down by anybody who has the right, or taken back by the asker. Raises
    PendingOverError."""
    with transaction.atomic():
        row = _locked(number, kinds)
        _decide(row, user, who, AuditAction.CHANGE_DROP, is_made=False)
    return row


def _locked(number: int, kinds: Iterable[Kind]) -> PendingChange:
    rows = PendingChange.objects.select_for_update(of=("self",)).filter(kind__in=list(kinds), is_made=None)
    row = rows.filter(pk=number, asked_at__gt=timezone.now() - LASTS).first()
    if row is None:
        raise PendingOverError
    return row


def _decide(row: PendingChange, user: User, who: Who, action: AuditAction, *, is_made: bool) -> None:
    row.is_made, row.decided_by, row.decided_by_name, row.decided_at = is_made, user, who.username, timezone.now()
    row.save(update_fields=["is_made", "decided_by", "decided_by_name", "decided_at"])
    _record(who, action, row, ())


def _record(who: Who, action: AuditAction, row: PendingChange, would_change: Sequence[Change]) -> None:
    details = {"request": row.pk, "what": row.kind, "asked by": row.asked_by_name}
    log.event(who, action, log.Subject(target=row.target), would_change, details=details, mask=unmasked)
