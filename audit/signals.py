"""Sign-ins, sign-outs and sign-ins that failed are entries too."""

import logging
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import signals
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest

from audit import log
from audit.actions import AuditAction
from audit.log import AuditUnavailableError, Outcome, Who
from audit.repeated import since_written, was_not_written

logger = logging.getLogger(__name__)


def connect() -> None:
    signals.user_logged_in.connect(signed_in, dispatch_uid="audit.signed_in")
    signals.user_logged_out.connect(signed_out, dispatch_uid="audit.signed_out")
    signals.user_login_failed.connect(sign_in_failed, dispatch_uid="audit.sign_in_failed")


def signed_in(sender: object, request: HttpRequest | None, user: User, **_: Any) -> None:
    """Raises if it cannot be recorded, and the session is not begun: nobody works here unseen."""
    try:
        log.event(_person(request, user), AuditAction.SIGN_IN)
    except AuditUnavailableError:
        if request is not None:
            request.session.flush()
            request.user = AnonymousUser()
        raise


def signed_out(sender: object, request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:
        _try_event(_person(request, user), AuditAction.SIGN_OUT, Outcome.DONE)


def sign_in_failed(
    sender: object, credentials: Mapping[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """The name stands there as it was typed: it may be nobody's, so it is no proof of who it was."""
    typed = next((str(credentials[key]) for key in ("username", "email", "login") if credentials.get(key)), "")
    where = Who.of(request) if request else Who("")
    _try_event(Who(typed[:64], None, where.ip, where.agent), AuditAction.SIGN_IN, Outcome.REFUSED)


def sign_in_stopped(request: HttpRequest, typed: str) -> None:
    """Somebody is not even listened to, as too many tries failed before: once in ten minutes for that name and address,
    so that the log says when it began and does not grow with the tries. Never raises."""
    where = Who.of(request)
    what = ("sign-in", typed[:64].casefold(), where.ip)
    if since_written(*what) is None:
        return
    who = Who(typed[:64], None, where.ip, where.agent)
    try:
        log.event(who, AuditAction.SIGN_IN, outcome=Outcome.REFUSED, code="too-many-tries")
    except AuditUnavailableError:
        was_not_written(*what)
        logger.exception("A sign-in that was stopped could not be recorded")


def _person(request: HttpRequest | None, user: User) -> Who:
    where = Who.of(request) if request else Who("")
    return Who(user.get_username(), user.pk, where.ip, where.agent)


def _try_event(who: Who, action: AuditAction, outcome: Outcome) -> None:
    try:
        log.event(who, action, outcome=outcome)
    except AuditUnavailableError:
        logger.exception("%s could not be recorded", action)
