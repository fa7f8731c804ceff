"""What is done with an order through the Order API: read afresh under its lease, written into the log, sent once; what
was left under way is read back and never sent again."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from audit import log
from domain.money import Concern, findings
from domain.states import ORDER, Bucket, Stage
from gateway.lease import OrderLockedError, lease
from jobs.models import RowState
from order_api.errors import ApiError, BadAnswer, Conflict, NotFound, Rejected, Unauthorized
from order_api.schemas import Order
from orders.bulk.findings import Case, Finding
from orders.bulk.turns import Turn
from orders.bulk.words import UNAUTHORIZED
from orders.changes.base import OrderChange
from orders.changes.flow import outcome_of
from orders.changes.state import StateChange, followers, missing_consents, status_of
from orders.changes.validation import ValidationRun
from orders.page.payments import present_money
from payments.executions.snapshot import digest_of
from payments.models import OPEN, Execution

PAUSE = 3.0
"""Seconds until an order that somebody else is changing is tried again."""
_WARNS: Mapping[Concern, str] = {
    Concern.HELD_FOR_NOTHING: "held",
    Concern.CANNOT_SAY: "cannot-say",
    Concern.NOT_COVERED: "not-covered",
    Concern.TOO_MUCH: "too-much",
    Concern.TO_PAY_BACK: "to-pay-back",
}


def check_state(case: Case) -> Finding:
    """Whether the order can take the state next, and what should be known of it before."""
    now = status_of(case.order)
    if now == case.target:
        return case.found("already")
    if case.target not in followers(case.order):
        return case.found("not-next")
    if is_locked(case.order_id):
        return case.found("locked")
    warns, told = warnings_of(case.order, case.target)
    return case.found(warns=warns, facts={"status": now, "told": told})


def check_validation(case: Case) -> Finding:
    """Whether its checks can be run."""
    return case.found("locked") if is_locked(case.order_id) else case.found()


def is_locked(order_id: str) -> bool:
    """As `payments.executions.locks.lock`, which says it in words."""
    return Execution.objects.filter(order_id=order_id, state__in=OPEN).exists()


def warnings_of(order: Order, target: str) -> tuple[tuple[str, ...], str]:
    """What the form of one order would warn of, as codes, and what stands for all of it with its amounts: if that is
    another one when it is done, nobody has confirmed it."""
    state, found, facts = ORDER.of(target), [], []
    missing = missing_consents(order)
    if missing and state.stage is Stage.PLACED:
        found.append("missing-consent")
    if any((hook.part or "").startswith("/state") for hook in order.hooks):
        found.append("adapters")
    if state.is_final:
        money = present_money(order)
        said: list[tuple[str, list[tuple[Decimal, str]]]] = [
            (_WARNS[concern], [(value, currency) for value, currency in amounts])
            for concern, amounts in findings(state.stage, money)
            if concern in _WARNS
        ]
        if state.stage is Stage.PLACED and (held := money.amounts(Bucket.HELD)):
            said.insert(0, ("only-held", [(value, currency) for value, currency in held]))
        found += [code for code, _amounts in said]
        facts = [[code, [[str(value), currency] for value, currency in amounts]] for code, amounts in said]
        found.append("final")
    return tuple(found), digest_of([facts, missing])


def change_state(turn: Turn) -> None:
    """Brings the order into the state that was chosen, if it is as it was when that was confirmed."""
    target = turn.step.arguments["target"]

    def prepare(order: Order) -> tuple[OrderChange | None, str]:
        if status_of(order) == target:
            return None, "already"
        if status_of(order) != turn.row.facts["status"] or warnings_of(order, target)[1] != turn.row.facts["told"]:
            return None, "moved"
        if is_locked(turn.row.order_id):
            return None, "locked"
        form = StateChange(
            {"status": target, "reason": turn.step.private["reason"]}, order=order, channel=turn.row.where
        )
        return (form, "") if form.is_valid() else (None, "invalid")

    def done(turn: Turn, _said: object) -> None:
        turn.settle(RowState.DONE, "not-applied-yet" if turn.row.facts.get("is_pending") else "changed")

    _change(turn, prepare, lambda form, api: form.send(api, form.order), done)


def validate(turn: Turn) -> None:
    """Has the order's checks run, and keeps what they answer."""

    def prepare(order: Order) -> tuple[OrderChange | None, str]:
        if is_locked(turn.row.order_id):
            return None, "locked"
        return ValidationRun(order=order, channel=turn.row.where), ""

    def done(turn: Turn, said: Any) -> None:
        reasons = [[each.adapter_id or "", each.code or ""] for each in said]
        words = "; ".join(": ".join(filter(None, (each.adapter_id, each.message or each.code))) for each in said)
        turn.settle(RowState.DONE, "not-valid" if said else "valid", words, reasons=reasons)

    _change(turn, prepare, lambda form, api: api.orders.validate(form.order.id or ""), done)


Prepare = Callable[[Order], tuple[OrderChange | None, str]]
"""The form that is valid as the order is now, or why there is none."""


def _change(
    turn: Turn, prepare: Prepare, send: Callable[[OrderChange, Any], Any], done: Callable[[Turn, Any], None]
) -> None:
    row = turn.row
    try:
        with lease(row.merchant, row.channel, row.order_id):
            order = read_order(turn)
            if order is None:
                return
            form, why_not = prepare(order)
            if form is None:
                turn.settle(RowState.PASSED_OVER, why_not)
                return
            _send(turn, form, send, done)
    except OrderLockedError:
        turn.wait(PAUSE)


def read_order(turn: Turn) -> Order | None:
    """The order as it is now; None where what it came to is written down. Raises ApiError, for a pause."""
    try:
        return turn.api.orders.get(turn.row.order_id)
    except NotFound:
        turn.settle(RowState.REFUSED, "gone")
    except Unauthorized as error:
        refuse_or_stop(turn, error)
    except (Rejected, Conflict) as error:
        turn.settle(RowState.REFUSED, "refused", str(error))
    except BadAnswer as error:
        turn.settle(RowState.PASSED_OVER, "unfit", str(error))
    return None


def refuse_or_stop(turn: Turn, error: Unauthorized) -> None:
    """Where the desk is not let in at all, the next order would fare no better: the job stops, with nothing done."""
    if error.status == HTTPStatus.FORBIDDEN:
        turn.settle(RowState.REFUSED, "refused", str(error))
    else:
        turn.give_back()
        turn.stop(UNAUTHORIZED)


def _send(
    turn: Turn, form: OrderChange, send: Callable[[OrderChange, Any], Any], done: Callable[[Turn, Any], None]
) -> None:
    api = turn.api
    changes = [log.Change(d.field, d.old, d.new) for d in form.differences()] if form.is_bound else []
    with log.begin(
        turn.step.who, form.action, turn.subject, changes, details=turn.details, classify=_outcome_of
    ) as attempt:
        turn.begin()
        try:
            said = send(form, api)
        except ApiError as error:
            attempt.end(outcome_of(error) or log.Result(log.Outcome.UNANSWERED))
            _failed(turn, error)
            return
        last = api.last_change
        if last and last.is_pending:
            turn.row.facts = {**turn.row.facts, "is_pending": True}
        attempt.end(
            log.Result(
                log.Outcome.ACCEPTED if last and last.is_pending else log.Outcome.DONE,
                {"status": last.status, "request_id": last.request_id} if last else {},
            )
        )
    done(turn, said)


def _outcome_of(error: Exception) -> log.Result | None:
    """Of what is raised before the call goes out: nothing was sent."""
    return log.Result(log.Outcome.FAILED, {"message": type(error).__name__})


def _failed(turn: Turn, error: ApiError) -> None:
    """Raises what is to be waited for; nothing was done then."""
    if error.may_have_happened:
        if turn.step.arguments["action"] == "state":
            _compare(turn, "unknown")
        else:
            turn.settle(RowState.IN_DOUBT, "answers-lost", str(error))
    elif isinstance(error, Unauthorized):
        refuse_or_stop(turn, error)
    elif isinstance(error, Rejected | Conflict | NotFound):
        turn.settle(RowState.REFUSED, "refused", str(error))
    else:
        turn.give_back()
        raise error


def look_back_state(turn: Turn) -> None:
    """What was left under way, and may have been sent. Raises ApiError."""
    row = turn.row
    try:
        with lease(row.merchant, row.channel, row.order_id):
            _compare(turn, "lost")
    except OrderLockedError:  # whoever sends it may be at it still
        turn.wait(PAUSE)


def _compare(turn: Turn, unknown: str) -> None:
    """The order tells whether it happened. Not changed is no proof that it will not be: then it is in doubt. It is not
    sent again. Raises ApiError."""
    row, target = turn.row, turn.step.arguments["target"]
    try:
        now = status_of(turn.api.orders.get(row.order_id))
    except NotFound:
        now = ""
    outcome = log.Outcome.DONE if now == target else log.Outcome.UNANSWERED
    found = {**turn.details, "found": now}

    def effect() -> None:
        log.event(turn.step.who, StateChange.action, turn.subject, outcome=outcome, details=found)

    if now == target:
        turn.settle(RowState.DONE, "found-changed", effect=effect)
    else:
        turn.settle(RowState.IN_DOUBT, unknown, effect=effect)


def look_back_validation(turn: Turn) -> None:
    """Its answers are lost; nothing of the order tells whether the checks ran."""
    turn.settle(RowState.IN_DOUBT, "answers-lost")
