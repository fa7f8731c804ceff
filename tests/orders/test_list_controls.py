"""What the list is changed by: filters and their panel, chips, the search while somebody types, rows on a page."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

import dashboard.urls  # noqa: F401 - made before a test takes the sandbox away, for those after it
from accounts.models import Preference
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import address, an_order, many, put
from tests.orders.pages import HTMX, folded, orders_on, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=declined", ["b"]),
        ("status=declined&status=completed", ["b", "a"]),
        ("countries=NO", ["b"]),
        ("billing_emails=b@example.no", ["b"]),
        ("billing_phones=0711111111", ["b"]),
        ("billing_names=ostby", ["b"]),
        ("date_from=2026-11-20&date_to=2026-11-20", ["a"]),
        ("date_from=2026-11-21", ["b"]),
        ("reference=A-1", ["a"]),
        ("sort=created", ["a", "b"]),
        ("sort=-cartTotal", ["b", "a"]),
        ("sort=billingName", ["a", "b"]),
    ],
)
def test_filters_and_order_reach_the_rows(desk: Client, query: str, names: list[str]) -> None:
    billing = address("Bo", "Østby", email="b@example.no", phone="+46 71 111 11 11", country="NO")
    put(
        an_order("a", reference="A-1", created="2026-11-20T22:59:59Z"),
        an_order(
            "b",
            created="2026-11-20T23:00:00Z",
            state="declined",
            total=200,
            country="NO",
            customer={"type": "person", "billing": billing},
        ),
    )
    assert list(orders_on(desk.get(f"/norce/se/orders/?{query}"))) == [f"o_{name}" for name in names]


def test_a_filter_that_cannot_be_read_is_told_beside_its_field_and_above_the_table(desk: Client) -> None:
    put(an_order("a"), an_order("b", state="declined"))
    answer = desk.get("/norce/se/orders/?date_from=31-31-2025&status=declined")
    words = text_of(answer)
    assert (
        "These rows are not filtered by everything that was asked for. First day: “31-31-2025” is not a date" in words
    )
    assert words.count("“31-31-2025” is not a date") == 2
    assert 'id="f-date_from" name="date_from" type="text" value="31-31-2025"' in folded(answer)
    assert list(orders_on(answer)) == ["o_b"]


def test_a_chip_is_edited_without_a_script_in_the_open_panel(desk: Client) -> None:
    put(an_order("a"))
    body = desk.get("/norce/se/orders/?status=completed&edit=status").content.decode()
    assert re.search(r'<details [^>]*id="filter-panel" open>', body)
    assert re.search(r'id="f-status" autofocus', body)


def test_after_the_panel_was_sent_it_stays_open_at_the_field_that_cannot_be_read(desk: Client) -> None:
    put(an_order("a"))
    sent = desk.get(
        "/norce/se/orders/?billing_phones=x&date_from=2025-31-31", headers={**HTMX, "HX-Trigger": "filter-form"}
    )
    for body in (folded(sent), folded(desk.get("/norce/se/orders/?date_from=2025-31-31", follow=True))):
        assert re.search(r'<details [^>]*id="filter-panel" open>', body)
        assert re.search(
            r'id="f-date_from"[^>]* autofocus aria-invalid="true" aria-describedby="f-date_from-error"', body
        )
        assert body.count(" autofocus") == 1
    chip = desk.get(
        "/norce/se/orders/?date_from=2025-31-31", headers={**HTMX, "HX-Trigger": "x-status"}
    ).content.decode()
    assert re.search(r'id="filter-panel">', chip)


def test_one_value_is_put_right_in_its_field_and_several_are_boxes(desk: Client) -> None:
    put(an_order("a"))
    one = folded(desk.get("/norce/se/orders/?billing_names=Ek&countries=SE"))
    assert 'name="billing_names" type="text" value="Ek"' in one
    assert 'name="countries" type="text" value="Sweden"' in one
    assert 'type="checkbox" name="billing_names"' not in one
    two = folded(desk.get("/norce/se/orders/?billing_names=Ek&billing_names=Alm"))
    assert two.count('type="checkbox" name="billing_names"') == 2
    assert 'name="billing_names" type="text" value=""' in two


def test_the_panel_can_be_closed_without_a_script(desk: Client) -> None:
    put(an_order("a"))
    body = desk.get("/norce/se/orders/?status=completed&edit=status").content.decode()
    assert 'id="filter-close" href="/norce/se/orders/?status=completed" data-folds' in body


def test_an_address_that_stays_is_no_step_of_the_history(desk: Client) -> None:
    many(2)
    there = {**HTMX, "HX-Current-URL": "http://testserver/norce/se/orders/?status=completed"}
    stays = desk.get("/norce/se/orders/?status=completed", headers=there)
    assert stays.headers["HX-Replace-Url"] == "/norce/se/orders/?status=completed"
    assert "HX-Push-Url" not in stays.headers
    goes = desk.get("/norce/se/orders/?status=accepted", headers=there)
    assert goes.headers["HX-Push-Url"] == "/norce/se/orders/?status=accepted"


def test_htmx_gets_the_table_alone_and_the_address_that_it_stands_for(desk: Client) -> None:
    many(2)
    answer = desk.get("/norce/se/orders/?search=&status=completed&countries=", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == "/norce/se/orders/?status=completed"
    assert "<html" not in answer.content.decode()
    assert 'id="q"' in answer.content.decode()


def test_while_somebody_types_the_box_stays_and_the_history_does_not_grow(desk: Client) -> None:
    many(2)
    answer = desk.get(
        "/norce/se/orders/?search=R-1&within=status%3Dcompleted%26page%3D2", headers={**HTMX, "HX-Trigger": "q"}
    )
    assert list(orders_on(answer).values()) == ["R-1"]
    assert answer.headers["HX-Replace-Url"] == "/norce/se/orders/?search=R-1&status=completed&way=reference"
    assert "HX-Push-Url" not in answer.headers
    assert 'id="q"' not in answer.content.decode()


def test_the_rows_on_a_page_are_remembered_when_they_are_chosen_and_not_when_a_link_says_them(
    desk: Client, support: User
) -> None:
    many(1)
    desk.get("/norce/se/orders/?size=100")
    assert not Preference.objects.filter(user=support, page_size=100).exists()
    page = desk.get("/norce/se/orders/?status=completed&size=100&page=1").content.decode()
    assert 'name="next" value="/norce/se/orders/?status=completed"' in page
    chosen = {"next": "/norce/se/orders/?status=completed", "size": "50"}
    answer = desk.post("/accounts/preferences/rows/", chosen, follow=True)
    assert answer.redirect_chain == [("/norce/se/orders/?status=completed", 302)]
    assert (answer.context["address"].size, Preference.objects.get(user=support).page_size) == (50, 50)
    assert desk.post("/accounts/preferences/rows/", chosen | {"size": "77"}).status_code == 302
    assert Preference.objects.get(user=support).page_size == 50


def test_looking_at_a_list_keeps_no_preference_whatever_its_address_says(desk: Client) -> None:
    desk.get("/norce/se/orders/?remember=size&size=100", follow=True)
    assert not Preference.objects.exists()
