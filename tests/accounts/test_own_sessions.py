"""The list of a person's sessions, and ending one of them or all others: by the person and by an admin."""

import datetime as dt
import re
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from accounts.devices import device_of
from accounts.own_sessions import OpenSession, end, sessions_of
from accounts.people import services
from accounts.session_store import Session, SessionStore, remove_expired
from audit.log import Who
from audit.models import Entry
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf

PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
LATER = dt.timedelta(minutes=6)
"""After which the password is asked for again."""


def signed_in(agent: str = FIREFOX, address: str = "127.0.0.7", login: str = "support") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    assert client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/accounts/preferences/").status_code == 200


def shown(client: Client) -> list[OpenSession]:
    return list(client.get(PAGE).context["shown"])


def other_of(client: Client) -> UUID:
    (other,) = [each.mark for each in shown(client) if not each.is_this]
    return other


def newest() -> Entry:
    return Entry.objects.filter(action="person.sessions.end").latest("sequence")


def test_each_stands_there_with_its_browser_and_its_address_and_this_one_is_marked(
    support: User, manager: User
) -> None:
    one = signed_in()
    signed_in(PHONE, "127.0.0.8")
    signed_in(login="manager")
    here, there = shown(one)
    assert (here.device, here.ip, here.is_this) == ("Firefox on Windows", "127.0.0.7", True)
    assert (there.device, there.ip, there.is_this) == ("Safari on iPhone", "127.0.0.8", False)
    page = one.get(PAGE).content.decode()
    assert "Firefox on Windows" in page and "127.0.0.8" in page
    keys = Session.objects.values_list("session_key", flat=True)
    assert not [key for key in keys if key in page], "a key opens a session, so none stands on a page"


def test_a_page_that_is_asked_for_later_and_from_elsewhere_is_the_last_one(support: User) -> None:
    client, began = signed_in(), timezone.now()
    with time_machine.travel(began + dt.timedelta(hours=2), tick=False):
        assert is_in(client)
        client.get("/accounts/preferences/", REMOTE_ADDR="127.9.9.9")
        (row,) = shown(client)
        assert (row.began - began) < dt.timedelta(minutes=1) and (timezone.now() - row.seen) < dt.timedelta(minutes=1)
    with time_machine.travel(began + dt.timedelta(hours=3), tick=False):
        client.get("/accounts/preferences/", REMOTE_ADDR="127.9.9.9")
        assert [row.ip for row in sessions_of(support)] == ["127.9.9.9"]


def test_one_that_is_ended_is_signed_out_with_its_next_click_and_this_one_goes_on(support: User) -> None:
    here, there = signed_in(), signed_in(PHONE)
    answer = here.post(f"{PAGE}{other_of(here)}/end/", follow=True)
    assert "The session is ended." in answer.content.decode()
    assert is_in(here) and not is_in(there)
    assert there.get("/norce/se/orders/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/accounts/login/")
    entry = newest()
    assert (entry.username, entry.target, entry.details) == ("support", "support", {"sessions": 1})


def test_all_others_are_ended_at_once(support: User, manager: User) -> None:
    here, others, colleague = signed_in(), [signed_in(PHONE), signed_in()], signed_in(login="manager")
    answer = here.post(f"{PAGE}end-others/", follow=True)
    assert "2 sessions are ended." in answer.content.decode()
    assert is_in(here) and is_in(colleague) and not any(map(is_in, others))
    assert "There was no other session." in here.post(f"{PAGE}end-others/", follow=True).content.decode()
    assert newest().details == {"sessions": 2}


@pytest.mark.parametrize("what", ["one", "others"])
def test_the_password_is_asked_for_where_it_was_given_too_long_ago(support: User, what: str) -> None:
    here, there = signed_in(), signed_in(PHONE)
    address = f"{PAGE}end-others/" if what == "others" else f"{PAGE}{other_of(here)}/end/"
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert here.post(address).status_code == 422 and is_in(there)
        assert here.post(address, {"password": "not mine"}).status_code == 422 and is_in(there)
        assert here.post(address, {"password": PASSWORD}).status_code == 302
        assert is_in(here) and not is_in(there)


def test_one_that_goes_on_under_another_key_stands_there_once_and_is_ended_with_both(support: User) -> None:
    here, there = signed_in(), signed_in(PHONE)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        before = there.cookies["sessionid"].value
        there.post(f"{PAGE}end-others/", {"password": PASSWORD})
        here = signed_in()
        old = Client()
        old.cookies["sessionid"] = before
        assert there.cookies["sessionid"].value != before and is_in(old), "for a few seconds both are good"
        assert len(shown(here)) == 2
        here.post(f"{PAGE}{other_of(here)}/end/")
        assert not is_in(old) and not is_in(there)


def test_what_was_ended_meanwhile_does_not_go_on_under_another_key(support: User) -> None:
    there = signed_in()
    store = SessionStore(there.cookies["sessionid"].value)
    store.load()
    store["typed"] = 1
    (row,) = sessions_of(support)
    assert end(Who("support", support.pk), support, row.mark)
    with pytest.raises(UpdateError):
        store.renew()
    assert sessions_of(support) == [] and not is_in(there)


def test_one_that_is_ended_while_its_password_is_given_again_is_told_so(
    support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = signed_in()
    monkeypatch.setattr("accounts.own_sessions.end_others", lambda *_: Session.objects.all().delete()[0])
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert there.post(f"{PAGE}end-others/", {"password": PASSWORD}).status_code == 400
        assert not is_in(there)


def test_this_one_is_ended_by_signing_out_alone(support: User) -> None:
    here = signed_in()
    (row,) = shown(here)
    here.post(f"{PAGE}{row.mark}/end/")
    assert is_in(here)


def test_nobody_ends_a_session_of_a_colleague_by_its_mark(support: User, manager: User) -> None:
    colleague, here = signed_in(login="manager"), signed_in()
    (theirs,) = shown(colleague)
    answer = here.post(f"{PAGE}{theirs.mark}/end/", follow=True)
    assert "over already" in answer.content.decode() and is_in(colleague)


def test_none_that_is_over_stands_there(support: User) -> None:
    signed_in()
    services.end_sessions(Who("astrid"), support)
    support = User.objects.get(pk=support.pk)
    assert sessions_of(support) == []
    signed_in()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=4.1), tick=False):
        assert sessions_of(support) == []


def test_what_cannot_be_recorded_is_not_ended(support: User) -> None:
    here, there = signed_in(), signed_in(PHONE)
    mark = other_of(here)
    with log_out_of_reach():
        assert here.post(f"{PAGE}{mark}/end/").status_code == 503
    assert is_in(there)


# --- By an admin


def test_an_admin_sees_a_colleagues_sessions_and_ends_one(admin: User, support: User, client_of: ClientOf) -> None:
    desk, one, other = client_of(admin), signed_in(), signed_in(PHONE)
    page = desk.get(f"/people/{support.pk}/")
    assert "Safari on iPhone" in page.content.decode()
    (mark,) = [each.mark for each in page.context["sessions"] if each.device == "Safari on iPhone"]
    address = f"/people/{support.pk}/sessions/{mark}/end/"
    answer = desk.post(address, follow=True)
    assert re.search(r"One session of .* is ended", answer.content.decode())
    assert is_in(one) and not is_in(other)
    assert (newest().username, newest().target) == ("admin", "support")
    assert "over already" in desk.post(address, follow=True).content.decode()


def test_a_superusers_sessions_are_nobody_elses_to_see_or_end(admin: User, client_of: ClientOf) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    there, desk = signed_in(PHONE, login="root"), client_of(admin)
    assert "Safari on iPhone" not in desk.get(f"/people/{root.pk}/").content.decode()
    (row,) = sessions_of(root)
    assert desk.post(f"/people/{root.pk}/sessions/{row.mark}/end/").status_code == 403
    assert is_in(there)


# --- What keeps them


def test_what_is_over_its_time_goes(support: User) -> None:
    signed_in()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=5), tick=False):
        signed_in()
        remove_expired()
        assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_was_signed_in_before_there_was_a_list_still_is() -> None:
    try:
        MigrationExecutor(connection).migrate([("accounts", "0014_second_factor")])
        before = MigrationExecutor(connection).loader.project_state().apps.get_model("sessions", "Session").objects
        user = User.objects.create_user("old hand")
        data = {"_auth_user_id": str(user.pk), "_auth_user_backend": "accounts.backends.Backend",
                "_auth_user_hash": user.get_session_auth_hash(), "epoch": 0}  # fmt: skip
        until = timezone.now() + dt.timedelta(hours=1)
        before.create(session_key="a" * 32, session_data=SessionStore().encode(data), expire_date=until)
        before.create(session_key="b" * 32, session_data="not ours", expire_date=until)
        MigrationExecutor(connection).migrate([("accounts", "0015_own_sessions")])
        assert before.count() == 0
    finally:
        latest = MigrationExecutor(connection)
        latest.migrate(latest.loader.graph.leaf_nodes())
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    assert is_in(client) and len(sessions_of(user)) == 1


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36", "Chrome on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on macOS"),
        ("Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) CriOS/141.0 Mobile Safari/604.1", "Chrome on iPad"),
        ("curl/8.5.0", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_told_in_words(agent: str, device: str) -> None:
    assert device_of(agent) == device
