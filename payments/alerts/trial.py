"""A test alert: whether those outside the desk would be told. It is no alert, and stands nowhere but in the log."""

import logging
import uuid
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import log
from audit.actions import AuditAction
from audit.models import Entry
from audit.who import Who
from order_api.posting import NotTakenError
from payments.alerts import delivery
from payments.alerts.models import Way

logger = logging.getLogger(__name__)
PAUSE = 60
"""Seconds, between two by the same way, whoever sends them."""
EVENT = "test"
"""What is sent as `event` and as `kind`."""
WORDS: dict[Way, Promise] = {Way.WEBHOOK: gettext_lazy("Webhook"), Way.MAIL: gettext_lazy("Mail")}


class How(StrEnum):
    """What became of it."""

    TAKEN = "taken"
    REFUSED = "refused"
    SILENT = "silent"


class TooSoonError(Exception):
    """One went by that way within PAUSE."""


class NoWayError(Exception):
    """The settings name nobody who is told that way."""


class Tried(NamedTuple):
    """`status`: what a webhook answered; `why`: the kind of what went wrong. No address stands in either."""

    way: Way
    how: How
    status: int | None = None
    why: str = ""

    @property
    def says(self) -> str:
        """What became of it, in the reader's language."""
        if self.how is How.TAKEN:
            taken = _("The webhook took the test alert.")
            return taken if self.way is Way.WEBHOOK else _("The mail server took the test alert.")
        if self.status is not None:
            return _("The webhook refused the test alert: it answered with status %(status)s.") % {
                "status": self.status
            }
        if self.way is Way.WEBHOOK:
            return _("The webhook did not answer (%(why)s).") % {"why": self.why}
        return _("The mail server did not take the test alert (%(why)s).") % {"why": self.why}


def send(who: Who, way: Way) -> Tried:
    """Tells by that way that this is a test, once, and says what became of it; in the log before and after. Takes as
    long as `delivery.CALL_SECONDS`, or as a mail server may. Raises NoWayError, TooSoonError and
    log.AuditUnavailableError; then nothing was sent."""
    if way not in delivery.ways():
        raise NoWayError
    if not cache.add(f"alert-test:{way.value}", 1, PAUSE):
        raise TooSoonError
    attempt = log.begin(who, AuditAction.DESK_ALERT_TEST, log.Subject(target=way.value))
    tried = _by_webhook() if way is Way.WEBHOOK else _by_mail()
    if tried.how is How.TAKEN:
        attempt.done(status=tried.status)
    elif tried.how is How.REFUSED:
        attempt.refused(status=tried.status, code=tried.why)
    else:
        attempt.failed(code=tried.why)
    return tried


def last_failed(way: Way) -> bool:
    """Whether the last one by that way that ended was not taken. One statement."""
    ended = Entry.objects.filter(action=AuditAction.DESK_ALERT_TEST, target=way.value).exclude(outcome="")
    outcome = ended.order_by("-at", "-sequence").values_list("outcome", flat=True).first()
    return outcome not in (None, log.Outcome.DONE)


def _says() -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return _("This is a test: nothing is wrong.")


def _by_webhook() -> Tried:
    told = {
        "id": f"test-{uuid.uuid4().hex}",
        "event": EVENT,
        "kind": EVENT,
        "says": _says(),
        "channel": None,
        "address": settings.ALERT_DESK_URL + reverse("alert-list"),
        "since": delivery.in_utc(timezone.now()),
        "ended": None,
    }
    try:
        delivery.hand_over(told)
    except NotTakenError as error:
        how = How.SILENT if error.status is None else How.REFUSED
        return Tried(Way.WEBHOOK, how, error.status, str(error))
    return Tried(Way.WEBHOOK, How.TAKEN)


def _by_mail() -> Tried:
    text = _says()
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Order desk: %(says)s") % {"says": text}
    mail = EmailMessage(subject, f"{text}\n", settings.DEFAULT_FROM_EMAIL, settings.ALERT_MAIL_TO)
    try:
        mail.send()
    except Exception as error:  # whatever a mail server, a library or a name service can come up with
        logger.warning("A test alert could not be told by mail: %s", type(error).__name__)
        return Tried(Way.MAIL, How.SILENT, why=type(error).__name__)
    return Tried(Way.MAIL, How.TAKEN)
