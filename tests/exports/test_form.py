"""The form of an export: what of the list, which columns, and who may see personal data in it."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gateway.connection import order_api
from index import writing
from jobs.models import Job
from tests.conftest import ClientOf
from tests.exports.helpers import LIST, rows_of, run, start
from tests.orders.orders_in_the_sandbox import an_order, many, payment, put

pytestmark = pytest.mark.django_db


def page(client_of: ClientOf, person: User, query: str = "") -> str:
    answer = client_of(person).get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_leads_to_it_with_its_filters_and_page(client_of: ClientOf, support: User) -> None:
    many(30)
    listed = client_of(support).get("/norce/se/orders/?status=completed&size=25&page=2").content.decode()
    assert 'href="/norce/se/orders/export/?status=completed&amp;page=2"' in listed or (
        'href="/norce/se/orders/export/?status=completed&amp;size=25&amp;page=2"' in listed
    )


def test_it_offers_the_page_and_all_that_match(client_of: ClientOf, support: User) -> None:
    many(30)
    put(an_order("gone", state="removed"))
    shown = page(client_of, support, "status=completed&page=2&size=25")
    assert "These 5 orders" in shown
    assert "All 30 orders that match" in shown
    assert shown.count('name="ids"') == 5


def test_all_on_one_page_is_one_choice(client_of: ClientOf, support: User) -> None:
    many(3)
    shown = page(client_of, support)
    assert "These" not in shown
    assert "All 3 orders that match" in shown


def test_the_page_is_those_orders_that_stood_on_it(client_of: ClientOf, support: User) -> None:
    many(30)
    client = client_of(support)
    job = start(client, "size=25", what="these", ids=["o_aaab", "o_aaac"])
    put(an_order("new", created="2026-11-28T10:00:00Z"))
    assert [row["Order reference"] for row in rows_of(run(job))] == ["R-1", "R-2"]


def test_what_is_searched_for_is_exported(client_of: ClientOf, support: User) -> None:
    many(12)
    put(an_order("one", reference="X-1", customer={"billing": {"email": "eva@example.se"}}))
    job = run(start(client_of(support), "search=eva@example.se"))
    assert [row["Order reference"] for row in rows_of(job)] == ["X-1"]
    assert "eva" not in str(Job.objects.values()), "who was searched for stands in no row in clear"
    job = run(start(client_of(support), "search=o_one"))
    assert [row["Order reference"] for row in rows_of(job)] == ["X-1"]


@pytest.mark.parametrize(
    ("accept", "format_"),
    [("sv-SE", "csv-semicolon"), ("en-SE", "csv-semicolon"), ("en-GB", "csv-comma"), ("en", "csv-comma")],
)
def test_the_file_is_as_spreadsheets_of_the_region_want_it(
    client_of: ClientOf, support: User, accept: str, format_: str
) -> None:
    client = client_of(support)
    shown = client.get(LIST, headers={"accept-language": accept}).content.decode()
    assert f'value="{format_}" selected' in shown


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"columns": []}, "Choose a column at least."),
        ({"columns": ["no-such"]}, "Select a valid choice"),
        ({"format": "pdf"}, "Select a valid choice"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"what": "none"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_begins(
    client_of: ClientOf, support: User, changed: dict[str, object], says: str
) -> None:
    fields = {"what": "all", "columns": ["id"], "format": "csv-comma", "zone": "UTC", "start": "1", **changed}
    answer = client_of(support).post(LIST, fields)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Job.objects.exists()


def test_who_may_not_see_personal_data_is_not_asked_about_it(client_of: ClientOf, support: User) -> None:
    put(an_order("one"))
    assert 'name="unmasked"' not in page(client_of, support)
    job = run(start(client_of(support), unmasked="on", reason="I want it"))
    assert not job.arguments["unmasked"]
    assert "Åsa" not in str(rows_of(job))


def test_who_may_has_to_say_what_for(client_of: ClientOf, admin: User) -> None:
    fields = {"what": "all", "columns": ["email"], "format": "csv-comma", "zone": "UTC", "start": "1"}
    answer = client_of(admin).post(LIST, {**fields, "unmasked": "on"})
    assert answer.status_code == 422
    assert "Say what the personal data is for." in answer.content.decode()
    assert not Job.objects.exists()


def test_one_has_a_few_under_way_at_once(client_of: ClientOf, support: User) -> None:
    client = client_of(support)
    for _ in range(5):
        start(client)
    fields = {"what": "all", "columns": ["id"], "format": "csv-comma", "zone": "UTC", "start": "1"}
    answer = client.post(LIST, fields)
    assert answer.status_code == 422
    assert "You have 5 exports and changes under way." in answer.content.decode()


def test_orders_that_were_chosen_elsewhere_are_offered(client_of: ClientOf, support: User) -> None:
    many(30)
    answer = client_of(support).post(LIST, {"ids": ["o_aaab", "o_aaac", "o_aaac", "x" * 300]})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "These 2 orders" in shown
    assert shown.count('name="ids"') == 2
    assert not Job.objects.exists()


def test_a_list_that_the_index_answers_is_exported_as_it_is_and_read_from_the_api(
    client_of: ClientOf, support: User
) -> None:
    many(4)
    put(an_order("held", reference="H-1", payments=[payment("p-held", 100, "reserved")]))
    client = client_of(support)
    writing.see(order_api("norce", "se").orders.list(limit=250).data, at=timezone.now())
    assert "All 5 orders" in page(client_of, support)
    shown = page(client_of, support, "payment_state=reserved")
    assert "The one order that matches" in shown
    assert "The index says which orders they are." in shown and "are not in the index" in shown
    job = start(client, "payment_state=reserved")
    assert [row["Order reference"] for row in rows_of(run(job))] == ["H-1"]
    assert "The one order that" not in page(client_of, support, "payment_state=captured&sku=no-such")


def test_nothing_begins_where_the_index_knows_of_no_order(client_of: ClientOf, support: User) -> None:
    many(4)
    answer = client_of(support).post(
        f"{LIST}?sku=no-such", {"start": "1", "what": "all", "format": "csv-comma", "zone": "UTC", "columns": ["id"]}
    )
    assert answer.status_code == 422
    assert "No order matches any more" in answer.content.decode()
    assert not Job.objects.exists()


def test_filters_that_cannot_be_read_are_named(client_of: ClientOf, support: User) -> None:
    shown = page(client_of, support, "date_from=yesterday&preset=custom")
    assert "These filters cannot be read. The export is made without them" in shown
