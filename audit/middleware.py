import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit import log
from audit.actions import AuditAction
from audit.log import AuditUnavailableError, Outcome, Subject, Who
from audit.repeated import since_written, was_not_written
from ui import handlers

logger = logging.getLogger(__name__)


class RecordDenials:
    """Records what a signed-in person tried and may not: which page, by which verb. The page that
    says so comes from Django.

    Where a view could not record what it was about to do, and so did not do it, the person reads just that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if isinstance(error, AuditUnavailableError):
            logger.error("Not done: %s %s", request.method, request.path, exc_info=error)
            return handlers.answer(request, handlers.UNRECORDED)
        if isinstance(error, PermissionDenied) and request.user.is_authenticated:
            record_denial(request)
        return None


def record_denial(request: HttpRequest) -> None:
    """Record that this request was not allowed, by whichever part of the desk that was. It is not,
    recorded or not: never raises. Of a person, a page and a verb one in ten minutes, which says how many were not
    written down before it."""
    who, match = Who.of(request), request.resolver_match
    what = (who.user_id, request.method, match.view_name if match else request.path)
    if (since := since_written(*what)) is None:
        return
    details = {"not_written_down_before": since} if since else {}
    try:
        log.event(who, AuditAction.DENIED, _subject(request), outcome=Outcome.DENIED, status=403, details=details)
    except AuditUnavailableError:
        was_not_written(*what)
        logger.exception("A denial could not be recorded: %s %s", request.method, request.path)


def _subject(request: HttpRequest) -> Subject:
    match, channel = request.resolver_match, getattr(request, "channel", None)
    return Subject(
        order_id=str(match.kwargs.get("order_id", "")) if match else "",
        merchant=channel.merchant if channel else "",
        channel=channel.name if channel else "",
        target=f"{request.method} {request.path}",
    )
