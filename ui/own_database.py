"""The desk's own database gives or takes nothing: said as what it is, with what was typed, by a page that needs none of
it. It is an outage, not a fault of the program, and ends by itself or by whoever runs the desk."""

import sys
from collections.abc import Iterator

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.utils.translation import gettext_lazy as _

from ui import held
from ui.pages import aim

TITLE = _("The desk's own database does not work at the moment")
NOTHING_SENT = _(
    "Nothing was sent, and nothing was changed. Try again in a moment; if it stays so, tell whoever runs this desk."
)
MAYBE_SENT = _(
    "A change had been sent already, and what became of it could not be written down. Look whether it happened before "
    "you do it again."
)
RETRY_AFTER = 5  # seconds


def is_out() -> bool:
    """Whether that is what is being handled as an exception right now."""
    return is_why(sys.exception())


def is_why(error: BaseException | None) -> bool:
    """Whether that is what an error came from."""
    return any(isinstance(each, OperationalError | InterfaceError | InternalError) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__


def answer(request: HttpRequest) -> HttpResponse:
    """503, as a page or as a part of one. What was typed is in it, to be sent again, unless a change was sent."""
    sent = getattr(request, "changes_sent", None)
    maybe_sent = bool(sent and sent.changes)
    says = MAYBE_SENT if maybe_sent else NOTHING_SENT
    context: dict[str, object] = {"title": TITLE, "says": says, "csrf_token": get_token(request)}
    if request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted"):
        response = HttpResponse(loader.render_to_string("own_database.html#problem", context), status=503)
        aim(request, response)
    else:
        if held.is_worth_keeping(request):
            context |= held.typed_in(request) | {"may_be_sent": not maybe_sent, "action": request.get_full_path()}
        if request.method in ("GET", "HEAD"):
            context["retry"] = request.get_full_path()
        response = HttpResponse(loader.render_to_string("own_database.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
