"""Somebody shows a second factor: a code of their app, a recovery code, or a passkey. Each counts once, wrong ones are
counted and stand in the log, and after too many none is looked at."""

import ipaddress
import json
import logging
import re

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.allauth_internals import app_codes, shown_passkey, use_recovery_code
from accounts.second_factor.sealing import UnreadableError, unseal
from accounts.sign_in_limits import FactorAttempt
from audit import log
from audit.actions import AuditAction
from audit.log import AuditUnavailableError, Outcome, Subject, Who

logger = logging.getLogger(__name__)
Type = Authenticator.Type
USED = "last_used_number"
"""In an app's row: the number in time of the code that was taken last. None up to it is taken again."""
LONGEST_ANSWER = 20_000  # characters of a passkey's answer

TOO_MANY = _("Too many tries. Wait a few minutes, then try again, or ask another admin for help.")
WRONG_CODE = _("This code is not right, or was used already. Wait for the next one, and look at your phone's clock.")
WRONG_PASSKEY = _("This passkey was not accepted. Try again, or type a code.")


def can_use_passkeys(request: HttpRequest) -> bool:
    """Browsers have passkeys for names that are reached over TLS, and for localhost; for no bare IP address."""
    host = split_domain_port(request.get_host())[0]
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


def demand(request: HttpRequest, user: User, *, code: str = "", passkey: str = "") -> Authenticator:
    """The factor of that person which the code or the passkey's answer belongs to. Raises ValidationError with words
    for them, AuditUnavailableError, and OperationalError where tries cannot be counted."""
    attempt = FactorAttempt(request, user)
    if not attempt.may_be_made():
        raise ValidationError(TOO_MANY, "too_many")
    found = passkey_of(user, passkey) if passkey else of_code(user, code)
    if found is None:
        attempt.failed()
        _refused(request, user, "passkey" if passkey else "code")
        raise ValidationError(WRONG_PASSKEY if passkey else WRONG_CODE, "wrong")
    if found.type == Type.RECOVERY_CODES:  # there are ten, and who finds one used knows that somebody had it
        details = {"factor": found.type}
        log.event(_who(request, user), AuditAction.FACTOR_SHOW, Subject(target=user.get_username()), details=details)
    return found


def passkey_of(user: User | None, answer: str) -> Authenticator | None:
    """The passkey that gave this answer, of that person or of whoever it names; None where it is no answer to what
    this session was asked last."""
    try:
        return shown_passkey(user, json.loads(answer)) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None


def of_code(user: User, typed: str) -> Authenticator | None:
    """The factor that the code is of, which is used up from then on; None where it is of none."""
    code = re.sub(r"[\s-]", "", typed)
    try:
        return _app_of(user, code) or _recovery_codes_of(user, code)
    except UnreadableError:
        logger.exception("The second factor of account %s is encrypted under a SECRET_KEY of before", user.pk)
        return None


@transaction.atomic
def _app_of(user: User, code: str) -> Authenticator | None:
    app: Authenticator | None = Authenticator.objects.select_for_update().filter(user=user, type=Type.TOTP).first()
    if app is None:
        return None
    number = number_of(unseal(app.data["secret"]), code, after=app.data.get(USED, 0))
    if number is None:
        return None
    app.data[USED] = number
    app.save(update_fields=["data"])
    return app


def number_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """The number in time of that code of an app; None where it is not right now, or not after that number."""
    numbers = [number for number, right in app_codes(secret) if constant_time_compare(code, right)]
    return next((number for number in numbers if number > after), None)


def _recovery_codes_of(user: User, code: str) -> Authenticator | None:
    codes: Authenticator | None = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return codes if codes is not None and use_recovery_code(codes, code) else None


def _refused(request: HttpRequest, user: User, what: str) -> None:
    subject, details = Subject(target=user.get_username()), {"factor": what}
    try:
        who = _who(request, user)
        log.event(who, AuditAction.FACTOR_SHOW, subject, outcome=Outcome.REFUSED, details=details)
    except AuditUnavailableError:
        logger.exception("A second factor that was wrong could not be recorded")


def _who(request: HttpRequest, user: User) -> Who:
    where = Who.of(request)
    return Who(user.get_username(), user.pk, where.ip, where.agent)
