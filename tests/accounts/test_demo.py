import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts.channels import channels_of
from accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, demo_accounts_left, ensure_demo_accounts

pytestmark = pytest.mark.django_db


def test_the_demo_accounts_can_sign_in_and_see_orders(settings: Settings) -> None:
    settings.DEMO = True
    assert ensure_demo_accounts() == ["support", "manager", "admin", "admin2"]
    for name in DEMO_ACCOUNTS:
        response = Client().post("/accounts/login/", {"login": name, "password": DEMO_PASSWORD})
        assert (response.status_code, response["Location"]) == (302, "/")
        assert User.objects.get(username=name).has_perm("accounts.view_order")


def test_support_works_for_one_merchant_and_the_others_everywhere(settings: Settings) -> None:
    settings.DEMO = True
    ensure_demo_accounts()
    merchants = {name: {c.merchant for c in channels_of(User.objects.get(username=name))} for name in DEMO_ACCOUNTS}
    assert merchants["support"] == {"norce"}
    assert merchants["manager"] == merchants["admin"] == {"norce", "nordlys"}


def test_no_demo_account_is_a_superuser(settings: Settings) -> None:
    settings.DEMO = True
    ensure_demo_accounts()
    assert not User.objects.filter(is_superuser=True).exists()


def test_outside_the_demo_there_are_none(settings: Settings) -> None:
    settings.DEMO = False
    assert ensure_demo_accounts() == []
    assert not User.objects.exists()


def test_a_second_start_changes_nothing(settings: Settings) -> None:
    settings.DEMO = True
    ensure_demo_accounts()
    changed = User.objects.get(username="support")
    changed.set_password("something of my own")
    changed.save()
    changed.groups.clear()
    before = list(User.objects.order_by("pk").values())
    assert ensure_demo_accounts() == []
    assert list(User.objects.order_by("pk").values()) == before
    assert not changed.groups.exists()


def test_those_that_anybody_can_still_use_are_named(settings: Settings) -> None:
    settings.DEMO = True
    ensure_demo_accounts()
    changed = User.objects.get(username="manager")
    changed.set_password("something of my own")
    changed.save()
    User.objects.filter(username="support").update(is_active=False)
    assert demo_accounts_left() == ["admin", "admin2"]


def test_the_sign_in_page_shows_them_in_the_demo_alone(settings: Settings) -> None:
    settings.DEMO = True
    assert b"<code>support</code>" in Client().get("/accounts/login/").content
    settings.DEMO = False
    page = Client().get("/accounts/login/").content
    assert b"<code>" not in page
    assert DEMO_PASSWORD.encode() not in page
