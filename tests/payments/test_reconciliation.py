"""What is open is settled by reading again, ever less often, by one at a time, and never by sending."""

import datetime as dt
import io
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from audit.models import Entry
from gateway.connection import order_api
from order_api import OrderApi
from payments.executions import engine, evidence, manual_settlement, reconciliation, schedule, worker
from payments.executions.evidence import is_intact
from payments.executions.intent import Intent
from payments.executions.readings import before_of
from payments.executions.schedule import LONGEST_PAUSE
from payments.models import Execution, Kind, State
from sandbox.delivery import deliver_due
from sandbox.models import ProviderCall
from tests.payments.conftest import CHANNEL, MakePayment, asked_by
from tests.wire import listening

CaseOf = Callable[[tuple[str, str], str], Intent]
Execute = Callable[[str], Execution]
pytestmark = pytest.mark.django_db
SECONDS = dt.timedelta(seconds=1)
WORKER = evidence.WHO.username


@pytest.fixture
def execute(api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User) -> Execute:
    """A capture on a day of the provider's."""
    return lambda day: engine.execute(
        api, case_of(make_payment(sandbox=day, reference=str(uuid4())), "capture"), asked_by(admin)
    )


@pytest.fixture
def in_doubt(execute: Execute) -> Execution:
    """The provider never heard of it, and nobody knows."""
    return execute("timeout-before")


def moved_by_now(api: OrderApi, execution: Execution) -> None:
    """The provider does it after all: what it logs is what it would have."""
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(attributes={}))
    api.payments.execute(execution.order_id, execution.payment_id, execution.action_id)


def aged(execution: Execution, **ago: float) -> Execution:
    """As if it had all been so long ago."""
    by = dt.timedelta(**ago)
    execution.created_at -= by
    if execution.sent_at:
        execution.sent_at -= by
    execution.next_check_at = timezone.now() - SECONDS
    execution.save()
    return execution


def log_of(execution: Execution) -> list[tuple[str, str]]:
    entries = Entry.objects.filter(target=execution.payment_id, action="payment.action.settle").order_by("sequence")
    return [(entry.username, entry.outcome) for entry in entries]


# --- What is found


def test_what_turns_out_done_is_settled_by_its_evidence(api: OrderApi, in_doubt: Execution) -> None:
    moved_by_now(api, in_doubt)
    reconciliation.check(in_doubt)
    found = in_doubt.evidence.get(kind=Kind.CHECK)
    assert (in_doubt.state, found.data["why"]) == (State.DONE, ["succeeded", "state", "action-gone"])
    assert in_doubt.ended_at and in_doubt.next_check_at, "it is watched from now on"
    entry = Entry.objects.get(target=in_doubt.payment_id, action="payment.action.settle")
    assert (entry.username, entry.outcome) == (WORKER, "done")
    assert json.loads(entry.details_json)["evidence"][-1] == found.digest


def test_looking_again_never_calls_the_provider(in_doubt: Execution) -> None:
    with listening() as calls:
        reconciliation.check(in_doubt, order_api(*CHANNEL))
    assert not [call for call in calls if call.writes]
    assert ProviderCall.objects.filter(payment=in_doubt.payment_id).count() == 1


def test_evidence_is_kept_only_when_it_says_something_new(api: OrderApi, in_doubt: Execution) -> None:
    before = in_doubt.evidence.count()
    for _ in range(3):
        reconciliation.check(in_doubt)
    assert (in_doubt.checks, in_doubt.evidence.count(), log_of(in_doubt)) == (3, before, [])
    payment = api.payments.get(in_doubt.order_id, in_doubt.payment_id)
    api.payments.update(in_doubt.order_id, in_doubt.payment_id, payment.changed(state="confirmed"))
    reconciliation.check(in_doubt)
    assert (in_doubt.state, in_doubt.evidence.count()) == (State.IN_DOUBT, before + 1)
    assert in_doubt.evidence.last().data["why"] == ["unclear"]  # type: ignore[union-attr]


def test_every_piece_of_evidence_shows_if_it_was_touched(in_doubt: Execution) -> None:
    assert all(is_intact(evidence) for evidence in in_doubt.evidence.all())
    answer = in_doubt.evidence.get(kind=Kind.ANSWER)
    answer.data_json = answer.data_json.replace("silent", "accepted")
    assert not is_intact(answer)


def test_an_api_that_cannot_be_read_is_tried_again_and_says_why(api: OrderApi, in_doubt: Execution) -> None:
    api.orders.delete(in_doubt.order_id)
    reconciliation.check(in_doubt)
    in_doubt.refresh_from_db()
    assert (in_doubt.state, in_doubt.checks) == (State.IN_DOUBT, 1)
    assert "order-not-found" in in_doubt.check_error
    assert in_doubt.next_check_at and in_doubt.next_check_at > timezone.now()


def test_pending_is_followed_until_it_ends(execute: Execute) -> None:
    pending = execute("pending")
    aged(pending, days=30)
    reconciliation.check(pending)
    assert (pending.state, pending.next_check_at is not None) == (State.PENDING, True)
    deliver_due(timezone.now() + dt.timedelta(minutes=1))
    reconciliation.check(pending)
    assert pending.state == State.DONE


# --- How often


def test_it_looks_ever_less_often(in_doubt: Execution) -> None:
    pauses = []
    for _ in range(16):
        reconciliation.check(in_doubt)
        assert in_doubt.next_check_at and in_doubt.checked_at
        pauses.append(in_doubt.next_check_at - in_doubt.checked_at)
    assert pauses == sorted(pauses)
    assert (pauses[0] < 10 * SECONDS, pauses[-1]) == (True, LONGEST_PAUSE)


def test_when_the_time_is_over_it_waits_for_a_person(in_doubt: Execution, settings: Settings) -> None:
    aged(in_doubt, hours=settings.PAYMENT_RECONCILE_TIME.total_seconds() / 3600 + 1)
    assert reconciliation.check_due() == 1
    in_doubt.refresh_from_db()
    assert (in_doubt.state, in_doubt.next_check_at) == (State.IN_DOUBT, None)
    assert reconciliation.check_due(100) == 0
    assert in_doubt not in schedule.due(timezone.now() + dt.timedelta(days=365))


def test_whoever_asks_looks_again_also_then(api: OrderApi, in_doubt: Execution, admin: User) -> None:
    aged(in_doubt, days=30)
    reconciliation.check(in_doubt)
    moved_by_now(api, in_doubt)
    reconciliation.check(in_doubt, by=asked_by(admin).who)
    assert (in_doubt.state, log_of(in_doubt)) == (State.DONE, [("admin", "done")])


# --- Processes that died


def claimed(case_of: CaseOf, make_payment: MakePayment, admin: User) -> Execution:
    return engine.claim(case_of(make_payment(reference=str(uuid4())), "capture"), asked_by(admin))


def test_what_was_never_sent_is_given_up_and_the_payment_is_free(
    api: OrderApi, case_of: CaseOf, make_payment: MakePayment, admin: User
) -> None:
    lost = aged(claimed(case_of, make_payment, admin), minutes=10)
    reconciliation.check(lost)
    assert (lost.state, lost.evidence.get(kind=Kind.LOST).data) == (State.NOT_SENT, {"why": ["lost-before"]})
    again = case_of((lost.order_id, lost.payment_id), "capture")
    assert engine.execute(api, again, asked_by(admin)).state == State.DONE


def test_what_may_still_be_under_way_is_left_to_its_process(
    case_of: CaseOf, make_payment: MakePayment, admin: User
) -> None:
    prepared = claimed(case_of, make_payment, admin)
    reconciliation.check(prepared)
    assert prepared.state == State.PREPARED
    assert engine.mark_sending(prepared, before_of(prepared))
    reconciliation.check(prepared)
    assert prepared.state == State.SENDING


def test_a_process_that_comes_back_after_it_was_given_up_sends_nothing(
    api: OrderApi, case_of: CaseOf, make_payment: MakePayment, admin: User, settings: Settings
) -> None:
    execution = claimed(case_of, make_payment, admin)
    settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(0)
    reconciliation.check(Execution.objects.get(pk=execution.pk))
    engine.carry_out(api, execution, asked_by(admin).who)
    assert (execution.state, ProviderCall.objects.filter(payment=execution.payment_id).count()) == (State.NOT_SENT, 0)


def test_what_is_marked_as_sent_in_the_last_moment_is_not_given_up(
    case_of: CaseOf, make_payment: MakePayment, admin: User, settings: Settings
) -> None:
    """The worker has read that it was not sent; before it can write that down, it is."""
    execution = claimed(case_of, make_payment, admin)
    as_the_worker_read_it = Execution.objects.get(pk=execution.pk)
    engine.mark_sending(execution, before_of(execution))
    settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(0)
    reconciliation.check(as_the_worker_read_it)
    execution.refresh_from_db()
    assert execution.state == State.SENDING


def test_a_process_that_died_while_sending_leaves_a_doubt_that_evidence_ends(
    api: OrderApi, case_of: CaseOf, make_payment: MakePayment, admin: User, settings: Settings
) -> None:
    execution = claimed(case_of, make_payment, admin)
    engine.mark_sending(execution, before_of(execution))
    settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(0)
    reconciliation.check(execution)
    assert (execution.state, execution.answer) == (State.IN_DOUBT, "silent")
    assert execution.evidence.get(kind=Kind.LOST).data == {"why": ["lost-after"]}
    api.payments.execute(execution.order_id, execution.payment_id, execution.action_id)
    reconciliation.check(execution)
    assert (execution.state, log_of(execution)) == (State.DONE, [(WORKER, "unanswered"), (WORKER, "done")])


# --- Several at once


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_of_several_workers_each_takes_its_own(execute: Execute) -> None:
    for _ in range(6):
        aged(execute("timeout-before"), minutes=1)
    start = threading.Barrier(3)

    def work(_: int) -> int:
        start.wait(10)
        try:
            return reconciliation.check_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as workers:
        looked = list(workers.map(work, range(3)))
    assert sum(looked) == 6
    assert set(Execution.objects.values_list("checks", flat=True)) == {1}


def test_what_one_worker_cannot_look_at_holds_up_nobody(execute: Execute) -> None:
    broken, other = (aged(execute("timeout-before"), minutes=1) for _ in range(2))
    Execution.objects.filter(pk=broken.pk).update(before_json="{}")
    assert reconciliation.check_due() == 2
    other.refresh_from_db()
    assert (other.checks, schedule.due().count()) == (1, 0)


def test_what_a_person_settled_meanwhile_stays_settled(
    api: OrderApi, in_doubt: Execution, admin: User, second: User
) -> None:
    as_the_worker_read_it = Execution.objects.get(pk=in_doubt.pk)
    manual_settlement.settle_by_hand(
        in_doubt, asked_by(second).who, moved=False, where="The portal", found="Nothing there"
    )
    moved_by_now(api, in_doubt)
    reconciliation.check(as_the_worker_read_it)
    in_doubt.refresh_from_db()
    assert in_doubt.state == State.NOT_DONE
    assert in_doubt.evidence.last().kind == Kind.CHECK, "what was found is kept all the same"  # type: ignore[union-attr]


def test_nobody_settles_by_hand_what_is_settled(api: OrderApi, in_doubt: Execution, admin: User, second: User) -> None:
    moved_by_now(api, in_doubt)
    reconciliation.check(Execution.objects.get(pk=in_doubt.pk))
    with pytest.raises(manual_settlement.AlreadySettledError):
        manual_settlement.settle_by_hand(
            in_doubt, asked_by(second).who, moved=False, where="The portal", found="Nothing there"
        )
    in_doubt.refresh_from_db()
    assert in_doubt.state == State.DONE


# --- The worker and the command


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_the_worker_looks_at_all_that_is_due_and_says_when_to_come_back(api: OrderApi, in_doubt: Execution) -> None:
    moved_by_now(api, in_doubt)
    assert 0 < worker.look_once() <= 2
    aged(in_doubt, minutes=1)
    assert 0 < worker.look_once() <= 5, "what has ended is watched"
    in_doubt.refresh_from_db()
    assert in_doubt.state == State.DONE
    Execution.objects.update(next_check_at=None)
    assert worker.look_once() == worker.LONGEST_SLEEP


def test_the_command_looks_once_and_says_what_is_left(api: OrderApi, execute: Execute) -> None:
    moved_by_now(api, aged(execute("timeout-before"), minutes=1))
    aged(execute("error"), minutes=1)
    out = io.StringIO()
    call_command("payments_reconcile", stdout=out)
    assert out.getvalue() == "2 looked at, 1 not settled yet.\n"
