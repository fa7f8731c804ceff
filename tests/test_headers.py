"""What every answer says to browsers, whoever made it."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from accounts.session_store import SessionStore
from dashboard.headers import PROGRAMS, Headers
from tests.conftest import ClientOf
from tests.test_serve import KEY, REAL, manage

SOMEWHERE = ["/accounts/login/", "/healthz", "/readyz", "/there-is-none/", "/checkout/order/api/v0/orders", "/static/x"]
"""A page, probes, refusals, the embedded API, a static file that there is not."""
OVER_TLS = {"HTTPS": True, "SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 31_536_000}


@pytest.mark.django_db
@pytest.mark.parametrize("path", SOMEWHERE)
def test_nothing_may_be_framed_embedded_or_taken_for_something_else(path: str) -> None:
    answer = Client().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in answer


def test_what_an_answer_says_for_itself_stands() -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "default-src 'self'"})
    assert Headers(lambda _request: own)(HttpRequest())["Content-Security-Policy"] == "default-src 'self'"


def test_a_page_runs_scripts_of_this_site_alone_and_tells_other_sites_nothing(
    support: User, client_of: ClientOf
) -> None:
    answer = client_of(support).get("/accounts/preferences/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert (policy["script-src"], policy["style-src"], policy["connect-src"]) == ("'self'",) * 3
    assert "unsafe" not in answer["Content-Security-Policy"] and "object-src" not in policy, "default-src: nothing"
    assert (answer["Referrer-Policy"], answer["X-Frame-Options"]) == ("same-origin", "DENY")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"] and answer["Content-Type"] == "text/html; charset=utf-8"


def test_the_page_that_says_that_the_database_is_away_is_a_page_and_its_form_may_be_sent(
    support: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = client_of(support)
    desk.raise_request_exception = False

    def away(_store: SessionStore) -> None:
        raise OperationalError

    monkeypatch.setattr(SessionStore, "load", away)
    answer = desk.get("/queue/")
    policy = answer["Content-Security-Policy"]
    assert (answer.status_code, b"own database" in answer.content) == (503, True)
    assert "style-src 'self'" in policy and "form-action 'self'" in policy
    assert b'href="/queue/"' in answer.content, "to try again"


@pytest.mark.django_db
def test_people_are_led_to_tls_which_browsers_remember_for_a_year() -> None:
    with override_settings(**OVER_TLS):
        led = Client().get("/accounts/login/?next=/")
        assert (led.status_code, led["Location"]) == (301, "https://testserver/accounts/login/?next=/")
        assert Client().get("/accounts/login/", secure=True)["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.django_db
@pytest.mark.parametrize("path", [f"{PROGRAMS[0]}order/api/v0/orders", f"{PROGRAMS[1]}norce/se/x/?secret=x"])
def test_a_program_that_comes_without_tls_is_refused_and_not_led_on(path: str) -> None:
    with override_settings(**OVER_TLS):
        assert Client().post(path).status_code == 403
        assert Client().post(path, secure=True).status_code in (401, 404), "its token or secret is looked at"


@pytest.mark.django_db
def test_no_page_answers_to_trace() -> None:
    assert Client().trace("/accounts/login/").status_code == 405


COOKIES = """
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
answer = Client().get("/accounts/login/", secure=True, headers={"host": "desk.example"})
print(answer.status_code)
for name, kept in answer.cookies.items():
    print(name, kept["secure"], kept["path"], repr(kept["domain"]))
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""


def test_over_tls_no_other_host_of_the_domain_can_set_a_cookie_of_ours(tmp_path: Path) -> None:
    settings = {"SECRET_KEY": KEY, "HTTPS": "1", "ALLOWED_HOSTS": "desk.example", **REAL}
    ran = manage("shell", "-v0", "-c", COOKIES, folder=tmp_path, **settings)
    assert ran.stdout.splitlines() == [
        "200",
        "__Host-csrftoken True / ''",
        "__Host-sessionid True True",
    ], ran.stderr
