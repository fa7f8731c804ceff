"""What somebody typed is kept when it could not be taken: the session had ended, the page was too
old, the API did not answer.

In a dialog the form is still there, so only words are put above it. Without a script the page that comes back shows
what was typed, and holds the fields with a button that sends them again. Nothing is stored on the server, and nothing
is sent by itself.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ui.pages import render_problem

SECRETS = {"password", "oldpassword", "password1", "password2", "factor_code", "passkey"}
NOT_TYPED = {"csrfmiddlewaretoken", *SECRETS}
NOTHING_TYPED = {*NOT_TYPED, "next", "size", "sought", "answered", "ask", "show"}  # what buttons and pages say

CARRIED = {*NOTHING_TYPED, "seen", "once", "confirmed", "mode", "document", "mark", "number", "line", "redo"}
"""What the form carries for itself, unseen."""

SIGNED_OUT = _(
    "Your session has ended. Nothing was sent, and what you typed is kept. Sign in in another tab, then send it from "
    "here."
)

FACTOR_FIRST = _(
    "Nothing was sent yet, and what you typed is kept: this desk asks for the second step of signing in first. Do that "
    "in another tab, then send it from here."
)

STALE = _(
    "Somebody signed in or out in this browser since this page was opened. Nothing was sent, and what you typed is "
    "kept. Look at it, then send it again."
)


def is_ours(request: HttpRequest) -> bool:
    """Whether one of our own pages sent this form. Another site's must never be offered for sending again."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()


def is_worth_keeping(request: HttpRequest) -> bool:
    """Whether there is something typed to keep. A form with a password is none: it would come back without it."""
    names = set(request.POST) if request.method == "POST" and is_ours(request) else set()
    return bool(names - NOTHING_TYPED) and not names & SECRETS


def hold(
    request: HttpRequest,
    says: str | Promise,
    status: int,
    *,
    sign_in: str = "",
    is_for_good: bool = False,
) -> HttpResponse:
    """Answers a form with what stood in its way, and keeps what was typed.

    `sign_in` is the address where one signs in, in another tab, if that is needed. `is_for_good`: sending it again
    would help nobody.
    """
    way = {"action": request.get_full_path(), "sign_in": sign_in, "is_for_good": is_for_good}
    context = {"says": says, "place": "orders", **typed_in(request), **way}
    return render_problem(request, "held.html", context, status)


def typed_in(request: HttpRequest) -> dict[str, list[tuple[str, str]]]:
    """A form's `fields` as they came, without secrets, and what of them people `typed`, by its name in words."""
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_TYPED for value in values]
    typed = [(_in_words(name), value) for name, value in fields if name not in CARRIED and value.strip()]
    return {"fields": fields, "typed": typed}


def _in_words(name: str) -> str:
    """A field's name as people read it."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()
