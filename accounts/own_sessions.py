"""A person's sessions, to look at and to end one by one. They are those of `accounts.session_store`."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from accounts.devices import device_of
from accounts.models import preference_of
from accounts.session_store import MARK, RENEWED, Session, SessionStore
from accounts.sessions import AGENT, BEGAN, IP, SEEN, has_ended
from audit import log
from audit.actions import AuditAction
from audit.log import Subject, Who


class OpenSession(NamedTuple):
    """A session that goes on. Times are UTC; `seen` is when its last page was asked for, within
    `sessions.SEEN_EVERY`."""

    mark: UUID
    began: dt.datetime
    seen: dt.datetime
    ip: str
    device: str
    is_this: bool


def mark_of(request: HttpRequest) -> UUID | None:
    """That of the session in which somebody asks; None where it has none."""
    text = request.session.get(MARK)
    return UUID(text) if text else None


def sessions_of(person: User, this: UUID | None = None) -> list[OpenSession]:
    """Those in which the person is signed in, each once, this one first, then by when they were last used. One query,
    one more where the person came without their preferences."""
    epoch, found = preference_of(person).session_epoch, []
    for row in Session.objects.filter(user=person, expire_date__gt=timezone.now()):
        data = SessionStore().decode(row.session_data)
        if RENEWED in data or has_ended(data, epoch):
            continue
        began, seen = (dt.datetime.fromtimestamp(data.get(key, data[BEGAN]), dt.UTC) for key in (BEGAN, SEEN))
        device = device_of(data.get(AGENT, ""))
        found.append(OpenSession(row.mark, began, seen, data.get(IP, ""), device, row.mark == this))
    return sorted(found, key=lambda each: (each.is_this, each.seen), reverse=True)


def end(who: Who, person: User, mark: UUID) -> bool:
    """Ends one of the person's; whether there was such a one. Who is in it is signed out with their next click. Raises
    AuditUnavailableError, and then nothing is ended."""
    return bool(_end(who, person, Q(mark=mark)))


def end_others(who: Who, person: User, this: UUID) -> int:
    """Ends all of the person's but that one; how many that were. Raises as `end`."""
    return _end(who, person, ~Q(mark=this))


def _end(who: Who, person: User, which: Q) -> int:
    rows, marks = Session.objects.filter(which, user=person), set[UUID]()
    with transaction.atomic():
        # Once more, for what was just going on under another key, and was not there yet when it was looked for.
        while found := set(rows.select_for_update().values_list("mark", flat=True)):
            marks |= found
            rows.delete()
        if marks:
            subject = Subject(target=person.username)
            log.event(who, AuditAction.PERSON_SESSIONS_END, subject, details={"sessions": len(marks)})
    return len(marks)
