"""One intent, one call, and an outcome that evidence speaks for."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection

from audit.models import Entry
from gateway.connection import order_api
from order_api import OrderApi
from order_api.errors import NotFound
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.executions import engine, intent
from payments.executions.evidence import ACTION
from payments.executions.intent import Intent
from payments.models import Answer, Execution, State
from sandbox.models import ProviderCall
from tests.changes.faults import FaultyApi, failing_server
from tests.harness.steps import Point, at, losing_commit
from tests.payments.conftest import CHANNEL, MakePayment, action_of, asked_by
from tests.wire import answered_by, listening

CaseOf = Callable[[tuple[str, str], str], Intent]
ORDER, PAYMENT = "GET orders/{order_id}", "GET orders/{order_id}/payments/{payment_id}"
TRANSACTIONS = "GET orders/{order_id}/payments/{payment_id}/transactions"
EXECUTE = "POST orders/{order_id}/payments/{payment_id}/actions/{action_id}/execute"
pytestmark = pytest.mark.django_db


def calls_of(ids: tuple[str, str], kind: str) -> int:
    """How often the provider was called for it."""
    return ProviderCall.objects.filter(payment=ids[1], kind=kind).count()


@pytest.fixture
def faulty() -> Iterator[FaultyApi]:
    """The Order API as the desk reaches it, with what goes wrong on the way of its writes."""
    with failing_server() as server:
        api = FaultyApi(server)
        with answered_by(api):
            yield api


@pytest.mark.parametrize(
    ("day", "state", "answer"),
    [
        ("", State.DONE, Answer.ACCEPTED),
        ("decline", State.REFUSED, Answer.REFUSED),
        ("error", State.IN_DOUBT, Answer.SILENT),
        ("timeout-before", State.IN_DOUBT, Answer.SILENT),
        ("timeout-after", State.DONE, Answer.SILENT),
        ("pending", State.PENDING, Answer.ACCEPTED),
    ],
)
def test_the_outcome_is_what_the_evidence_says(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, day: str, state: State, answer: Answer
) -> None:
    execution = engine.execute(api, case_of(make_payment(sandbox=day), "capture"), asked_by(admin))
    assert (execution.state, execution.answer) == (state, answer)


def test_a_capture_then_a_refund_are_two_intents(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    for kind in ("capture", "refund"):
        assert engine.execute(api, case_of(ids, kind), asked_by(admin)).state == State.DONE
    assert api.payments.get(*ids).state == "refunded"


# --- Nothing is sent where the person did not see what is there now


def differences_of(moved: engine.PaymentChangedError) -> list[str]:
    return [difference.kind for difference in moved.differences]


def test_a_payment_that_somebody_else_moved_is_left_alone_and_the_difference_is_told(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    seen = case_of(ids, "capture")
    api.payments.execute(*ids, action_of(api, ids, "cancel").id or "")
    with pytest.raises(engine.PaymentChangedError) as moved:
        engine.execute(api, seen, asked_by(admin))
    assert differences_of(moved.value) == ["state", "action-gone", "action-gone", "line-new"]
    assert (calls_of(ids, "capture"), Execution.objects.get().state) == (0, State.NOT_SENT)


def test_a_transaction_that_somebody_else_added_is_a_difference_by_itself(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    seen = case_of(ids, "capture")
    api.payments.add_transaction(*ids, PaymentTransaction(event=PaymentEvent("confirm"), is_success=True))
    with pytest.raises(engine.PaymentChangedError) as moved:
        engine.execute(api, seen, asked_by(admin))
    assert (differences_of(moved.value), calls_of(ids, "capture")) == (["line-new"], 0)


def test_what_changed_elsewhere_in_the_order_is_no_difference(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    seen = case_of(ids, "capture")
    api.orders.update_reference(ids[0], "another reference")
    assert engine.execute(api, seen, asked_by(admin)).state == State.DONE


def test_a_payment_that_cannot_be_read_is_left_alone(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    seen = case_of(ids, "capture")
    api.orders.delete(ids[0])
    with pytest.raises(NotFound):
        engine.execute(api, seen, asked_by(admin))
    assert (calls_of(ids, "capture"), Execution.objects.get().state) == (0, State.NOT_SENT)


def test_a_dialog_from_before_a_refusal_is_old(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, manager: User
) -> None:
    """An API error of 400 may leave no trace on the payment, so the attempt itself is what moved."""
    ids = make_payment(sandbox="decline")
    capture, cancel = case_of(ids, "capture"), case_of(ids, "cancel")
    assert engine.execute(api, capture, asked_by(admin)).state == State.REFUSED
    with pytest.raises(engine.PaymentChangedError) as moved:
        engine.execute(api, cancel, asked_by(manager))
    assert differences_of(moved.value) == ["attempt"]


def test_what_was_refused_can_be_tried_again_on_purpose(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment(sandbox="decline")
    for _ in range(2):
        assert engine.execute(api, case_of(ids, "capture"), asked_by(admin)).state == State.REFUSED
    assert calls_of(ids, "capture") == 2


# --- One intent, and one open attempt


def test_the_same_form_twice_is_one_intent(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment(sandbox="duplicate")
    seen = case_of(ids, "capture")
    first = engine.execute(api, seen, asked_by(admin))
    with pytest.raises(engine.DuplicateIntentError) as already:
        engine.execute(api, seen, asked_by(admin))
    assert (already.value.execution, type(already.value), calls_of(ids, "capture")) == (
        first,
        engine.DuplicateIntentError,
        1,
    )


def test_a_payment_with_an_open_attempt_is_occupied_for_everybody(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, manager: User
) -> None:
    ids = make_payment(sandbox="timeout-before")
    capture, cancel = case_of(ids, "capture"), case_of(ids, "cancel")
    in_doubt = engine.execute(api, capture, asked_by(admin))
    with pytest.raises(engine.PaymentLockedError) as occupied:
        engine.execute(api, cancel, asked_by(manager))
    assert (occupied.value.execution, calls_of(ids, "cancel")) == (in_doubt, 0)


def test_the_database_itself_refuses_a_second_open_attempt(
    make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    """So whoever looked too early to see the first one is refused all the same, on whatever machine."""
    second = engine.claim(case_of(make_payment(), "capture"), asked_by(admin))
    second.pk, second.action_id = uuid4(), "pa_another"
    with pytest.raises(IntegrityError):
        second.save(force_insert=True)


# --- What goes wrong on the way


def test_without_an_entry_in_the_log_nothing_is_sent(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    def refuse(run: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.startswith("INSERT") and "audit_entry" in sql:
            raise OperationalError("disk full")
        return run(sql, *args)

    ids = make_payment()
    seen = case_of(ids, "capture")
    with connection.execute_wrapper(refuse):
        execution = engine.execute(api, seen, asked_by(admin))
    assert (execution.state, calls_of(ids, "capture")) == (State.NOT_SENT, 0)
    assert execution.evidence.last().data == {"why": ["unrecorded"]}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fault", "state", "answer", "status"),
    [
        ("nobody listens", State.NOT_SENT, Answer.NEVER_SENT, None),
        ("400", State.REFUSED, Answer.REFUSED, 400),
        ("401", State.REFUSED, Answer.REFUSED, 401),
        ("404", State.IN_DOUBT, Answer.SILENT, 404),
        ("500", State.IN_DOUBT, Answer.SILENT, 500),
        ("502 in HTML", State.IN_DOUBT, Answer.SILENT, 502),
        ("silence", State.IN_DOUBT, Answer.SILENT, None),
    ],
)
def test_a_call_that_fails_says_only_what_is_known(
    faulty: FaultyApi, make_payment: MakePayment, case_of: CaseOf, admin: User, fault: str, state: State,
    answer: Answer,
    status: int | None,
) -> None:  # fmt: skip
    seen = case_of(make_payment(), "capture")
    faulty.fault = fault
    written = len(faulty.writes)
    execution = engine.execute(order_api(*CHANNEL), seen, asked_by(admin))
    assert (execution.state, execution.answer, execution.status) == (state, answer, status)
    assert len(faulty.writes) == written + 1


def test_an_answer_of_2xx_alone_is_no_evidence(
    faulty: FaultyApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    seen = case_of(make_payment(), "capture")
    faulty.instead = lambda: (200, [], b"")
    execution = engine.execute(order_api(*CHANNEL), seen, asked_by(admin))
    assert (execution.state, execution.answer) == (State.IN_DOUBT, Answer.ACCEPTED)


def test_what_somebody_else_did_with_the_same_action_at_the_same_moment_is_said_to_be_done(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    """After the last look and before the call: the API knows the action no more, and its one transaction names it."""
    ids = make_payment()
    seen = case_of(ids, "capture")
    with at(Point("before", "call"), lambda: api.payments.execute(*ids, seen.action.id)):
        execution = engine.execute(api, seen, asked_by(admin))
    assert (execution.state, execution.answer, execution.status) == (State.DONE, Answer.SILENT, 404)
    assert ProviderCall.objects.filter(payment=ids[1]).count() == 1


@pytest.mark.django_db(transaction=True)  # a commit, which is lost
def test_an_outcome_that_cannot_be_written_is_told_to_nobody(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    seen = case_of(ids, "capture")
    with losing_commit(Point("before", "conclude")) as lost:
        execution = engine.execute(api, seen, asked_by(admin))
    assert lost
    assert (execution.state, Execution.objects.get().state) == (State.SENDING, State.SENDING)
    outcome = Entry.objects.get(action=ACTION, target=ids[1], kind="outcome")
    assert outcome.outcome == "unanswered"


# --- What it costs, counted where it leaves for the API


def test_the_dialog_opens_with_two_reads(make_payment: MakePayment, case_of: CaseOf, api: OrderApi) -> None:
    ids = make_payment()
    action = action_of(api, ids, "capture").id or ""
    with listening() as calls:
        intent.read(order_api(*CHANNEL), CHANNEL, *ids, action)
    assert [call.operation for call in calls] == [ORDER, TRANSACTIONS]


def test_an_action_costs_two_reads_one_call_and_two_reads(
    make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    seen = case_of(make_payment(), "capture")
    with listening() as calls:
        engine.execute(order_api(*CHANNEL), seen, asked_by(admin))
    assert [call.operation for call in calls] == [ORDER, TRANSACTIONS, EXECUTE, PAYMENT, TRANSACTIONS]


def test_what_is_in_the_log_and_in_the_evidence_can_be_matched(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    execution = engine.execute(api, case_of(make_payment(), "capture"), asked_by(admin))
    intent, outcome = Entry.objects.filter(action=ACTION, target=execution.payment_id).order_by("sequence")
    assert (intent.kind, outcome.kind, outcome.outcome) == ("intent", "outcome", "done")
    said = [json.loads(entry.details_json) for entry in (intent, outcome)]
    assert [details["execution"] for details in said] == [str(execution.pk)] * 2
    seen, *later = [evidence.digest for evidence in execution.evidence.all()]
    assert [details["evidence"] for details in said] == [[seen], later]
    assert said[0]["baseline"] == execution.baseline
