"""Which passwords are taken, and what follows when one changes, wherever that is done: it stands in the log, and a
one-time link that somebody made before opens nothing any more. Other sessions of the person end by themselves, as each
is bound to the password."""

import re
from typing import Any

from allauth.account.signals import password_changed, password_set
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.channels import all_channels
from accounts.models import OneTimeLink
from audit import log
from audit.actions import AuditAction
from audit.log import Subject, Who

LEFT_AT_LEAST = 8
"""Characters that have to remain without the words that everybody here knows."""


class OwnWordsValidator:
    """Refuses what is little more than the names of this desk, of what stands behind it, and of its merchants."""

    def validate(self, password: str, user: object = None) -> None:
        words = {"orderdesk", "order", "desk", "norce", *(each.merchant for each in all_channels())}
        known = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
        if len(re.sub(known, "", password, flags=re.IGNORECASE)) < LEFT_AT_LEAST:
            raise ValidationError(_("This password is made of words that everybody here knows."), code="own_words")

    def get_help_text(self) -> str:
        return _("Not words that everybody here knows, like the name of the shop.")


def connect() -> None:
    for signal in (password_changed, password_set):
        signal.connect(by_themselves, dispatch_uid="accounts.password")


def by_themselves(sender: object, request: HttpRequest, user: User, **_signal: Any) -> None:
    """They gave themselves another one in the desk."""
    changed(Who.of(request), user)


def changed(who: Who, person: User) -> None:
    """Writes it down, and voids the link. Raises AuditUnavailableError."""
    with transaction.atomic():
        OneTimeLink.objects.filter(user=person).delete()
        log.event(who, AuditAction.PERSON_PASSWORD_CHANGE, Subject(target=person.get_username()))
