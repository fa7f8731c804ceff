"""Whose limits count where one person asks and another carries it out: the one's who does, and a third approves what is
above them."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import AccountChange
from audit.models import Entry
from order_api import OrderApi
from payments.approvals import asks, requests
from payments.executions import engine
from payments.executions.intent import Intent
from payments.executions.manual_settlement import OwnSettlementError, settle_by_hand
from payments.limits import rules
from payments.models import Execution, FourEyes, Limit, State
from payments.presentation.proof import proof_of
from tests.conftest import ClientOf
from tests.payments.conftest import MakePayment, asked_by
from tests.payments.requests import address, fresh, page, refunds, says_yes, told, who

CaseOf = Callable[[tuple[str, str], str], Intent]
pytestmark = pytest.mark.django_db
NO = {"reason": "The goods are not back yet"}


def limit(role: str = "manager", **amounts: int) -> Limit:
    return Limit.objects.create(role=role, currency="SEK", **amounts)


def kinds(above: list[rules.Excess]) -> list[str]:
    return [each.kind for each in above]


def test_the_limit_of_who_carries_it_out_is_enough_up_to_its_amount(
    api: OrderApi, asked_for: Execution, petra: User
) -> None:
    limit(per_action=499)
    asks.take_up(api, asked_for, petra, who(petra))
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.DONE, 1)


def test_above_it_a_third_person_approves_and_both_are_told(
    api: OrderApi, asked_for: Execution, support: User, petra: User, second: User, client_of: ClientOf
) -> None:
    limit(per_action=100), limit("admin")
    client = client_of(petra)
    shown = page(client, asked_for)
    assert "A third person must approve this" in shown and "Ask for approval: Refund 499.00" in shown
    answer = client.post(address(asked_for, "take-up"), says_yes(asked_for, approval="1"), follow=True)
    assert "You took it up. A third person has to approve it; nothing was sent yet." in answer.content.decode()
    waiting = fresh(asked_for)
    assert (waiting.state, waiting.taken_by_name, refunds(api, asked_for)) == (State.WAITING, "manager", 0)
    assert [each["kind"] for each in waiting.excess] == ["action"] and proof_of(waiting).flaws == []
    assert "Taken up by manager" in client_of(second).get("/payments/approvals/").content.decode()
    client_of(second).post(address(asked_for, "approve"), says_yes(asked_for))
    done = fresh(asked_for)
    assert (done.state, done.taken_by_name, done.decided_by_name) == (State.DONE, "manager", "second")
    assert refunds(api, asked_for) == 1 and proof_of(done).flaws == []
    assert told(support) == told(petra) == ["payment-done"]


def test_neither_who_asked_nor_who_took_it_up_approves_it(
    api: OrderApi, asked_for: Execution, support: User, petra: User, client_of: ClientOf
) -> None:
    limit(per_action=100)
    asks.take_up(api, asked_for, petra, who(petra))
    User.objects.filter(pk__in=[support.pk, petra.pk]).update(is_superuser=True)
    for user in (support, petra):
        client = client_of(user)
        assert "Approve and" not in page(client, asked_for)
        assert client.post(address(asked_for, "approve"), says_yes(asked_for)).status_code == 403
        assert client.post(address(asked_for, "take-up"), says_yes(asked_for)).status_code in (403, 302)
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.WAITING, 0)


def test_who_took_it_up_may_still_turn_it_down_and_who_asked_may_take_it_back(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, petra: User, client_of: ClientOf
) -> None:
    limit(per_action=100)
    one, other = (
        asks.ask(api, case_of(make_payment("captured", reference=f"psp-{n}"), "refund"), asked_by(support))
        for n in range(2)
    )
    for each in (one, other):
        asks.take_up(api, each, petra, who(petra))
    client_of(petra).post(address(one, "turn-down"), NO)
    client_of(support).post(address(other, "withdraw"))
    assert (fresh(one).state, fresh(other).state) == (State.TURNED_DOWN, State.WITHDRAWN)


def test_whoever_was_shown_that_a_third_approves_sends_nothing_though_the_limit_was_raised_meanwhile(
    api: OrderApi, asked_for: Execution, petra: User, client_of: ClientOf
) -> None:
    client_of(petra).post(address(asked_for, "take-up"), says_yes(asked_for, approval="1"))
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.WAITING, 0)


def test_two_people_are_enough_where_it_always_takes_a_second_and_three_where_it_takes_two_besides_the_asker(
    api: OrderApi, asked_for: Execution, support: User, petra: User, second: User, client_of: ClientOf
) -> None:
    rule = FourEyes.objects.create(mode="always")
    assert asks.above(asked_for, petra) == []
    rule.two_above, rule.currency = 100, "SEK"
    rule.save()
    assert kinds(asks.above(asked_for, petra)) == ["two"]
    asks.take_up(api, asked_for, petra, who(petra))
    assert "Approve as the first of two" not in page(client_of(second), asked_for)
    requests.approve(api, fresh(asked_for), second, who(second))
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.DONE, 1)


def test_a_role_without_a_limit_needs_a_third_person_where_there_are_limits(asked_for: Execution, second: User) -> None:
    limit("manager", per_action=1000)
    assert kinds(asks.above(asked_for, second)) == ["role"]


def test_what_is_asked_for_counts_against_nobody_and_what_was_carried_out_against_who_did(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, petra: User
) -> None:
    """The asker is given the right later: nothing of what they asked for counts for them."""
    limit(per_day=600), limit("support", per_day=600)
    first, then, third = (
        asks.ask(api, case_of(make_payment("captured", reference=f"psp-{n}"), "refund"), asked_by(support))
        for n in range(3)
    )
    assert asks.above(first, petra) == []
    asks.take_up(api, first, petra, who(petra))
    assert kinds(asks.above(then, petra)) == ["day"]
    own = case_of(make_payment("captured", reference="psp-own"), "refund")
    assert rules.excess(support, own) == []
    assert fresh(third).state == State.ASKED


def test_what_was_asked_for_yesterday_counts_on_the_day_on_which_it_was_carried_out(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, petra: User
) -> None:
    limit(per_day=600)
    first, then = (
        asks.ask(api, case_of(make_payment("captured", reference=f"psp-{n}"), "refund"), asked_by(support))
        for n in range(2)
    )
    Execution.objects.update(created_at=timezone.now() - dt.timedelta(hours=30))
    asks.take_up(api, fresh(first), petra, who(petra))
    assert kinds(asks.above(fresh(then), petra)) == ["day"]


def test_whoever_may_act_as_the_asker_does_not_carry_it_out(
    asked_for: Execution, support: User, petra: User, client_of: ClientOf
) -> None:
    AccountChange.objects.create(
        person=support, by=petra, by_name="manager", kind=AccountChange.Kind.LINK, at=timezone.now()
    )
    client = client_of(petra)
    assert "You cannot do this: somebody else has to." in page(client, asked_for)
    assert client.post(address(asked_for, "take-up"), says_yes(asked_for)).status_code == 403
    assert fresh(asked_for).state == State.ASKED
    assert Entry.objects.filter(action="denied", code="account-changed", order_id=asked_for.order_id).count() == 1


def test_neither_the_asker_nor_who_carried_it_out_says_by_hand_what_became_of_it(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, support: User, petra: User, second: User
) -> None:
    ids = make_payment("captured", sandbox={"refund": "timeout-before"})
    asked = asks.ask(api, case_of(ids, "refund"), asked_by(support))
    asks.take_up(api, asked, petra, who(petra))
    assert (fresh(asked).state, told(support)) == (State.IN_DOUBT, ["payment-in_doubt"])
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        for user in (support, petra):
            with pytest.raises(OwnSettlementError):
                settle_by_hand(fresh(asked), who(user), moved=False, where="portal", found="Nothing there")
        settle_by_hand(fresh(asked), who(second), moved=False, where="portal", found="Nothing there")
    assert told(support) == ["payment-not_done"], "what they were told before is put away"


def test_a_limit_that_is_used_up_meanwhile_sends_nothing(
    api: OrderApi, asked_for: Execution, make_payment: MakePayment, case_of: CaseOf, petra: User, client_of: ClientOf
) -> None:
    """The page said that it would be sent; by the time of the press the day is spent."""
    limit(per_day=600)
    form = says_yes(asked_for)
    engine.execute(api, case_of(make_payment("captured", reference="psp-2"), "refund"), asked_by(petra))
    client_of(petra).post(address(asked_for, "take-up"), form)
    assert (fresh(asked_for).state, refunds(api, asked_for)) == (State.WAITING, 0)
