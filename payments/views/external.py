"""Money that others moved: the form in which a person says what it was."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from audit import log
from gateway.permissions import may_execute
from gateway.request import ApiRequest
from payments.executions import watch
from payments.executions.access import move_of
from payments.executions.acknowledgement_form import AcknowledgeForm
from payments.models import ExternalMove
from payments.presentation.moves import moved
from payments.presentation.vocabulary import action_words
from ui.pages import form_view, render_page


@never_cache
@form_view
@may_execute
def external_acknowledge(request: ApiRequest, move_id: int) -> HttpResponse:
    """What was found, and a form; posted, the task is done, and the same type of action is free again."""
    move = move_of(request.user, request.channel, move_id)
    if request.method != "POST":
        return show(request, move, AcknowledgeForm(request=request))
    form = AcknowledgeForm(request.POST, request=request)
    if move.acknowledged_at:
        return show(request, move, form, HTTPStatus.CONFLICT)
    if not form.is_valid():
        return show(request, move, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        watch.acknowledge(move, request.user, log.Who.of(request), form.cleaned_data["note"].strip())
    except watch.AlreadyAcknowledgedError:
        move.refresh_from_db()
        return show(request, move, form, HTTPStatus.CONFLICT)
    except log.AuditUnavailableError:
        form.add_error(None, _("It could not be written into the log, so nothing was kept. Try again in a moment."))
        return show(request, move, form, HTTPStatus.SERVICE_UNAVAILABLE)
    messages.success(request, _("Kept: you have said what it was."))
    where = resolve_url("execution-detail", request.channel, move.execution_id)
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def show(
    request: ApiRequest, move: ExternalMove, form: AcknowledgeForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The form, with what was found. What somebody has acknowledged has no button, and says what they wrote."""
    execution = move.execution
    context = {
        "move": move,
        "moved": moved(move),
        "execution": execution,
        "noun": action_words(move.action_type).noun,
        "form": form,
        "is_open": move.acknowledged_at is None,
        "place": "doubt",
    }
    return render_page(request, "payments/external_acknowledge.html", context, partials=("dialog",), status=status)
