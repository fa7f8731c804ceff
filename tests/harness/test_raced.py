"""Twenty people, several processes, one payment, one moment."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from payments.executions.intent import Intent
from tests.harness.aftermath import impatient, settle
from tests.harness.conftest import Bench
from tests.harness.invariants import counted
from tests.harness.server import Server
from tests.harness.steps import Point

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.xdist_group("processes")]
CROWD = 20
DAYS = ("", "slow", "timeout-after", "pending", "decline", "duplicate")


def at_once(server: Server, bench: Bench, cases: list[Intent]) -> Counter[str]:
    """What all twenty heard, each of whom pressed one of these dialogs' buttons when all the others did."""
    start = threading.Barrier(CROWD)
    sealed = [(case.seal(), case.salt) for case in cases]

    def press(number: int) -> str:
        start.wait(30)
        return server.press(*sealed[number % len(sealed)], bench.people[number].username)

    with ThreadPoolExecutor(CROWD) as crowd:
        heard = Counter(crowd.map(press, range(CROWD)))
    bench.tally.raced += heard.total()
    return heard


def settled(bench: Bench, settings: Settings, name: str, case: Intent) -> None:
    bench.hold(name, case)
    with impatient(settings):
        settle(case.payment_id, bench.controller)
    bench.end(name, case)


def test_of_twenty_who_press_the_same_button_one_sends(bench: Bench, settings: Settings, server: Server) -> None:
    for day in DAYS:
        case = bench.new_case(day, "capture")
        heard = at_once(server, bench, [case])
        assert heard == {"sent": 1, "duplicateintenterror": 19}, day
        assert counted(case.payment_id).calls == {"capture": 1}, day
        settled(bench, settings, f"one button on the day “{day}”", case)


def test_of_twenty_with_different_buttons_no_two_send_at_once(bench: Bench, settings: Settings, server: Server) -> None:
    """Capture and cancel: whoever comes second finds the payment occupied, the dialog old, or the payment moved."""
    for day in DAYS:
        capture = bench.new_case(day, "capture")
        cancel = bench.case_of((capture.order_id, capture.payment_id), "cancel")
        heard = at_once(server, bench, [capture, cancel])
        assert set(heard) <= {"sent", "duplicateintenterror", "paymentlockederror", "paymentchangederror"}, (day, heard)
        assert heard["sent"] >= 1, day
        if day != "decline":
            assert counted(capture.payment_id).moves.total() <= 1, day
        settled(bench, settings, f"two buttons on the day “{day}”", capture)


def test_a_process_that_dies_among_them_changes_nothing(bench: Bench, settings: Settings, server: Server) -> None:
    for step in ("record", "mark_sending", "call", "conclude"):
        case = bench.new_case("duplicate", "capture")
        flag = server.deadly(Point("after", step))
        heard = at_once(server, bench, [case])
        bench.tally.interrupted += not flag.exists()
        assert heard["sent"] <= 1
        assert counted(case.payment_id).calls.total() <= 1
        settled(bench, settings, f"a process that died after {step}", case)
