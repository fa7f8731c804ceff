"""How a request for approval ends other than by being approved."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.models import Entry
from order_api import OrderApi
from payments.approvals import requests
from payments.executions import engine, reconciliation
from payments.executions.intent import Intent
from payments.executions.manual_settlement import settle_by_hand
from payments.models import Execution, State
from tests.conftest import ClientOf
from tests.payments.conftest import MakePayment, asked_by
from tests.payments.requests import address, captures, change, fresh, page, says_yes, who
from tests.wire import listening

CaseOf = Callable[[tuple[str, str], str], Intent]
pytestmark = pytest.mark.django_db
SENT = "POST orders/{order_id}/payments/{payment_id}/actions/{action_id}/execute"
NO = {"reason": "The goods are not back yet"}


def test_a_request_lapses_visibly_when_the_payment_has_changed(
    api: OrderApi, waiting: Execution, second: User, client_of: ClientOf
) -> None:
    change(api, waiting, state="cancelled")
    shown = page(client_of(second), waiting)
    assert "The request has lapsed." in shown
    assert "State of the payment: reserved → cancelled" in shown
    assert "Approve and" not in shown and fresh(waiting).state == State.LAPSED
    assert Entry.objects.filter(action="payment.approval.end", order_id=waiting.order_id).count() == 1


def test_a_payment_that_changes_before_the_last_press_is_not_touched(
    api: OrderApi, waiting: Execution, second: User, client_of: ClientOf
) -> None:
    client = client_of(second)
    assert "Approve and" in page(client, waiting)
    change(api, waiting, amount=500)
    with listening() as calls:
        answer = client.post(address(waiting, "approve"), says_yes(waiting), follow=True)
    assert [call for call in calls if call.writes] == []
    assert "Amount: 499 → 500" in answer.content.decode() and fresh(waiting).state == State.LAPSED


@pytest.mark.parametrize("is_moved", [True, False])
def test_a_request_lapses_once_something_else_was_tried_on_the_payment(
    api: OrderApi,
    make_payment: MakePayment,
    case_of: CaseOf,
    admin: User,
    second: User,
    client_of: ClientOf,
    is_moved: bool,
) -> None:
    """A person settled that by their word: the payment still looks as it did when the request was made."""
    ids = make_payment(sandbox={"cancel": "timeout-before"})
    waiting = engine.execute(api, case_of(ids, "capture"), asked_by(admin), wants_approval=True)
    tried = engine.execute(api, case_of(ids, "cancel"), asked_by(admin))
    settle_by_hand(tried, who(second), moved=is_moved, where="portal", found="I looked")
    with pytest.raises(requests.RequestClosedError):
        requests.approve(api, fresh(waiting), second, who(second))
    assert (fresh(waiting).state, captures(api, waiting)) == (State.LAPSED, 0)
    assert "Another attempt through this desk: cancel" in page(client_of(second), waiting)


def test_what_was_tried_meanwhile_lets_a_request_lapse_before_anybody_presses(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, second: User, client_of: ClientOf
) -> None:
    ids = make_payment(sandbox={"cancel": "timeout-before"})
    waiting = engine.execute(api, case_of(ids, "capture"), asked_by(admin), wants_approval=True)
    tried = engine.execute(api, case_of(ids, "cancel"), asked_by(admin))
    reconciliation.check(fresh(waiting))
    assert fresh(waiting).state == State.WAITING
    settle_by_hand(tried, who(second), moved=False, where="portal", found="Nothing there")
    page(client_of(second), waiting)
    assert fresh(waiting).state == State.LAPSED


def test_a_request_lapses_with_its_order(api: OrderApi, waiting: Execution, second: User, client_of: ClientOf) -> None:
    api.orders.delete(waiting.order_id)
    assert "State of the payment: reserved → gone" in page(client_of(second), waiting)
    assert fresh(waiting).state == State.LAPSED


def test_the_desk_lets_requests_lapse_and_expire_by_itself(
    api: OrderApi, waiting: Execution, make_payment: MakePayment, case_of: CaseOf, admin: User
) -> None:
    late = engine.execute(api, case_of(make_payment(), "capture"), asked_by(admin))
    change(api, waiting, state="cancelled")
    Execution.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    Execution.objects.update(next_check_at=timezone.now())
    assert reconciliation.check_due() == 2
    assert (fresh(waiting).state, fresh(late).state) == (State.LAPSED, State.EXPIRED)


def test_a_request_is_looked_at_once_more_when_its_time_is_up(waiting: Execution) -> None:
    soon = timezone.now() + dt.timedelta(seconds=5)
    waiting.expires_at = soon
    waiting.save()
    reconciliation.check(waiting)
    assert fresh(waiting).next_check_at == soon


def test_nobody_approves_what_has_expired(api: OrderApi, waiting: Execution, second: User, client_of: ClientOf) -> None:
    Execution.objects.update(expires_at=timezone.now())
    answer = client_of(second).post(address(waiting, "approve"), says_yes(waiting), follow=True)
    assert "The request has expired: nobody decided in time." in answer.content.decode()
    assert captures(api, waiting) == 0


def test_what_is_turned_down_says_who_and_why(
    api: OrderApi, waiting: Execution, admin: User, second: User, client_of: ClientOf
) -> None:
    client_of(second).post(address(waiting, "turn-down"), NO)
    shown = page(client_of(admin), waiting)
    assert "second turned it down." in shown and NO["reason"] in shown
    entry = Entry.objects.filter(action="payment.approval.end").latest("sequence")
    assert (entry.username, entry.details["note"]) == ("second", NO["reason"])
    assert fresh(waiting).state == State.TURNED_DOWN and captures(api, waiting) == 0


def test_turning_down_takes_a_reason(waiting: Execution, second: User, client_of: ClientOf) -> None:
    answer = client_of(second).post(address(waiting, "turn-down"), {"reason": "  "})
    assert answer.status_code == 422 and "Say in a few words why not." in answer.content.decode()
    assert fresh(waiting).state == State.WAITING


def test_whoever_asked_can_take_it_back_and_nobody_else(
    waiting: Execution, admin: User, second: User, client_of: ClientOf
) -> None:
    assert client_of(second).post(address(waiting, "withdraw")).status_code == 403
    client = client_of(admin)
    assert "Take the request back" in page(client, waiting)
    client.post(address(waiting, "withdraw"))
    assert fresh(waiting).state == State.WITHDRAWN
    assert "took it back." in page(client, waiting)


@pytest.mark.parametrize("what", ["approve", "turn-down"])
def test_what_has_ended_stays_as_it_ended(
    waiting: Execution, admin: User, second: User, client_of: ClientOf, what: str
) -> None:
    requests.withdraw(fresh(waiting), admin, who(admin))
    answer = client_of(second).post(address(waiting, what), says_yes(waiting) | NO)
    assert answer.headers["Location"] == address(waiting)
    assert fresh(waiting).state == State.WITHDRAWN
    with pytest.raises(requests.RequestClosedError):
        requests.withdraw(waiting, admin, who(admin))
