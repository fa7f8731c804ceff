"""The link by which a person sets a password: for whom, how often and how long."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from accounts import links
from accounts.people import services
from audit.log import Who
from audit.models import Entry, Outcome
from tests.audit.helpers import log_out_of_reach
from tests.conftest import PASSWORD, ClientOf

WHO = Who("astrid")
NEW = "quite another long password"
TYPED = {"new_password1": NEW, "new_password2": NEW}


def address_for(user: User) -> str:
    return f"/accounts/link/{links.make_token(WHO, user)}/"


def use(client: Client, address: str, **changed: str) -> Any:
    return client.post(address, TYPED | changed)


def can_sign_in(user: User, password: str) -> bool:
    return Client().login(username=user.username, password=password)


def test_a_forgotten_password_is_replaced_and_works_until_then(visitor: Client, support: User) -> None:
    address = address_for(support)
    assert can_sign_in(support, PASSWORD)
    assert use(visitor, address)["Location"] == "/accounts/login/"
    assert (can_sign_in(support, PASSWORD), can_sign_in(support, NEW)) == (False, True)


def test_the_new_password_ends_the_sessions_begun_with_the_old_one(
    support: User, client_of: ClientOf, visitor: Client
) -> None:
    theirs = client_of(support)
    use(visitor, address_for(support))
    assert theirs.get("/norce/se/orders/").status_code == 302


def test_looking_at_the_page_uses_nothing_up(visitor: Client, support: User) -> None:
    address = address_for(support)
    for _look in range(3):
        page = visitor.get(address)
        assert page.status_code == 200
        assert 'value="support"' in page.content.decode()
        assert "no-store" in page["Cache-Control"]
    assert use(visitor, address).status_code == 302


def test_it_works_once(visitor: Client, support: User) -> None:
    address = address_for(support)
    use(visitor, address)
    again = use(visitor, address, new_password1="a third long password", new_password2="a third long password")
    assert again.status_code == 404
    assert "This link is over" in again.content.decode()
    assert can_sign_in(support, NEW)


def test_two_who_use_it_at_the_same_moment_are_one_too_many(support: User) -> None:
    link = links.find(links.make_token(WHO, support))
    assert link is not None
    assert services.use_link(WHO, link, NEW) == support
    assert services.use_link(WHO, link, "the password of the other one") is None
    assert can_sign_in(support, NEW)
    assert Entry.objects.filter(action="person.link.use").latest("sequence").outcome == Outcome.REFUSED


def test_a_new_link_makes_the_old_one_void(visitor: Client, support: User) -> None:
    old, new = address_for(support), address_for(support)
    assert visitor.get(old).status_code == 404
    assert visitor.get(new).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(2.99, 200), (3.01, 404)])
def test_it_is_over_after_three_days(visitor: Client, support: User, days: float, status: int) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        address = address_for(support)
        clock.shift(dt.timedelta(days=days))
        assert visitor.get(address).status_code == status


def test_reading_the_database_is_not_enough_to_make_one(visitor: Client, support: User) -> None:
    token = links.make_token(WHO, support)
    code = support.one_time_link.code
    for forged in (code, f"{code}:1", f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}"):
        assert visitor.get(f"/accounts/link/{forged}/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"new_password2": "something else"}, "didn’t match"),
        ({"new_password1": "support1", "new_password2": "support1"}, "too similar to the username"),
        ({"new_password1": "", "new_password2": ""}, "This field is required."),
    ],
)
def test_a_password_that_will_not_do_is_told_and_the_link_stays(
    visitor: Client, support: User, typed: dict[str, str], says: str
) -> None:
    address = address_for(support)
    response = use(visitor, address, **typed)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert use(visitor, address).status_code == 302


def test_a_password_that_cannot_be_recorded_is_not_set(visitor: Client, support: User) -> None:
    address = address_for(support)
    with log_out_of_reach():
        response = use(visitor, address)
    assert response.status_code == 503
    assert "could not be written into the log" in response.content.decode()
    assert can_sign_in(support, PASSWORD)


def test_the_link_is_shown_this_once_to_the_admin_who_made_it(admin: User, support: User, client_of: ClientOf) -> None:
    desk = client_of(admin)
    desk.post(f"/people/{support.pk}/link/", {"password": PASSWORD})
    assert "/accounts/link/" not in desk.get(f"/people/{admin.pk}/").content.decode()
    desk.post(f"/people/{support.pk}/link/", {"password": PASSWORD})
    assert "/accounts/link/" in desk.get(f"/people/{support.pk}/").content.decode()
    assert "/accounts/link/" not in desk.get(f"/people/{support.pk}/").content.decode()


def test_somebody_who_was_deactivated_gets_none(admin: User, support: User, client_of: ClientOf) -> None:
    services.set_active(WHO, support, active=False)
    assert client_of(admin).post(f"/people/{support.pk}/link/").status_code == 403
