"""Which columns a list has, and in which order: in its address, in a view, for all lists."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from accounts.models import preference_of
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, payment, put
from tests.orders.pages import body_of, orders_on, text_of
from tests.saved_views.keeping import LIST, keep, the_view

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def support_desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def headings_of(desk: Client, address: str = LIST) -> list[str]:
    return re.findall(r'<th scope="col"\s+class="([\w-]+)', body_of(desk.get(address, follow=True)))


def test_columns_are_chosen_in_the_address_and_the_first_cell_stays_the_link(support_desk: Client) -> None:
    put(an_order("one", payments=[payment("p_1", 40, "reserved", reference="PSP-7"), payment("p_2", 60, "refunded")]))
    address = f"{LIST}?columns=id,state,left,returned,provider,age,updated,assignee,tags"
    assert headings_of(support_desk, address)[:4] == ["c-ref", "c-id", "c-state", "c-left"]
    shown = support_desk.get(address)
    said = text_of(shown).replace("\xa0", " ")
    assert "40.00 SEK" in said and "60.00 SEK" in said
    assert list(orders_on(shown)) == ["o_one"] and 'class="total' not in body_of(shown).partition("<tbody>")[2]


def test_columns_that_were_chosen_for_all_lists_are_there_without_an_address(
    support_desk: Client, support: User
) -> None:
    put(an_order("one"))
    form = {"order": ["state", "total", "created"], "columns": ["total", "state"], "next": LIST}
    answer = support_desk.post("/views/columns/", {**form, "keep": "1"})
    assert answer["Location"] == LIST and headings_of(support_desk) == ["c-ref", "c-state", "total"]
    support.refresh_from_db()
    again = support_desk.post("/views/columns/", {**form, "order": ["total", "state"], "apply": "1"})
    assert again["Location"] == f"{LIST}?columns=total%2Cstate"
    assert headings_of(support_desk, again["Location"]) == ["c-ref", "total", "c-state"]
    assert preference_of(User.objects.get(pk=support.pk)).list_columns == "state,total"


def test_columns_are_moved_without_a_script(support_desk: Client) -> None:
    form = {"order": ["state", "total", "created"], "columns": ["state", "created"], "next": LIST}
    body = body_of(support_desk.post("/views/columns/", {**form, "move": "up:created"}))
    assert re.findall(r'name="order" value="(\w+)"', body)[:3] == ["state", "created", "total"]
    checked = re.findall(r'name="columns" value="(\w+)"\s+checked', body)
    assert checked == ["state", "created"]


def test_no_columns_at_all_are_refused(support_desk: Client) -> None:
    answer = support_desk.post("/views/columns/", {"order": ["state"], "next": LIST, "apply": "1"})
    assert "Choose at least one column" in text_of(answer)


def test_columns_lead_to_no_page_of_others(support_desk: Client) -> None:
    form = {"order": ["state"], "columns": ["state"], "next": "https://evil.example/orders/", "apply": "1"}
    assert support_desk.post("/views/columns/", form)["Location"].startswith("/norce/se/orders/")


def test_the_columns_of_a_view_are_its_own(support_desk: Client) -> None:
    put(an_order("one"))
    keep(support_desk, filters="columns=total,state")
    assert headings_of(support_desk, f"{LIST}?columns=total,state&view={the_view().pk}") == [
        "c-ref",
        "total",
        "c-state",
    ]
