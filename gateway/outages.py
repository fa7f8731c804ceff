"""What a person typed is kept where the Order API could not be asked."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from order_api.errors import ApiError, NotFound
from ui.held import hold

View = Callable[..., HttpResponse]


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
                return hold(request, str(words) % {"error": error}, HTTPStatus.SERVICE_UNAVAILABLE)

        return kept

    return decorate
