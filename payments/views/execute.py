"""The dialog of a payment action: what will happen, the button, and what became of it."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from django.db import Error
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit import log
from gateway.outages import keeps_what_was_typed
from gateway.permissions import may_execute, may_view
from gateway.request import ApiRequest
from payments.executions import engine
from payments.executions import intent as cases
from payments.executions.access import execution_of
from payments.executions.forms import ExecuteForm, ReasonForm
from payments.executions.refreshing import ask_first
from payments.executions.snapshot import Difference
from payments.limits import rules
from payments.models import Execution, State
from payments.presentation import preview
from payments.presentation.cautions import cautions, done_before
from payments.presentation.in_the_way import in_the_way
from payments.presentation.summary import how, known
from payments.presentation.vocabulary import MOVED, why_words
from ui.held import hold
from ui.pages import form_view, render_page

logger = logging.getLogger(__name__)
TEMPLATE = "payments/execute.html"
NOT_ASKED = gettext_lazy(
    "The Order API could not be asked, so nothing was sent. To try again, open it anew from the order. %(error)s"
)
NOT_WRITTEN = gettext_lazy("It could not be written down, so nothing was sent. Try again in a moment.")


@never_cache
@form_view
@may_view
@may_execute
@keeps_what_was_typed(NOT_ASKED)
def payment_action_execute(request: ApiRequest, order_id: str, payment_id: str, action_id: str) -> HttpResponse:
    """The facts of now and a form; posted, the action is executed once, or waits for a second person.

    `?type=` says what the action did when somebody saw it, as some adapters give it another id with each reading.
    """
    ids = (order_id, payment_id, action_id)
    what = (*ids, request.GET.get("type", ""))
    form = ExecuteForm(request.POST if request.method == "POST" else None, request=request)
    if request.method != "POST":
        return show(request, what, form, first=ask_first(request.api, log.Who.of(request), order_id, payment_id))
    case = cases.Intent.unseal(
        request.POST.get("case", ""), cases.salt_of(*request.channel, *ids, str(request.user.pk))
    )
    form.offer(case.action.type if case else request.GET.get("type", ""))
    if case is None:
        form.add_error(None, _("This dialog was opened long ago. Look at the figures again, then send it."))
    try:
        if case is None or not form.is_valid():
            return show(request, what, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        return press(request, case, form)
    except Error:
        return hold(request, str(NOT_WRITTEN), HTTPStatus.SERVICE_UNAVAILABLE)


def press(request: ApiRequest, case: cases.Intent, form: ExecuteForm) -> HttpResponse:
    """Hands the intent to the engine. What stands in its way is shown with the figures of now; in
    all of these nothing was sent."""
    what = (case.order_id, case.payment_id, case.action.id, case.action.type)
    who = log.Who.of(request)
    asked = engine.Asked(request.user, who, form.cleaned_data["reason"], form.cleaned_data["note"].strip())
    try:
        execution = engine.execute(request.api, case, asked, wants_approval="approval" in request.POST)
    except (engine.PaymentLockedError, engine.ExternalMoveError):
        return show(request, what, form, HTTPStatus.CONFLICT)
    except engine.DuplicateIntentError as already:
        execution = already.execution
    except engine.PaymentChangedError as moved:
        return show(request, what, form, HTTPStatus.CONFLICT, moved=moved.differences)
    return told(request, execution)


def told(request: ApiRequest, execution: Execution) -> HttpResponse:
    """What became of it. Where that cannot be read, nobody is told that nothing was sent: it may have been."""
    if not request.htmx:
        return redirect("execution-detail", execution.in_channel, execution.pk)
    try:
        return render_page(request, "payments/result.html", result(execution), partials=("dialog",))
    except Error:
        logger.exception("What became of execution %s could not be shown", execution.pk)
        words = _("It may have been sent, and what became of it cannot be read at the moment. Look under In doubt.")
        return hold(request, words, HTTPStatus.SERVICE_UNAVAILABLE)


def show(  # noqa: PLR0913 - what is said besides, by name
    request: ApiRequest,
    what: tuple[str, str, str, str],
    form: ReasonForm,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    moved: list[Difference] | None = None,
    first: str = "",
    asks: bool = False,
) -> HttpResponse:
    """The dialog, with the facts of now. `what`: order, payment, action, and the action's type; `first`: what is to be
    said before all else; `asks`: for who may only ask for it. Raises ApiError."""
    facts = cases.read(request.api, request.channel, *what)
    case = facts.case
    other = in_the_way(case, request.user)
    if not form.is_bound:
        form.offer(case.action.type)
    page = preview.present(facts, request.user)
    context = {
        "page": page,
        "said_by_hand": known(page.by_hand.execution, page.by_hand) if page.by_hand else "",
        "form": form,
        "above": [preview.above(each, case.currency) for each in rules.excess(request.user, case)]
        if case.action.type and not asks
        else [],
        "asks": preview.asks_for(case) if asks else "",
        "other": other,
        "before": done_before(facts, page.by_hand) if case.action.type else [],
        "cautions": [*filter(None, [first]), *(cautions(case) if case.action.type else [])],
        "is_gone": not case.action.type,
        "heading": (preview.asks_for(case) if asks else page.title)
        if case.action.type
        else _("This action is not offered any more"),
        "executed": None if case.action.type else done_already(case, what[-1]),
        "moved": [(MOVED.get(each.kind, each.kind), each) for each in moved] if moved is not None else None,
        "sealed": case.seal(str(request.user.pk)) if case.action.type and not other else "",
        "action": address_of("payment-action-ask" if asks else "payment-action-execute", case, what[-1]),
        "order_id": case.order_id,
        "place": "orders",
    }
    return render_page(request, TEMPLATE, context, partials=("dialog",), status=status)


def address_of(name: str, case: cases.Intent, kind: str) -> str:
    """Where the form goes: made of the case's own ids, as its seal is good for those alone; with the type of the
    action, if the address that it was opened by names one."""
    address = reverse(name, args=(case.in_channel, case.order_id, case.payment_id, case.action.id))
    return f"{address}?{urlencode({'type': kind})}" if kind else address


def done_already(case: cases.Intent, kind: str) -> Execution | None:
    """The last execution of what is not offered any more, if it was done through this desk."""
    same = Q(action_id=case.action.id) | Q(action_type__iexact=kind) if kind else Q(action_id=case.action.id)
    return cases.attempts_on(case).filter(same, state=State.DONE).order_by("ended_at").last()


@never_cache
@require_safe
@may_view
def execution_result(request: ApiRequest, pk: UUID) -> HttpResponse:
    """What is known by now, for the dialog, which asks again while it is not settled."""
    return render_page(
        request, "payments/result.html", result(execution_of(request.user, request.channel, pk)), partials=("outcome",)
    )


def result(execution: Execution) -> Mapping[str, object]:
    """What the dialog says of it."""
    last = execution.evidence.last()
    return {
        "execution": execution,
        "title": preview.title_of(execution.action_type, execution.amount, execution.currency),
        "through": preview.through(execution.method or execution.payment_id, execution.provider),
        "known": known(execution, last),
        "how": how(execution),
        "why": why_words(last.data.get("why", [])) if last else [],
        "place": "doubt",
    }
