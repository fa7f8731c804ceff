"""Days as moments, and ways back: told in one place each."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from ui.days import end_of, start_of
from ui.ways_back import next_page, page_of


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-28", 24)])
def test_a_day_is_as_long_as_it_is_where_the_reader_is(day: str, hours: int) -> None:
    with timezone.override("Europe/Stockholm"):
        whole = end_of(dt.date.fromisoformat(day)) - start_of(dt.date.fromisoformat(day))
    assert whole == dt.timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_there_is_a_moment_for_every_day_that_can_be_typed(day: dt.date, zone: str) -> None:
    assert start_of(day, ZoneInfo(zone)) < end_of(day, ZoneInfo(zone))


ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]


def changed_from(referrer: str) -> HttpRequest:
    request = RequestFactory().post("/", headers={"Referer": referrer})
    request.htmx = False  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize("url", ELSEWHERE)
def test_a_form_leads_back_to_a_page_of_this_desk_alone(url: str) -> None:
    assert next_page(RequestFactory().post("/", {"next": url})) == reverse("home")
    assert next_page(RequestFactory().post("/", {"next": "/norce/se/orders/?size=50"})) == "/norce/se/orders/?size=50"


@pytest.mark.parametrize("referrer", [*ELSEWHERE, "http://testserver//evil.example/", "http://evil.example/orders/"])
def test_the_page_that_a_change_was_asked_from_is_one_of_this_desk(referrer: str) -> None:
    assert page_of(changed_from(referrer)) == reverse("home")
    assert page_of(changed_from("http://testserver/norce/se/orders/?size=50")) == "/norce/se/orders/?size=50"
