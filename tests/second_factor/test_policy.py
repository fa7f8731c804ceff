"""Who has to have a second factor, by the setting SECOND_FACTOR."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.second_factor.policy import Policy, parse, policy_of
from tests.conftest import person

NONE, OFFERED, REQUIRED = Policy


@pytest.mark.parametrize(
    ("setting", "sandbox", "support", "admin", "money"),
    [
        ("", True, OFFERED, OFFERED, OFFERED),
        ("", False, OFFERED, OFFERED, REQUIRED),
        ("none", False, NONE, NONE, NONE),
        ("required", True, REQUIRED, REQUIRED, REQUIRED),
        ("money=offered", False, OFFERED, OFFERED, OFFERED),
        ("none, admin = required", True, NONE, REQUIRED, NONE),
    ],
)
def test_it_says_a_word_for_each_role_and_for_money(
    setting: str, sandbox: bool, support: Policy, admin: Policy, money: Policy
) -> None:
    found = parse(filter(None, setting.split(",")), sandbox=sandbox)
    assert (found["support"], found["admin"], found["money"]) == (support, admin, money)


@pytest.mark.parametrize("setting", ["always", "boss=required", "admin=", "=required", "admin=yes"])
def test_what_cannot_be_read_stops_the_start_and_says_why(setting: str, settings: Settings) -> None:
    settings.SECOND_FACTOR = [setting]
    with pytest.raises(CommandError, match=r"SECOND_FACTOR: .*none, offered, required"):
        call_command("check")


@pytest.mark.parametrize(
    ("role", "policy"), [("", OFFERED), ("support", OFFERED), ("manager", REQUIRED), ("admin", REQUIRED)]
)
def test_over_a_real_api_it_is_required_of_who_moves_money_or_manages_people(
    db: None, settings: Settings, role: str, policy: Policy
) -> None:
    settings.SANDBOX = False
    assert policy_of(person(role)) is policy


def test_who_was_given_the_right_beside_the_role_counts_by_the_right(support: User, settings: Settings) -> None:
    settings.SECOND_FACTOR = ["none", "money=required"]
    assert policy_of(support) is NONE
    support.user_permissions.add(Permission.objects.get(codename="execute_payment_action"))
    assert policy_of(User.objects.get(pk=support.pk)) is REQUIRED


def test_a_superuser_counts_as_who_may_do_everything(db: None, settings: Settings) -> None:
    settings.SECOND_FACTOR = ["none", "money=required"]
    assert policy_of(User.objects.create_superuser("root")) is REQUIRED
