"""What asks for a fresh proof asks the provider of whom it manages: in another tab, so that what was typed stays."""

import time

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from accounts.models import OneTimeLink
from accounts.people.services import rights_of
from accounts.single_sign_on.admission import counts_as_second_factor
from audit.models import Entry
from tests.accounts.test_people import NEW
from tests.conftest import PASSWORD
from tests.single_sign_on.conftest import SIGNE, Walk
from tests.single_sign_on.provider import Provider, asked_for

ASKS = "Confirm with Company, in a new tab"


@pytest.fixture
def desk(visitor: Client, walk: Walk, provider: Provider) -> Client:
    """The browser of Signe, an admin, whom the provider asked for a password this morning."""
    claims = SIGNE | {"groups": ["desk-admin"]}
    provider.knows("s-1", **claims, auth_time=int(time.time()) - 7200)
    walk(visitor)
    provider.knows("s-1", **claims)
    return visitor


def confirm(desk: Client, walk: Walk, sub: str = "s-1") -> int:
    return int(walk(desk, sub, "/accounts/sso/again/").status_code)


def test_the_provider_is_asked_in_another_tab_and_the_form_is_sent_again_as_it_is(
    desk: Client, walk: Walk, logged: "QuerySet[Entry]"
) -> None:
    opened = desk.get("/people/invite/")
    page = opened.content.decode()
    assert ASKS in page and 'type="password"' not in page
    somebody = {"username": "bo", "email": "bo@example.com", "role": "admin", "password": ""}
    typed = NEW | dict(opened.context["form"].initial) | somebody
    asked = desk.post("/people/invite/", typed)
    page = asked.content.decode()
    assert asked.status_code == 422 and 'value="bo@example.com"' in page
    assert "Confirm with Company first, then send this again." in page
    assert '<option value="admin" selected>' in page
    key = desk.session.session_key
    assert walk(desk, begin="/accounts/sso/again/")["Location"] == "/accounts/sso/confirmed/"
    assert "Close this tab" in desk.get("/accounts/sso/confirmed/").content.decode()
    assert desk.session.session_key != key, "whoever took the old one has not confirmed anything"
    assert desk.post("/people/invite/", typed).status_code == 302
    assert User.objects.filter(username="bo").exists()
    assert logged.filter(action="person.sso.proof", username="signe.lind").count() == 1


def test_the_provider_is_told_to_ask_anew(desk: Client) -> None:
    asked = asked_for(desk.get("/accounts/sso/again/")["Location"])
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert asked["nonce"] and asked["code_challenge"]


def test_a_button_asks_on_a_page_of_its_own(desk: Client, walk: Walk, support: User) -> None:
    where = f"/people/{support.pk}/link/"
    asked = desk.post(where)
    assert asked.status_code == 422 and ASKS in asked.content.decode()
    assert "Confirm with Company first" not in asked.content.decode(), "nothing was done wrong yet"
    assert "Confirm with Company first" in desk.post(where, {"password": ""}).content.decode()
    assert not OneTimeLink.objects.exists()
    confirm(desk, walk)
    assert desk.post(where).status_code == 302
    assert OneTimeLink.objects.filter(user=support).exists()


def test_a_sign_in_at_which_the_provider_asked_just_now_is_proof_enough(
    visitor: Client, walk: Walk, provider: Provider, settings: Settings
) -> None:
    provider.knows("s-1", **SIGNE | {"groups": ["desk-admin"]}, auth_time=int(time.time()))
    walk(visitor)
    assert ASKS not in visitor.get("/people/invite/").content.decode()
    settings.PAYMENT_REAUTH_MINUTES = 0
    assert ASKS in visitor.get("/people/invite/").content.decode()


def test_a_provider_that_did_not_ask_again_confirms_nothing(desk: Client, walk: Walk, provider: Provider) -> None:
    claims = SIGNE | {"groups": ["desk-admin"]}
    for said in ({"auth_time": int(time.time()) - 300}, {"auth_time": None}, {"auth_time": "now"}):
        provider.knows("s-1", **claims | said)
        answer = walk(desk, begin="/accounts/sso/again/")
        assert answer.status_code == 403 and "Company did not ask you again" in answer.content.decode()
    assert ASKS in desk.get("/people/invite/").content.decode()


def test_a_time_to_come_is_none_to_rest_on(visitor: Client, walk: Walk, provider: Provider) -> None:
    provider.knows("s-1", **SIGNE | {"groups": ["desk-admin"]}, auth_time=int(time.time()) + 86_400)
    walk(visitor)
    session = visitor.session
    assert session["sso"]["proved"] <= time.time()


def test_somebody_else_confirms_nothing_and_takes_nobodys_place(desk: Client, walk: Walk, provider: Provider) -> None:
    provider.knows("s-2", **SIGNE | {"preferred_username": "bo", "groups": ["desk-admin"]})
    answer = walk(desk, "s-2", "/accounts/sso/again/")
    assert answer.status_code == 403 and "That was somebody else" in answer.content.decode()
    assert desk.session["_auth_user_id"] == str(User.objects.get(username="signe.lind").pk)
    assert not User.objects.filter(username="bo").exists()
    assert ASKS in desk.get("/people/invite/").content.decode()


def test_a_password_confirms_nothing_for_who_has_none(desk: Client, support: User) -> None:
    typed = dict(desk.get(f"/people/{support.pk}/").context["form"].initial)
    answer = desk.post(f"/people/{support.pk}/", typed | {"role": "admin", "password": PASSWORD})
    assert answer.status_code == 422
    assert rights_of(User.objects.get(pk=support.pk)).role == "support"


def test_who_has_a_password_is_asked_for_that(admin: User, provider: Provider, visitor: Client) -> None:
    visitor.force_login(admin)
    page = visitor.get("/people/invite/").content.decode()
    assert ASKS not in page and 'type="password"' in page
    assert visitor.get("/accounts/sso/again/").status_code == 404


@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "urn:gold"}, True),
        ({"amr": "mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": None, "acr": None}, False),
        ({}, False),
    ],
)
def test_what_the_settings_accept_counts_as_a_second_factor(
    settings: Settings, claims: dict[str, object], counts: bool
) -> None:
    settings.SSO_SECOND_FACTOR = ["mfa", " urn:gold ", ""]
    assert counts_as_second_factor(claims) is counts
    settings.SSO_SECOND_FACTOR = []
    assert counts_as_second_factor(claims) is False


def test_the_session_knows_whether_it_was_asked_for(
    visitor: Client, walk: Walk, provider: Provider, settings: Settings
) -> None:
    settings.SSO_SECOND_FACTOR = ["mfa"]
    provider.knows("s-1", **SIGNE, amr=["pwd", "mfa"])
    walk(visitor)
    assert visitor.session["sso"]["second"] is True
