"""What can go wrong at the provider: each ends on a page in the desk's words, nobody is signed in by it, and those with
a password go on signing in."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts.single_sign_on import calls
from audit.models import Entry
from tests.conftest import PASSWORD
from tests.single_sign_on.conftest import SIGNE, Answer, Walk
from tests.single_sign_on.provider import Provider

CONFIGURATION, TOKEN, KEYS = "/.well-known/openid-configuration", "/oauth2/token", "/jwks"
HOUR = 3600
IS_JSON = {"Content-Type": "application/json"}


def refused(answer: Answer, status: int, code: str, says: str) -> None:
    page = answer.content.decode()
    assert (answer.status_code, f"<code>{code}</code>" in page, says in page) == (status, True, True), page
    assert 'href="/accounts/login/"' in page
    assert not SocialAccount.objects.exists()


def test_who_does_not_sign_in_there_is_told_so(visitor: Client, provider: Provider) -> None:
    back = provider.decide(visitor.get("/accounts/sso/")["Location"], action="deny")
    # The provider forgets the state when somebody denies, which OAuth forbids (RFC 6749, 4.1.2.1).
    state = next(iter(visitor.session["socialaccount_states"]))
    refused(visitor.get(f"{back}&state={state}"), 403, "sso-denied", "You did not sign in")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("server_error", 503, "sso-down"),
        ("temporarily_unavailable", 503, "sso-down"),
        ("invalid_scope", 502, "sso-answer"),
    ],
)
def test_other_errors_of_the_provider_have_their_page(
    visitor: Client, provider: Provider, error: str, status: int, code: str
) -> None:
    visitor.get("/accounts/sso/")
    state = next(iter(visitor.session["socialaccount_states"]))
    refused(visitor.get(f"/accounts/sso/callback/?error={error}&state={state}"), status, code, "Company")


def test_a_state_that_is_not_of_this_browser_or_was_used_signs_nobody_in(
    visitor: Client, walk: Walk, provider: Provider
) -> None:
    refused(visitor.get("/accounts/sso/callback/?code=x&state=made-up"), 400, "sso-stale", "This sign-in is over")
    refused(visitor.get("/accounts/sso/callback/"), 400, "sso-stale", "This sign-in is over")
    back = provider.decide(visitor.get("/accounts/sso/")["Location"], sub="s-1")
    refused(Client().get(back), 400, "sso-stale", "This sign-in is over")
    visitor.get(back)
    visitor.post("/accounts/logout/")
    assert visitor.get(back).status_code == 400, "the same way back once more"


def test_a_state_of_ten_minutes_ago_is_over(visitor: Client, provider: Provider) -> None:
    back = provider.decide(visitor.get("/accounts/sso/")["Location"], sub="s-1")
    session = visitor.session
    session["socialaccount_states"] = {
        name: (state, at - 601, of) for name, (state, at, of) in session["socialaccount_states"].items()
    }
    session.save()
    refused(visitor.get(back), 400, "sso-stale", "This sign-in is over")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "another-desk"}, "sso-answer"),
        ({"aud": ["order-desk", "another-desk"]}, "sso-answer"),
        ({"iss": "https://another.example"}, "sso-answer"),
        ({"nonce": "of-another-sign-in"}, "sso-answer"),
        ({"exp": 1_700_000_000}, "sso-clock"),
        ({"iat": 4_000_000_000, "exp": 4_000_003_600}, "sso-clock"),
        ({"exp": "soon"}, "sso-answer"),
        ({"_claim_names": {"groups": "src1"}, "groups": None}, "sso-too-many-groups"),
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_desk_and_now_signs_nobody_in(
    visitor: Client, walk: Walk, provider: Provider, claims: dict[str, object], code: str
) -> None:
    provider.knows("s-1", **SIGNE | claims)
    answer = walk(visitor)
    page = answer.content.decode()
    assert answer.status_code in (403, 502) and f"<code>{code}</code>" in page
    assert not User.objects.filter(username="signe.lind").exists()


def test_clocks_that_differ_by_half_a_minute_are_no_fault(visitor: Client, walk: Walk, provider: Provider) -> None:
    provider.knows("s-1", **SIGNE | {"iat": int(time.time()) + 30, "exp": int(time.time()) + HOUR})
    assert walk(visitor).status_code == 302


def test_a_token_that_another_key_signed_is_none(visitor: Client, walk: Walk, provider: Provider) -> None:
    from joserfc.jwk import KeySet, RSAKey

    other = KeySet([RSAKey.generate_key(2048)]).as_dict()
    provider.fault[KEYS] = lambda: other
    refused(walk(visitor), 502, "sso-answer", "gave an answer that cannot be used")


def test_the_provider_has_to_be_the_one_of_the_settings(visitor: Client, provider: Provider) -> None:
    provider.fault[CONFIGURATION] = {"issuer": "https://another.example"}
    refused(visitor.get("/accounts/sso/"), 502, "sso-answer", "gave an answer that cannot be used")


@pytest.mark.parametrize(
    ("path", "says", "code"),
    [
        (CONFIGURATION, ("<h1>Welcome to the hotel's network</h1>", 200), "sso-answer"),
        (CONFIGURATION, ("[]", 200), "sso-answer"),
        (CONFIGURATION, ("{}", 200), "sso-answer"),
        (CONFIGURATION, ("", 302, {"Location": "http://127.0.0.1:1/"}), "sso-answer"),
        (CONFIGURATION, ("no", 404), "sso-answer"),
        (CONFIGURATION, ("no", 503), "sso-down"),
        (CONFIGURATION, ("x" * (calls.LARGEST + 1), 200), "sso-answer"),
        (TOKEN, ('{"error": "invalid_client"}', 401), "sso-answer"),
        (TOKEN, ('{"access_token": "a", "token_type": "Bearer"}', 200, IS_JSON), "sso-answer"),
        (TOKEN, ('{"access_token": "a", "id_token": "x.y.z"}', 200, IS_JSON), "sso-answer"),
        (TOKEN, ('{"access_token": "a", "id_token": 7}', 200, IS_JSON), "sso-answer"),
        (KEYS, ('{"keys": []}', 200), "sso-answer"),
        (KEYS, ("no", 500), "sso-down"),
    ],
)  # fmt: skip
def test_answers_that_are_none_of_a_providers(
    visitor: Client, walk: Walk, provider: Provider, path: str, says: tuple[object, ...], code: str
) -> None:
    if path == CONFIGURATION:
        provider.fault[path] = lambda: says
        answer = visitor.get("/accounts/sso/")
    else:
        back = provider.decide(visitor.get("/accounts/sso/")["Location"], sub="s-1")
        provider.fault[path] = lambda: says
        answer = visitor.get(back)
    refused(answer, 503 if code == "sso-down" else 502, code, "Company")


def test_what_the_userinfo_endpoint_adds_has_to_be_of_the_same_person(
    visitor: Client, walk: Walk, provider: Provider
) -> None:
    """It is asked where the ID token does not say the groups."""
    bare = {k: v for k, v in SIGNE.items() if k != "groups"}
    provider.knows("s-1", **bare)
    provider.fault["/userinfo"] = lambda: {"sub": "s-2", "groups": ["desk-admin"]}
    refused(walk(visitor), 502, "sso-answer", "gave an answer that cannot be used")
    provider.fault["/userinfo"] = lambda: {"sub": "s-1", "groups": ["desk-support"]}
    assert walk(visitor).status_code == 302


def test_a_dead_provider_is_said_and_passwords_go_on(
    support: User, visitor: Client, provider: Provider, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.SSO_ISSUER = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with caplog.at_level(logging.WARNING, "accounts.single_sign_on"):
            refused(visitor.get("/accounts/sso/"), 503, "sso-down", "Company does not answer")
        assert "Single sign-on: sso-down, ConnectionError" in caplog.text
        assert visitor.get("/accounts/login/").status_code == 200
        assert visitor.post("/accounts/login/", {"login": "support", "password": PASSWORD}).status_code == 302


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """A server that says `head` and then a byte at a time, for ever; its address."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _address = server.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

        def drip(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.sendall(head)
                    while not over.wait(0.05):
                        connection.sendall(b" ")
                except OSError:
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow:", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"]
)
def test_a_provider_that_crawls_holds_nobody_longer_than_the_deadline(
    visitor: Client, provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setattr("accounts.single_sign_on.adapter.DEADLINE", 0.5)
    with dripping(head) as settings.SSO_ISSUER:
        began = time.monotonic()
        refused(visitor.get("/accounts/sso/"), 503, "sso-down", "Company does not answer")
        assert time.monotonic() - began < 5, "seconds, on a machine that has other things to do"
    for _place in range(calls.PLACES):  # the calls that were given up end by themselves
        assert calls._places.acquire(timeout=10)
    for _place in range(calls.PLACES):
        calls._places.release()


def test_while_it_hangs_no_more_than_a_few_wait_for_it(visitor: Client, provider: Provider) -> None:
    for _place in range(calls.PLACES):
        assert calls._places.acquire(timeout=10)
    try:
        refused(visitor.get("/accounts/sso/"), 503, "sso-down", "Company does not answer")
    finally:
        for _place in range(calls.PLACES):
            calls._places.release()


def test_the_log_says_codes_and_nothing_of_a_person_and_is_not_flooded_by_visitors(
    visitor: Client, walk: Walk, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    before = Entry.objects.count()
    provider.knows("s-1", **SIGNE | {"aud": "another-desk"})
    with caplog.at_level(logging.INFO, "accounts"):
        walk(visitor)
        visitor.get("/accounts/sso/callback/?code=a-code&state=a-state")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("accounts")]
    assert ours == [
        "Single sign-on: sso-answer, the ID token is not good: InvalidAudienceError",
        "Single sign-on: sso-stale",
    ]
    assert Entry.objects.count() == before
