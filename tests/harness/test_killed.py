"""`kill -9` of a real server process at every step of the engine."""

import time
from itertools import count
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.harness.aftermath import impatient, settle
from tests.harness.conftest import Bench
from tests.harness.server import Server
from tests.harness.steps import ACTIONS, DAYS, POINTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.xdist_group("processes")]


def is_gone(flag: Path) -> bool:
    """Whether a process died of it; a flag that nobody came by is taken away."""
    for _ in range(50):
        if not flag.exists():
            return True
        time.sleep(0.02)
    flag.unlink()
    return False


@pytest.mark.rest
@pytest.mark.parametrize("days", ["plain", "hard"])
def test_money_moves_at_most_once_wherever_a_process_dies(
    bench: Bench, settings: Settings, server: Server, days: str
) -> None:
    turn = count()
    for number, point in enumerate(POINTS):
        for day in DAYS[days][number % 2 :: 2]:
            kind = ACTIONS[next(turn) % len(ACTIONS)]
            name = f"kill -9 {point}, {kind} on the day “{day}”"
            case = bench.new_case(day, kind)
            flag = server.deadly(point)
            heard = server.press(case.seal(), case.salt, bench.people[0].username)
            bench.tally.interrupted += is_gone(flag) and heard == "no answer"
            bench.hold(name, case)
            server.press(case.seal(), case.salt, bench.people[1].username)
            bench.hold(f"{name}, pressed again", case)
            with impatient(settings):
                settle(case.payment_id, bench.controller)
            bench.end(f"{name}, settled", case)
    assert bench.tally.interrupted == sum(len(DAYS[days][number % 2 :: 2]) for number in range(len(POINTS)))
