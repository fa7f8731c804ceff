"""Whoever has a second factor, or has to have one, comes no further than to it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import links
from accounts.second_factor import services
from audit.log import Who
from tests.conftest import ClientOf
from tests.second_factor.helpers import AGAIN, OURS, SECRET, code, first_step, give_app, is_in, recovery_codes, sign_in

PLACES = ["/", "/norce/se/orders/", "/accounts/preferences/", "/accounts/password/", "/people/", "/queue/", "/audit/"]
NEW = "a quiet morning in the harbour"


@pytest.fixture
def required(settings: Settings) -> None:
    settings.SECOND_FACTOR = ["required"]


@pytest.fixture
def unproved(admin: User, client_of: ClientOf) -> Client:
    """A session of somebody with an app that has not shown it: from before, or by a way that nobody has thought of."""
    give_app(admin)
    return client_of(admin)


@pytest.mark.parametrize("place", PLACES)
def test_who_has_to_have_one_and_has_none_reaches_nothing_but_to_set_it_up(
    required: None, admin: User, client_of: ClientOf, place: str
) -> None:
    answer = client_of(admin).get(place)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, OURS)


@pytest.mark.parametrize("place", [*PLACES, OURS, f"{OURS}app/", f"{OURS}passkey/", f"{OURS}codes/"])
def test_a_session_that_has_not_shown_the_factor_reaches_nothing_but_to_show_it(unproved: Client, place: str) -> None:
    answer = unproved.get(place)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, AGAIN)


def test_nothing_of_the_frame_is_shown_at_the_door(unproved: Client) -> None:
    page = unproved.get(AGAIN).content.decode()
    assert 'class="side"' not in page and "Sign out" in page and "/norce/" not in page


def test_no_factor_is_added_or_removed_by_who_has_not_shown_one(unproved: Client, admin: User) -> None:
    (app,) = services.factors_of(admin)
    for path in (f"{OURS}{app.pk}/remove/", f"{OURS}codes/", f"{OURS}passkey/"):
        assert unproved.post(path).status_code == 302
    assert list(services.factors_of(admin)) == [app]


def test_htmx_is_led_there_as_a_whole_page(unproved: Client) -> None:
    answer = unproved.get("/norce/se/orders/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/"})
    assert answer["HX-Redirect"].startswith(AGAIN)


def test_a_form_that_was_filled_in_is_kept_and_nothing_of_it_is_done(unproved: Client, admin: User) -> None:
    typed = {"time_zone": "Europe/Oslo", "page_size": "100"}
    answer = unproved.post("/accounts/preferences/", typed, headers={"Origin": "http://testserver"})
    page = answer.content.decode()
    assert (answer.status_code, "Europe/Oslo" in page, AGAIN in page) == (403, True, True)
    assert not hasattr(User.objects.get(pk=admin.pk), "preference")


def test_showing_it_leads_on_to_where_they_wanted_to_go(unproved: Client) -> None:
    asked = unproved.get("/people/?x=1")
    page = unproved.get(asked["Location"]).content.decode()
    assert 'name="next" value="/people/?x=1"' in page
    answer = unproved.post(AGAIN, {"factor_code": code(), "next": "/people/?x=1"})
    assert answer["Location"] == "/people/?x=1"
    assert unproved.get("/people/").status_code == 200


def test_it_leads_to_no_other_site(unproved: Client) -> None:
    answer = unproved.post(AGAIN, {"factor_code": code(), "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_they_can_always_sign_out(unproved: Client) -> None:
    assert unproved.post("/accounts/logout/").status_code == 302
    assert unproved.get(AGAIN)["Location"].startswith("/accounts/login/")


def test_the_sandbox_and_static_files_ask_nobody(unproved: Client) -> None:
    assert unproved.get("/checkout/order/openapi.json").status_code == 200


def test_who_sets_it_up_at_the_door_sees_the_codes_and_goes_on_to_where_they_wanted(
    required: None, visitor: Client, admin: User
) -> None:
    first_step(visitor, admin)
    door = visitor.get("/people/")
    assert "Your role needs a second factor" in visitor.get(door["Location"]).content.decode()
    visitor.get(f"{OURS}app/")
    from accounts.second_factor.sealing import unseal

    secret = unseal(visitor.session["second_factor.secret"])
    answer: Any = visitor.post(f"{OURS}app/", {"new_code": code(secret)})
    assert answer["Location"] == f"{OURS}codes/"
    page = visitor.get(f"{OURS}codes/").content.decode()
    assert all(each in page for each in recovery_codes(admin)) and 'href="/people/"' in page
    assert visitor.get("/people/").status_code == 200


def test_other_browsers_of_who_sets_one_up_have_to_show_it_too(support: User, client_of: ClientOf) -> None:
    other = client_of(support)
    assert is_in(other)
    give_app(support)
    assert not is_in(other)


def test_a_one_time_link_sets_a_password_and_goes_round_nothing(visitor: Client, support: User, admin: User) -> None:
    give_app(support)
    where = f"/accounts/link/{links.make_token(Who('admin', admin.pk), support)}/"
    visitor.post(where, {"new_password1": NEW, "new_password2": NEW})
    assert not is_in(visitor)
    answer = visitor.post("/accounts/login/", {"login": "support", "password": NEW})
    assert answer["Location"] == "/accounts/login/second/" and not is_in(visitor)


def test_who_changes_the_password_still_has_to_show_it(visitor: Client, support: User) -> None:
    give_app(support, SECRET)
    sign_in(visitor, support)
    sent = {"oldpassword": "correct horse battery staple", "password1": NEW, "password2": NEW}
    assert visitor.post("/accounts/password/", sent).status_code == 302
    other = Client()
    assert other.post("/accounts/login/", {"login": "support", "password": NEW})["Location"].endswith("/second/")


def test_who_is_offered_one_is_not_led_anywhere(support: User, client_of: ClientOf) -> None:
    assert is_in(client_of(support))
