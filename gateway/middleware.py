"""Binds a request to its channel, and turns what goes wrong at the Order API into a page
that says what to do next."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.channels import channels_of
from audit.log import Who
from gateway.connection import last_read, order_api
from gateway.last_read import is_asked_again, may_show
from order_api import OrderApi, changes_sent
from order_api.errors import ApiError, NotFound, Unauthorized, Unavailable, Unreadable
from ui.held import hold, is_worth_keeping
from ui.pages import render_problem
from ui.said import said

GONE = _("It is not there any more, so nothing was sent. %(error)s")
LONGEST_ID = 200
"""Characters; of the ids that are kept here, with notes, payment actions and in the log."""
_KEPT = frozenset({"order_id", "payment_id", "action_id"})


def is_id(name: str, value: str) -> bool:
    """Whether this can be the id, of that kind, of something that exists."""
    return "\x00" not in value and (name not in _KEPT or len(value) <= LONGEST_ID)


def api_of(request: Any) -> OrderApi:
    """The Order API for this request: of its channel. `request.last_read` tells of what time a page is that shows what
    was read before. Raises Http404 where the channel is served no more."""
    match = request.resolver_match
    if request.channel not in channels_of(request.user):
        raise Http404
    is_shown = may_show(request, match.func if match else None)
    request.last_read = last_read(is_shown=is_shown, waits=is_asked_again(request))
    return order_api(request.channel.merchant, request.channel.name, Who.of(request), request.last_read)


class OrderApiMiddleware:
    """Gives signed-in people `request.api`: the Order API, bound to the request's channel, opened when first used. In
    `request.changes_sent` it is counted what has been sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        channel = getattr(request, "channel", None)
        if channel is not None:
            request.api = SimpleLazyObject(lambda: api_of(request))  # type: ignore[attr-defined]
        with changes_sent.counting() as request.changes_sent:  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: object, view_args: object, view_kwargs: Mapping[str, Any]
    ) -> None:
        """Raises Http404 for an id that no order or part of one has: it would be too long, or not
        storable, for what is kept of it."""
        if any(isinstance(value, str) and not is_id(name, value) for name, value in view_kwargs.items()):
            raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return problem_page(request, error) if isinstance(error, ApiError) else None


def status_of(error: ApiError) -> HTTPStatus:
    """The status of our page: whose fault it is stays visible to monitoring and to htmx."""
    for kind, status in (
        (NotFound, HTTPStatus.NOT_FOUND),
        (Unauthorized, HTTPStatus.FORBIDDEN),
        (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    ):
        if isinstance(error, kind):
            return status
    return HTTPStatus.BAD_GATEWAY


def problem_page(request: HttpRequest, error: ApiError) -> HttpResponse:
    """What went wrong, as a page, or for htmx as a fragment in the place that the page set aside. A form about what is
    not there any more comes back with what was typed."""
    if isinstance(error, NotFound) and not getattr(request, "htmx", None) and is_worth_keeping(request):
        return hold(request, GONE % {"error": said(error)}, status_of(error), is_for_good=True)
    is_read = request.method in ("GET", "HEAD")
    context: dict[str, Any] = {
        "error": error,
        "kind": NotFound.__name__ if isinstance(error, NotFound) else type(error).__name__,
        "retry": request.get_full_path(),
        "is_read": is_read,
        "tries_again": is_read and _is_what_people_wait_for(request),
        "place": "orders",
        "order": order_without_it(request, error),
        "about": _order_id(request),
        "as_it_came": _order_id(request) if isinstance(error, Unreadable) else "",
    }
    view = request.resolver_match.func if request.resolver_match else None
    page = getattr(view, "without_rows", None)
    if page and isinstance(error, Unavailable) and may_show(request, view):
        response: HttpResponse = page(request, context)
        response.status_code = status_of(error)
        return response
    return render_problem(request, "api_error.html", context, status_of(error))


def _is_what_people_wait_for(request: HttpRequest) -> bool:
    """Whether it is a page, or the rows of the list: parts of a page are tried again by hand."""
    return not getattr(request, "htmx", None) or request.headers.get("X-Problem-Target") == "#problem"


def order_without_it(request: HttpRequest, error: ApiError) -> str:
    """The id of the order that has no such payment or shipping; empty where the order itself, or
    anything else, is missing.

    Which of the two is missing is told by the API's code where it is `order-not-found`, else by what was asked for.
    """
    asked_for_part = any(f"{{{part}_id}}" in error.operation for part in ("payment", "shipping"))
    if not (isinstance(error, NotFound) and asked_for_part) or error.code == "order-not-found":
        return ""
    return _order_id(request)


def _order_id(request: HttpRequest) -> str:
    """The order that the page is about, if it is about one."""
    return str(request.resolver_match.kwargs.get("order_id", "")) if request.resolver_match else ""
