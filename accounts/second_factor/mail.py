"""Tells people by mail that something happened to how they sign in, so that they hear of it where it was not they: by
a task beside the pages, where the desk sends mail at all (DESK_URL)."""

import datetime as dt
import logging
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from accounts.models import preference_of
from ui import formats

logger = logging.getLogger(__name__)
ADDED, REMOVED, CODES, RESET = "add", "remove", "codes", "reset"
WORDS: dict[str, Promise] = {
    ADDED: _("Another way for the second step of signing in was set up for your account."),
    REMOVED: _("A way for the second step of signing in was removed from your account."),
    CODES: _("New recovery codes were made for your account; those of before are void."),
    RESET: _("The second step of signing in was reset for your account by somebody else."),
}


def tell(person: User, what: str) -> None:
    """Once the caller's transaction is committed. Never raises: what was done is done."""
    if settings.DESK_URL and person.email:
        transaction.on_commit(partial(_enqueue, person.pk, what, timezone.now().isoformat()), robust=True)


def _enqueue(person_id: int, what: str, at: str) -> None:
    try:
        send.enqueue(person_id, what, at)
    except Exception:
        logger.exception("A mail about a second factor could not be put into the queue")


@task()
def send(person_id: int, what: str, at: str) -> None:
    """One mail, in the person's language. `at`: when it was, in ISO 8601."""
    person = User.objects.select_related("preference").filter(pk=person_id).exclude(email="").first()
    if person is None:
        return
    preference = preference_of(person)
    with translation.override(preference.language or settings.LANGUAGE_CODE), timezone.override(preference.zone):
        when = formats.format_exact(dt.datetime.fromisoformat(at))
        rest = _g("If that was not you, tell an admin at once, and change your password.")
        body = f"{WORDS[what]}\n{when}\n\n{rest}\n\n{settings.DESK_URL}\n"
        send_mail(_g("Order desk: how you sign in"), body, settings.DEFAULT_FROM_EMAIL, [person.email])
