"""In doubt: everything that is in flight, in doubt, pending or contradicted, what others moved, what is known of it,
and what to do about it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from audit import log
from gateway.permissions import may_execute, may_view
from gateway.request import ApiRequest
from payments.executions import reconciliation
from payments.executions.access import api_of, execution_of, open_moves, visible
from payments.executions.manual_settlement import (
    BY_HAND,
    AlreadySettledError,
    NewEvidenceError,
    OwnSettlementError,
    TooSoonError,
    settle_by_hand,
    word_before,
)
from payments.executions.settlement_form import SettleForm
from payments.models import OPEN, Evidence, Execution, ExternalMove, State
from payments.presentation import settling
from payments.presentation.evidence_log import sayings
from payments.presentation.moves import Moved, moved
from payments.presentation.preview import through
from payments.presentation.summary import found_later, how, known, title_of, via
from payments.presentation.vocabulary import Words
from payments.views.parts import part_of
from ui.pages import form_view, render_page
from ui.said import said
from ui.ways_back import next_page

SOON = dt.timedelta(minutes=1)
FIRST = [State.CONTRADICTED, State.IN_DOUBT, State.PENDING, State.SENDING, State.PREPARED]
"""What has to be looked at first."""
URGENCY = Case(*(When(state=state, then=Value(place)) for place, state in enumerate(FIRST)), default=Value(len(FIRST)))


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """`age`: since it was sent; of what is contradicted, since that was found."""

    execution: Execution
    title: str
    through: str
    says: list[Words]
    channel: str
    age: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class MovedRow:
    """Money that others moved."""

    moved: Moved
    execution: Execution
    channel: str
    age: str


@never_cache
@require_safe
@may_view
def doubt_list(request: ApiRequest) -> HttpResponse:
    """What is contradicted, what others moved and what is open in all the channels of the person. What waits for
    somebody's word and what is settled are in the list of payments. Reads nothing at the API."""
    now, mine = timezone.now(), visible(request.user)
    present = partial(rows_of, request, now=now)
    oldest_first = mine.order_by("created_at")
    moves = open_moves(request.user).select_related("execution").order_by("found_at", "pk")
    doubts = part_of(request, "doubts", mine.filter(state__in=OPEN).order_by(URGENCY, "created_at"), present)
    context = {
        "contradicted": part_of(request, "contradicted", oldest_first.filter(state=State.CONTRADICTED), present),
        "moves": part_of(request, "moves", moves, partial(moved_rows_of, request, now=now)),
        "doubts": doubts,
        "is_live": any(is_moving(row.execution, now) for row in doubts.rows),
        "now": now,
        "place": "doubt",
    }
    return render_page(request, "payments/doubt_list.html", context, partials=("doubt",))


def rows_of(request: ApiRequest, rows: Sequence[Execution], now: dt.datetime) -> list[DoubtRow]:
    """The executions with the last of their evidence; one query more."""
    pieces = Evidence.objects.filter(execution__in=rows).order_by("pk")
    last = {piece.execution_id: piece for piece in pieces if sayings(piece)}
    return [row_of(request, each, last.get(each.pk), now) for each in rows]


def row_of(request: ApiRequest, execution: Execution, last: Evidence | None, now: dt.datetime) -> DoubtRow:
    channel = execution.in_channel
    began = execution.sent_at or execution.created_at
    if last and execution.state == State.CONTRADICTED:
        began = last.at
    return DoubtRow(
        execution=execution,
        title=title_of(execution),
        through=through(via(execution), execution.provider),
        says=sayings(last) if last else [],
        channel=str(channel),
        age=age_of(began, now),
        since=began,
    )


def moved_rows_of(request: ApiRequest, moves: Sequence[ExternalMove], now: dt.datetime) -> list[MovedRow]:
    return [
        MovedRow(
            moved=moved(each),
            execution=each.execution,
            channel=str(each.execution.in_channel),
            age=age_of(each.found_at, now),
        )
        for each in moves
    ]


def age_of(began: dt.datetime, now: dt.datetime) -> str:
    """How long it has been so, in words."""
    return timesince(began, now, depth=1) if now - began >= SOON else _("less than a minute")


def is_moving(execution: Execution, now: dt.datetime) -> bool:
    """Whether something may happen to it by itself within the minute, so that looking again soon is worth it. What is
    contradicted waits for a person."""
    due = execution.next_check_at
    return execution.is_open and (execution.state != State.IN_DOUBT or bool(due and due <= now + SOON))


@require_POST
@may_view
def execution_check(request: ApiRequest, pk: UUID) -> HttpResponse:
    """Reads the payment again, now, and says what that showed. Everybody who may look may ask: it is a reading."""
    execution = execution_of(request.user, request.channel, pk)
    before = execution.state
    try:
        reconciliation.check(execution, api_of(execution), by=log.Who.of(request))
    except log.AuditUnavailableError:
        messages.error(request, _("It was read, but could not be written into the log, so nothing was concluded."))
    else:
        tell(request, execution, before)
    return redirect(next_page(request, resolve_url("execution-detail", execution.in_channel, execution.pk)))


def tell(request: HttpRequest, execution: Execution, before: str) -> None:
    if execution.check_error:
        messages.warning(request, _("The payment could not be read. %s") % said(execution.check_error))
    elif execution.state == before:
        messages.info(request, _("Nothing new. %s") % known(execution))
    else:
        messages.success(request, known(execution, execution.evidence.last()))


@never_cache
@form_view
@may_execute
def execution_settle(request: ApiRequest, pk: UUID) -> HttpResponse:
    """The form in which a person says what they found, and where; posted, it ends the doubt."""
    execution = execution_of(request.user, request.channel, pk)
    if request.method != "POST":
        return show(request, execution, SettleForm(request=request))
    form = SettleForm(request.POST, request=request)
    if not form.is_valid():
        return show(request, execution, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        settle_by_hand(execution, log.Who.of(request), **form.word)
    except (AlreadySettledError, TooSoonError, OwnSettlementError) as refused:
        is_theirs = isinstance(refused, OwnSettlementError)
        return show(request, execution, form, HTTPStatus.FORBIDDEN if is_theirs else HTTPStatus.CONFLICT)
    except NewEvidenceError as news:
        execution.refresh_from_db()
        words = _("There is something new since you opened this: %s Look again, then say what you found.")
        form.add_error(None, words % " ".join(map(str, sayings(news.evidence))))
        return show(request, execution, form, HTTPStatus.CONFLICT)
    except log.AuditUnavailableError:
        form.add_error(None, _("It could not be written into the log, so nothing was settled. Try again in a moment."))
        return show(request, execution, form, HTTPStatus.SERVICE_UNAVAILABLE)
    if word_before(execution):
        messages.success(request, _("Kept. It was above a limit, so a second person has to say the same."))
    else:
        messages.success(request, known(execution, execution.evidence.last()))
    where = resolve_url("execution-detail", execution.in_channel, execution.pk)
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def show(
    request: ApiRequest, execution: Execution, form: SettleForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The form, with what is known by now. What can't be settled by hand, or not by this person, has no button."""
    last, first = execution.evidence.last(), word_before(execution)
    why_not = settling.why_not(execution, request.user) if execution.state in BY_HAND else ""
    context = {
        "execution": execution,
        "form": form,
        "title": title_of(execution),
        "known": known(execution, last),
        "seen": last.pk if last else "",
        "how": how(execution),
        "found_later": found_later(last),
        "first": first,
        "first_says": sayings(first) if first else [],
        "takes_two": bool(execution.excess),
        "why_not": why_not,
        "can_settle": execution.state in BY_HAND and not why_not,
        "place": "doubt",
    }
    return render_page(request, "payments/execution_settle.html", context, partials=("dialog",), status=status)
