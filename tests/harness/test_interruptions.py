"""Every step of the engine, interrupted in turn, before and after it, on each of the provider's days."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count, cycle

import pytest
from django.db import Error, connection
from pytest_django import Settings

from order_api.errors import ApiError
from payments.executions import engine
from payments.executions.intent import Intent
from tests.harness import steps
from tests.harness.aftermath import impatient, settle
from tests.harness.conftest import Bench
from tests.harness.invariants import counted
from tests.harness.steps import ACTIONS, COMMITS, DAYS, POINTS, STEPS, Interrupted, Point
from tests.payments.conftest import asked_by

pytestmark = pytest.mark.django_db(transaction=True)
Interruption = Callable[[Point], AbstractContextManager[list[str]]]
ERRORS = cycle((Interrupted, SystemExit))
FAULTS: dict[str, tuple[Interruption, tuple[Point, ...]]] = {
    "exception": (lambda point: steps.raising(next(ERRORS)(str(point)), point), POINTS),
    "database-refuses": (steps.refusing, tuple(Point("before", step) for step in STEPS)),
    "commit-lost": (steps.losing_commit, tuple(point for point in POINTS if point.step in COMMITS)),
}
if connection.vendor != "sqlite":
    del FAULTS["exception"]  # which no database has a say in


def runs(points: tuple[Point, ...], days: str) -> Iterator[tuple[Point, str, str]]:
    """Every point on every day; the actions take turns."""
    turn = count()
    for point in points:
        for day in DAYS[days]:
            yield point, day, ACTIONS[next(turn) % len(ACTIONS)]


def press(bench: Bench, case: Intent, person: int = 0) -> None:
    """Somebody presses the button of that dialog. What the page would say of it has to be true."""
    before = counted(case.payment_id).calls
    try:
        engine.execute(bench.api, case, asked_by(bench.people[person]))
    except (Interrupted, SystemExit):
        return
    except (engine.DuplicateIntentError, engine.PaymentChangedError, ApiError, Error) as error:
        if counted(case.payment_id).calls != before:
            bench.violations.append(f"{case.payment_id}: {error!r} means that nothing was sent, and it was")


CASES = [
    pytest.param(fault, days, id=f"{fault}-{days}", marks=[pytest.mark.rest] if days == "hard" else [])
    for fault in FAULTS
    for days in DAYS
]


@pytest.mark.parametrize(("fault", "days"), CASES)
def test_money_moves_at_most_once_wherever_the_program_is_interrupted(
    bench: Bench, settings: Settings, fault: str, days: str
) -> None:
    interruption, points = FAULTS[fault]
    for point, day, kind in runs(points, days):
        name = f"{fault} {point}, {kind} on the day “{day}”"
        case = bench.new_case(day, kind)
        with interruption(point) as fired:
            press(bench, case)
        bench.tally.interrupted += bool(fired)
        bench.hold(name, case)
        press(bench, case, person=1)  # somebody presses the very same button again
        bench.hold(f"{name}, pressed again", case)
        with impatient(settings):
            settle(case.payment_id, bench.controller)
        bench.end(f"{name}, settled", case)
    assert bench.tally.interrupted >= len(points) * len(DAYS[days]) * 0.9
