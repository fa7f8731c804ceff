"""How long a person's session lasts: so long since they signed in (SESSION_TIME), so long since the last page
(SESSION_IDLE_TIME), and until it is ended, or all of theirs are, whatever keeps them: each remembers the epoch in which
it began, and the person's goes on by one."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db.models import F
from django.http import HttpRequest

from accounts import local_passwords
from accounts.models import Preference, preference_of
from accounts.session_store import MARK
from accounts.single_sign_on import sessions as of_provider
from audit.log import Who
from audit.tidy import text as tidy_text

BEGAN, SEEN, IP, AGENT = "began", "seen", "ip", "agent"
_EPOCH = "epoch"
SEEN_EVERY = 600.0
"""Seconds; more often nobody writes down that a session is used."""


def connect() -> None:
    user_logged_in.connect(begin, dispatch_uid="accounts.begin_session")


def begin(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    request.session[_EPOCH] = preference_of(user).session_epoch
    request.session[MARK] = str(uuid4())
    request.session[BEGAN] = time.time()
    _note(request)


def is_over(request: HttpRequest, preference: Preference) -> bool:
    """Whether this session has ended by one of the three, or by what holds for those that began at a provider. One that
    does not say when it began is taken to begin now. One that began here is over where its person has no password by
    now."""
    began = request.session.setdefault(BEGAN, time.time())
    if has_ended(request.session, preference.session_epoch) or of_provider.is_over(request, time.time() - began):
        return True
    return not (of_provider.is_of_provider(request) or local_passwords.count_for(request.user))


def has_ended(data: Mapping[str, Any], epoch: int) -> bool:
    """Whether a session with that data has, by one of the three, whose person has come to that epoch."""
    now, began = time.time(), data.get(BEGAN, 0.0)
    return bool(
        data.get(_EPOCH, 0) != epoch
        or now - began > settings.SESSION_TIME.total_seconds()
        or now - data.get(SEEN, began) > settings.SESSION_IDLE_TIME.total_seconds()
    )


def note_use(request: HttpRequest) -> None:
    """A page was asked for, and from where; it counts to within `SEEN_EVERY`."""
    if time.time() - request.session.get(SEEN, 0.0) > SEEN_EVERY:
        _note(request)


def _note(request: HttpRequest) -> None:
    who = Who.of(request)
    request.session[SEEN] = time.time()
    request.session[IP], request.session[AGENT] = who.ip, tidy_text(who.agent, 200)


def begin_next_epoch(person: User) -> None:
    """All of the person's sessions are over."""
    Preference.objects.get_or_create(user=person)
    Preference.objects.filter(user=person).update(session_epoch=F("session_epoch") + 1)
