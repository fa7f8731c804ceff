"""What has to hold before a call goes out, and what its answer is worth."""

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from accounts.channels import Channel
from gateway.connection import order_api
from gateway.in_process import answer
from gateway.lease import lease
from order_api import OrderApi
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.approvals import requests
from payments.executions import engine, intent, reconciliation, sending
from payments.executions.intent import Intent
from payments.executions.manual_settlement import settle_by_hand
from payments.models import Answer, Execution, Kind, Limit, State
from sandbox.models import Move, ProviderCall
from tests.harness.steps import COMMITS, Point, at, raising
from tests.payments.between import Answered, Between, GoOn, between, html, refusal
from tests.payments.conftest import CHANNEL, MakePayment, action_of, asked_by
from tests.payments.requests import change, fresh, who
from tests.wire import answered_by

__all__ = ["between"]
pytestmark = pytest.mark.django_db(transaction=True)
CaseOf = Callable[[tuple[str, str], str], Intent]


def moves(ids: tuple[str, str]) -> int:
    return Move.objects.filter(payment=ids[1]).count()


# What an answer is worth


@pytest.mark.parametrize("status", [404, 409, 424, 425, 429, 499])
def test_a_refusal_that_may_be_about_something_under_way_leaves_a_doubt(
    between: Between, make_payment: MakePayment, case_of: CaseOf, admin: User, status: int
) -> None:
    ids, later = make_payment("captured"), list[GoOn]()

    def refuse(go_on: GoOn) -> Answered:
        later.append(go_on)
        return refusal(status)

    between.instead = refuse
    execution = engine.execute(order_api(*CHANNEL), case_of(ids, "refund"), asked_by(admin))
    assert execution.state == State.IN_DOUBT
    with pytest.raises(engine.PaymentLockedError):
        engine.execute(order_api(*CHANNEL), replace(case_of(ids, "refund"), after="x"), asked_by(admin))
    between.instead = None
    later[0]()
    reconciliation.check(execution)
    assert (execution.state, moves(ids)) == (State.DONE, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_clear_refusal_with_a_reading_that_agrees_is_refused(
    between: Between, make_payment: MakePayment, case_of: CaseOf, admin: User, status: int
) -> None:
    between.instead = lambda go_on: refusal(status)
    execution = engine.execute(order_api(*CHANNEL), case_of(make_payment(), "capture"), asked_by(admin))
    assert (execution.state, execution.answer) == (State.REFUSED, Answer.REFUSED)


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_the_same_status_from_a_firewall_leaves_a_doubt(
    between: Between, make_payment: MakePayment, case_of: CaseOf, admin: User, status: int
) -> None:
    between.instead = lambda go_on: html(status)
    execution = engine.execute(order_api(*CHANNEL), case_of(make_payment(), "capture"), asked_by(admin))
    assert (execution.state, execution.answer) == (State.IN_DOUBT, Answer.SILENT)


def test_a_clear_refusal_of_a_payment_that_cannot_be_read_leaves_a_doubt(
    between: Between, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    between.instead = lambda go_on: refusal(400)
    seen = case_of(make_payment(), "capture")
    with at(Point("before", "look_back"), lambda: setattr(between, "seen", lambda path, body: b"<html>Blocked</html>")):
        execution = engine.execute(order_api(*CHANNEL), seen, asked_by(admin))
    assert (execution.state, execution.evidence.get(kind=Kind.AFTER).data["why"]) == (
        State.IN_DOUBT,
        ["api-refused", "unread"],
    )


# The fence


def held_up(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The machine's clock, by which the process slept; the wall's clock may have been set meanwhile."""
    monkeypatch.setattr(sending, "time", mock.Mock(monotonic=lambda: time.monotonic() + seconds))


@pytest.mark.parametrize("clock", ["wall", "machine", "wall set back"])
def test_a_process_that_was_held_up_between_mark_and_call_sends_nothing(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    ids = make_payment("captured")
    seen = case_of(ids, "refund")
    moved_by = {"wall": sending.FENCE + 1, "wall set back": -60.0}.get(clock, 0.0)
    with time_machine.travel(timezone.now(), tick=True) as now:

        def sleep() -> None:
            now.shift(moved_by)
            if clock == "machine":
                held_up(monkeypatch, sending.FENCE + 1)

        with at(Point("before", "call"), sleep):
            execution = engine.execute(api, seen, asked_by(admin))
    assert (execution.state, execution.answer, moves(ids)) == (State.NOT_SENT, Answer.NEVER_SENT, 0)
    assert not ProviderCall.objects.exists()


def test_what_was_given_up_looked_at_and_done_again_is_not_sent_by_who_wakes_up(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, second: User
) -> None:
    ids = make_payment("captured", sandbox="duplicate")
    seen, given_up = case_of(ids, "refund"), list[Execution]()

    def an_hour_passes() -> None:
        if given_up:
            return
        given_up.append(Execution.objects.get())
        long_ago = timezone.now() - dt.timedelta(hours=1)
        Execution.objects.update(sent_at=long_ago, created_at=long_ago)
        first = fresh(given_up[0])
        reconciliation.check(first)
        assert first.state == State.IN_DOUBT
        settle_by_hand(first, who(second), moved=False, where="portal", found="Nothing there, an hour later")
        again = engine.execute(order_api(*CHANNEL), case_of(ids, "refund"), asked_by(second))
        assert again.state == State.DONE

    with at(Point("before", "call"), an_hour_passes):
        first = engine.execute(api, seen, asked_by(admin))
    assert (fresh(first).state, moves(ids)) == (State.NOT_DONE, 1)


@pytest.mark.parametrize("minutes", [-2, 2])
@pytest.mark.parametrize(
    "point", [Point("before", "mark_sending"), Point("before", "call"), Point("after", "call")], ids=str
)
def test_a_machine_whose_clock_is_two_minutes_off_moves_nothing_twice_and_hides_nothing(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, point: Point, minutes: int
) -> None:
    """The worker of a machine with the right time looks at what this one is sending, and may take it for given up."""
    ids, now = make_payment(), timezone.now()
    with time_machine.travel(now + dt.timedelta(minutes=minutes), tick=True) as clock:
        seen = case_of(ids, "capture")

        def another_machine_looks() -> None:
            clock.shift(dt.timedelta(minutes=-minutes))
            reconciliation.check(Execution.objects.get())
            clock.shift(dt.timedelta(minutes=minutes))

        with at(point, another_machine_looks):
            execution = engine.execute(api, seen, asked_by(admin))
    moved = ProviderCall.objects.filter(payment=ids[1]).count()
    assert moved <= 1 == Execution.objects.count()
    if fresh(execution).is_open:
        reconciliation.check(fresh(execution))
    assert fresh(execution).state in ((State.DONE,) if moved else (State.NOT_SENT, State.IN_DOUBT))


# On the disk, and in doubt where that is not known


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL syncs each commit")
@pytest.mark.parametrize("step", COMMITS)
def test_what_is_committed_before_and_after_the_call_is_on_the_disk(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, step: str
) -> None:
    seen, synced, in_step = case_of(make_payment(), "capture"), list[int](), list[int]()
    commit = connection._commit  # type: ignore[attr-defined]

    def look() -> None:
        synced.append(connection.connection.execute("PRAGMA synchronous").fetchone()[0])
        commit()

    with (
        mock.patch.object(connection, "_commit", look),
        at(Point("before", step), synced.clear),
        at(Point("after", step), lambda: in_step.extend(synced)),
    ):
        engine.execute(api, seen, asked_by(admin))
    assert in_step and set(in_step) == {2}, "FULL"


def test_an_intent_in_the_log_whose_mark_was_lost_is_in_doubt_and_not_unsent(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, settings: Any
) -> None:
    """A power cut, or a failover to a copy that lags: the row says `prepared`, and the provider has moved the money."""
    ids = make_payment()
    with raising(KeyboardInterrupt(), Point("after", "record")), pytest.raises(KeyboardInterrupt):
        engine.execute(api, case_of(ids, "capture"), asked_by(admin))
    api.payments.execute(*ids, action_of(api, ids, "capture").id or "")
    settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(0)
    execution = Execution.objects.get()
    reconciliation.check(execution)
    assert (execution.state, execution.evidence.get(kind=Kind.LOST).data["why"]) == (State.IN_DOUBT, ["lost-mark"])
    reconciliation.check(execution)
    assert execution.state == State.DONE


# What the person saw


@pytest.mark.parametrize(
    "what",
    [
        {"reference": "psp-of-somebody-else"},
        {"adapter_id": "other_adapter"},
        {"attributes": {"pspOrderId": "X"}},
        {"upper_limit_amount": 1},
        {"type": "voucher"},
    ],
    ids=lambda what: next(iter(what)),
)
def test_a_payment_that_points_at_other_money_stops_it(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, what: dict[str, Any]
) -> None:
    ids = make_payment("captured")
    seen = case_of(ids, "refund")
    api.payments.update(*ids, api.payments.get(*ids).changed(**what))
    with pytest.raises(engine.PaymentChangedError):
        engine.execute(api, seen, asked_by(admin))
    assert moves(ids) == 0


def test_a_request_lapses_when_the_payment_points_at_other_money(
    api: OrderApi, waiting: Execution, second: User
) -> None:
    change(api, waiting, reference="psp-of-somebody-else")
    with pytest.raises(requests.RequestClosedError):
        requests.approve(api, waiting, second, who(second))
    assert (fresh(waiting).state, Move.objects.exists()) == (State.LAPSED, False)


@pytest.mark.parametrize("to", ["declined", "removed"])
def test_an_order_that_was_declined_or_removed_meanwhile_stops_it(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, to: str
) -> None:
    ids = make_payment()
    seen = case_of(ids, "capture")
    api.orders.update_state(ids[0], to)
    with pytest.raises(engine.PaymentChangedError):
        engine.execute(api, seen, asked_by(admin))
    assert moves(ids) == 0


def test_a_request_lapses_when_the_order_is_declined(api: OrderApi, waiting: Execution, second: User) -> None:
    api.orders.update_state(waiting.order_id, "declined")
    with pytest.raises(requests.RequestClosedError):
        requests.approve(api, waiting, second, who(second))
    assert not Move.objects.exists()


def test_a_line_that_came_before_the_call_is_seen_although_last_modified_stood_still(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment("captured", sandbox="still-lastModified")
    seen = case_of(ids, "refund")
    line = PaymentTransaction(event=PaymentEvent.read("refund"), is_success=True, amount=399, psp_status="REFUNDED")  # type: ignore[arg-type]
    api.payments.add_transaction(*ids, line)
    with pytest.raises(engine.PaymentChangedError):
        engine.execute(api, seen, asked_by(admin))
    assert not ProviderCall.objects.exists()


def test_a_log_that_is_written_differently_with_each_reading_is_no_change(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment(sandbox="reordered-log")
    for _ in range(2):
        api.payments.add_transaction(*ids, PaymentTransaction(event=PaymentEvent.read("confirm"), is_success=True))
    execution = engine.execute(api, case_of(ids, "capture"), asked_by(admin))
    assert (execution.state, moves(ids)) == (State.DONE, 1)


def test_an_adapter_that_renews_the_ids_of_its_actions_is_sent_the_one_of_now(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment(sandbox="new-ids")
    seen = case_of(ids, "capture")
    execution = engine.execute(api, seen, asked_by(admin))
    assert (execution.state, moves(ids)) == (State.DONE, 1)
    assert execution.action_id != seen.action.id


def test_a_reading_that_is_old_when_the_call_is_marked_is_read_again(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment("captured")
    seen = case_of(ids, "refund")
    with time_machine.travel(timezone.now(), tick=True) as now:

        def the_database_is_slow() -> None:
            now.shift(10)
            api.payments.update(*ids, api.payments.get(*ids).changed(reference="another"))

        with at(Point("after", "record"), the_database_is_slow), pytest.raises(engine.PaymentChangedError):
            engine.execute(api, seen, asked_by(admin))
    execution = Execution.objects.get()
    assert (execution.state, execution.sent_at, moves(ids)) == (State.NOT_SENT, None, 0)


# Locks as wide as the money


def test_while_somebody_changes_the_order_nothing_is_sent(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment()
    with mock.patch("gateway.lease.PATIENCE", 0.0), lease(*CHANNEL, ids[0]):
        execution = engine.execute(api, case_of(ids, "capture"), asked_by(admin))
    assert (execution.state, execution.evidence.last().data["why"]) == (State.NOT_SENT, ["order-busy"])  # type: ignore[union-attr]
    assert not ProviderCall.objects.exists()


def test_two_records_of_one_payment_at_the_provider_are_one_lock(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    one, other = make_payment("captured", sandbox="timeout-before"), make_payment("captured")
    engine.execute(api, case_of(one, "refund"), asked_by(admin))
    with pytest.raises(engine.PaymentLockedError):
        engine.execute(api, case_of(other, "refund"), asked_by(admin))
    assert moves(other) == 0


def test_an_order_is_locked_by_the_apis_own_spelling_of_its_id(make_payment: MakePayment, admin: User) -> None:
    ids = make_payment("captured", sandbox="timeout-before")
    real = ids[0]

    def lenient(method: str, path: str, *rest: Any) -> Any:
        return answer(method, re.sub(re.escape(real), real, path, flags=re.IGNORECASE), *rest)

    with answered_by(lenient):
        api = order_api(*CHANNEL)
        action = action_of(api, ids, "refund").id or ""
        engine.execute(api, intent.read(api, Channel(*CHANNEL), real, ids[1], action).case, asked_by(admin))
        again = intent.read(api, Channel(*CHANNEL), real.upper(), ids[1], action).case
        with pytest.raises(engine.DuplicateIntentError):
            engine.execute(api, again, asked_by(admin))


def test_a_request_lapses_after_another_attempt_whatever_the_clocks(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, second: User
) -> None:
    Limit.objects.create(role="admin", currency="SEK", per_action=100)
    ids = make_payment(sandbox="decline")
    request = engine.execute(api, case_of(ids, "capture"), asked_by(admin))
    ahead = request.created_at + dt.timedelta(minutes=2)
    Execution.objects.filter(pk=request.pk).update(created_at=ahead)
    Limit.objects.all().delete()
    engine.execute(api, case_of(ids, "cancel"), asked_by(second))
    assert ProviderCall.objects.filter(payment=ids[1]).count() == 1
    assert intent.tried_since(fresh(request)), "the attempt counts"
