"""The demo answers its own machine alone: what counts is how a request came, not where the desk listens."""

import shutil
import socket
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.demo import DEMO_PASSWORD
from dashboard.loopback import is_loopback
from tests.test_serve import KEY, served

ELSEWHERE: dict[str, dict[str, str]] = {
    "a proxy that says for whom": {"HTTP_X_FORWARDED_FOR": "203.0.113.7"},
    "a proxy that says from which name": {"HTTP_X_FORWARDED_HOST": "desk.example"},
    "a proxy that says how it was asked": {"HTTP_X_FORWARDED_PROTO": "https"},
    "a proxy by the standard": {"HTTP_FORWARDED": "for=203.0.113.7"},
    "a proxy that names itself": {"HTTP_VIA": "1.1 edge"},
    "a proxy with nginx's own header": {"HTTP_X_REAL_IP": "127.0.0.1"},
    "a proxy that was told nothing": {"SERVER_PROTOCOL": "HTTP/1.0"},
    "another machine": {"REMOTE_ADDR": "203.0.113.7"},
    "another machine by IPv6": {"REMOTE_ADDR": "2001:db8::7"},
    "a socket of this machine": {"REMOTE_ADDR": ""},
    "another name": {"HTTP_HOST": "desk.example"},
}
PATHS = ("/accounts/login/", "/", "/norce/se/orders/", "/checkout/order/docs", "/no/such/page/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", ELSEWHERE)
def test_the_demo_refuses_what_comes_from_elsewhere_and_names_no_password(
    settings: Settings, how: str, path: str
) -> None:
    settings.DEMO = True
    answer = Client().get(path, **ELSEWHERE[how])  # type: ignore[arg-type]
    page = answer.content.decode()
    assert answer.status_code in (400, 403)
    assert f"<code>{DEMO_PASSWORD}</code>" not in page
    assert "ALLOWED_HOSTS" in page, "it says what to set"


@pytest.mark.django_db
def test_nobody_signs_in_to_the_demo_from_elsewhere(settings: Settings, support: object) -> None:
    settings.DEMO = True
    there = Client(headers={"X-Forwarded-For": "203.0.113.7"})
    assert there.post("/accounts/login/", {"login": "support", "password": "x"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("sender", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_the_demo_answers_this_machine(settings: Settings, sender: str) -> None:
    settings.DEMO = True
    answer = Client().get("/accounts/login/", REMOTE_ADDR=sender)
    assert f"<code>{DEMO_PASSWORD}</code>" in answer.content.decode()


@pytest.mark.django_db
def test_a_desk_that_is_no_demo_may_stand_behind_a_proxy(settings: Settings) -> None:
    settings.DEMO = False
    there = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_VIA": "1.1 edge", "SERVER_PROTOCOL": "HTTP/1.0"}
    assert Client().get("/accounts/login/", **there).status_code == 200  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST", ".localhost"])
def test_this_machine_by_its_own_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "*", "0.0.0.0", "::", "10.0.0.7", "desk.example", "localhost.example", ".example", "127.0.0.1.example"]
)
def test_no_other_name_is_this_machine(host: str) -> None:
    assert not is_loopback(host)


def asked(port: int, lines: str) -> str:
    """What the server answers to these lines, whole."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(lines.encode())
        return b"".join(iter(lambda: wire.recv(65536), b"")).decode()


def test_a_served_demo_refuses_a_proxy_and_one_that_is_none_takes_it(
    data_dir: Path, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Over a real socket, as the proxies write it that many put in front: bare nginx, and one that
    says for whom it asks."""
    bare = "GET /accounts/login/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
    telling = (
        "GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n"
    )
    straight = "GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with served(data_dir) as port:
        assert asked(port, straight).startswith("HTTP/1.1 200")
        for lines in (bare, telling):
            answer = asked(port, lines)
            assert " 403 " in answer.partition("\r\n")[0]
            assert f"<code>{DEMO_PASSWORD}</code>" not in answer
    without_demo_accounts = tmp_path_factory.mktemp("own")
    shutil.copy(migrated, without_demo_accounts)
    own = {"SECRET_KEY": KEY, "SANDBOX_TOKEN": "t0ken-of-the-sandbox", "ALLOWED_HOSTS": "127.0.0.1,desk.example"}
    with served(without_demo_accounts, **own) as port:
        answer = asked(port, telling)
        assert answer.startswith("HTTP/1.1 200")
        assert f"<code>{DEMO_PASSWORD}</code>" not in answer
