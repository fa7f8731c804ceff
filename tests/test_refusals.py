"""The pages for what is missing, forbidden, stale or broken."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails
from pytest_django import Settings

from tests.conftest import PASSWORD, ClientOf
from ui import handlers

HTMX = {"HX-Request": "true", "HX-Target": "orders"}


def htmx_request(rf: RequestFactory, **headers: str) -> HttpRequest:
    request = rf.get("/", headers=HTMX | headers)
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


def test_a_page_that_is_not_there_says_so_and_offers_the_way_on(support: User, client_of: ClientOf) -> None:
    response = client_of(support).get("/no/such/page/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "There is no such page" in page
    assert 'href="/"' in page
    assert "<nav" in page


def test_a_visitor_sees_that_page_too_without_the_frame(visitor: Client) -> None:
    response = visitor.get("/no/such/page/")
    assert response.status_code == 404
    assert "<nav" not in response.content.decode()


def test_a_part_that_is_not_there_is_told_in_the_place_for_problems(support: User, client_of: ClientOf) -> None:
    response = client_of(support).get("/no/such/page/", headers=HTMX | {"X-Problem-Target": "#problem"})
    assert response.content.decode().lstrip().startswith('<div class="alert')
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#problem", "innerHTML")


@pytest.mark.parametrize("place", ["", "body", "#a, body", "#problem\r\nX: y", "javascript:x"])
def test_only_an_element_can_be_that_place(rf: RequestFactory, place: str) -> None:
    request = htmx_request(rf)
    request.META["HTTP_X_PROBLEM_TARGET"] = place
    assert "HX-Retarget" not in handlers.not_found(request, Exception())


def test_a_person_without_the_right_is_told_whom_to_ask(support: User, client_of: ClientOf) -> None:
    response = client_of(support).get("/audit/")
    assert response.status_code == 403
    assert "ask an admin" in response.content.decode()


def test_a_form_of_another_session_says_that_nothing_was_changed(support: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.login(username="support", password=PASSWORD)
    response = client.post("/accounts/preferences/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Nothing was changed" in response.content.decode()


def test_a_host_that_is_not_ours_gets_a_plain_page_and_no_echo(visitor: Client, settings: Settings) -> None:
    settings.DEMO = False
    response = visitor.get("/accounts/login/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


def test_a_broken_page_stands_without_person_database_or_frame(rf: RequestFactory) -> None:
    response = handlers.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something broke here" in response.content.decode()


def test_a_broken_view_answers_with_that_page_and_not_with_its_error(
    support: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(support)
    client.raise_request_exception = False

    def broken(*args: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("accounts.views.preference_of", broken)
    response = client.get("/accounts/preferences/")
    assert response.status_code == 500
    assert "secret words" not in response.content.decode()
    part = client.get("/accounts/preferences/", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div class="alert')


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (lambda r: handlers.permission_denied(r, PermissionDenied()), 403),
        (lambda r: handlers.csrf_failure(r, "stale"), 403),
        (lambda r: handlers.not_found(r, Exception()), 404),
        (handlers.too_many, 429),
    ],
)
def test_each_refusal_is_a_part_for_htmx_and_a_page_for_others(
    db: None, rf: RequestFactory, handler: Callable[[HttpRequest], HttpResponse], status: int
) -> None:
    part, page = handler(htmx_request(rf)), handler(rf.get("/"))
    assert (part.status_code, page.status_code) == (status, status)
    assert "<html" not in part.content.decode()
    assert "<html" in page.content.decode()
    assert "HX-Request" in page["Vary"]
