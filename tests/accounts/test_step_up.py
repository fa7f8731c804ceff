"""What leads to who may move money asks for the password again, and what was done to an account by others is told to
whom it belongs. The browser here is one that was left open: nobody has given a password in it for long."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts.models import AccountChange, OneTimeLink
from accounts.people import services
from accounts.people.services import OwnLinkError, Rights, rights_of
from audit.log import Who
from audit.models import Entry, Outcome
from tests.accounts.test_people import NEW, link_in
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf

ASKS = "Your password"


@pytest.fixture
def stale(admin: User, client_of: ClientOf) -> Client:
    """The browser of an admin who went away."""
    return client_of(admin)


def shown(desk: Client, person: User) -> dict[str, Any]:
    return dict(desk.get(f"/people/{person.pk}/").context["form"].initial)


def who(user: User) -> Who:
    return Who(user.username, user.pk)


@pytest.mark.parametrize("password", ["", "a guess"])
def test_rights_are_not_changed_without_the_password_and_what_was_chosen_stays(
    stale: Client, support: User, password: str
) -> None:
    typed = shown(stale, support) | {"role": "manager", "channels": ["norce/se"], "password": password}
    answer = stale.post(f"/people/{support.pk}/", typed)
    page = answer.content.decode()
    assert (answer.status_code, ASKS in page) == (422, True)
    assert '<option value="manager" selected>' in page and "a guess" not in page
    assert rights_of(User.objects.get(pk=support.pk)).role == "support"
    assert stale.post(f"/people/{support.pk}/", typed | {"password": PASSWORD}).status_code == 302
    assert rights_of(User.objects.get(pk=support.pk)) == Rights("manager", frozenset({"norce/se"}))


def test_nobody_is_invited_without_the_password_and_what_was_typed_stays(stale: Client) -> None:
    answer = stale.post("/people/invite/", NEW | {"role": "admin"})
    page = answer.content.decode()
    assert (answer.status_code, ASKS in page) == (422, True)
    assert 'value="signe@example.com"' in page and '<option value="admin" selected>' in page
    assert not User.objects.filter(username="signe").exists()


def test_a_link_asks_for_the_password_on_a_page_of_its_own(stale: Client, support: User) -> None:
    where = f"/people/{support.pk}/link/"
    asked = stale.post(where)
    assert (asked.status_code, ASKS in asked.content.decode()) == (422, True)
    assert "This field is required" not in asked.content.decode(), "nothing was typed wrong yet"
    wrong = stale.post(where, {"password": "a guess"})
    assert (wrong.status_code, "That is not your password." in wrong.content.decode()) == (422, True)
    assert not OneTimeLink.objects.exists()
    page = stale.post(where, {"password": PASSWORD}, follow=True).content.decode()
    assert link_in(page)


def test_an_account_is_not_activated_without_the_password(stale: Client, support: User) -> None:
    User.objects.filter(pk=support.pk).update(is_active=False)
    assert stale.post(f"/people/{support.pk}/activate/").status_code == 422
    assert not User.objects.get(pk=support.pk).is_active


def test_what_takes_rights_away_in_a_hurry_asks_for_nothing(stale: Client, support: User) -> None:
    assert stale.post(f"/people/{support.pk}/sessions/end/").status_code == 302
    assert stale.post(f"/people/{support.pk}/deactivate/").status_code == 302


def test_a_password_given_once_is_good_for_a_while(stale: Client, support: User, settings: Settings) -> None:
    stale.post(f"/people/{support.pk}/link/", {"password": PASSWORD})
    assert ASKS not in stale.get("/people/invite/").content.decode()
    settings.PAYMENT_REAUTH_MINUTES = 0
    assert ASKS in stale.get("/people/invite/").content.decode()


@pytest.mark.parametrize("password", [{}, {"password": PASSWORD}], ids=["without", "with the password"])
def test_nobody_makes_a_link_for_themselves(stale: Client, admin: User, password: dict[str, str]) -> None:
    assert f"/people/{admin.pk}/link/" not in stale.get(f"/people/{admin.pk}/").content.decode()
    assert stale.post(f"/people/{admin.pk}/link/", password).status_code == 403
    with pytest.raises(OwnLinkError):
        services.new_link(who(admin), admin, "code")
    assert not OneTimeLink.objects.exists()
    entry = Entry.objects.latest("sequence")
    assert (entry.outcome, entry.target) == (Outcome.DENIED, f"POST /people/{admin.pk}/link/")


def test_a_superuser_makes_none_for_themselves_either(db: None, client_of: ClientOf) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    assert client_of(root).post(f"/people/{root.pk}/link/", {"password": PASSWORD}).status_code == 403


# What was done to one's account


def test_whose_account_was_changed_reads_it_above_every_page_until_they_say_so(
    admin: User, support: User, client_of: ClientOf
) -> None:
    services.change_rights(who(admin), support, Rights("manager", frozenset({"*/*"})))
    services.new_link(who(admin), support, "code")
    theirs = client_of(User.objects.get(pk=support.pk))
    page = theirs.get("/norce/se/orders/").content.decode()
    assert "Somebody changed your account" in page
    assert "changed the rights" in page and "role: support → manager" in page
    assert "made a one-time link for a new password" in page
    numbers = list(AccountChange.objects.values_list("pk", flat=True))
    answer = theirs.post("/accounts/changes/read/", {"change": numbers, "next": "/norce/se/orders/"})
    assert answer["Location"] == "/norce/se/orders/"
    assert "Somebody changed your account" not in theirs.get("/norce/se/orders/").content.decode()
    assert "role: support → manager" in theirs.get("/accounts/preferences/").content.decode(), "it stays there"
    entry = Entry.objects.filter(action="person.changes.read").get()
    assert (entry.username, len(entry.details["changes"])) == ("support", 2)


def test_what_was_not_shown_is_not_read(admin: User, support: User, client_of: ClientOf) -> None:
    services.new_link(who(admin), support, "one")
    first = AccountChange.objects.get()
    services.new_link(who(admin), support, "two")
    theirs = client_of(support)
    theirs.post("/accounts/changes/read/", {"change": [first.pk, "x", "9" * 30]})
    assert AccountChange.objects.filter(read_at=None).count() == 1
    assert "Somebody changed your account" in theirs.get("/norce/se/orders/").content.decode()


def test_nobody_reads_it_in_the_name_of_somebody_else(admin: User, support: User, client_of: ClientOf) -> None:
    services.new_link(who(admin), support, "code")
    client_of(admin).post("/accounts/changes/read/", {"change": [AccountChange.objects.get().pk]})
    assert AccountChange.objects.get().read_at is None


def test_what_cannot_be_recorded_counts_as_not_read(admin: User, support: User, client_of: ClientOf) -> None:
    services.new_link(who(admin), support, "code")
    theirs = client_of(support)
    with log_out_of_reach():
        answer = theirs.post("/accounts/changes/read/", {"change": [AccountChange.objects.get().pk]})
    assert (answer.status_code, AccountChange.objects.get().read_at) == (503, None)


def test_a_password_set_by_a_link_is_told_with_who_made_the_link(admin: User, support: User) -> None:
    link = services.new_link(who(admin), support, "code")
    services.use_link(Who(""), link, "quite another long password")
    newest = AccountChange.objects.filter(person=support).first()
    assert newest is not None
    assert (newest.kind, newest.by, newest.read_at) == (AccountChange.Kind.PASSWORD, admin, None)


def test_somebody_invited_is_told_nothing_they_know(admin: User) -> None:
    person = services.invite(who(admin), services.Newcomer("signe"), Rights("support"))
    link = services.new_link(who(admin), person, "code")
    services.use_link(Who(""), link, "quite another long password")
    assert AccountChange.objects.filter(person=person).count() == 3
    assert not AccountChange.objects.filter(read_at=None).exists()


def test_what_one_does_to_oneself_is_no_news(admin: User, support: User) -> None:
    services.change_rights(who(support), support, Rights("support", frozenset({"norce/se"})))
    assert not AccountChange.objects.exists()
