"""Who guesses is stopped, at one address or at many; an office is not locked out by one of its people."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from accounts import sign_in_limits
from tests.conftest import PASSWORD

OFFICE, HOME = "127.0.0.1", "127.0.0.2"
STOPPED = "Too many failed login attempts"


def sign_in(login: str = "support", password: str = PASSWORD, address: str = OFFICE) -> bool:
    """Whether that lets them in; fails if they are told neither that it was wrong nor that it was too often."""
    answer: Any = Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": login, "password": password})
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert "are not correct" in answer.content.decode() or is_stopped(answer)
    return bool(answer.status_code == 302)


def is_stopped(answer: Any) -> bool:
    return STOPPED in answer.content.decode()


def guess(times: int, login: str = "support", address: str = OFFICE) -> None:
    for n in range(times):
        assert not sign_in(login, f"guess {n}", address)


def test_a_guesser_is_stopped_even_with_the_right_password(support: User) -> None:
    guess(5)
    assert not sign_in()


def test_another_port_in_the_name_of_the_desk_is_no_other_account(support: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    for number in range(6):
        typed = {"login": "support", "password": f"guess {number}"}
        answer = Client(HTTP_HOST=f"localhost:{20_000 + number}").post("/accounts/login/", typed)
    assert is_stopped(answer)


def test_more_proxies_in_the_settings_than_there_are_keep_nobody_out(support: User, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert sign_in()
    assert not sign_in(password="wrong")


def test_name_and_e_mail_address_are_one_account(support: User) -> None:
    guess(3)
    guess(2, "SUPPORT@example.com")
    assert not sign_in()


def test_who_guesses_from_many_addresses_is_stopped(support: User) -> None:
    for n in range(20):
        guess(1, address=f"127.0.1.{n}")
    assert not sign_in(address="127.0.1.99")


def test_who_signed_in_here_before_is_not_locked_out_by_guesses_elsewhere(support: User) -> None:
    assert sign_in(address=HOME)
    for n in range(20):
        guess(1, address=f"127.0.1.{n}")
    assert sign_in(address=HOME)
    assert not sign_in(address="127.0.1.99")


def test_who_tries_many_names_from_one_address_is_stopped(support: User) -> None:
    for n in range(30):
        guess(1, f"name{n}")
    assert not sign_in()


def test_a_colleagues_mistakes_lock_nobody_else_out(support: User, manager: User, admin: User) -> None:
    guess(10, "support")
    assert sign_in("manager")
    for n in range(40):
        guess(1, f"name{n}")
    assert sign_in("manager")
    assert not sign_in("admin"), "who was never here before waits"


def test_sign_ins_that_go_well_are_never_too_many(support: User) -> None:
    assert all(sign_in() for _ in range(40))


@pytest.mark.django_db(transaction=True)
def test_sign_ins_that_are_still_under_way_are_no_failed_ones(support: User) -> None:
    """All of them were looked at before the first has ended."""
    together = Barrier(8)
    may_be_made = sign_in_limits.Attempt.may_be_made

    def looked_at(attempt: sign_in_limits.Attempt) -> bool:
        answer = may_be_made(attempt)
        together.wait(timeout=20)
        return answer

    def one(_: int) -> bool:
        try:
            return sign_in()
        finally:
            connections.close_all()

    with mock.patch.object(sign_in_limits.Attempt, "may_be_made", looked_at), ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == [True] * 8
