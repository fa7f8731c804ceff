"""The dialog of who sees a payment and may not execute its actions: the same facts, and a button that asks for it."""

from http import HTTPStatus

from django.db import Error
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from audit import log
from gateway.outages import keeps_what_was_typed
from gateway.permissions import may_view
from gateway.request import ApiRequest
from payments.approvals import asks
from payments.executions import engine
from payments.executions import intent as cases
from payments.executions.forms import AskForm
from payments.views.execute import NOT_WRITTEN, show, told
from ui.held import hold
from ui.pages import form_view

NOT_READ = gettext_lazy(
    "The Order API could not be asked, so nothing was asked for. To try again, open it anew from the order. %(error)s"
)


@never_cache
@form_view
@may_view
@keeps_what_was_typed(NOT_READ)
def payment_action_ask(request: ApiRequest, order_id: str, payment_id: str, action_id: str) -> HttpResponse:
    """The facts of now and a form; posted, it waits for whoever may execute. Pages offer it to who may not; who may is
    not kept from asking somebody else.

    `?type=` says what the action did when somebody saw it, as some adapters give it another id with each reading.
    """
    ids, kind = (order_id, payment_id, action_id), request.GET.get("type", "")
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return show(request, (*ids, kind), form, asks=True)
    case = cases.Intent.unseal(
        request.POST.get("case", ""), cases.salt_of(*request.channel, *ids, str(request.user.pk))
    )
    form.offer(case.action.type if case else kind)
    if case is None:
        form.add_error(None, _("This dialog was opened long ago. Look at the figures again, then ask for it."))
    try:
        if case is None or not form.is_valid():
            return show(request, (*ids, kind), form, HTTPStatus.UNPROCESSABLE_ENTITY, asks=True)
        return press(request, case, form)
    except Error:
        return hold(request, str(NOT_WRITTEN), HTTPStatus.SERVICE_UNAVAILABLE)


def press(request: ApiRequest, case: cases.Intent, form: AskForm) -> HttpResponse:
    """Writes it down. What stands in its way is shown with the figures of now."""
    what = (case.order_id, case.payment_id, case.action.id, case.action.type)
    who = log.Who.of(request)
    asked = engine.Asked(request.user, who, form.cleaned_data["reason"], form.cleaned_data["note"].strip())
    try:
        execution = asks.ask(request.api, case, asked)
    except (engine.PaymentLockedError, engine.ExternalMoveError):
        return show(request, what, form, HTTPStatus.CONFLICT, asks=True)
    except engine.DuplicateIntentError as already:
        if already.execution.asked_by_id != request.user.pk:
            return show(request, what, form, HTTPStatus.CONFLICT, asks=True)
        execution = already.execution
    except engine.PaymentChangedError as moved:
        return show(request, what, form, HTTPStatus.CONFLICT, moved=moved.differences, asks=True)
    return told(request, execution)
