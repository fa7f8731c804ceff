"""An end is not the end: what is found after an outcome, and what becomes of it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from gateway.connection import order_api
from order_api import OrderApi
from payments.approvals import requests
from payments.executions import engine, reconciliation, schedule, watch
from payments.executions.intent import Intent
from payments.executions.manual_settlement import settle_by_hand
from payments.models import Execution, ExternalMove, Kind, State
from sandbox.delivery import let_pass
from sandbox.models import Move
from sandbox.provider.settle import in_portal
from sandbox.provider.steps import Order
from sandbox.scope import Scope
from tests.conftest import ClientOf
from tests.payments.between import Between, GoOn, between, refusal
from tests.payments.conftest import CHANNEL, Attempt, MakePayment, asked_by
from tests.payments.requests import fresh, who
from tests.wire import listening

__all__ = ["between"]
pytestmark = pytest.mark.django_db
CaseOf = Callable[[tuple[str, str], str], Intent]


def looked_at(execution: Execution) -> Execution:
    """The execution once somebody has looked at it again."""
    reconciliation.check(fresh(execution))
    return fresh(execution)


def found(execution: Execution) -> list[str]:
    """What the last look that kept something found."""
    last = execution.evidence.filter(kind=Kind.CHECK).last()
    return list(last.data["why"]) if last else []


def portal(execution: Execution, kind: str, amount: str) -> None:
    """Somebody moves money in the provider's own screens."""
    in_portal(Scope(*CHANNEL), Order(execution.order_id, execution.payment_id, kind), Decimal(amount))


# What contradicts an outcome


def test_what_was_refused_and_comes_through_after_all_is_contradicted(attempt: Attempt) -> None:
    execution = attempt("refuse-but-do+done-minutes-later")
    assert execution.state == State.REFUSED
    let_pass(10)
    execution = looked_at(execution)
    assert (execution.state, execution.outcome) == (State.CONTRADICTED, State.REFUSED)
    assert found(execution)[0] == "late-success"
    entry = Entry.objects.get(action="payment.action.contradict", target=execution.payment_id)
    assert entry.details["evidence"][-1] == execution.evidence.last().digest  # type: ignore[union-attr]


def test_what_a_person_said_did_not_move_and_moves_after_all_is_contradicted(
    api: OrderApi, attempt: Attempt, second: User
) -> None:
    execution = attempt("timeout-before")
    settle_by_hand(execution, who(second), moved=False, where="portal", found="Nothing")
    api.payments.update(
        execution.order_id,
        execution.payment_id,
        api.payments.get(execution.order_id, execution.payment_id).changed(attributes={}),
    )
    api.payments.execute(execution.order_id, execution.payment_id, execution.action_id)
    execution = looked_at(execution)
    assert (execution.state, execution.outcome, found(execution)[0]) == (
        State.CONTRADICTED,
        State.NOT_DONE,
        "late-success",
    )


@pytest.mark.parametrize(
    ("day", "code"), [("done-twice", "second-move"), ("taken-back", "taken-back"), ("taken-back+no-log", "state-back")]
)
def test_what_was_done_and_is_done_again_or_taken_back_is_contradicted(attempt: Attempt, day: str, code: str) -> None:
    execution = attempt(day)
    assert execution.state == State.DONE
    let_pass(10)
    execution = looked_at(execution)
    assert (execution.state, execution.outcome, found(execution)) == (State.CONTRADICTED, State.DONE, [code])


def test_a_post_that_something_on_the_way_repeats_is_contradicted(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    execution = engine.execute(api, case_of(make_payment("captured", sandbox="duplicate"), "refund"), asked_by(admin))
    api.payments.execute(execution.order_id, execution.payment_id, execution.action_id)
    assert Move.objects.filter(payment=execution.payment_id).count() == 2
    assert found(looked_at(execution)) == ["second-move"]


def test_what_agrees_is_only_counted(attempt: Attempt) -> None:
    execution = attempt("")
    kept = execution.evidence.count()
    execution = looked_at(looked_at(execution))
    assert (execution.state, execution.checks, execution.evidence.count()) == (State.DONE, 2, kept)
    assert not ExternalMove.objects.exists()


def test_a_retry_that_is_done_does_not_contradict_the_refusal_before_it(
    between: Between, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    between.instead = lambda go_on: refusal(400)
    first = engine.execute(order_api(*CHANNEL), case_of(ids, "capture"), asked_by(admin))
    between.instead = None
    again = engine.execute(order_api(*CHANNEL), case_of(ids, "capture"), asked_by(admin))
    assert (first.state, again.state) == (State.REFUSED, State.DONE)
    assert [looked_at(each).state for each in (first, again)] == [State.REFUSED, State.DONE]


def test_what_is_refunded_later_does_not_contradict_the_capture(
    api: OrderApi, attempt: Attempt, case_of: CaseOf, second: User
) -> None:
    captured = attempt("")
    engine.execute(api, case_of((captured.order_id, captured.payment_id), "refund"), asked_by(second))
    assert looked_at(captured).state == State.DONE
    assert not ExternalMove.objects.exists()


def test_the_same_action_waits_until_a_person_has_looked(
    api: OrderApi, between: Between, make_payment: MakePayment, case_of: CaseOf, admin: User, second: User
) -> None:
    ids, later = make_payment("captured", sandbox="duplicate"), list[GoOn]()

    def refuse(go_on: GoOn) -> Any:
        later.append(go_on)
        return refusal(400)

    between.instead = refuse
    first = engine.execute(order_api(*CHANNEL), case_of(ids, "refund"), asked_by(admin))
    between.instead = None
    later[0]()
    first = looked_at(first)
    assert first.state == State.CONTRADICTED
    with pytest.raises(engine.PaymentLockedError) as locked:
        engine.execute(order_api(*CHANNEL), case_of(ids, "refund"), asked_by(admin))
    assert locked.value.execution == first
    settle_by_hand(first, who(second), moved=True, where="portal", found="R-1, 499.00")
    first = looked_at(first)
    assert (first.state, first.outcome) == (State.DONE, State.REFUSED), "the first outcome stays"
    again = engine.execute(order_api(*CHANNEL), case_of(ids, "refund"), asked_by(admin))
    assert again.state == State.WAITING, "it was done before, so a second person has to look"
    assert Move.objects.filter(payment=ids[1]).count() == 1


# What others moved


def test_money_that_others_moved_is_a_task_until_somebody_acknowledges_it(
    api: OrderApi, attempt: Attempt, case_of: CaseOf, admin: User, second: User
) -> None:
    execution = attempt("")
    portal(execution, "refund", "100")
    looked_at(execution)
    move = ExternalMove.objects.get()
    assert (move.action_type, move.execution, move.acknowledged_at) == ("refund", execution, None)
    assert Decimal(move.amount) in (Decimal(100), Decimal(399)), "what the adapter wrote"
    with pytest.raises(engine.ExternalMoveError):
        engine.execute(api, case_of((execution.order_id, execution.payment_id), "refund"), asked_by(admin))
    watch.acknowledge(move, second, who(second), "Goodwill, by the shop's own hand")
    with pytest.raises(watch.AlreadyAcknowledgedError):
        watch.acknowledge(move, admin, who(admin), "Me too")
    entry = Entry.objects.get(action="payment.external.acknowledge")
    assert (entry.username, entry.details["note"]) == ("second", "Goodwill, by the shop's own hand")
    again = engine.execute(api, case_of((execution.order_id, execution.payment_id), "refund"), asked_by(admin))
    assert again.state == State.WAITING, "a refund was done before"


def test_what_others_moved_is_one_task_however_often_it_is_seen(attempt: Attempt) -> None:
    execution = attempt("reordered-log")
    portal(execution, "refund", "100")
    for _ in range(3):
        looked_at(execution)
    assert ExternalMove.objects.count() == 1


def test_a_state_that_others_moved_without_a_transaction_is_a_task(api: OrderApi, attempt: Attempt) -> None:
    execution = attempt("")
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(state="refunded"))
    looked_at(execution)
    assert ExternalMove.objects.get().action_type == "refund"


# How often, and for how long


def test_what_has_ended_is_looked_at_for_three_days_and_then_daily_for_two_weeks(attempt: Attempt) -> None:
    execution, looks = attempt(""), list[dt.datetime]()
    with time_machine.travel(timezone.now(), tick=False) as now:
        while (due := fresh(execution).next_check_at) and len(looks) < 2000:
            now.move_to(due)
            looks.append(due)
            reconciliation.check(fresh(execution))
    ended = execution.ended_at
    assert ended
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    daily = [pause for pause in pauses if pause == schedule.DAILY]
    assert len(daily) in (13, 14) and max(pauses) == schedule.DAILY
    assert looks[0] - ended < dt.timedelta(seconds=5)
    assert dt.timedelta(days=16) < looks[-1] - ended < dt.timedelta(days=17)


def test_what_never_left_this_machine_is_not_watched(api: OrderApi, attempt: Attempt) -> None:
    execution = attempt("")
    Execution.objects.filter(pk=execution.pk).update(state=State.NOT_SENT, sent_at=None)
    with listening() as calls:
        reconciliation.check(fresh(execution), order_api(*CHANNEL))
    assert calls == []


def test_a_look_costs_two_reads_and_a_minute_has_so_many_calls(attempt: Attempt, settings: Any) -> None:
    settings.PAYMENT_CALLS_A_MINUTE = 4
    for _ in range(4):
        attempt("")
    Execution.objects.update(next_check_at=timezone.now(), checked_at=timezone.now() - dt.timedelta(minutes=2))
    with listening() as calls:
        while reconciliation.check_due():
            pass
    assert len(calls) == 4
    assert 0 < (schedule.next_due() - timezone.now()).total_seconds() <= 5  # type: ignore[operator]


def test_while_another_attempt_is_open_what_is_new_may_be_that_ones(
    api: OrderApi, attempt: Attempt, case_of: CaseOf, admin: User
) -> None:
    captured = attempt({"refund": "timeout-after"})  # type: ignore[arg-type]
    refund = engine.execute(api, case_of((captured.order_id, captured.payment_id), "refund"), asked_by(admin))
    Execution.objects.filter(pk=refund.pk).update(state=State.IN_DOUBT)
    assert looked_at(captured).state == State.DONE
    assert not ExternalMove.objects.exists()


def test_a_request_is_not_approved_before_somebody_has_looked_at_what_others_did(
    api: OrderApi, attempt: Attempt, case_of: CaseOf, admin: User, second: User, client_of: ClientOf
) -> None:
    execution = attempt("")
    ids = (execution.order_id, execution.payment_id)
    request = engine.execute(api, case_of(ids, "refund"), asked_by(admin), wants_approval=True)
    ExternalMove.objects.create(execution=execution, mark="m", action_type="refund", found_at=timezone.now())
    with pytest.raises(engine.ExternalMoveError):
        requests.approve(api, request, second, who(second))
    page = client_of(second).get(reverse("approval-detail", args=[request.in_channel, request.pk]))
    assert (page.status_code, fresh(request).state) == (200, State.WAITING)
    assert not Move.objects.filter(payment=execution.payment_id, kind="refund").exists()
