"""Requests for approval: the list of them, one screen with the whole case, and what a second
person, or the asker, says to it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
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
from payments.approvals import asks, endings, others, requests
from payments.approvals.forms import ApproveForm, TakeUpForm, TurnDownForm, seal_of
from payments.approvals.review import what_ended_it, whole_case
from payments.executions import engine
from payments.executions.access import api_of, execution_of, visible
from payments.executions.evidence import subject_of
from payments.limits.rules import Excess
from payments.models import REQUESTED, Evidence, Execution, FourEyes, Limit, State
from payments.presentation import preview
from payments.presentation.cautions import cautions, done_before
from payments.presentation.summary import known, title_of, via
from payments.presentation.vocabulary import Words
from payments.reasons.services import words_of
from payments.views.executions import about
from ui.pages import render_page

MOST, LATELY = 200, 20


class ApprovalRow(NamedTuple):
    """A request as the list shows it. `is_own`: they asked for it."""

    execution: Execution
    title: str
    through: str
    reason: Words
    above: list[str]
    says: list[Words]
    channel: str
    is_own: bool
    has_taken: bool
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
        each for each in mine.filter(state__in=REQUESTED).order_by("expires_at")[:MOST] if not ended_by_time(each)
    ]
    ended = mine.exclude(state__in=REQUESTED).order_by(Coalesce("decided_at", "ended_at", "taken_at").desc())
    context = {
        "place": "approvals",
        "rows": [row_of(request, each) for each in waiting],
        "ended": [row_of(request, each) for each in ended[:LATELY]],
        "others": others.items(request.user),
        "are_limits": Limit.objects.exists() or FourEyes.objects.exists(),
    }
    return render_page(request, "payments/approval_list.html", context)


def ended_by_time(execution: Execution) -> bool:
    """Whether its time is up; then it has ended now, if it had not yet."""
    if endings.is_over(execution):
        endings.check(execution)
    return not execution.is_request


def row_of(request: ApiRequest, execution: Execution) -> ApprovalRow:
    now, channel = timezone.now(), execution.in_channel
    is_waiting = execution.is_request
    return ApprovalRow(
        execution=execution,
        title=title_of(execution),
        through=preview.through(via(execution), execution.provider),
        reason=words_of(execution.reason),
        above=[preview.above(Excess(**each), execution.currency) for each in execution.excess],
        says=[] if is_waiting else what_ended_it(execution),
        channel=str(channel),
        is_own=requests.is_own(request.user, execution),
        has_taken=requests.has_taken(request.user, execution),
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
    return show(request, execution_of(request.user, request.channel, pk))


def show(
    request: ApiRequest,
    execution: Execution,
    *,
    approving: ApproveForm | TakeUpForm | None = None,
    turning_down: TurnDownForm | None = None,
    status: int | None = None,
) -> HttpResponse:
    """The screen; with a form that could not be taken, its mistakes."""
    is_refused = approving is not None or turning_down is not None
    look, first = requests.look(api_of(execution), execution), requests.first_of(execution)
    takes_two, is_asked = requests.takes_two(execution), execution.state == State.ASKED
    may_decide, case = requests.may_decide(request.user, execution), whole_case(execution, look, request.user)
    above_own = asks.above(execution, request.user) if is_asked and may_decide else []
    kind_of_form = TakeUpForm if is_asked else ApproveForm
    context = about(request, execution) | {
        "place": "approvals",
        "case": case,
        "is_asked": is_asked,
        "above_own": [preview.above(each, execution.currency) for each in above_own],
        "before": done_before(look.facts, case.now.by_hand) if look.facts and case.now else [],
        "cautions": cautions(look.facts.case) if look.facts else [],
        "said_by_hand": known(case.now.by_hand.execution, case.now.by_hand) if case.now and case.now.by_hand else "",
        "error": look.error,
        "act": lower_first(title_of(execution)),
        "leads_to": preview.leads_to(execution.action_type),
        "is_own": requests.is_own(request.user, execution),
        "may_decide": may_decide,
        "may_turn_down": requests.may_turn_down(request.user, execution),
        "has_taken": requests.has_taken(request.user, execution),
        "takes_two": takes_two,
        "first": first,
        "is_first": takes_two and first is None,
        "has_approved": requests.is_by(request.user, first),
        "tie": requests.tie_of(request.user, execution),
        "tie_hours": round(settings.PAYMENT_CHANGED_ACCOUNT_TIME.total_seconds() / 3600, 2),
        "is_waiting": execution.is_request,
        "ended_by": [] if execution.is_request else what_ended_it(execution),
        "known": known(execution),
        "approve_form": approving or kind_of_form(request=request, execution=execution),
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
        execution = execution_of(request.user, request.channel, pk)
        try:
            return say(request, execution)
        except requests.RequestClosedError:
            return redirect("approval-detail", request.channel, pk)

    return view


def decides(may: Callable[[User, Execution], bool]) -> Callable[[Say], Say]:
    """Nobody decides their own: 403, and in the log, whatever the form holds."""

    def decorate(say: Say) -> Say:
        @wraps(say)
        def checked(request: ApiRequest, execution: Execution) -> HttpResponse:
            if not may(request.user, execution):
                raise PermissionDenied
            return say(request, execution)

        return checked

    return decorate


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
@decides(requests.may_decide)
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
    except (engine.PaymentLockedError, engine.ExternalMoveError) as error:
        return goes_on_waiting(request, execution, error)
    except requests.UnreadError:
        return show(request, execution, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if execution.state == State.WAITING:
        messages.success(request, _("You approved it as the first of two. Nothing was sent yet."))
        return redirect("approval-detail", execution.in_channel, execution.pk)
    return redirect("execution-detail", execution.in_channel, execution.pk)


def goes_on_waiting(request: ApiRequest, execution: Execution, error: Exception) -> HttpResponse:
    """Where something else has to be settled first."""
    words = _("Others did the same to this payment: say first what that was, under In doubt. Nothing was sent.")
    if isinstance(error, engine.PaymentLockedError):
        words = _("Another attempt on this payment is not settled, so nothing was sent. The request goes on waiting.")
    messages.warning(request, words)
    return redirect("approval-detail", execution.in_channel, execution.pk)


@may_execute
@says_to
@decides(requests.may_turn_down)
@by_two_people
def approval_take_up(request: ApiRequest, execution: Execution) -> HttpResponse:
    """Carries out once what somebody asked for, as this person's own, and leads to what became of it; above their
    limits it waits for a third person."""
    if execution.state != State.ASKED:
        raise requests.RequestClosedError
    form = TakeUpForm(request.POST, request=request, execution=execution)
    if not form.is_valid():
        return show(request, execution, approving=form)
    note, wants_approval = form.cleaned_data["note"].strip(), bool(form.cleaned_data["approval"])
    ids = (api_of(execution), execution, request.user, log.Who.of(request), note)
    try:
        asks.take_up(*ids, wants_approval=wants_approval)
    except (engine.PaymentLockedError, engine.ExternalMoveError) as error:
        return goes_on_waiting(request, execution, error)
    if execution.state == State.WAITING:
        messages.success(request, _("You took it up. A third person has to approve it; nothing was sent yet."))
        return redirect("approval-detail", execution.in_channel, execution.pk)
    return redirect("execution-detail", execution.in_channel, execution.pk)


@may_execute
@says_to
@decides(requests.may_turn_down)
def approval_turn_down(request: ApiRequest, execution: Execution) -> HttpResponse:
    """Ends it, for a reason. Nothing is sent."""
    form = TurnDownForm(request.POST)
    if not form.is_valid():
        return show(request, execution, turning_down=form)
    requests.turn_down(execution, request.user, log.Who.of(request), form.cleaned_data["reason"])
    messages.success(request, _("You turned it down. Nothing was sent."))
    return redirect("approval-detail", execution.in_channel, execution.pk)


@says_to
def approval_withdraw(request: ApiRequest, execution: Execution) -> HttpResponse:
    """Whoever asked takes it back. Nothing is sent."""
    requests.withdraw(execution, request.user, log.Who.of(request))
    messages.success(request, _("You took it back. Nothing was sent."))
    return redirect("approval-detail", execution.in_channel, execution.pk)
