"""Whom the provider manages, nobody changes by hand, and they have no password; with local passwords off, only one
account has."""

import logging
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import links
from accounts.local_passwords import may_have_one
from accounts.models import PendingChange
from accounts.people import pending, services
from accounts.people.services import ManagedElsewhereError, Rights, rights_of
from audit.log import Who
from audit.models import Entry, Outcome
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf, person
from tests.single_sign_on.conftest import Walk
from tests.single_sign_on.provider import Provider

Logged = QuerySet[Entry]


@pytest.fixture
def signe(walk: Walk, visitor: Client) -> User:
    walk(visitor)
    return User.objects.get(username="signe.lind")


@pytest.fixture
def desk(admin: User, visitor: Client) -> Client:
    """The browser of an admin with a password, which they have just given."""
    browser = Client()
    browser.post("/accounts/login/", {"login": "admin", "password": PASSWORD})
    return browser


# People


def test_their_page_says_why_nothing_can_be_changed_and_has_no_form_for_it(desk: Client, signe: User) -> None:
    page = desk.get(f"/people/{signe.pk}/").content.decode()
    assert "Company says what this person may" in page and "has no password here" in page
    assert 'name="role"' not in page and f"/people/{signe.pk}/link/" not in page
    assert f"/people/{signe.pk}/deactivate/" in page and f"/people/{signe.pk}/sessions/end/" in page


def test_where_they_are_signed_in_they_are_offered_no_password_to_change(
    desk: Client, signe: User, visitor: Client
) -> None:
    assert "/accounts/password/" in desk.get("/accounts/sessions/").content.decode()
    assert "/accounts/password/" not in visitor.get("/accounts/sessions/").content.decode()


def test_rights_and_links_are_refused_whoever_asks(desk: Client, admin: User, signe: User) -> None:
    assert desk.post(f"/people/{signe.pk}/", {"role": "admin", "channels": ["*/*"]}).status_code == 403
    assert desk.post(f"/people/{signe.pk}/link/").status_code == 403
    who = Who(admin.username, admin.pk)
    with pytest.raises(ManagedElsewhereError):
        services.change_rights(who, signe, Rights("admin"))
    with pytest.raises(ManagedElsewhereError):
        links.make_token(who, signe)
    assert rights_of(User.objects.get(pk=signe.pk)).role == "support"


def test_what_waited_for_a_second_person_comes_too_late(
    desk: Client, admin: User, support: User, provider: Provider, walk: Walk, settings: Settings
) -> None:
    settings.RIGHTS_BY_TWO = True
    asker = Who("somebody", None)
    both = [["support", ["*/*"], []], ["admin", ["*/*"], []]]
    row = pending.ask(asker, PendingChange.Kind.RIGHTS, support.username, [], {"rights": both}, person=support)
    walk(Client(), begin=f"/accounts/sso/?link={links.make_token(Who(admin.username, admin.pk), support)}")
    answer = desk.post(f"/people/pending/{row.pk}/confirm/", follow=True)
    assert "by now, whose groups say what they may" in answer.content.decode()
    assert rights_of(User.objects.get(pk=support.pk)).role == "support"


def test_they_can_be_signed_out_and_kept_out_at_once(desk: Client, signe: User, visitor: Client) -> None:
    assert desk.post(f"/people/{signe.pk}/deactivate/").status_code == 302
    assert visitor.get("/accounts/preferences/").status_code == 302
    page = desk.get(f"/people/{signe.pk}/").content.decode()
    assert "They can sign in with Company again." in page
    assert desk.post(f"/people/{signe.pk}/activate/").status_code == 302
    assert User.objects.get(pk=signe.pk).is_active


@pytest.mark.parametrize("path", ["/accounts/password/", "/accounts/password/set/"])
def test_they_have_no_password_and_set_none(signe: User, visitor: Client, path: str) -> None:
    for answer in (visitor.get(path), visitor.post(path, {"password1": PASSWORD, "password2": PASSWORD})):
        assert answer.status_code == 403
        assert "You have no password in this desk" in answer.content.decode()
    assert not User.objects.get(pk=signe.pk).has_usable_password()
    assert "/accounts/password/" not in visitor.get("/accounts/preferences/").content.decode()


def test_asked_again_who_they_are_they_are_led_to_the_provider(signe: User, visitor: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        page = visitor.get("/accounts/password/again/").content.decode()
    assert "Confirm with Company, in a new tab" in page and 'type="password"' not in page


def test_a_passkey_alone_does_not_lead_past_the_provider(
    signe: User, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Authenticator.objects.create(user=signe, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    monkeypatch.setattr("accounts.second_factor.sign_in.passkey_of", lambda _user, _answer: key)
    browser = Client(HTTP_HOST="localhost")
    answer = browser.post("/accounts/login/passkey/", {"passkey": "{}"})
    assert answer.status_code == 302 and "_auth_user_id" not in browser.session


def test_a_password_that_was_set_on_the_server_all_the_same_opens_nothing(signe: User) -> None:
    signe.set_password(PASSWORD)
    signe.save()
    browser = Client()
    assert browser.post("/accounts/login/", {"login": "signe.lind", "password": PASSWORD}).status_code == 422
    assert "_auth_user_id" not in browser.session


# Local passwords off


@pytest.fixture
def off(provider: Provider, settings: Settings) -> Settings:
    """A desk on which only the account `rescue` has a password."""
    settings.LOCAL_PASSWORDS, settings.BREAK_GLASS_ACCOUNT = False, "rescue"
    return settings


@pytest.fixture
def rescue(db: None) -> User:
    return User.objects.create_superuser("rescue", password=PASSWORD)


def sign_in(browser: Client, name: str, password: str = PASSWORD) -> str:
    return browser.post("/accounts/login/", {"login": name, "password": password}).content.decode()


def test_nobody_signs_in_by_a_password_and_is_told_nothing_of_whether_it_was_right(
    off: Settings, support: User, rescue: User, visitor: Client, logged: Logged
) -> None:
    page = visitor.get("/accounts/login/").content.decode()
    assert "Sign in with Company" in page and "Emergency account" in page and "Or with a password" not in page
    right, wrong = sign_in(visitor, "support"), sign_in(visitor, "support", "a guess")
    assert "_auth_user_id" not in visitor.session
    assert "not correct" in right and "not correct" in wrong
    assert {(entry.action, entry.outcome) for entry in logged} == {("sign-in", Outcome.REFUSED)}


def test_the_emergency_account_signs_in_and_that_is_said_loudly(
    off: Settings, rescue: User, visitor: Client, logged: Logged, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, "accounts.local_passwords"):
        sign_in(visitor, "rescue")
    assert visitor.get("/people/").status_code == 200
    assert {entry.action for entry in logged} == {"sign-in", "sign-in.break-glass"}
    (said,) = (record.getMessage() for record in caplog.records if record.levelname == "CRITICAL")
    assert said.startswith("The break-glass account rescue was signed in to, from ")
    assert "/accounts/password/" in visitor.get("/people/").content.decode(), "it may change its password"
    assert visitor.get("/accounts/password/").status_code == 200


def test_an_emergency_that_cannot_be_recorded_is_no_sign_in(off: Settings, rescue: User, visitor: Client) -> None:
    with log_out_of_reach():
        assert visitor.post("/accounts/login/", {"login": "rescue", "password": PASSWORD}).status_code == 503
    assert "_auth_user_id" not in visitor.session


def test_with_passwords_on_no_account_is_one_for_emergencies(
    provider: Provider, settings: Settings, rescue: User, visitor: Client, logged: Logged
) -> None:
    settings.BREAK_GLASS_ACCOUNT = "rescue"
    sign_in(visitor, "rescue")
    assert [entry.action for entry in logged] == ["sign-in"]


def test_sessions_that_began_with_a_password_are_over(
    off: Settings, support: User, rescue: User, client_of: ClientOf
) -> None:
    assert client_of(support).get("/accounts/preferences/").status_code == 302
    assert client_of(rescue).get("/accounts/preferences/").status_code == 200


def test_an_account_of_before_is_offered_a_link_to_the_provider_and_a_superuser_none(
    off: Settings, provider: Provider, walk: Walk, visitor: Client, support: User
) -> None:
    provider.knows("a-1", preferred_username="ada", groups=["desk-admin"])
    walk(visitor, "a-1")
    page = visitor.get(f"/people/{support.pk}/").content.decode()
    assert "Link to sign in with Company" in page and "assword" not in page
    root = User.objects.create_superuser("root", password=PASSWORD)
    assert f"/people/{root.pk}/link/" not in visitor.get(f"/people/{root.pk}/").content.decode()


def test_a_one_time_link_sets_no_password_but_leads_to_the_provider(
    off: Settings, admin: User, support: User, rescue: User, visitor: Client, walk: Walk
) -> None:
    token = links.make_token(Who(admin.username, admin.pk), support)
    page = visitor.get(f"/accounts/link/{token}/").content.decode()
    assert "Sign in with Company" in page and "new_password1" not in page
    new = {"new_password1": "quite another long password", "new_password2": "quite another long password"}
    assert visitor.post(f"/accounts/link/{token}/", new).status_code == 403
    assert User.objects.get(pk=support.pk).check_password(PASSWORD)
    walk(visitor, begin=f"/accounts/sso/?link={token}")
    assert visitor.session["_auth_user_id"] == str(support.pk)


def test_the_emergency_account_gets_a_link_for_a_password_and_is_tied_to_no_provider(
    off: Settings, admin: User, rescue: User, visitor: Client, walk: Walk
) -> None:
    token = links.make_token(Who(admin.username, admin.pk), rescue)
    page = visitor.get(f"/accounts/link/{token}/").content.decode()
    assert "new_password1" in page and "/accounts/sso/" not in page
    assert walk(visitor, begin=f"/accounts/sso/?link={token}").status_code == 403
    assert may_have_one(User.objects.get(pk=rescue.pk))


def test_a_password_given_again_counts_for_the_emergency_account_alone(
    off: Settings, rescue: User, visitor: Client
) -> None:
    off.PAYMENT_REAUTH_MINUTES = 0
    sign_in(visitor, "rescue")
    somebody = person("support")
    typed = dict(visitor.get(f"/people/{somebody.pk}/").context["form"].initial) | {"role": "manager"}
    assert visitor.post(f"/people/{somebody.pk}/", typed | {"password": "a guess"}).status_code == 422
    assert visitor.post(f"/people/{somebody.pk}/", typed | {"password": PASSWORD}).status_code == 302
