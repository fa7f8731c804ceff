"""Which passwords are taken, and what follows when one changes, wherever that is done: it stands in the log, and a
one-time link that somebody made before opens nothing any more. Other sessions of the person end by themselves, as each
is bound to the password."""

import hashlib
import re
from pathlib import Path
from typing import Any

from allauth.account.signals import password_changed, password_set
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import CommonPasswordValidator
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


class BreachedValidator(CommonPasswordValidator):
    """Refuses what stands in BREACHED_PASSWORDS_FILE, if there is one, in the words for common passwords: SHA-1 of a
    password in hex a line, in their order, with anything behind a colon, as Have I Been Pwned hands them out."""

    def __init__(self) -> None:
        """Reads nothing: the file is some 40 GB."""

    def validate(self, password: str, user: object = None) -> None:
        file = settings.BREACHED_PASSWORDS_FILE
        if file and stands_in(Path(file), hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()):
            raise ValidationError(self.get_error_message(), code="password_too_common")


def stands_in(file: Path, wanted: str) -> bool:
    """Whether one of the sorted lines begins with that, in upper case; a few dozen reads, however many lines there are.
    Raises OSError."""
    with file.open("rb") as lines:
        low, high = (
            0,
            file.stat().st_size,
        )  # bytes: if it is there, it begins from `low` on and before `high`
        while low < high:
            middle = (low + high) // 2
            begins = 0
            if middle:  # the first line that begins there or later
                lines.seek(middle - 1)
                begins = middle - 1 + len(lines.readline())
            lines.seek(begins)
            here = lines.readline()[: len(wanted)].decode("ascii", "replace").upper() if begins < high else ""
            if here == wanted:
                return True
            if here and here < wanted:
                low = begins + 1
            else:
                high = middle
        return False


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
