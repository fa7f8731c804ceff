"""Setting second factors up and removing them: what is kept, shown, recorded and told."""

import json
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.second_factor import services
from accounts.second_factor.sealing import UnreadableError, seal, unseal
from audit.log import Who
from audit.models import Entry
from tests.audit.helpers import log_out_of_reach
from tests.conftest import ClientOf
from tests.second_factor.helpers import (
    AGAIN,
    OURS,
    SECRET,
    Passkey,
    at_localhost,
    code,
    first_step,
    give_app,
    give_passkey,
    options_in,
    recovery_codes,
    secret_of,
    sign_in,
)


@pytest.fixture
def fresh(support: User, visitor: Client) -> Client:
    """The browser of somebody who has just signed in and has no second factor."""
    first_step(visitor, support)
    return visitor


def set_up_app(client: Client) -> str:
    """Its secret, as the page says it."""
    client.get(f"{OURS}app/")
    secret = unseal(client.session["second_factor.secret"])
    assert client.post(f"{OURS}app/", {"new_code": code(secret)})["Location"] == f"{OURS}codes/"
    return secret


def test_an_app_is_set_up_by_its_first_code(fresh: Client, support: User, logged: "QuerySet[Entry]") -> None:
    with time_machine.travel(time.time(), tick=False):
        secret = set_up_app(fresh)
        assert sign_in(Client(), support, code(secret)).status_code == 422, "that code is used up"
    assert secret_of(support) == secret
    entry = logged.get(action="person.factor.add")
    assert (entry.username, entry.target, "totp" in entry.details_json) == ("support", "support", True)
    assert secret not in json.dumps(list(logged.values()), default=str)


def test_the_drawing_says_whose_and_which_desks_it_is_and_a_code_typed_wrong_keeps_it(fresh: Client) -> None:
    page = fresh.get(f"{OURS}app/")
    secret = unseal(fresh.session["second_factor.secret"])
    assert page.context["address"] == (
        f"otpauth://totp/Order%20desk%20testserver:support?secret={secret}&issuer=Order%20desk%20testserver"
    )
    assert "<svg" in page.content.decode() and page.context["secret"].replace(" ", "") == secret
    answer = fresh.post(f"{OURS}app/", {"new_code": "000000"})
    assert (answer.status_code, answer.context["secret"].replace(" ", "")) == (422, secret)
    assert not Authenticator.objects.exists()


def test_there_is_one_app_a_person(fresh: Client, support: User) -> None:
    set_up_app(fresh)
    assert fresh.get(f"{OURS}app/")["Location"] == OURS
    with pytest.raises(services.HasAppError):
        give_app(support)


def test_nothing_that_makes_codes_stands_in_the_database_in_clear(fresh: Client, support: User) -> None:
    fresh.get(f"{OURS}app/")
    pending = unseal(fresh.session["second_factor.secret"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM accounts_session")
        assert pending not in json.dumps([fresh.session.decode(row[0]) for row in cursor.fetchall()])
        set_up_app(fresh)
        cursor.execute("SELECT data FROM mfa_authenticator")
        kept = json.dumps(cursor.fetchall())
    assert secret_of(support) not in kept
    assert "gAAAA" in kept and not any(each in kept for each in recovery_codes(support))


def test_a_new_secret_key_reads_what_was_kept_as_long_as_the_old_one_is_named(
    support: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    give_app(support)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key of more than thirty-two characters"
    with pytest.raises(UnreadableError):
        secret_of(support)
    assert sign_in(Client(), support).status_code == 422
    assert "SECRET_KEY" in caplog.text
    settings.SECRET_KEY_FALLBACKS = [old]
    assert sign_in(Client(), support).status_code == 302


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal("x") != seal("x")


def test_recovery_codes_are_shown_once(fresh: Client, support: User) -> None:
    set_up_app(fresh)
    page = fresh.get(f"{OURS}codes/").content.decode()
    codes = recovery_codes(support)
    assert len(codes) == 10 and all(each in page for each in codes)
    assert 'download="order-desk-recovery-codes.txt"' in page
    again = fresh.get(f"{OURS}codes/", follow=True)
    assert not any(each in again.content.decode() for each in codes)
    assert "10 are unused" in again.content.decode()


def test_new_recovery_codes_void_those_of_before(fresh: Client, support: User, logged: "QuerySet[Entry]") -> None:
    set_up_app(fresh)
    before = recovery_codes(support)
    page = fresh.post(f"{OURS}codes/", follow=True).content.decode()
    now = recovery_codes(support)
    assert all(each in page for each in now) and not {*before} & {*now}
    assert sign_in(Client(), support, before[0]).status_code == 422
    assert logged.filter(action="person.factor.codes").count() == 1


@pytest.mark.parametrize("page", ["app", "passkey"])
def test_whoever_finds_a_browser_open_sets_nothing_up(support: User, client_of: ClientOf, page: str) -> None:
    client = client_of(support)
    assert client.get(f"{OURS}{page}/")["Location"].startswith(AGAIN)
    assert client.post(f"{OURS}{page}/", {"new_code": code(), "name": "x"})["Location"].startswith(AGAIN)
    assert not Authenticator.objects.exists()


def test_a_passkey_is_set_up_under_a_name_and_recorded(support: User, logged: "QuerySet[Entry]") -> None:
    client = at_localhost()
    first_step(client, support)
    give_passkey(client)
    assert "My phone" in client.get(OURS).content.decode()
    assert "My phone" in logged.get(action="person.factor.add").details_json
    assert len(recovery_codes(support)) == 10


@pytest.mark.parametrize("wrong", ["", "{}", "[1]", '{"id": 1}', "{" * 3000])
def test_what_is_no_passkey_is_refused_and_what_was_typed_stays(support: User, wrong: str) -> None:
    client = at_localhost()
    first_step(client, support)
    client.get(f"{OURS}passkey/")
    answer = client.post(f"{OURS}passkey/", {"name": "My phone", "passkey": wrong})
    page = answer.content.decode()
    assert (answer.status_code, 'value="My phone"' in page, "did not make a passkey" in page) == (422, True, True)


def test_a_passkey_made_for_another_site_or_for_a_question_of_before_is_none(support: User) -> None:
    client = at_localhost()
    first_step(client, support)
    for passkey in (Passkey("https://evil.example"), Passkey()):
        made = passkey.make(options_in(client.get(f"{OURS}passkey/")))
        client.get(f"{OURS}passkey/")
        assert client.post(f"{OURS}passkey/", {"name": "x", "passkey": made}).status_code == 422
    assert not Authenticator.objects.exists()


def test_one_is_removed_with_its_recovery_codes_and_recorded(fresh: Client, support: User) -> None:
    set_up_app(fresh)
    (app,) = services.factors_of(support)
    assert fresh.post(f"{OURS}{app.pk}/remove/")["Location"] == OURS
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(action="person.factor.remove", username="support").count() == 1
    assert first_step(Client(), support)["Location"] == "/"


def test_the_last_one_stays_where_one_is_required(fresh: Client, support: User, settings: Settings) -> None:
    settings.SECOND_FACTOR = ["required"]
    set_up_app(fresh)
    (app,) = services.factors_of(support)
    page = fresh.post(f"{OURS}{app.pk}/remove/", follow=True).content.decode()
    assert "this is the only one you have" in page
    assert list(services.factors_of(support)) == [app]


def test_nobody_removes_somebody_elses(fresh: Client, admin: User) -> None:
    give_app(admin)
    (app,) = services.factors_of(admin)
    assert fresh.post(f"{OURS}{app.pk}/remove/").status_code == 404
    assert services.factors_of(admin).exists()


def test_where_none_is_offered_none_is_set_up(fresh: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = ["none"]
    assert fresh.get(f"{OURS}app/").status_code == 403
    assert "nothing is set up here" in fresh.get(OURS).content.decode()


def test_what_cannot_be_recorded_is_not_done(fresh: Client, support: User) -> None:
    fresh.get(f"{OURS}app/")
    secret = unseal(fresh.session["second_factor.secret"])
    with log_out_of_reach():
        assert fresh.post(f"{OURS}app/", {"new_code": code(secret)}).status_code == 503
    assert not Authenticator.objects.exists()


def test_its_owner_hears_of_it_by_mail_where_the_desk_sends_mail(
    support: User, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        give_app(support)
    assert mail.outbox == []
    settings.DESK_URL = "https://desk.example"
    with django_capture_on_commit_callbacks(execute=True):
        (app,) = services.factors_of(support)
        services.remove(Who("support", support.pk), support, app)
    (message,) = mail.outbox
    assert message.to == ["support@example.com"]
    assert "was removed from your account" in message.body and "https://desk.example" in message.body
    assert SECRET not in message.body
