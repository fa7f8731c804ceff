"""Ending a person's sessions, whatever keeps them: each remembers the epoch in which it began, and
the person's goes on by one."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db.models import F
from django.http import HttpRequest

from accounts.models import Preference, preference_of

_KEY = "epoch"


def connect() -> None:
    user_logged_in.connect(remember_epoch, dispatch_uid="accounts.remember_epoch")


def remember_epoch(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    request.session[_KEY] = preference_of(user).session_epoch


def epoch_of(request: HttpRequest) -> int:
    """The epoch in which this session began."""
    epoch: int = request.session.get(_KEY, 0)
    return epoch


def begin_next_epoch(person: User) -> None:
    """All of the person's sessions are over."""
    Preference.objects.get_or_create(user=person)
    Preference.objects.filter(user=person).update(session_epoch=F("session_epoch") + 1)
