"""The page *Status*, what to do about what it shows, and the test of whether anybody would be told."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from audit.log import AuditUnavailableError, Who
from operations.runbook import runbook as runbook_text
from operations.status.page import parts
from payments.alerts import trial
from payments.alerts.models import Way
from payments.alerts.rules import MAY_SEE_DESK
from ui.pages import render_page

may_see_the_desk = permission_required(MAY_SEE_DESK, raise_exception=True)
"""Whom the alerts that concern the whole desk go to: admins."""


@never_cache
@require_safe
@may_see_the_desk
def status(request: HttpRequest) -> HttpResponse:
    """Reads nothing at the Order API."""
    found = parts()
    context = {"parts": found, "amiss": sum(part.amiss for part in found), "place": "status"}
    return render_page(request, "operations/status.html", context)


@require_safe
@may_see_the_desk
def runbook(request: HttpRequest) -> HttpResponse:
    """404 where the program was put up without its documents."""
    try:
        text = runbook_text()
    except OSError:
        raise Http404 from None
    return render_page(request, "operations/runbook.html", {"text": text, "place": "status"})


@require_POST
@may_see_the_desk
def alert_test(request: HttpRequest, way: str) -> HttpResponse:
    """Sends one, and says on the page what became of it. 404 for a way that there is not, or that is not set."""
    if way not in Way.values:
        raise Http404
    try:
        tried = trial.send(Who.of(request), Way(way))
    except trial.NoWayError:
        raise Http404 from None
    except trial.TooSoonError:
        messages.warning(request, _("A test alert was sent that way less than a minute ago. Wait a moment."))
    except AuditUnavailableError:
        messages.error(request, _("It could not be written into the log, so it was not done. Try again in a moment."))
    else:
        tell = messages.success if tried.how is trial.How.TAKEN else messages.error
        tell(request, tried.says)
    return redirect("status")
