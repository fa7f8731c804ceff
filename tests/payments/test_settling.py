"""Who may say what became of an execution, when, and how many of them it takes."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import AccountChange
from audit.models import Entry
from order_api import OrderApi
from order_api.schemas import PaymentEvent, PaymentTransaction
from payments.approvals import requests
from payments.executions import engine
from payments.executions.intent import Intent
from payments.executions.manual_settlement import OwnSettlementError, TooSoonError, settle_by_hand
from payments.limits.rules import excess
from payments.models import Execution, Limit, State
from payments.presentation.summary import known
from tests.conftest import person
from tests.payments.conftest import Attempt, MakePayment, asked_by
from tests.payments.requests import fresh, who

pytestmark = pytest.mark.django_db
CaseOf = Callable[[tuple[str, str], str], Intent]


def settle(execution: Execution, by: User, *, moved: bool = False, **more: Any) -> Execution:
    settle_by_hand(execution, who(by), moved=moved, where="portal", found="I looked", **more)
    return fresh(execution)


def test_nobody_settles_what_they_asked_for(attempt: Attempt, admin: User, second: User) -> None:
    execution = attempt("timeout-before")
    with pytest.raises(OwnSettlementError):
        settle(execution, admin)
    assert fresh(execution).state == State.IN_DOUBT
    assert settle(execution, second).state == State.NOT_DONE


def test_nobody_settles_through_a_colleague_whose_account_they_took_over(
    attempt: Attempt, admin: User, second: User
) -> None:
    execution = attempt("timeout-before")
    AccountChange.objects.create(
        person=second, by=admin, by_name="admin", at=timezone.now(), kind=AccountChange.Kind.LINK
    )
    with pytest.raises(OwnSettlementError):
        settle(execution, second)
    assert fresh(execution).state == State.IN_DOUBT


def test_nobody_settles_what_was_sent_a_moment_ago(attempt: Attempt, second: User, settings: Any) -> None:
    settings.PAYMENT_SETTLE_AFTER = dt.timedelta(minutes=15)
    execution = attempt("timeout-before")
    with pytest.raises(TooSoonError) as soon:
        settle(execution, second)
    assert execution.sent_at and soon.value.earliest == execution.sent_at + dt.timedelta(minutes=15)
    Execution.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=16))
    assert settle(execution, second).state == State.NOT_DONE


def test_what_was_above_a_limit_takes_two_people_who_say_the_same(
    api: OrderApi, waiting: Execution, second: User, manager: User
) -> None:
    execution = _approved_without_an_answer(api, waiting, second)
    assert settle(execution, second).state == State.IN_DOUBT, "one word is not enough"
    with pytest.raises(OwnSettlementError):
        settle(execution, second)
    assert settle(execution, manager, moved=True).state == State.IN_DOUBT, "they do not agree, and it begins anew"
    third = person("support")
    assert settle(execution, third, moved=True).state == State.DONE
    words = Entry.objects.filter(action="payment.action.settle", target=execution.payment_id)
    assert [entry.username for entry in words] == ["second", "manager", "support"]


def _approved_without_an_answer(api: OrderApi, waiting: Execution, second: User) -> Execution:
    execution = requests.approve(api, fresh(waiting), second, who(second))
    Execution.objects.filter(pk=execution.pk).update(state=State.IN_DOUBT)
    return fresh(execution)


def test_how_much_moved_is_said_where_it_was_not_all(attempt: Attempt, second: User) -> None:
    execution = attempt("timeout-before+other-amount")
    execution = settle(execution, second, moved=True, amount=Decimal("249.50"))
    assert (execution.amount, execution.moved_amount) == (Decimal(499), Decimal("249.50"))
    assert known(execution, execution.evidence.last()).startswith("249.50")


def test_what_a_person_says_did_not_move_goes_on_counting_for_the_day(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, second: User
) -> None:
    Limit.objects.create(role="admin", currency="SEK", per_day=500)
    ids = make_payment("captured", sandbox="pending", reference="psp-2")
    first = engine.execute(api, case_of(ids, "refund"), asked_by(admin))
    assert first.state == State.PENDING
    settle(first, second)
    again = engine.execute(api, case_of(make_payment("captured"), "refund"), asked_by(admin))
    assert again.state == State.WAITING


# What takes a second person whatever the limits


def test_what_was_done_before_through_this_desk_or_not_takes_a_second_person(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    ids = make_payment("captured", sandbox="duplicate")
    assert excess(admin, case_of(ids, "refund")) == []
    engine.execute(api, case_of(ids, "refund"), asked_by(admin))
    assert "repeat" in [each.kind for each in excess(admin, case_of(ids, "refund"))]
    other = make_payment("captured", reference="psp-3")
    line = PaymentTransaction(
        event=PaymentEvent.read("refund"), is_success=True, psp_status="REFUNDED", amount=Decimal(1)
    )
    api.payments.add_transaction(*other, line)
    assert "repeat" in [each.kind for each in excess(admin, case_of(other, "refund"))]


def test_an_amount_that_can_be_read_in_two_ways_takes_a_second_person(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    """100 of 499 was refunded, and the adapter logs what moved where the reference says what is left."""
    ids = make_payment("captured")
    line = PaymentTransaction(
        event=PaymentEvent.read("refund"), is_success=True, amount=Decimal(100), psp_status="REFUNDED"
    )
    api.payments.add_transaction(*ids, line)
    found = {each.kind: each.would_be for each in excess(admin, case_of(ids, "refund"))}
    assert found["up-to"] == "399"
