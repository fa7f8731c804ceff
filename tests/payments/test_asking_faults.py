"""What goes wrong while somebody asks, or carries out what was asked for: faults of the Order API and the database, two
people at one moment, a process that dies. Money moves once or not at all, and the asker is told what is true."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone
from pytest_django import Settings

from order_api import OrderApi
from payments.approvals import asks, requests
from payments.executions import engine, reconciliation
from payments.executions.intent import Intent
from payments.models import OPEN, Evidence, Execution, State
from payments.presentation.proof import proof_of
from sandbox.provider.days import DAYS
from tests.audit.helpers import log_out_of_reach
from tests.conftest import ClientOf
from tests.harness import steps
from tests.harness.aftermath import impatient
from tests.harness.steps import POINTS, Interrupted, Point
from tests.payments.between import Between, html, refusal
from tests.payments.between import between as between  # noqa: PLC0414 - a fixture
from tests.payments.conftest import MakePayment, asked_by
from tests.payments.requests import address, change, fresh, refunds, says_yes, told, who

CaseOf = Callable[[tuple[str, str], str], Intent]
pytestmark = pytest.mark.django_db
REFUSED, DOUBT = State.REFUSED, State.IN_DOUBT
ANSWERS: dict[str, tuple[Any, State]] = {
    "400": (lambda go_on: refusal(400), REFUSED),
    "401": (lambda go_on: refusal(401), REFUSED),
    "404": (lambda go_on: refusal(404), DOUBT),
    "409": (lambda go_on: refusal(409), DOUBT),
    "422": (lambda go_on: refusal(422), REFUSED),
    "429": (lambda go_on: refusal(429), DOUBT),
    "500": (lambda go_on: refusal(500), DOUBT),
    "502 in HTML": (lambda go_on: html(502), DOUBT),
    "200 in HTML": (lambda go_on: html(200), DOUBT),
    "500 after it was done": (lambda go_on: go_on() and refusal(500), State.DONE),
    "404 after it was done": (lambda go_on: go_on() and refusal(404), State.DONE),
    "as it should": (lambda go_on: go_on(), State.DONE),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_the_api_answers_it_is_sent_once_and_the_asker_hears_what_is_known(
    name: str, api: OrderApi, asked_for: Execution, support: User, petra: User, client_of: ClientOf, between: Between
) -> None:
    between.instead, state = ANSWERS[name]
    client, form = client_of(petra), says_yes(asked_for)
    for _ in range(2):  # the second of two clicks
        assert client.post(address(asked_for, "take-up"), form).status_code == 302
    assert sum(path.endswith("/execute") for path in between.paths) == 1
    done = fresh(asked_for)
    assert (done.state, told(support)) == (state, [f"payment-{state}"])
    assert refunds(api, asked_for) == (state == State.DONE) and proof_of(done).flaws == []


@pytest.mark.parametrize("day", DAYS)
def test_on_each_of_the_providers_days_one_refund_at_most_and_no_word_that_is_not_true(
    day: str, api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, petra: User
) -> None:
    asked = asks.ask(api, case_of(make_payment("captured", sandbox=day), "refund"), asked_by(support))
    asks.take_up(api, asked, petra, who(petra))
    done = fresh(asked)
    said = told(support)
    assert said == ([] if done.state in (State.PENDING, State.SENDING) else [f"payment-{done.state}"])


# The database and the log


def test_what_cannot_be_written_into_the_log_is_not_taken_up(
    asked_for: Execution, petra: User, client_of: ClientOf
) -> None:
    client, form = client_of(petra), says_yes(asked_for)
    with log_out_of_reach():
        assert client.post(address(asked_for, "take-up"), form).status_code == 503
        assert client.post(address(asked_for, "turn-down"), {"reason": "No"}).status_code == 503
    assert (fresh(asked_for).state, fresh(asked_for).taken_by_name) == (State.ASKED, "")


def test_an_asker_who_cannot_be_told_keeps_no_outcome_from_being_written(
    api: OrderApi, asked_for: Execution, support: User, petra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr("teamwork.services.create", fail)
    asks.take_up(api, asked_for, petra, who(petra))
    assert (fresh(asked_for).state, told(support), refunds(api, asked_for)) == (State.DONE, [], 1)


@contextmanager
def refusing_writes(after: int) -> Iterator[None]:
    """From the so-manieth writing statement on the desk's own tables on, the database refuses each of them."""
    count = 0

    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal count
        if sql.startswith(("INSERT", "UPDATE")) and ("payments_" in sql or "audit_" in sql or "teamwork_" in sql):
            count += 1
            if count > after:
                raise OperationalError("the database is not there")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", range(12))
def test_wherever_the_database_gives_up_the_money_moves_once_at_most_and_the_request_is_not_lost(
    after: int, api: OrderApi, asked_for: Execution, support: User, petra: User, settings: Settings
) -> None:
    with refusing_writes(after), suppress(Exception):
        asks.take_up(api, fresh(asked_for), petra, who(petra))
    comes_to_an_end(api, asked_for, support, petra, settings)


def comes_to_an_end(api: OrderApi, asked: Execution, support: User, petra: User, settings: Settings) -> None:
    """Whatever was interrupted: it is as it was, and can be carried out; or it has ended, and the asker is told; or it
    is in doubt, and is locked. What is said of the money is what moved."""
    with impatient(settings):
        reconciliation.check(fresh(asked))
    now, moved = fresh(asked), refunds(api, asked)
    if now.state == State.ASKED:
        assert moved == 0 and now.taken_at is None and not Evidence.objects.filter(execution=now, kind="person")
        asks.take_up(api, now, petra, who(petra))
        assert (now.state, refunds(api, asked)) == (State.DONE, 1)
    elif now.state == State.DONE:
        assert moved == 1
    elif now.state in (State.NOT_SENT, State.LAPSED):
        assert moved == 0
    else:
        assert now.state in OPEN and moved <= 1
    assert told(support) == [f"payment-{now.state}"]


# A process that dies, or is held up


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", [point for point in POINTS if point.step != "claim"], ids=str)
def test_a_process_that_dies_while_it_carries_it_out_leaves_no_second_refund_and_no_untold_asker(
    point: Point, api: OrderApi, asked_for: Execution, support: User, petra: User, settings: Settings
) -> None:
    with steps.raising(Interrupted(), point) as fired, suppress(Interrupted):
        asks.take_up(api, fresh(asked_for), petra, who(petra))
    assert fired
    comes_to_an_end(api, asked_for, support, petra, settings)


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_up_long_after_it_was_asked_for_is_not_given_up_in_the_middle(
    api: OrderApi, asked_for: Execution, petra: User
) -> None:
    Execution.objects.update(created_at=timezone.now() - dt.timedelta(hours=20))

    def look() -> None:
        reconciliation.check(fresh(asked_for))

    with steps.meanwhile(look, Point("before", "look_again")):
        asks.take_up(api, fresh(asked_for), petra, who(petra))
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.DONE, 1)


def test_a_payment_that_moves_just_before_it_is_sent_is_not_touched(
    api: OrderApi, asked_for: Execution, support: User, petra: User
) -> None:
    def move() -> None:
        change(api, asked_for, amount=500)

    with steps.meanwhile(move, Point("before", "look_again")), pytest.raises(requests.RequestClosedError):
        asks.take_up(api, asked_for, petra, who(petra))
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.LAPSED, 0)
    assert told(support) == ["payment-lapsed"] and proof_of(fresh(asked_for)).flaws == []


# Several people at one moment


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each of them comes to who does this at the same moment as the others."""
    gate, ends = threading.Barrier(len(acts)), list[str]()

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=30)
            act()
            ends.append("done")
        except (requests.RequestClosedError, engine.DuplicateIntentError, DatabaseError) as error:
            ends.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ends)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_take_it_up_at_once_one_does(
    api: OrderApi, asked_for: Execution, support: User, petra: User, admin: User, second: User, third: User
) -> None:
    people = (petra, admin, second, third)
    ends = at_once(*(lambda user=user: asks.take_up(api, fresh(asked_for), user, who(user)) for user in people))
    assert ends == ["RequestClosedError"] * 3 + ["done"]
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.DONE, 1)
    assert asked_for.evidence.filter(kind="person").count() == 1 and told(support) == ["payment-done"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_an_asker_who_takes_it_back_while_it_is_taken_up_gets_one_of_the_two(
    turn: int, api: OrderApi, asked_for: Execution, support: User, petra: User
) -> None:
    ends = at_once(
        lambda: asks.take_up(api, fresh(asked_for), petra, who(petra)),
        lambda: requests.withdraw(fresh(asked_for), support, who(support)),
    )
    ended = fresh(asked_for)
    assert ends == ["RequestClosedError", "done"] and ended.state in (State.DONE, State.WITHDRAWN)
    assert refunds(api, asked_for) == (ended.state == State.DONE) and proof_of(ended).flaws == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_up_and_turn_it_down_at_once_one_does(
    api: OrderApi, asked_for: Execution, petra: User, second: User
) -> None:
    ends = at_once(
        lambda: asks.take_up(api, fresh(asked_for), petra, who(petra)),
        lambda: requests.turn_down(fresh(asked_for), second, who(second), "No"),
    )
    assert ends == ["RequestClosedError", "done"]
    assert refunds(api, asked_for) == (fresh(asked_for).state == State.DONE)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_ask_for_the_same_at_once_one_has_asked(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, manager: User
) -> None:
    case = case_of(make_payment("captured"), "refund")
    ends = at_once(*(lambda user=user: asks.ask(api, case, asked_by(user)) for user in (support, manager) * 2))
    assert ends == ["DuplicateIntentError"] * 3 + ["done"] and Execution.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_payment_asked_for_in_two_ways_is_paid_back_or_let_go_once(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, petra: User, second: User
) -> None:
    """Two requests lock nothing; whoever comes second finds the payment moved."""
    ids = make_payment()
    capture, cancel = (asks.ask(api, case_of(ids, kind), asked_by(support)) for kind in ("capture", "cancel"))
    with suppress(engine.PaymentLockedError, requests.RequestClosedError):
        asks.take_up(api, capture, petra, who(petra))
        asks.take_up(api, cancel, second, who(second))
    assert (fresh(capture).state, fresh(cancel).state) == (State.DONE, State.LAPSED)
    assert api.payments.get(*ids).state == "captured"
