"""A process that is paused in the middle of an execution, and wakes up in another world."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from payments.executions import engine, manual_settlement, reconciliation
from payments.executions.sending import FENCE
from payments.models import Execution, State
from tests.harness.aftermath import impatient, settle
from tests.harness.conftest import Bench
from tests.harness.invariants import counted
from tests.harness.server import Server
from tests.harness.steps import Point
from tests.payments.conftest import asked_by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.xdist_group("processes")]


@pytest.mark.parametrize("point", [Point("before", "mark_sending"), Point("after", "mark_sending")], ids=str)
def test_what_others_gave_up_looked_at_and_did_again_is_not_sent_by_who_wakes_up(
    bench: Bench, settings: Settings, server: Server, point: Point
) -> None:
    case = bench.new_case("duplicate", "refund")  # a second call would move the money again
    flag = server.pausing(point)
    with ThreadPoolExecutor(1) as other:
        pressed = other.submit(server.press, case.seal(), case.salt, bench.people[0].username)
        process = server.paused(flag)
        first = Execution.objects.get(payment_id=case.payment_id)
        try:
            with impatient(settings):
                reconciliation.check(first)
                assert first.state == State.IN_DOUBT
                manual_settlement.settle_by_hand(
                    first, asked_by(bench.controller).who, moved=False, where="The portal", found="Nothing"
                )
                again = bench.case_of((case.order_id, case.payment_id), "refund")
                second = engine.execute(bench.api, again, asked_by(bench.people[1]))
            assert second.state == State.DONE
        finally:
            os.kill(process, signal.SIGCONT)
        assert pressed.result(60) in ("sent", "no answer")
    bench.tally.interrupted += 1
    assert counted(case.payment_id).calls == {"refund": 1}
    first.refresh_from_db()
    assert first.state == State.NOT_DONE
    settle(case.payment_id, bench.controller)
    bench.end(f"a process that was paused {point}", case)


def test_a_process_that_wakes_up_late_sends_nothing_though_nobody_has_given_it_up(bench: Bench, server: Server) -> None:
    case = bench.new_case("", "capture")
    flag = server.pausing(Point("after", "mark_sending"))
    with ThreadPoolExecutor(1) as other:
        pressed = other.submit(server.press, case.seal(), case.salt, bench.people[0].username)
        process = server.paused(flag)
        time.sleep(FENCE + 0.5)
        os.kill(process, signal.SIGCONT)
        assert pressed.result(60) == "sent"
    bench.tally.interrupted += 1
    execution = Execution.objects.get(payment_id=case.payment_id)
    assert execution.state == State.NOT_SENT
    assert "held up before it could send it" in execution.message
    assert not counted(case.payment_id).calls
    settle(case.payment_id, bench.controller)
    bench.end("a process that slept too long", case)
