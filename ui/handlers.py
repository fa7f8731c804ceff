"""What a person reads when they may not, cannot or need not see a page: where they stand and what to do next."""

from http import HTTPStatus
from typing import Any, NamedTuple

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ui import held, own_database
from ui.pages import render_problem


class Refusal(NamedTuple):
    status: int
    icon: str
    title: Promise | str
    says: Promise | str
    way_on: str = "home"
    """The name of the page that is offered, home or preferences."""


FORBIDDEN = Refusal(
    403,
    "lock",
    _("You may not see this"),
    _("Your role does not include it. If you need it for your work, ask an admin."),
)
STALE = Refusal(
    403,
    "lock",
    _("This page was too old to be sent"),
    _("Somebody signed in or out in this browser since it was opened. Nothing was changed. Load it again and repeat."),
)
MISSING = Refusal(
    404, "search", _("There is no such page"), _("Its address may be mistyped, or what it showed was removed.")
)
HASTY = Refusal(
    429, "clock", _("Too many tries"), _("Wait a few minutes, then try again. If you did not try, tell an admin.")
)
TOO_LARGE = Refusal(
    413,
    "alert",
    _("This form is too large to be sent"),
    _(
        "Nothing was sent, and nothing was changed. What you typed is still in the form; without a dialog, your "
        "browser's way back leads to it. Take something out of it, or send it in parts."
    ),
)
UNRECORDED = Refusal(
    503,
    "audit",
    _("This was not done"),
    _(
        "It could not be written into the log, and what cannot be recorded is not done: nothing was sent, nothing was "
        "changed. "
        "Try again in a moment; if it stays so, tell whoever runs this desk."
    ),
)
BROKEN = Refusal(
    500,
    "alert",
    _("Something broke here"),
    _("It is written to the log. If you were changing something, look whether it happened before you do it again."),
)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a page, with what was typed if there is any; for htmx, whose page stays, its words alone."""
    if refusal is not TOO_LARGE and not getattr(request, "htmx", None) and held.is_worth_keeping(request):
        return held.hold(request, refusal.says, refusal.status, is_for_good=refusal in (FORBIDDEN, MISSING))
    return render_problem(request, "refusal.html", {"refusal": refusal}, refusal.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Asked under a name that is not ours, or not in HTTP at all: nothing of the request is to be
    trusted for a page. A form that is only too large is told so, in its dialog, where it stays."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return answer(request, TOO_LARGE)
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of one of our own pages is kept, to be sent again with the token of now; any other is only told off."""
    if held.is_worth_keeping(request):
        return held.hold(request, held.STALE, HTTPStatus.FORBIDDEN)
    return answer(request, STALE)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, MISSING)


def too_many(request: HttpRequest, *args: Any) -> HttpResponse:
    """allauth's answer to somebody who tries too often."""
    return answer(request, HASTY)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs neither database nor person nor templates above it: any of them may be what broke."""
    if own_database.is_out():
        return own_database.answer(request)
    if getattr(request, "htmx", None):
        return HttpResponse(loader.render_to_string("refusal.html#problem", {"refusal": BROKEN}), status=500)
    return HttpResponse(loader.render_to_string("500.html"), status=500)
