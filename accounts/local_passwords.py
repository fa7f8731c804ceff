"""Who may have a password of the desk's own. With the setting LOCAL_PASSWORDS off nobody, but the one account that is
for the hour when the provider is out of reach: BREAK_GLASS_ACCOUNT."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.single_sign_on.configuration import provider_name
from accounts.single_sign_on.identities import is_managed
from audit import log
from audit.actions import AuditAction
from audit.log import Who
from ui import handlers

logger = logging.getLogger(__name__)


def is_break_glass(user: User | AnonymousUser) -> bool:
    """Whether this is the account that keeps its password while all others have none."""
    return not settings.LOCAL_PASSWORDS and user.get_username() == settings.BREAK_GLASS_ACCOUNT


def count_for(user: User | AnonymousUser) -> bool:
    """Whether passwords of this desk are any good for the person, as far as the settings say. No query."""
    return settings.LOCAL_PASSWORDS or is_break_glass(user)


def may_have_one(user: User | AnonymousUser) -> bool:
    """Whether the person may sign in by a password, change it, and be given a link for one."""
    return count_for(user) and not is_managed(user)


def needs_one(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page about one's own password: who has none is told where they sign in instead."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not may_have_one(request.user):
            says = _("You sign in with %(provider)s. Change your password there.") % {"provider": provider_name()}
            return handlers.answer(
                request, handlers.Refusal(403, "lock", _("You have no password in this desk"), says, "preferences")
            )
        return view(request, *args, **kwargs)

    return wrapped


def say_loudly(sender: object, request: HttpRequest, user: User, **_signal: Any) -> None:
    """The account for emergencies was signed in to: an entry of its own in the log, and a line that an operator's
    alarm can listen for. Raises AuditUnavailableError, and the session is not begun."""
    if not is_break_glass(user):
        return
    who = Who.of(request)
    try:
        log.event(Who(user.get_username(), user.pk, who.ip, who.agent), AuditAction.SIGN_IN_BREAK_GLASS)
    except log.AuditUnavailableError:
        request.session.flush()
        request.user = AnonymousUser()
        raise
    logger.critical("The break-glass account %s was signed in to, from %s.", user.get_username(), who.ip or "?")
