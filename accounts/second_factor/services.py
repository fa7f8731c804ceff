"""Setting up and removing one's own second factors. Each is one step: it happens whole, with its entry in the log, or
not at all; the person hears of it by mail, where the desk sends mail. Raises AuditUnavailableError."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.allauth_internals import (
    add_app,
    add_passkey,
    add_recovery_codes,
    passkey_name,
    unused_recovery_codes,
)
from accounts.second_factor import mail
from accounts.second_factor.policy import Policy, policy_of
from accounts.second_factor.showing import USED
from audit import log
from audit.actions import AuditAction
from audit.log import Subject, Who

Type = Authenticator.Type
SHOWN = "viewed_at"
"""In the row of the recovery codes: when they were shown."""
MOST_PASSKEYS = 20


class LastFactorError(Exception):
    """The person has to have one, and it is the only one. Nothing was removed."""


class HasAppError(Exception):
    """The person has an app already; there is one a person. Nothing was changed."""


class NotAPasskeyError(Exception):
    """What the browser sent is no answer to what it was asked. Nothing was added."""


def factors_of(user: User) -> "QuerySet[Authenticator]":
    """The person's apps and passkeys, the oldest first; recovery codes are none by themselves."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user).exclude(type=Type.RECOVERY_CODES)
    return rows.order_by("created_at", "pk")


def name_of(factor: Authenticator) -> str:
    """What its owner called a passkey; nothing for others."""
    return passkey_name(factor) if factor.type == Type.WEBAUTHN else ""


@transaction.atomic
def set_up_app(who: Who, user: User, secret: str, number: int) -> Authenticator:
    """The app that made the code of that number in time, which is used up with it; recovery codes come along with
    somebody's first factor. Raises HasAppError."""
    _wait_for_turn(user)
    if Authenticator.objects.filter(user=user, type=Type.TOTP).exists():
        raise HasAppError
    app = add_app(user, secret)
    app.data[USED] = number
    app.save(update_fields=["data"])
    return _added(who, user, app)


@transaction.atomic
def set_up_passkey(who: Who, user: User, name: str, answer: object) -> Authenticator:
    """The passkey that the browser made, as its JSON. Raises NotAPasskeyError."""
    _wait_for_turn(user)
    is_full = Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).count() >= MOST_PASSKEYS
    passkey = None if is_full else add_passkey(user, name, answer)
    if passkey is None:
        raise NotAPasskeyError
    return _added(who, user, passkey)


@transaction.atomic
def remove(who: Who, user: User, factor: Authenticator) -> None:
    """Takes it away; with the last one go the recovery codes. Raises LastFactorError."""
    _wait_for_turn(user)
    is_last = not factors_of(user).exclude(pk=factor.pk).exists()
    if is_last and policy_of(user) is Policy.REQUIRED:
        raise LastFactorError
    details = {"factor": factor.type, "name": name_of(factor)}
    factor.delete()
    if is_last:
        Authenticator.objects.filter(user=user).delete()
    log.event(who, AuditAction.FACTOR_REMOVE, Subject(target=user.get_username()), details=details)
    mail.tell(user, mail.REMOVED)


@transaction.atomic
def make_codes_anew(who: Who, user: User) -> None:
    """Ten new recovery codes; those of before are void."""
    _wait_for_turn(user)
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    add_recovery_codes(user)
    log.event(who, AuditAction.FACTOR_CODES, Subject(target=user.get_username()))
    mail.tell(user, mail.CODES)


@transaction.atomic
def codes_to_show(user: User) -> list[str]:
    """The recovery codes, this once; none where they were shown before, or there are none."""
    kept = Authenticator.objects.select_for_update().filter(user=user, type=Type.RECOVERY_CODES).first()
    if kept is None or kept.data.get(SHOWN):
        return []
    kept.data[SHOWN] = timezone.now().timestamp()
    kept.save(update_fields=["data"])
    return unused_recovery_codes(kept)


def codes_left(user: User) -> int | None:
    """How many recovery codes are unused; None where there are none at all. Raises sealing.UnreadableError."""
    kept = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return None if kept is None else len(unused_recovery_codes(kept))


def _added(who: Who, user: User, factor: Authenticator) -> Authenticator:
    add_recovery_codes(user)
    details = {"factor": factor.type, "name": name_of(factor)}
    log.event(who, AuditAction.FACTOR_ADD, Subject(target=user.get_username()), details=details)
    mail.tell(user, mail.ADDED)
    return factor


def _wait_for_turn(user: User) -> None:
    """One step at a time for each person."""
    User.objects.select_for_update().get(pk=user.pk)
