"""Whether the Order API can be asked; and what a person typed, which is kept where it could not be."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gateway.connection import soon
from order_api import OrderApi
from order_api.deadline import Deadline, until
from order_api.errors import ApiError, NotFound
from ui.held import hold
from ui.said import said

REFUSED = _(
    "Its token is refused. Whoever runs this desk has to look at ORDER_API_TOKEN; `manage.py order_api_check` tells "
    "them more."
)
View = Callable[..., HttpResponse]
_Any = TypeVar("_Any", bound=Callable[..., Any])


def does_answer(api: OrderApi) -> bool:
    """Whether the Order API answers a question now, and soon: the pages that are told load themselves anew, and would
    wait again for one that takes its time. One call."""
    try:
        with until(Deadline(soon())):
            api.orders.list_unread(limit=1)
    except ApiError:
        return False
    return True


def stays_without_rows(page: Callable[[Any, Mapping[str, Any]], HttpResponse]) -> Callable[[_Any], _Any]:
    """While the Order API does not answer, has a page be `page`, made with the request and what tells of the outage:
    what it is changed by, and what was typed, stay on it."""

    def decorate(view: _Any) -> _Any:
        view.without_rows = page  # type: ignore[attr-defined]
        return view

    return decorate


def keeps_what_was_typed(words: Promise) -> Callable[[View], View]:
    """Has a view answer a form that met an outage with 503, what was typed, and `words`;
    `%(error)s` in them says what went wrong.

    For views that have changed nothing by the time that they raise an ApiError. What does not exist stays a 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except NotFound:
                raise
            except ApiError as error:
                if request.method != "POST":
                    raise
                why = REFUSED if error.status == HTTPStatus.UNAUTHORIZED else said(error)
                return hold(request, str(words) % {"error": why}, HTTPStatus.SERVICE_UNAVAILABLE)

        return kept

    return decorate
