"""Requests for approval: the list of them, one screen with the whole case, and what a second
person, or the asker, says to it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from audit import log
from audit.actions import AuditAction
from gateway.permissions import may_execute, may_view
from gateway.request import ApiRequest
from payments.approvals import endings, requests
from payments.approvals.forms import ApproveForm, TurnDownForm, seal_of
from payments.approvals.review import what_ended_it, whole_case
from payments.executions import engine
from payments.executions.access import api_of, channel_of, execution_of, visible
from payments.executions.evidence import subject_of
from payments.limits.rules import Excess
from payments.models import Evidence, Execution, FourEyes, Limit, State
from payments.presentation import preview
from payments.presentation.summary import known, title_of, via
from payments.presentation.vocabulary import Words
from payments.reasons.services import words_of
from payments.views.executions import about
from ui.pages import render_page

MOST, LATELY = 200, 20


class ApprovalRow(NamedTuple):
    """A request as the list shows it. `is_here`: of the channel that the person works in now;
    `is_own`: they asked for it."""

    execution: Execution
    title: str
    through: str
    reason: Words
    above: list[str]
    says: list[Words]
    channel: str
    is_here: bool
    is_own: bool
    first: Evidence | None
    age: str
    left: str


@never_cache
@require_safe
@may_view
@may_execute
def approval_list(request: ApiRequest) -> HttpResponse:
    """What waits in all the channels of the person, the soonest to expire first, and how others ended
    lately. Reads nothing at the API."""
    mine = visible(request.user).filter(expires_at__isnull=False)
    waiting = [
        each for each in mine.filter(state=State.WAITING).order_by("expires_at")[:MOST] if not ended_by_time(each)
    ]
    ended = mine.exclude(state=State.WAITING).order_by(Coalesce("decided_at", "ended_at").desc())
    context = {
        "place": "approvals",
        "rows": [row_of(request, each) for each in waiting],
        "ended": [row_of(request, each) for each in ended[:LATELY]],
        "are_limits": Limit.objects.exists() or FourEyes.objects.exists(),
    }
    return render_page(request, "payments/approval_list.html", context)


def ended_by_time(execution: Execution) -> bool:
    """Whether its time is up; then it has ended now, if it had not yet."""
    if endings.is_over(execution):
        endings.check(execution)
    return execution.state != State.WAITING


def row_of(request: ApiRequest, execution: Execution) -> ApprovalRow:
    now, channel = timezone.now(), channel_of(execution)
    is_waiting = execution.state == State.WAITING
    return ApprovalRow(
        execution=execution,
        title=title_of(execution),
        through=preview.through(via(execution), execution.provider),
        reason=words_of(execution.reason),
        above=[preview.above(Excess(**each), execution.currency) for each in execution.excess],
        says=[] if is_waiting else what_ended_it(execution),
        channel=str(channel),
        is_here=channel == request.channel,
        is_own=requests.is_own(request.user, execution),
        first=requests.first_of(execution),
        age=timesince(execution.created_at, now, depth=1),
        left=timesince(now, execution.expires_at, depth=1) if is_waiting else "",
    )


@never_cache
@require_safe
@may_view
def approval_detail(request: ApiRequest, pk: UUID) -> HttpResponse:
    """The whole case, read afresh in two calls. Once it has ended: how, and the case as it was when
    it was asked for."""
    return show(request, execution_of(request.user, pk))


def show(
    request: ApiRequest,
    execution: Execution,
    *,
    approving: ApproveForm | None = None,
    turning_down: TurnDownForm | None = None,
    status: int | None = None,
) -> HttpResponse:
    """The screen; with a form that could not be taken, its mistakes."""
    is_refused = approving is not None or turning_down is not None
    look, first = requests.look(api_of(execution), execution), requests.first_of(execution)
    takes_two = requests.takes_two(execution)
    context = about(request, execution) | {
        "place": "approvals",
        "case": whole_case(execution, look, request.user),
        "error": look.error,
        "act": lower_first(title_of(execution)),
        "leads_to": preview.leads_to(execution.action_type),
        "is_own": requests.is_own(request.user, execution),
        "may_decide": requests.may_decide(request.user, execution),
        "takes_two": takes_two,
        "first": first,
        "is_first": takes_two and first is None,
        "has_approved": requests.is_by(request.user, first),
        "tie": requests.tie_of(request.user, execution),
        "tie_hours": round(settings.PAYMENT_CHANGED_ACCOUNT_TIME.total_seconds() / 3600, 2),
        "is_waiting": execution.state == State.WAITING,
        "ended_by": [] if execution.state == State.WAITING else what_ended_it(execution),
        "known": known(execution),
        "approve_form": approving or ApproveForm(request=request, execution=execution),
        "saw": seal_of(execution, look.facts.case.seen) if look.facts else "",
        "turn_down_form": turning_down or TurnDownForm(),
    }
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK)
    return render_page(request, "payments/approval_detail.html", context, status=status)


def lower_first(words: str) -> str:
    """To go on with in a sentence; the rest stays, as an adapter's own name for an action may stand there."""
    return words[:1].lower() + words[1:]


Say = Callable[[ApiRequest, Execution], HttpResponse]


def says_to(say: Say) -> Callable[..., HttpResponse]:
    """A view in which somebody says something to a request by POST. Where it is over already, they
    are shown how it ended."""

    @never_cache
    @require_POST
    @may_view
    @wraps(say)
    def view(request: ApiRequest, pk: UUID) -> HttpResponse:
        execution = execution_of(request.user, pk)
        try:
            return say(request, execution)
        except requests.RequestClosedError:
            return redirect("approval-detail", pk)

    return view


def decides(say: Say) -> Say:
    """Nobody decides their own: 403, and in the log, whatever the form holds."""

    @wraps(say)
    def checked(request: ApiRequest, execution: Execution) -> HttpResponse:
        if not requests.may_decide(request.user, execution):
            raise PermissionDenied
        return say(request, execution)

    return checked


def by_two_people(say: Say) -> Say:
    """Nobody approves through a colleague's account: refused in words, whatever the form holds, and in the log."""

    @wraps(say)
    def checked(request: ApiRequest, execution: Execution) -> HttpResponse:
        change = requests.tie_of(request.user, execution)
        if change is None:
            return say(request, execution)
        log.event(
            log.Who.of(request),
            AuditAction.DENIED,
            subject_of(execution),
            outcome=log.Outcome.DENIED,
            status=HTTPStatus.FORBIDDEN,
            code="account-changed",
            message=f"{change.by_name} {change.kind} {change.person.username}",
            details={"execution": str(execution.pk), "changed at": change.at.isoformat()},
        )
        return show(request, execution, status=HTTPStatus.FORBIDDEN)

    return checked


@may_execute
@says_to
@decides
@by_two_people
def approval_approve(request: ApiRequest, execution: Execution) -> HttpResponse:
    """Carries it out once, on the word of a second person, and leads to what became of it."""
    first = requests.first_of(execution)
    if requests.is_by(request.user, first):
        raise PermissionDenied
    form = ApproveForm(request.POST, request=request, execution=execution, first=first)
    if not form.is_valid():
        return show(request, execution, approving=form)
    note, who = form.cleaned_data["note"].strip(), log.Who.of(request)
    try:
        requests.approve(api_of(execution), execution, request.user, who, note, first=first)
    except engine.PaymentLockedError:
        words = _("Another attempt on this payment is not settled, so nothing was sent. The request goes on waiting.")
        messages.warning(request, words)
        return redirect("approval-detail", execution.pk)
    except engine.ExternalMoveError:
        words = _("Others did the same to this payment: say first what that was, under In doubt. Nothing was sent.")
        messages.warning(request, words)
        return redirect("approval-detail", execution.pk)
    except requests.UnreadError:
        return show(request, execution, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if execution.state == State.WAITING:
        messages.success(request, _("You approved it as the first of two. Nothing was sent yet."))
        return redirect("approval-detail", execution.pk)
    return redirect("execution-detail", execution.pk)


@may_execute
@says_to
@decides
def approval_turn_down(request: ApiRequest, execution: Execution) -> HttpResponse:
    """Ends it, for a reason. Nothing is sent."""
    form = TurnDownForm(request.POST)
    if not form.is_valid():
        return show(request, execution, turning_down=form)
    requests.turn_down(execution, request.user, log.Who.of(request), form.cleaned_data["reason"])
    messages.success(request, _("You turned it down. Nothing was sent."))
    return redirect("approval-detail", execution.pk)


@says_to
def approval_withdraw(request: ApiRequest, execution: Execution) -> HttpResponse:
    """Whoever asked takes it back. Nothing is sent."""
    requests.withdraw(execution, request.user, log.Who.of(request))
    messages.success(request, _("You took it back. Nothing was sent."))
    return redirect("approval-detail", execution.pk)
