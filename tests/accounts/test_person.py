"""What a signed-in person's own choices do to the pages they get."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.channels import Channel
from accounts.middleware import PersonMiddleware
from accounts.models import Preference, preference_of
from accounts.zones import all_zones, find_zone, offset_of
from tests.conftest import ClientOf

NOON_UTC = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)
PREFERENCES = {"language": "", "region": "", "time_zone": "", "theme": "", "page_size": "25"}


def save(client: Client, **changed: str) -> HttpResponse:
    return client.post("/accounts/preferences/", PREFERENCES | changed)  # type: ignore[return-value]


def page_of(client: Client) -> str:
    return client.get("/accounts/preferences/").content.decode()


def clock_for(user: User, rf: RequestFactory) -> str:
    """Noon UTC in July, as a page behind the middleware shows it to that person."""

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(Template("{% load desk %}{% when noon 'clock' %}").render(Context({"noon": NOON_UTC})))

    request = rf.get("/")
    request.user, request.session = user, {}  # type: ignore[assignment]
    response = PersonMiddleware(page)(request)
    assert isinstance(response, HttpResponse)
    return response.content.decode()


@pytest.mark.parametrize(
    ("zone", "clock"), [("", "14:00"), ("Europe/Helsinki", "15:00"), ("Asia/Kolkata", "17:30"), ("No/Such", "14:00")]
)
def test_times_are_shown_in_the_persons_zone_with_utc_within_reach(
    support: User, rf: RequestFactory, zone: str, clock: str
) -> None:
    Preference.objects.create(user=support, time_zone=zone)
    shown = clock_for(support, rf)
    assert f">{clock}</time>" in shown
    assert 'datetime="2026-07-01T12:00:00Z"' in shown


def test_the_next_person_on_the_thread_does_not_get_the_last_ones_zone(
    support: User, manager: User, rf: RequestFactory
) -> None:
    Preference.objects.create(user=support, time_zone="Asia/Kolkata")
    clock_for(support, rf)
    assert ">14:00</time>" in clock_for(manager, rf)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_chosen_theme_stands_on_the_page_from_the_first_byte(support: User, client_of: ClientOf, theme: str) -> None:
    client = client_of(support)
    assert "data-theme" not in page_of(client)
    save(client, theme=theme)
    assert f'data-theme="{theme}"' in page_of(client)


def test_a_visitor_is_spoken_to_in_the_language_their_browser_asks_for(visitor: Client, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("sv", "Swedish")]
    page = visitor.get("/accounts/login/", headers={"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.5"})
    assert (page["Content-Language"], '<html lang="sv"' in page.content.decode()) == ("sv", True)
    page = visitor.get("/accounts/login/", headers={"Accept-Language": "fr"})
    assert page["Content-Language"] == "en"


def test_a_chosen_language_outweighs_the_browser(support: User, client_of: ClientOf, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("sv", "Swedish")]
    client = client_of(support)
    save(client, language="en")
    page = client.get("/accounts/preferences/", headers={"Accept-Language": "sv"})
    assert page["Content-Language"] == "en"


def test_where_there_is_one_language_none_is_asked_for(support: User, client_of: ClientOf, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English")]
    assert 'name="language"' not in page_of(client_of(support))
    settings.LANGUAGES = [("en", "English"), ("sv", "Swedish")]
    page = save(client_of(support), language="xx").content.decode()
    assert "not one of the available choices" in page


def test_rows_per_page_reach_every_page(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    save(client, page_size="100")
    assert client.get("/accounts/preferences/").context["preference"].page_size == 100


def test_what_was_chosen_is_there_in_the_next_session(support: User, client_of: ClientOf) -> None:
    assert save(client_of(support), time_zone="Europe/Oslo", theme="dark", page_size="50").status_code == 302
    page = page_of(client_of(support))
    assert 'value="Europe/Oslo"' in page
    assert '<option value="dark" selected>' in page
    assert '<option value="50" selected>' in page


def test_choosing_again_keeps_the_channel(support: User, client_of: ClientOf, settings: Settings) -> None:
    settings.ORDER_API_CHANNELS = ["norce/se", "norce/no"]
    client = client_of(support)
    save(client, channel="norce/no")
    save(client, theme="dark")
    assert client_of(support).get("/accounts/preferences/").context["channel"] == Channel("norce", "no")


@pytest.mark.parametrize(
    ("typed", "zone"), [("stockholm", "Europe/Stockholm"), ("america/new york", "America/New_York"), ("utc", "UTC")]
)
def test_a_zone_may_be_written_as_people_write_it(support: User, client_of: ClientOf, typed: str, zone: str) -> None:
    save(client_of(support), time_zone=typed)
    assert preference_of(User.objects.get(pk=support.pk)).time_zone == zone


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("time_zone", "Mars/Olympus", "There is no time zone “Mars/Olympus”"),
        ("theme", "pink", "not one of the available choices"),
        ("page_size", "1000", "not one of the available choices"),
        ("region", "XX", "not one of the available choices"),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_field_and_stays_typed(
    support: User, client_of: ClientOf, field: str, typed: str, says: str
) -> None:
    response = save(client_of(support), **{field: typed, "page_size": "50"} | {field: typed})
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(says) == 2, "in the summary and beside the field"
    assert f'id="id_{field}_error"' in page
    assert f'href="#id_{field}"' in page
    if field == "time_zone":
        assert 'value="Mars/Olympus"' in page
        assert '<option value="50" selected>' in page
    assert not Preference.objects.exists()


def test_a_field_names_its_error_and_its_help_to_a_screen_reader(support: User, client_of: ClientOf) -> None:
    page = save(client_of(support), time_zone="Mars/Olympus").content.decode()
    field = page[page.index('name="time_zone"') :].partition(">")[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_time_zone_helptext id_time_zone_error"' in field


def test_every_zone_is_offered_once_with_its_distance_from_utc() -> None:
    zones = all_zones()
    assert len(zones) == len(set(zones)) > 300
    assert {"Europe/Stockholm", "America/New_York", "UTC"} <= set(zones)
    assert offset_of("Asia/Kolkata") == "UTC+05:30"
    assert find_zone("nowhere") is None


def test_pages_of_a_signed_in_person_are_kept_by_no_cache(support: User, client_of: ClientOf, visitor: Client) -> None:
    for path in (reverse("preferences"), reverse("home"), "/no/such/page/"):
        control = client_of(support).get(path)["Cache-Control"]
        assert {"private", "no-store"} <= set(control.split(", ")), path
    assert "Cookie" in client_of(support).get("/accounts/preferences/")["Vary"]


def test_a_visitor_costs_no_query(visitor: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        visitor.get("/accounts/login/")
        visitor.get("/no/such/page/")


def test_a_person_costs_a_page_three_statements_the_session_who_it_belongs_to_and_their_queue(
    support: User, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Preference.objects.create(user=support)
    client = client_of(support)
    with django_assert_num_queries(3):
        client.get("/no/such/page/")
