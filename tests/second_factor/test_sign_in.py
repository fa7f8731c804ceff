"""Signing in with a second factor: by a code of an app, a recovery code, a passkey beside the password or alone."""

import json

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.test import Client

from audit.models import Entry
from tests.conftest import PASSWORD
from tests.second_factor.helpers import (
    LOGIN,
    PERIOD,
    SECOND,
    Passkey,
    at_localhost,
    code,
    first_step,
    give_app,
    give_passkey,
    is_in,
    recovery_codes,
    sign_in,
)

OPTIONS, ALONE = "/accounts/login/passkey/options/", "/accounts/login/passkey/"
NOW = 1_800_000_000.0


@pytest.fixture
def owner(support: User) -> User:
    """Somebody with an app."""
    give_app(support)
    return support


def test_after_the_password_the_code_is_asked_for_and_lets_them_in(visitor: Client, owner: User) -> None:
    answer = first_step(visitor, owner, next="/accounts/preferences/")
    assert answer["Location"] == SECOND and not is_in(visitor)
    assert "The password of <b>support</b> was right" in visitor.get(SECOND).content.decode()
    assert visitor.post(SECOND, {"factor_code": code()})["Location"] == "/accounts/preferences/"
    assert is_in(visitor)


def test_the_second_step_is_there_for_nobody_without_the_first(visitor: Client, owner: User) -> None:
    assert visitor.get(SECOND)["Location"] == LOGIN
    assert visitor.post(SECOND, {"factor_code": code()})["Location"] == LOGIN
    visitor.post(LOGIN, {"login": "support", "password": "a guess"})
    assert visitor.post(SECOND, {"factor_code": code()})["Location"] == LOGIN
    assert visitor.get(OPTIONS).status_code == 404


def test_a_wrong_code_is_refused_and_stands_in_the_log_without_the_code(
    visitor: Client, owner: User, logged: "QuerySet[Entry]"
) -> None:
    wrong = f"{(int(code()) + 1) % 1_000_000:06}"
    answer = sign_in(visitor, owner, wrong)
    assert answer.status_code == 422 and not is_in(visitor)
    assert "This code is not right" in answer.content.decode()
    entry = logged.get(action="person.factor.show")
    assert (entry.username, entry.outcome) == ("support", "refused")
    assert wrong not in json.dumps(list(logged.values()), default=str)


@pytest.mark.parametrize("typed", ["", "abcdef", "１２３４５６", "0" * 41, "\0"])
def test_what_is_no_code_is_refused_in_words(visitor: Client, owner: User, typed: str) -> None:
    first_step(visitor, owner)
    assert visitor.post(SECOND, {"factor_code": typed}).status_code == 422


def test_a_code_is_good_once_and_none_before_it_after_that(visitor: Client, owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        assert sign_in(Client(), owner, code(ago=1)).status_code == 302, "typed as it changed"
        assert sign_in(Client(), owner, code(ago=1)).status_code == 422
        assert sign_in(Client(), owner, code()).status_code == 302
        assert sign_in(Client(), owner, code(ago=1)).status_code == 422
        used = code()
    with time_machine.travel(NOW + PERIOD, tick=False):
        assert sign_in(Client(), owner, used).status_code == 422, "the next period, in which it would be right still"
        assert sign_in(Client(), owner).status_code == 302


def test_a_code_of_long_ago_is_none(owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        before = code()
    with time_machine.travel(NOW + 3 * PERIOD, tick=False):
        assert sign_in(Client(), owner, before).status_code == 422


def test_blanks_in_a_code_are_how_apps_show_it(visitor: Client, owner: User) -> None:
    shown = code()
    assert sign_in(visitor, owner, f" {shown[:3]} {shown[3:]} ").status_code == 302


def test_a_recovery_code_is_good_once_and_stands_in_the_log(owner: User, logged: "QuerySet[Entry]") -> None:
    one, *_others = recovery_codes(owner)
    assert sign_in(Client(), owner, one).status_code == 302
    assert sign_in(Client(), owner, one).status_code == 422
    assert len(recovery_codes(owner)) == 9
    entry = logged.filter(action="person.factor.show", outcome="done").get()
    assert (entry.username, one in json.dumps(list(logged.values()), default=str)) == ("support", False)


def test_who_guesses_is_stopped_even_with_the_right_code(owner: User) -> None:
    for _ in range(5):
        sign_in(Client(), owner, "000000")
    answer = sign_in(Client(), owner)
    assert answer.status_code == 422 and "Too many tries" in answer.content.decode()


def test_who_guesses_from_many_addresses_is_stopped(owner: User) -> None:
    """That the password was right makes nobody known: it may be stolen."""
    for n in range(20):
        sign_in(Client(REMOTE_ADDR=f"127.0.1.{n}"), owner, "000000")
    assert sign_in(Client(REMOTE_ADDR="127.0.1.99"), owner).status_code == 422


def test_one_can_begin_anew_with_another_account(visitor: Client, owner: User, admin: User) -> None:
    first_step(visitor, owner)
    assert visitor.get(LOGIN)["Location"] == SECOND
    assert visitor.post(SECOND, {"cancel": "1"})["Location"] == LOGIN
    assert first_step(visitor, admin)["Location"] == "/" and is_in(visitor)


def test_somebody_deactivated_between_the_steps_is_not_let_in(visitor: Client, owner: User) -> None:
    first_step(visitor, owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    visitor.post(SECOND, {"factor_code": code()})
    assert not is_in(visitor)


def test_who_waits_a_quarter_of_an_hour_begins_anew(visitor: Client, owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        first_step(visitor, owner)
    with time_machine.travel(NOW + 16 * 60, tick=False):
        assert visitor.post(SECOND, {"factor_code": code()})["Location"] == LOGIN


# Passkeys


@pytest.fixture
def passkey(support: User) -> Passkey:
    """That of somebody from support, who set it up in a browser of theirs."""
    client = at_localhost()
    first_step(client, support)
    return give_passkey(client)


def test_a_passkey_is_the_second_step(support: User, passkey: Passkey) -> None:
    client = at_localhost()
    assert first_step(client, support)["Location"] == SECOND
    answer = passkey.show(client.get(OPTIONS).json())
    assert client.post(SECOND, {"passkey": answer}).status_code == 302 and is_in(client)


def test_a_passkey_alone_signs_in_and_leads_to_where_one_wanted(support: User, passkey: Passkey) -> None:
    client = at_localhost()
    assert "Sign in with a passkey" in client.get(LOGIN).content.decode()
    answer = passkey.show(client.get(ALONE).json())
    assert client.post(ALONE, {"passkey": answer, "next": "/queue/"})["Location"] == "/queue/"
    assert is_in(client)


def test_an_answer_is_good_once(support: User, passkey: Passkey) -> None:
    client = at_localhost()
    answer = passkey.show(client.get(ALONE).json())
    client.post(ALONE, {"passkey": answer})
    client.post("/accounts/logout/")
    client.post(ALONE, {"passkey": answer})
    assert not is_in(client)


def test_an_answer_to_another_browsers_question_is_none(support: User, passkey: Passkey) -> None:
    answer = passkey.show(at_localhost().get(ALONE).json())
    client = at_localhost()
    client.get(ALONE)
    client.post(ALONE, {"passkey": answer})
    assert not is_in(client)


def test_an_answer_given_to_another_site_is_none(support: User, passkey: Passkey, logged: "QuerySet[Entry]") -> None:
    client = at_localhost()
    passkey.origin = "https://localhost.evil.example"
    answer = client.post(ALONE, {"passkey": passkey.show(client.get(ALONE).json())})
    assert answer["Location"] == LOGIN and not is_in(client)
    assert "This passkey was not accepted" in client.get(LOGIN).content.decode()
    assert logged.filter(action="sign-in", outcome="refused").count() == 1


def test_alone_it_has_to_be_unlocked_and_beside_the_password_need_not(support: User, passkey: Passkey) -> None:
    client = at_localhost()
    passkey.is_unlocked = False
    client.post(ALONE, {"passkey": passkey.show(client.get(ALONE).json())})
    assert not is_in(client)
    first_step(client, support)
    client.post(SECOND, {"passkey": passkey.show(client.get(OPTIONS).json())})
    assert is_in(client)


def test_somebody_elses_passkey_is_no_second_step(support: User, passkey: Passkey, admin: User) -> None:
    give_app(admin)
    client = at_localhost()
    first_step(client, admin)
    assert "Your passkey" not in client.get(SECOND).content.decode()
    client.post(SECOND, {"passkey": passkey.show(client.get(OPTIONS).json())})
    assert not is_in(client)


def test_a_key_that_nobody_set_up_signs_nobody_in(support: User, passkey: Passkey) -> None:
    client, stranger = at_localhost(), Passkey()
    stranger.owner, stranger.id = passkey.owner, passkey.id
    client.post(ALONE, {"passkey": stranger.show(client.get(ALONE).json())})
    assert not is_in(client)


def test_a_closed_account_stays_closed_to_its_passkey(support: User, passkey: Passkey) -> None:
    User.objects.filter(pk=support.pk).update(is_active=False)
    client = at_localhost()
    client.post(ALONE, {"passkey": passkey.show(client.get(ALONE).json())})
    assert not is_in(client)


@pytest.mark.parametrize(
    "sent",
    ["", "null", "[]", "{}", '{"response": null}', '{"response": {"userHandle": "AA"}}', "[" * 5000, "x" * 30_000],
)
def test_what_is_no_answer_of_a_passkey_is_refused_in_words(support: User, sent: str) -> None:
    client = at_localhost()
    client.get(ALONE)
    assert client.post(ALONE, {"passkey": sent})["Location"] == LOGIN


def test_at_a_bare_address_nothing_is_said_of_passkeys(visitor: Client, support: User) -> None:
    client = Client(HTTP_HOST="127.0.0.1:8000")
    assert "Sign in with a passkey" not in client.get(LOGIN).content.decode()
    assert client.get(ALONE).status_code == 404
    first_step(client, support)
    assert client.get("/accounts/second-factor/passkey/").status_code == 404


def test_who_has_none_signs_in_as_ever(visitor: Client, support: User) -> None:
    assert visitor.post(LOGIN, {"login": "support", "password": PASSWORD})["Location"] == "/"
    assert not Authenticator.objects.exists()
