"""Ending a person's sessions from outside."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts.people import services
from audit.log import Who
from audit.models import Entry
from tests.conftest import PASSWORD, ClientOf

WHO = Who("astrid")


@pytest.mark.parametrize("engine", ["db", "cache", "signed_cookies"])
def test_every_session_of_the_person_is_over_whatever_keeps_it(
    support: User, manager: User, client_of: ClientOf, settings: Settings, engine: str
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    one, other, colleague = client_of(support), client_of(support), client_of(manager)
    services.end_sessions(WHO, support)
    assert one.get("/orders/")["Location"].startswith("/accounts/login/")
    assert other.get("/orders/").status_code == 302
    assert colleague.get("/accounts/preferences/").status_code == 200


def test_a_part_asked_for_in_an_ended_session_brings_the_sign_in_page(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    services.end_sessions(WHO, support)
    assert client.get("/orders/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/accounts/login/")


def test_they_can_sign_in_again_and_again_be_signed_out(support: User) -> None:
    for _time in range(2):
        client = Client()
        client.post("/accounts/login/", {"login": "support", "password": PASSWORD})
        assert client.get("/accounts/preferences/").status_code == 200
        services.end_sessions(WHO, support)
        assert client.get("/accounts/preferences/").status_code == 302


def test_a_session_from_before_there_were_epochs_goes_on(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    session = client.session
    del session["epoch"]
    session.save()
    assert client.get("/accounts/preferences/").status_code == 200


def test_it_is_recorded_who_did_it_to_whom(support: User) -> None:
    services.end_sessions(WHO, support)
    entry = Entry.objects.filter(action="person.sessions.end").latest("sequence")
    assert (entry.username, entry.target) == ("astrid", "support")
