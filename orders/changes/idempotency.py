"""A form is sent once: a double click, a reload and the back button find what became of it the first time.

Each form that is shown carries a mark. What is sent under it is a row before the call goes out, so that a call without
an answer and a process that died in the middle are known too; a refusal takes the row away, as nothing was done. The
row's key is unique: of two that come at the same moment one is sent.
"""

import datetime as dt
import hashlib
import json
import logging
import secrets
from typing import Any, Final

from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from orders.models import SentForm

logger = logging.getLogger(__name__)

REMEMBERED = dt.timedelta(days=1)
TIDIED_AT_ONCE = 100
UNKNOWN: Final = "?"
"""It is being sent, or was sent and nobody can say what became of it."""


class AlreadySentError(Exception):
    """Another request began to send this very form a moment ago, so it must not be sent."""


def new_mark() -> str:
    return secrets.token_urlsafe(12)


def fate(request: HttpRequest, *, adds: bool) -> Any:
    """What became of this form when it was sent before: UNKNOWN, or what `settle` was told. None if it was not."""
    row = SentForm.objects.filter(key=_key(request, adds), at__gte=timezone.now() - REMEMBERED).first()
    return json.loads(row.became_json) if row else None


def start(request: HttpRequest, *, adds: bool) -> None:
    """It is about to be sent. Raises AlreadySentError, and DatabaseError where that could not be
    kept: then it must not be sent."""
    if not _has_mark(request):
        return
    tidy()
    key, now = _key(request, adds), timezone.now()
    SentForm.objects.filter(key=key, at__lt=now - REMEMBERED).delete()
    try:
        with transaction.atomic():
            SentForm.objects.create(key=key, at=now, became_json=json.dumps(UNKNOWN))
    except IntegrityError as error:
        raise AlreadySentError from error


def settle(request: HttpRequest, became: Any, *, adds: bool) -> None:
    """It was done, and leads there (a JSON value). Never raises: what could not be kept stays
    UNKNOWN, and so is not sent again."""
    try:
        with transaction.atomic():
            SentForm.objects.filter(key=_key(request, adds)).update(became_json=json.dumps(became))
    except DatabaseError:
        logger.exception("What became of a form could not be kept")


def forget(request: HttpRequest, *, adds: bool) -> None:
    """Nothing was done, so that it can be sent again. Never raises: what could not be taken away counts as sent."""
    try:
        with transaction.atomic():
            SentForm.objects.filter(key=_key(request, adds)).delete()
    except DatabaseError:
        logger.exception("That a form was not sent could not be kept")


def tidy() -> None:
    """Take away some of what is remembered no longer. Each form that is sent does so; it adds one."""
    old = SentForm.objects.filter(at__lt=timezone.now() - REMEMBERED).order_by("at").values_list("pk", flat=True)
    SentForm.objects.filter(pk__in=list(old[:TIDIED_AT_ONCE])).delete()


def _has_mark(request: HttpRequest) -> bool:
    return bool(request.POST.get("once"))


def _key(request: HttpRequest, adds: bool) -> str:
    """What adds something is known by its mark alone; what sets something may be sent again with
    something else typed."""
    posted = [] if adds else sorted(each for each in request.POST.lists() if each[0] != "csrfmiddlewaretoken")
    whole = json.dumps([request.user.pk, request.path, request.POST.get("once", ""), posted])
    return hashlib.sha256(whole.encode()).hexdigest()
