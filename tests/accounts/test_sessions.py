"""How long a session lasts, and ending a person's from outside."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
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
    assert one.get("/norce/se/orders/")["Location"].startswith("/accounts/login/")
    assert other.get("/norce/se/orders/").status_code == 302
    assert colleague.get("/accounts/preferences/").status_code == 200


def test_a_part_asked_for_in_an_ended_session_brings_the_sign_in_page(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    services.end_sessions(WHO, support)
    assert client.get("/norce/se/orders/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/accounts/login/")


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


# --- How long one lasts


def is_in(client: Client) -> bool:
    return client.get("/accounts/preferences/").status_code == 200


def test_a_session_ends_twelve_hours_after_it_began_whatever_is_done_meanwhile(support: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "support", "password": PASSWORD})
    began = timezone.now()
    for hours in (3, 6, 9, 11.9):
        with time_machine.travel(began + dt.timedelta(hours=hours), tick=False):
            assert is_in(client), hours
    with time_machine.travel(began + dt.timedelta(hours=12.1), tick=False):
        assert not is_in(client)


def test_a_session_that_nobody_uses_ends_after_four_hours_though_a_page_lies_open(
    support: User, client_of: ClientOf
) -> None:
    client, began = client_of(support), timezone.now()
    with time_machine.travel(began + dt.timedelta(hours=3.9), tick=False):
        client.post("/norce/se/presence/", {"order": "o_1", "page": "p"})
    with time_machine.travel(began + dt.timedelta(hours=4.1), tick=False):
        assert not is_in(client)


def test_who_gives_the_password_again_goes_on_in_a_session_of_another_key(
    admin: User, support: User, client_of: ClientOf
) -> None:
    client, taken = client_of(admin), Client()
    before = client.cookies["sessionid"].value
    answer = client.post(f"/people/{support.pk}/link/", {"password": PASSWORD})
    assert answer.status_code == 302 and client.cookies["sessionid"].value != before and is_in(client)
    taken.cookies["sessionid"] = before
    assert is_in(taken), "what the browser had asked for already is answered"
    listed = taken.get("/norce/se/orders/?search=anna")
    assert listed.status_code == 200 and "sessionid" not in listed.cookies, "and leads nobody back to the old key"
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=25), tick=False):
        assert not is_in(taken) and is_in(client)
