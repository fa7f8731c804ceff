"""The page about data protection, and a person's own data to take away."""

from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.reauthentication import password_first
from audit import log
from audit.actions import AuditAction
from operations.data_protection.own_account import pieces
from operations.data_protection.stores import lines
from operations.release import version
from ui.pages import render_page


@require_safe
def data_protection(request: HttpRequest) -> HttpResponse:
    """What is stored where, of whom and for how long, as the settings are. For everybody who has an account: it is
    about them, too."""
    context = {
        "place": "data-protection",
        "lines": list(lines()),
        "version": version(),
        "vendor": "PostgreSQL" if "postgresql" in settings.DATABASES["default"]["ENGINE"] else "SQLite",
    }
    return render_page(request, "operations/data_protection.html", context)


@require_POST
def own_account_export(request: HttpRequest) -> HttpResponseBase:
    """What the desk stores of whoever asks, as a file; asks for the password first, where it was given too long ago.
    That it was taken is an entry of the log."""
    if page := password_first(request, _("Take my data"), reverse("data-protection")):
        return page
    person = cast(User, request.user)
    log.event(log.Who.of(request), AuditAction.PERSON_EXPORT, log.Subject(target=person.username))
    answer = StreamingHttpResponse(pieces(person), content_type="application/json; charset=utf-8")
    name = f"order-desk-{person.username}-{timezone.localdate():%Y-%m-%d}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
