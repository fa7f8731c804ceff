"""Capturing the payments of many orders: each through the engine, as one execution that is called by the job's row, so
that the engine's own row is the truth about it, whoever comes twice."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import User

from domain.money import code_of
from domain.states import PAYMENT, Bucket
from gateway.lease import OrderLockedError, lease
from gateway.middleware import is_id
from jobs.models import RowState
from order_api.errors import ApiError
from order_api.schemas import Payment
from orders.bulk.changing import PAUSE, read_order
from orders.bulk.findings import Case, Finding
from orders.bulk.turns import Turn
from payments.executions import engine, intent, reconciliation
from payments.executions.of_batch import AboveLimitError, OfBatch
from payments.executions.profiles import profile_of
from payments.limits import batch as limits
from payments.limits.rules import TWO
from payments.models import Execution, State

CAPTURE = "capture"
_LOOK_FIRST = frozenset({"contested", "up-to", "repeat"})
"""What makes a second person necessary for one payment, and is not to be seen in a list."""
UNDER_WAY = (State.PREPARED, State.SENDING)
_OUTCOMES: dict[str, tuple[RowState, str]] = {
    State.DONE: (RowState.DONE, "captured-now"),
    State.PENDING: (RowState.DONE, "taken-on"),
    State.IN_DOUBT: (RowState.IN_DOUBT, "in-doubt"),
    State.CONTRADICTED: (RowState.IN_DOUBT, "in-doubt"),
    State.REFUSED: (RowState.REFUSED, "refused"),
}


def check(case: Case) -> Finding:
    """Whether one payment of the order can be captured, and what would move. One call more where it seems so."""
    live = [payment for payment in case.order.payments if PAYMENT.of(payment.state).is_live]
    there = [
        (payment, action)
        for payment in live
        for action in payment.actions
        if (action.type or "").lower() == CAPTURE and is_id("action_id", action.id or "")
    ]
    if len(there) != 1:
        return case.found("several" if there else _why_none(live))
    payment, action = there[0]
    facts = intent.facts_of(
        case.api, case.channel, case.order, payment.id or "", action.id or "", action.type or "", called=case.order_id
    )
    found = facts.case
    money: dict[str, Any] = {"amount": found.amount, "currency": found.currency or code_of(case.order.currency)}
    kinds = [each.kind for each in limits.of_each(case.user, found)]
    if verdict := _why_not(found, kinds):
        return case.found(verdict, **money)
    return case.found(
        warns=tuple(_warns(found)),
        facts={"case": found.seal(str(case.user.pk)), "above": kinds, "payment": found.payment_id,
               "action": found.action.id, "provider": found.provider},
        **money,
    )  # fmt: skip


def _why_none(payments: list[Payment]) -> str:
    states = [PAYMENT.of(payment.state) for payment in payments]
    if any(CAPTURE in state.actions for state in states):
        return "not-offered"
    if any(state.bucket is Bucket.TAKEN for state in states):
        return "taken-already"
    return "not-reserved" if any(state.is_early for state in states) else "no-payment"


def _why_not(case: intent.Intent, kinds: list[str]) -> str:
    try:
        engine.refuse_known(case)
    except engine.ExternalMoveError:
        return "moved-by-others"
    except (engine.DuplicateIntentError, engine.PaymentChangedError):
        return "open-attempt"
    if case.amount is None:
        return "no-amount"
    if _LOOK_FIRST & set(kinds):
        return "look-first"
    return "two-people" if TWO in kinds else ""


def _warns(case: intent.Intent) -> list[str]:
    profile = profile_of(case.provider)
    found = ["acts-later"] if profile.acts_later else []
    return found if profile.is_known else [*found, "unknown-adapter"]


def case_of(order_id: str, where: tuple[str, str], facts: dict[str, Any], user_id: int) -> intent.Intent | None:
    """What was seen of the payment; None if that was too long ago."""
    salt = intent.salt_of(*where, order_id, facts["payment"], facts["action"])
    return intent.Intent.unseal(facts["case"], f"{salt}/{user_id}")


def capture(turn: Turn) -> None:
    """Captures what was seen, if it is so still: one at a time of a provider, over all jobs."""
    row = turn.row
    case = case_of(row.order_id, row.where, row.facts, turn.step.job.owner_id)
    if case is None:
        turn.settle(RowState.PASSED_OVER, "too-old")
        return
    try:
        with lease(case.merchant, "", f"bulk capture by {case.provider}"):
            # Nothing is claimed while the API does not answer: what is claimed and not sent has to be read anew.
            if read_order(turn) is not None:
                _capture(turn, case)
    except OrderLockedError:
        turn.wait(PAUSE)


def _capture(turn: Turn, case: intent.Intent) -> None:
    turn.begin(turn.key)
    try:
        execution = engine.execute(turn.api, case, asked_of(turn))
    except (engine.PaymentLockedError, engine.ExternalMoveError) as other:
        turn.settle(RowState.PASSED_OVER, _in_the_way(other), "")
        return
    except engine.DuplicateIntentError as already:
        if already.execution.pk != turn.key:
            turn.settle(RowState.PASSED_OVER, "open-attempt")
            return
        execution = already.execution
    except AboveLimitError:
        turn.settle(RowState.PASSED_OVER, "above-limit")
        return
    except engine.PaymentChangedError:
        turn.settle(RowState.PASSED_OVER, "moved")
        return
    except ApiError as error:  # it could not be read again; the execution has ended unsent
        turn.settle(RowState.REFUSED, "not-sent", str(error))
        return
    settle(turn, execution)


def _in_the_way(other: Exception) -> str:
    return "moved-by-others" if isinstance(other, engine.ExternalMoveError) else "open-attempt"


def asked_of(turn: Turn) -> engine.Asked:
    """Who asks for it, and who approved all of them, where it took a second person."""
    arguments, private = turn.step.arguments, turn.step.private
    approver = User.objects.filter(pk=arguments["approver"]).first() if arguments.get("approver") else None
    approved_at = dt.datetime.fromisoformat(arguments["approved_at"]) if approver else None
    batch = OfBatch(turn.key, turn.job_name, approver, approved_at, private.get("approval_note", ""))
    return engine.Asked(turn.step.owner, turn.step.who, arguments["reason"], private["note"], batch)


def settle(turn: Turn, execution: Execution) -> None:
    """What became of the execution is what became of the row."""
    if execution.state in UNDER_WAY:  # another process has it, or died over it: the desk finds out
        turn.wait(PAUSE)
        return
    state, outcome = outcome_of(execution)
    turn.settle(state, outcome, execution.message)


def outcome_of(execution: Execution) -> tuple[RowState, str]:
    """What the execution's state means for the row of a job."""
    return _OUTCOMES.get(execution.state, (RowState.REFUSED, "not-sent"))


def look_back(turn: Turn) -> None:
    """What was left under way: the engine's row tells how far it came. Where there is none nothing was claimed, and it
    is claimed now, under the same key."""
    execution = Execution.objects.filter(pk=turn.key).first()
    if execution is None:
        turn.give_back()
        return
    if execution.state in UNDER_WAY:
        execution = reconciliation.check(execution)
    settle(turn, execution)
