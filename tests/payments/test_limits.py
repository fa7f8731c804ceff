"""How much goes without a second person: which line counts, what is added up, and that two at once
cannot both slip through."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from audit import log
from order_api import OrderApi
from payments.approvals import requests
from payments.executions import engine
from payments.executions.intent import Intent
from payments.executions.snapshot import Action
from payments.limits.rules import Excess, excess, role_name, start_of_day
from payments.models import Execution, Limit, State
from payments.presentation.preview import above
from tests.payments.conftest import MakePayment, asked_by

pytestmark = pytest.mark.django_db
CaseOf = Callable[[tuple[str, str], str], Intent]


def set_limit(role: str = "admin", **values: Any) -> Limit:
    return Limit.objects.create(**{"role": role, "currency": "SEK"} | values)


@pytest.fixture
def case(make_payment: MakePayment, case_of: CaseOf) -> Intent:
    """A capture of 499 SEK in norce/se."""
    return case_of(make_payment(reference=str(uuid4())), "capture")


def kinds(user: User, case: Intent) -> list[str]:
    return [each.kind for each in excess(user, case)]


def test_without_limits_any_amount_goes_alone(admin: User, case: Intent) -> None:
    assert excess(admin, replace(case, amount=Decimal(10**9))) == []


# What comes with the desk for managers


def test_a_manager_executes_alone_up_to_what_comes_with_the_desk(manager: User, case: Intent) -> None:
    assert excess(manager, replace(case, amount=Decimal(5000))) == []
    assert excess(manager, replace(case, amount=Decimal("5000.01"))) == [Excess("action", "5000", "5000.01")]
    euros = replace(case, currency="EUR", amount=Decimal(501))
    assert excess(manager, euros) == [Excess("action", "500", "501")]


def test_a_managers_day_is_bounded_too(
    api: OrderApi, manager: User, make_payment: MakePayment, case_of: CaseOf, settings: Settings
) -> None:
    settings.PAYMENT_MANAGER_LIMITS = {"SEK": "499/998"}
    for _time in range(2):
        done = engine.execute(api, case_of(make_payment(reference=str(uuid4())), "capture"), asked_by(manager))
        assert done.state == State.DONE
    third = case_of(make_payment(reference=str(uuid4())), "capture")
    assert excess(manager, third) == [Excess("day", "998", "1497")]


def test_in_a_currency_without_a_limit_a_manager_executes_nothing_alone(manager: User, case: Intent) -> None:
    zloty = replace(case, currency="PLN", amount=Decimal(1))
    assert excess(manager, zloty) == [Excess("currency", "DKK, EUR, NOK, SEK, USD", "PLN")]


def test_nor_where_nothing_came_with_the_desk(manager: User, case: Intent, settings: Settings) -> None:
    settings.PAYMENT_MANAGER_LIMITS = {}
    assert excess(manager, case) == [Excess("role", "manager")]
    set_limit("manager", action_type="refund", per_action=100)
    assert excess(manager, case) == [Excess("role", "manager")], "what is said of refunds says nothing of captures"


def test_what_an_admin_sets_counts_instead_of_what_came_with_the_desk(manager: User, case: Intent) -> None:
    whole = set_limit("manager", per_action=100)
    assert excess(manager, case) == [Excess("action", "100", "499")]
    set_limit("manager", merchant="norce", channel="se", per_action=10_000)
    assert excess(manager, replace(case, amount=Decimal(9999))) == [], "the line that says more, and all of it"
    whole.delete()
    assert excess(manager, replace(case, channel="no", amount=Decimal(9999))) == [Excess("action", "5000", "9999")]
    assert excess(manager, replace(case, currency="EUR", amount=Decimal(501))) == [Excess("action", "500", "501")]


def test_what_comes_with_the_desk_binds_managers_alone(admin: User, support: User, case: Intent) -> None:
    much = replace(case, amount=Decimal(10**9))
    assert excess(admin, much) == excess(support, much) == []


# What admins set


def test_an_amount_at_the_limit_goes_alone_and_one_above_it_does_not(admin: User, case: Intent) -> None:
    set_limit(per_action=499)
    assert excess(admin, case) == []
    assert excess(admin, replace(case, amount=Decimal("499.01"))) == [Excess("action", "499", "499.01")]


def test_a_limit_of_nought_asks_for_a_second_person_always(admin: User, case: Intent) -> None:
    set_limit(per_day_count=0)
    assert excess(admin, case) == [Excess("count", "0", "1")]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"merchant": "norce", "channel": "no"},
        {"merchant": "nordlys"},
        {"action_type": "refund"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_limit_for_something_else_does_not_count(admin: User, case: Intent, elsewhere: dict[str, str]) -> None:
    set_limit(**elsewhere, per_action=1)
    assert excess(admin, case) == []


def test_a_role_without_a_limit_asks_for_a_second_person_once_there_are_any(admin: User, case: Intent) -> None:
    set_limit("manager", per_action=1)
    assert excess(admin, case) == [Excess("role", "admin")]
    set_limit("admin")
    assert excess(admin, case) == []


def test_the_line_that_says_most_counts_and_all_of_it(admin: User, case: Intent) -> None:
    set_limit(per_action=1, per_day_count=0)
    set_limit(merchant="norce", action_type="capture", per_action=2)
    assert excess(admin, case) == [Excess("action", "2", "499")]
    set_limit(merchant="norce", channel="se", per_action=3)
    assert excess(admin, case) == [Excess("action", "3", "499")]
    set_limit(merchant="norce", channel="se", action_type="capture", per_action=500)
    assert excess(admin, case) == []


def test_an_action_type_is_compared_however_the_adapter_writes_it(admin: User, case: Intent) -> None:
    set_limit(action_type="capture", per_action=1)
    assert kinds(admin, replace(case, action=case.action._replace(type="Capture"))) == ["action"]


def test_where_limits_are_in_other_currencies_alone_a_second_person_is_needed(admin: User, case: Intent) -> None:
    set_limit(currency="NOK", per_action=1000)
    set_limit(currency="EUR", per_action=1000)
    assert excess(admin, case) == [Excess("currency", "EUR, NOK", "SEK")]


def test_an_amount_that_the_api_does_not_name_needs_a_second_person(admin: User, case: Intent) -> None:
    set_limit(per_day_count=100)
    assert excess(admin, replace(case, amount=None)) == [Excess("amount")]


@pytest.mark.parametrize("name", ["ActivateInvoice", "refund ", "refund2"])
def test_an_action_of_another_name_gets_round_no_limit(admin: User, case: Intent, name: str) -> None:
    """Whoever registers actions may call them what they like."""
    unknown = replace(case, action=Action("pa_9", name))
    assert excess(admin, unknown) == []
    set_limit(action_type="refund", per_action=100, channel="no")
    assert excess(admin, unknown) == []
    set_limit(action_type="refund", per_action=100)
    assert excess(admin, unknown) == [Excess("type", "", name)]
    assert name in above(excess(admin, unknown)[0], "SEK")
    set_limit(action_type=name.lower(), per_action=1000)
    assert excess(admin, unknown) == []


def test_a_person_has_the_limits_of_their_highest_role(admin: User, newcomer: User) -> None:
    admin.groups.add(Group.objects.get(name="support"))
    assert role_name(admin) == "admin"
    assert role_name(User.objects.create_superuser("root")) == "admin"
    assert role_name(newcomer) == "support"


def test_the_day_adds_up_what_one_person_did_in_all_channels(
    api: OrderApi, admin: User, manager: User, make_payment: MakePayment, case_of: CaseOf
) -> None:
    set_limit(per_day=1200, per_day_count=2)
    set_limit("manager", per_day=1200)
    first = engine.execute(api, case_of(make_payment(reference=str(uuid4())), "capture"), asked_by(admin))
    assert first.state == State.DONE
    Execution.objects.update(merchant="norce", channel="no")
    second = engine.execute(api, case_of(make_payment(reference=str(uuid4())), "capture"), asked_by(admin))
    assert second.state == State.DONE
    third = case_of(make_payment(reference=str(uuid4())), "capture")
    assert excess(admin, third) == [Excess("day", "1200", "1497"), Excess("count", "2", "3")]
    assert excess(manager, third) == []
    assert excess(admin, replace(third, currency="NOK"))[0].kind == "currency"


def test_the_order_adds_up_what_all_people_did_on_it(
    api: OrderApi, admin: User, manager: User, make_payment: MakePayment, case_of: CaseOf
) -> None:
    set_limit("manager", per_order=900)
    set_limit("admin")
    ids = make_payment()
    assert excess(manager, case_of(ids, "capture")) == []
    engine.execute(api, case_of(ids, "capture"), asked_by(admin))
    assert excess(manager, case_of(ids, "refund")) == [Excess("order", "900", "998")]
    assert excess(manager, case_of(make_payment(reference=str(uuid4())), "capture")) == []


def test_a_limit_for_one_action_counts_that_action_alone(
    api: OrderApi, admin: User, make_payment: MakePayment, case_of: CaseOf
) -> None:
    set_limit(action_type="refund", per_day=600, per_order=600)
    ids = make_payment()
    engine.execute(api, case_of(ids, "capture"), asked_by(admin))
    assert excess(admin, case_of(ids, "refund")) == []


@pytest.mark.parametrize(
    ("day", "counts"), [("", True), ("error", True), ("pending", True), ("decline", False)], ids=str
)
def test_what_may_have_moved_counts_and_what_was_refused_does_not(
    api: OrderApi, admin: User, make_payment: MakePayment, case_of: CaseOf, day: str, counts: bool
) -> None:
    set_limit(per_day_count=1)
    engine.execute(api, case_of(make_payment(sandbox=day, reference=str(uuid4())), "capture"), asked_by(admin))
    assert kinds(admin, case_of(make_payment(reference=str(uuid4())), "capture")) == (["count"] if counts else [])


def test_what_waits_counts_once_it_is_approved_on_the_day_of_the_approval(
    api: OrderApi, admin: User, second: User, make_payment: MakePayment, case_of: CaseOf
) -> None:
    limit = set_limit(per_action=1)
    waiting = engine.execute(api, case_of(make_payment(reference=str(uuid4())), "capture"), asked_by(admin))
    Limit.objects.filter(pk=limit.pk).update(per_action=None, per_day_count=1)
    later = case_of(make_payment(reference=str(uuid4())), "capture")
    assert waiting.state == State.WAITING and kinds(admin, later) == []
    yesterday = start_of_day() - dt.timedelta(hours=1)
    Execution.objects.filter(pk=waiting.pk).update(created_at=yesterday)
    requests.approve(api, waiting, second, log.Who(second.username, second.pk))
    assert kinds(admin, later) == ["count"] and kinds(second, later) == []
    Execution.objects.filter(pk=waiting.pk).update(decided_at=yesterday)
    assert kinds(admin, later) == []


def test_the_day_begins_at_midnight_where_the_desk_stands(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    start = start_of_day().astimezone(timezone.get_default_timezone())
    assert (start.hour, start.minute, start.second) == (0, 0, 0)
    assert start.utcoffset() in (dt.timedelta(hours=12), dt.timedelta(hours=13))
    assert dt.timedelta(0) <= timezone.now() - start < dt.timedelta(hours=25)


def at_once(*calls: Callable[[], Execution]) -> list[str]:
    """The states that the calls, each in a thread of its own and all at the same moment, led to."""
    gate, states = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Execution]) -> None:
        try:
            gate.wait(timeout=30)
            states.append(call().state)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(states)


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_six_tabs_at_once_spend_the_day_once(admin: User, make_payment: MakePayment, case_of: CaseOf) -> None:
    """In two channels, each with a line of its own: the day is counted over both, so both have to
    wait for each other."""
    set_limit(merchant="norce", channel="se", per_day_count=1)
    set_limit(merchant="norce", channel="no", per_day_count=1)
    cases = [
        replace(case_of(make_payment(reference=str(uuid4())), "capture"), channel=channel)
        for channel in ("se", "no") * 3
    ]
    states = at_once(*(lambda case=case: engine.claim(case, asked_by(admin)) for case in cases))
    assert states == [State.PREPARED, *[State.WAITING] * 5]


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_nor_do_they_where_what_came_with_the_desk_is_all_that_counts(
    manager: User, make_payment: MakePayment, case_of: CaseOf, settings: Settings
) -> None:
    """There is no row to wait for each other at."""
    settings.PAYMENT_MANAGER_LIMITS = {"SEK": "499/499"}
    cases = [case_of(make_payment(reference=str(uuid4())), "capture") for _tab in range(6)]
    states = at_once(*(lambda case=case: engine.claim(case, asked_by(manager)) for case in cases))
    assert states == [State.PREPARED, *[State.WAITING] * 5]


@pytest.mark.django_db(transaction=True)  # threads, which see what is committed
def test_two_people_of_two_roles_at_once_spend_an_order_once(
    admin: User, manager: User, make_payment: MakePayment, case_of: CaseOf
) -> None:
    set_limit("admin", per_order=600)
    set_limit("manager", per_order=600)
    case = case_of(make_payment(reference=str(uuid4())), "capture")
    other = replace(case, payment_id="p_another", payment_reference="another")
    states = at_once(
        lambda: engine.claim(case, asked_by(admin)),
        lambda: engine.claim(other, asked_by(manager)),
    )
    assert states == [State.PREPARED, State.WAITING]
