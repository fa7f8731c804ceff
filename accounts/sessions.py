"""How long a person's session lasts: so long since they signed in (SESSION_TIME), so long since the last page
(SESSION_IDLE_TIME), and until all of theirs are ended, whatever keeps them: each remembers the epoch in which it began,
and the person's goes on by one."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db.models import F
from django.http import HttpRequest

from accounts.local_passwords import is_break_glass
from accounts.models import Preference, preference_of
from accounts.single_sign_on import sessions as of_provider

_EPOCH, _BEGAN, _SEEN = "epoch", "began", "seen"
_SEEN_EVERY = 600.0
"""Seconds; more often nobody writes down that a session is used."""


def connect() -> None:
    user_logged_in.connect(begin, dispatch_uid="accounts.begin_session")


def begin(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    request.session[_EPOCH] = preference_of(user).session_epoch
    request.session[_BEGAN] = request.session[_SEEN] = time.time()


def is_over(request: HttpRequest, preference: Preference) -> bool:
    """Whether this session has ended by one of the three, or by what holds for those that began at a provider. One that
    does not say when it began is taken to begin now. One that began with a password is over where its person has none
    by now."""
    if request.session.get(_EPOCH, 0) != preference.session_epoch:
        return True
    now = time.time()
    began = request.session.setdefault(_BEGAN, now)
    seen = request.session.get(_SEEN, began)
    if of_provider.is_over(request, now - began):
        return True
    if not (settings.LOCAL_PASSWORDS or of_provider.is_of_provider(request) or is_break_glass(request.user)):
        return True
    return bool(
        now - began > settings.SESSION_TIME.total_seconds() or now - seen > settings.SESSION_IDLE_TIME.total_seconds()
    )


def note_use(request: HttpRequest) -> None:
    """A page was asked for; it counts to within `_SEEN_EVERY`."""
    if time.time() - request.session.get(_SEEN, 0.0) > _SEEN_EVERY:
        request.session[_SEEN] = time.time()


def begin_next_epoch(person: User) -> None:
    """All of the person's sessions are over."""
    Preference.objects.get_or_create(user=person)
    Preference.objects.filter(user=person).update(session_epoch=F("session_epoch") + 1)
