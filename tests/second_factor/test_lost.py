"""Somebody has lost phone, passkeys and recovery codes: another admin resets them, and money waits."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AccountChange, PendingChange
from accounts.people import services
from accounts.people.changes import cools_until, tie_between
from audit.log import Who
from audit.models import Entry
from order_api import OrderApi
from payments.models import Execution
from tests.conftest import PASSWORD, ClientOf
from tests.payments.conftest import MakePayment, another_admin
from tests.payments.test_dialog import Dialog
from tests.second_factor.helpers import first_step, give_app, is_in, sign_in

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def second(admin: User) -> User:
    """Another admin, who has lost everything."""
    user = another_admin("second")
    give_app(user)
    return user


def reset(client: Client, person: User, **more: str) -> int:
    return client.post(f"/people/{person.pk}/second-factor/reset/", {"password": PASSWORD, **more}).status_code


def test_another_admin_resets_it_and_the_person_signs_in_by_password_alone(
    admin: User, second: User, client_of: ClientOf, logged: "QuerySet[Entry]"
) -> None:
    theirs = Client()
    sign_in(theirs, second)
    assert is_in(theirs)
    assert reset(client_of(admin), second) == 302
    assert not Authenticator.objects.exists() and not is_in(theirs)
    entry = logged.get(action="person.factor.reset")
    assert (entry.username, entry.target, "totp" in entry.changes_json) == ("admin", "second", True)
    assert first_step(Client(), second)["Location"] == "/"


def test_where_one_is_required_they_are_led_to_a_new_one(
    admin: User, second: User, client_of: ClientOf, settings: Settings
) -> None:
    reset(client_of(admin), second)
    settings.SECOND_FACTOR = ["required"]
    client = Client()
    first_step(client, second)
    assert client.get("/people/")["Location"].startswith("/accounts/second-factor/")


def test_the_password_is_asked_for_before(admin: User, second: User, client_of: ClientOf) -> None:
    assert reset(client_of(admin), second, password="a guess") == 422
    assert Authenticator.objects.exists()


def test_nobody_resets_their_own(second: User) -> None:
    client = Client()
    sign_in(client, second)
    assert reset(client, second) == 403
    assert Authenticator.objects.exists()
    assert "Reset the second factor" not in client.get(f"/people/{second.pk}/").content.decode()


def test_a_superusers_is_reset_by_a_superuser_alone(admin: User, client_of: ClientOf) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    give_app(root)
    assert reset(client_of(admin), root) == 403
    assert Authenticator.objects.exists()


@pytest.mark.parametrize("role", ["support", "manager"])
def test_who_manages_no_people_resets_nothing(
    role: str, second: User, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert reset(client_of(request.getfixturevalue(role)), second) == 403
    assert Authenticator.objects.exists()


def test_by_two_it_waits_for_a_second_person(
    admin: User, second: User, client_of: ClientOf, settings: Settings, logged: "QuerySet[Entry]"
) -> None:
    settings.RIGHTS_BY_TWO = True
    third = another_admin("third")
    assert reset(client_of(admin), second) == 302
    assert Authenticator.objects.exists()
    row = PendingChange.objects.get(kind="factors")
    assert client_of(admin).post(f"/people/pending/{row.pk}/confirm/", {"password": PASSWORD}).status_code == 403
    assert client_of(third).post(f"/people/pending/{row.pk}/confirm/", {"password": PASSWORD}).status_code == 302
    assert not Authenticator.objects.exists()
    told = AccountChange.objects.filter(person=second, kind="factors").values_list("by_name", flat=True)
    assert sorted(told) == ["admin", "third"]
    assert logged.filter(action="person.factor.reset").get().username == "third"


def test_for_a_day_they_move_no_money_and_read_why(
    admin: User,
    second: User,
    api: OrderApi,
    make_payment: MakePayment,
) -> None:
    services.reset_factors(Who("admin", admin.pk), second)
    client = Client()
    first_step(client, second)
    ids = make_payment("captured")
    answer = Dialog(client, api, ids, "refund").press()
    assert (answer.status_code, Execution.objects.exists()) == (422, False)
    assert "Your second factor was reset, so you cannot move money before" in answer.content.decode()
    assert "reset the second factor" in client.get("/accounts/preferences/").content.decode()
    with time_machine.travel(timezone.now() + DAY + dt.timedelta(minutes=1)):
        client = Client()
        first_step(client, second)
        assert Dialog(client, api, ids, "refund").press().status_code == 200
    assert Execution.objects.count() == 1


def test_how_long_is_the_setting_for_changed_accounts(admin: User, second: User, settings: Settings) -> None:
    services.reset_factors(Who("admin", admin.pk), second)
    reset_at = AccountChange.objects.get().at
    settings.PAYMENT_CHANGED_ACCOUNT_TIME = dt.timedelta(hours=2)
    assert cools_until(second) == reset_at + dt.timedelta(hours=2)
    settings.PAYMENT_CHANGED_ACCOUNT_TIME = dt.timedelta(0)
    assert cools_until(second) is None
    assert cools_until(admin) is None


def test_who_reset_it_may_stand_behind_the_person(admin: User, second: User) -> None:
    services.reset_factors(Who("admin", admin.pk), second)
    assert tie_between(admin.pk, second.pk, timezone.now() - DAY) is not None


def test_where_there_is_nothing_nothing_is_reset(admin: User, support: User, client_of: ClientOf) -> None:
    assert reset(client_of(admin), support) == 302
    assert not AccountChange.objects.exists() and not Entry.objects.filter(action="person.factor.reset").exists()


def test_on_the_server_it_is_broken_open_and_that_stands_in_the_log(second: User, logged: "QuerySet[Entry]") -> None:
    said = StringIO()
    call_command("second_factor_reset", "second", stdout=said)
    assert not Authenticator.objects.exists() and "are gone" in said.getvalue()
    assert logged.get(action="person.factor.reset").username == "system:second_factor_reset"
    assert cools_until(second) is not None
    with pytest.raises(CommandError, match="nobody called 'nobody'"):
        call_command("second_factor_reset", "nobody")
