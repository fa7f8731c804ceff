"""Four eyes: when it takes a second person whatever the limits are, and when two of them."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from order_api import OrderApi
from payments.executions import engine
from payments.executions.intent import Intent
from payments.executions.ledger import ledger_of
from payments.executions.snapshot import Action
from payments.limits.rules import Excess, excess
from payments.models import FourEyes, Limit, State
from payments.presentation.preview import above
from tests.payments.conftest import MakePayment, asked_by

pytestmark = pytest.mark.django_db
CaseOf = Callable[[tuple[str, str], str], Intent]
SPACE = "\N{NO-BREAK SPACE}"


def set_eyes(mode: str = "limit", two_above: int | None = None, currency: str = "SEK", **values: Any) -> FourEyes:
    currency = currency if two_above is not None else ""
    return FourEyes.objects.create(mode=mode, two_above=two_above, currency=currency, **values)


@pytest.fixture
def case(make_payment: MakePayment, case_of: CaseOf) -> Intent:
    """A capture of 499 SEK in norce/se."""
    return case_of(make_payment(reference=str(uuid4())), "capture")


def test_without_a_line_the_limits_ask_as_they_do(admin: User, case: Intent) -> None:
    assert excess(admin, case) == []
    Limit.objects.create(role="admin", currency="SEK", per_action=100)
    assert excess(admin, case) == [Excess("action", "100", "499")]
    set_eyes("limit")
    assert excess(admin, case) == [Excess("action", "100", "499")]


def test_always_asks_where_there_is_no_limit_and_beside_those_that_there_are(admin: User, case: Intent) -> None:
    set_eyes("always")
    assert excess(admin, case) == [Excess("always")]
    assert above(excess(admin, case)[0], "SEK") == "Here it always takes a second person."
    Limit.objects.create(role="admin", currency="SEK", per_action=100)
    assert excess(admin, case) == [Excess("always"), Excess("action", "100", "499")]


def test_never_asks_no_limit(admin: User, manager: User, case: Intent) -> None:
    Limit.objects.create(role="admin", currency="SEK", per_action=100)
    set_eyes("never")
    assert excess(admin, case) == []
    assert excess(manager, case) == [], "nor that there is none for the role"


def test_never_does_not_make_sure_what_is_not(api: OrderApi, admin: User, case: Intent, case_of: CaseOf) -> None:
    set_eyes("never")
    assert engine.execute(api, case, asked_by(admin)).state == State.DONE
    again = case_of((case.order_id, case.payment_id), "refund")
    assert excess(admin, again) == []
    assert excess(admin, replace(again, action=case.action)) == [Excess("repeat")]


@pytest.mark.parametrize(
    "elsewhere",
    [{"merchant": "norce", "channel": "no"}, {"merchant": "nordlys"}, {"action_type": "refund"}],
    ids=lambda values: next(iter(values)),
)
def test_a_line_for_something_else_does_not_count(admin: User, case: Intent, elsewhere: dict[str, str]) -> None:
    set_eyes("always", 1, **elsewhere)
    assert excess(admin, case) == []


def test_the_line_that_says_most_counts_and_all_of_it(admin: User, case: Intent) -> None:
    set_eyes("always", 1)
    set_eyes("limit", action_type="capture")
    assert excess(admin, case) == []
    set_eyes("always", merchant="norce")
    assert excess(admin, case) == [Excess("always")]
    set_eyes("never", merchant="norce", channel="se")
    assert excess(admin, case) == []
    set_eyes("always", merchant="norce", channel="se", action_type="capture")
    assert excess(admin, case) == [Excess("always")]


def test_two_people_above_the_amount_and_one_or_none_at_it(admin: User, case: Intent) -> None:
    set_eyes("limit", 499)
    assert excess(admin, case) == []
    [two] = excess(admin, replace(case, amount=Decimal("499.01")))
    assert two == Excess("two", "499", "499.01")
    words = f"It may move 499.01{SPACE}SEK; above 499.00{SPACE}SEK it takes two people besides whoever asks."
    assert above(two, "SEK") == words


@pytest.mark.parametrize("mode", ["never", "limit", "always"])
def test_two_people_are_asked_in_every_mode(admin: User, case: Intent, mode: str) -> None:
    set_eyes(mode, 100)
    assert Excess("two", "100", "499") in excess(admin, case)


@pytest.mark.parametrize("different", [{"amount": None}, {"currency": "EUR"}], ids=str)
def test_what_cannot_be_compared_takes_two(admin: User, case: Intent, different: dict[str, Any]) -> None:
    set_eyes("never", 1000)
    [two] = excess(admin, replace(case, **different))
    assert two == Excess("two", "1000 SEK")
    words = f"Above 1,000.00{SPACE}SEK it takes two people besides whoever asks, and this cannot be compared with that."
    assert above(two, "EUR") == words


def test_a_refund_counts_with_the_most_that_it_may_move(
    admin: User, make_payment: MakePayment, case_of: CaseOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_eyes("never", 499)
    case = case_of(make_payment("captured", reference=str(uuid4())), "refund")
    assert excess(admin, case) == []
    ledger = ledger_of(case.seen)
    assert ledger
    unsure = ledger._replace(figures=replace(ledger.figures, more=700 - ledger.figures.left))
    monkeypatch.setattr("payments.limits.rules.ledger_of", lambda _: unsure)
    assert excess(admin, case) == [Excess("up-to", "", "700"), Excess("two", "499", "700")]


@pytest.mark.parametrize("name", ["ActivateInvoice", "refund ", "refund2"])
def test_an_action_of_another_name_gets_round_no_line(admin: User, case: Intent, name: str) -> None:
    unknown = replace(case, action=Action("pa_9", name))
    set_eyes("never")
    assert excess(admin, unknown) == []
    set_eyes("always", action_type="refund")
    set_eyes("limit", 100, action_type="cancel")
    assert excess(admin, unknown) == [Excess("always"), Excess("two", "100", "499")]
    set_eyes("never", action_type=name.lower())
    assert excess(admin, unknown) == []


def test_what_always_takes_a_second_person_waits_for_one(api: OrderApi, admin: User, case: Intent) -> None:
    set_eyes("always", action_type="capture")
    assert engine.execute(api, case, asked_by(admin)).state == State.WAITING
