"""The list: what each of its parameters selects, how pages fit together, and that it stays quick."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.listing import page
from sandbox.models import Order
from sandbox.parameters import ListQuery
from sandbox.scope import Scope
from sandbox.store import insert_documents
from tests.sandbox.conftest import Caller, price, refused


def a_document(number: int, **more: Any) -> dict[str, Any]:
    """An order as GET answers it, the number-th of January 2026."""
    created = f"2026-01-{number:02}T12:00:00Z"
    return {
        "id": f"o_{number:04}",
        "merchant": "norce",
        "channel": "se",
        "created": created,
        "lastModified": created,
        "state": {"currentStatus": "checkout", "transitions": [{"status": "checkout", "timeStamp": created}]},
        "cart": {"items": [], "total": price(number, number)},
        "total": price(number, number),
    } | more


def customer(side: str = "billing", **address: str) -> dict[str, Any]:
    return {"customer": {"type": "person", side: address}}


def stored(*documents: dict[str, Any]) -> None:
    assert insert_documents((document, {}) for document in documents) == len(documents)


def found(api: Caller, **params: Any) -> list[str]:
    """The numbers of the orders that a list with these parameters answers, in its order."""
    answer = api.get("?" + urlencode(params, doseq=True))
    assert answer.status_code == 200, answer.content
    assert answer.data["pagination"]["size"] == len(answer.data["data"])
    return [order["id"][-1] for order in answer.data["data"]]


def test_a_list_knows_its_channel_alone(api: Caller) -> None:
    stored(a_document(1), a_document(2, channel="no"), a_document(3, merchant="nordlys"))
    assert found(api) == ["1"]
    assert api.get("?search=nothing").data["pagination"] | {"limit": 0} == {
        "offset": 0,
        "limit": 0,
        "size": 0,
        "valueSum": 0,
        "totalSize": 1,
    }


def test_the_newest_come_first_and_pages_never_repeat_or_miss_an_order(api: Caller) -> None:
    stored(*[a_document(1, id=f"o_{number}") for number in range(30)], a_document(2, id="o_newest"))
    ids: list[str] = []
    for offset in range(0, 35, 7):
        answer = api.get(f"?limit=7&offset={offset}").data
        assert answer["pagination"] == {"offset": offset, "limit": 7, "size": 31, "valueSum": 32, "totalSize": 31}
        ids += [order["id"] for order in answer["data"]]
    assert ids[0] == "o_newest"
    assert len(ids) == len(set(ids)) == 31


def test_without_a_limit_a_page_has_25_and_never_more_than_250(api: Caller) -> None:
    stored(*[a_document(1, id=f"o_{number}") for number in range(260)])
    assert [len(api.get(query).data["data"]) for query in ("", "?limit=0", "?limit=250", "?limit=2000")] == [
        25,
        0,
        250,
        250,
    ]
    assert api.get("?limit=2000").data["pagination"]["limit"] == 250
    assert api.get("?offset=259").data["pagination"]["size"] == 260


@pytest.mark.parametrize("value", ["-1", "ten", "1.5", "", "99999999999999999999", "٣"])
@pytest.mark.parametrize("name", ["limit", "offset"])
def test_a_page_that_is_no_number_is_refused(api: Caller, name: str, value: str) -> None:
    assert name in refused(api.get("?" + urlencode({name: value})), 400, "order-bad-request")


def test_sums_are_exact_to_the_cent_and_count_what_matches(api: Caller) -> None:
    dimes = [a_document(1, id=f"o_{number}", total=price(Decimal("0.1"), 0)) for number in range(33)]
    stored(*dimes, a_document(2, total=price(Decimal("1000000.01"), 0), reference="R"))
    assert api.get().data["pagination"]["valueSum"] == Decimal("1000003.31")
    assert api.get("?reference=R").data["pagination"]["valueSum"] == Decimal("1000000.01")
    assert b'"valueSum":1000003.31' in api.get().content


@pytest.mark.parametrize(
    "query",
    [
        {"status": ["checkout", "completed"]},
        {"status": "checkout,completed"},
        {"status": "Checkout, COMPLETED"},
        {"status": '["checkout","completed"]'},
        {"status": ["completed", '"checkout"']},
    ],
)
def test_statuses_are_repeated_or_joined_or_json(api: Caller, query: dict[str, Any]) -> None:
    states = ["checkout", "accepted", "completed"]
    stored(*[a_document(number, state={"currentStatus": state}) for number, state in enumerate(states, 1)])
    assert found(api, **query) == ["3", "1"]


@pytest.mark.parametrize("value", ["shipped", "checkout,shipped", "[7]", "[", '{"a":1}'])
def test_an_unknown_status_is_refused_with_those_there_are(api: Caller, value: str) -> None:
    message = refused(api.get("?" + urlencode({"status": value})), 400, "order-bad-request")
    assert "status" in message
    assert "processing" in message


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"date_from": "2026-01-02"}, ["3", "2"]),
        ({"date_to": "2026-01-02"}, ["2", "1"]),
        ({"date_from": "2026-01-02", "date_to": "2026-01-02"}, ["2"]),
        ({"date_from": "2026-01-02T12:00:00Z"}, ["3", "2"]),
        ({"date_from": "2026-01-02T12:00:00.000001Z"}, ["3"]),
        ({"date_to": "2026-01-02T12:00:00Z"}, ["1"]),
        ({"date_to": "2026-01-02T13:00:00+01:00"}, ["1"]),
        ({"date_to": "2026-01-02t13:00:01+01:00"}, ["2", "1"]),
        ({"date_to": "9999-12-30"}, ["3", "2", "1"]),
        ({"date_to": "9999-12-31"}, ["3", "2", "1"]),
        ({"date_from": "9999-12-31"}, []),
    ],
)
def test_days_are_whole_and_times_include_their_beginning_alone(
    api: Caller, query: dict[str, str], expected: list[str]
) -> None:
    stored(*map(a_document, (1, 2, 3)))
    assert found(api, **query) == expected


@pytest.mark.parametrize(
    "value",
    [
        "31-31-2025",
        "2026-02-30",
        "2026-01-01T12:00:00",
        "yesterday",
        "20260101",
        "2026-W01-1",
        "0001-01-01T00:00:00+14:00",
        "",
    ],
)
@pytest.mark.parametrize("name", ["date_to"])
def test_a_date_that_is_none_is_refused(api: Caller, name: str, value: str) -> None:
    assert name in refused(api.get("?" + urlencode({name: value})), 400, "order-bad-request")


@pytest.mark.parametrize(
    ("document", "hits", "misses"),
    [
        ({"reference": "R-1"}, [{"reference": "R-1"}], [{"reference": "R"}, {"reference": "r-1"}]),
        ({"reference": "x" * 999}, [{"reference": "x" * 999}], [{"reference": "x" * 998}]),
        ({"cart": {"reference": "B-1"}}, [{"cart_reference": "B-1"}], [{"cart_reference": "B"}, {"reference": "B-1"}]),
        (
            {"payments": [{"id": "p_1", "reference": "PSP"}]},
            [{"payment_id": "p_1"}],
            [{"payment_id": "p_"}, {"payment_id": "PSP"}],
        ),
        (
            {"country": "SE"},
            [{"countries": "se"}, {"countries": ["NO", "SE"]}],
            [{"countries": "S"}, {"billing_countries": "SE"}],
        ),
        (customer(country="fi"), [{"billing_countries": "FI"}], [{"shipping_countries": "FI"}, {"countries": "FI"}]),
        (customer("shipping", country="DK"), [{"shipping_countries": ["dk", "de"]}], [{"billing_countries": "DK"}]),
        (
            customer(email="Åsa.B@Example.COM"),
            [{"billing_emails": "åsa.b@example.com"}],
            [{"billing_emails": "asa.b@example.com"}, {"billing_emails": "example.com"}],
        ),
        (
            customer("shipping", email="a@b.se"),
            [{"shipping_emails": ["x@y.se", "A@B.SE"]}],
            [{"billing_emails": "a@b.se"}],
        ),
        (
            customer(phone="+46 (0)70-123 45 67"),
            [
                {"billing_phones": "070-1234567"},
                {"billing_phones": "0046701234567"},
                {"billing_phones": ["1", "+46701234567"]},
            ],
            [{"billing_phones": "1234567"}, {"billing_phones": "none"}, {"shipping_phones": "0701234567"}],
        ),
        (
            customer("shipping", phone="0701234567"),
            [{"shipping_phones": "+46701234567"}],
            [{"shipping_phones": "0701234568"}],
        ),
        (
            customer(givenName="Åsa-Märta", familyName="Öberg Strauß"),
            [
                {"billing_names": "asa-marta oberg"},
                {"billing_names": "STRAUSS"},
                {"billing_names": ["nobody", "märta"]},
                {"billing_names": "ta ob"},
            ],
            [{"billing_names": "oberg asa"}, {"shipping_names": "oberg"}],
        ),
        (
            customer("shipping", organizationName="Smørrebrød A/S"),
            [{"shipping_names": "smorrebrod a/s"}],
            [{"shipping_names": "a/s smor"}],
        ),
        (
            customer(givenName="100%_sure"),
            [{"billing_names": "100%_"}],
            [{"billing_names": "1%sure"}, {"billing_names": "100%x"}],
        ),
    ],
)
def test_each_filter_finds_what_it_should_and_nothing_else(
    api: Caller, document: dict[str, Any], hits: list[dict[str, Any]], misses: list[dict[str, Any]]
) -> None:
    stored(a_document(1, **document), a_document(2))
    assert [found(api, **query) for query in hits] == [["1"]] * len(hits)
    assert [found(api, **query) for query in misses] == [[]] * len(misses)


SEARCHED = {
    "reference": "Ref-77",
    "cart": {"reference": "Basket-88", "items": []},
    "payments": [{"id": "p_AbC", "reference": "PSP/99"}],
    "customer": {
        "type": "person",
        "billing": {"givenName": "Jürgen", "familyName": "Groß", "email": "J@ex.de", "phone": "+49 30 1234567"},
        "shipping": {"organizationName": "Łódź Sp."},
    },
}


@pytest.mark.parametrize(
    "term",
    [
        "o_0001",
        "O_0001",
        "ref-7",
        "basket-88",
        "p_abc",
        "psp/99",
        "jurgen g",
        "GROSS",
        "j@EX",
        "30 123",
        "lodz",
        " łódź  sp ",
    ],
)
def test_a_search_looks_in_ids_references_names_emails_and_phones(api: Caller, term: str) -> None:
    stored(a_document(1, **SEARCHED), a_document(2))
    assert found(api, search=term) == ["1"]


@pytest.mark.parametrize("term", ["nothing", "%", "_0_", "se", "checkout", "ref-77 basket-88"])
def test_a_search_does_not_look_elsewhere(api: Caller, term: str) -> None:
    stored(a_document(1, **SEARCHED), a_document(2))
    assert found(api, search=term) == []


def test_a_search_finds_what_was_changed(api: Caller) -> None:
    order = api.created()
    api.put(f"{order}/customer/billing", {"givenName": "Åsa"})
    payment = api.post(f"{order}/payments", {"reference": "PSP-7"}).data["id"]
    queries = ({"search": "asa"}, {"search": "psp-7"}, {"payment_id": payment}, {"billing_names": "åsa"})
    assert [len(found(api, **query)) for query in queries] == [1, 1, 1, 1]
    api.put(f"{order}/customer/billing", {"givenName": "Bo"})
    assert found(api, search="asa") == []


def test_all_filters_must_hold_and_empty_ones_do_not_count(api: Caller) -> None:
    stored(a_document(1, country="SE", reference="R"), a_document(2, country="SE"), a_document(3, reference="R"))
    assert found(api, countries="SE", reference="R") == ["1"]
    assert found(api, countries="", reference="", search="", status="", billing_names="") == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "321"),
        ({"order_by": "created"}, "321"),
        ({"order_by": "created", "order_by_direction": "asc"}, "123"),
        ({"order_by_direction": "ASC"}, "123"),
        ({"order_by": "billingEmail"}, "312"),
        ({"order_by": "billingEmail", "order_by_direction": "desc"}, "213"),
        ({"order_by": "billingname"}, "231"),
        ({"order_by": "billingName", "order_by_direction": "desc"}, "132"),
        ({"order_by": "cartTotal"}, "132"),
        ({"order_by": "cartTotal", "order_by_direction": "desc"}, "231"),
    ],
)
def test_orders_are_sorted_as_asked(api: Caller, query: dict[str, str], expected: str) -> None:
    people = [("b@x.se", "Örjan", 5), ("c@x.se", "Anna", 100), ("A@x.se", "bo", 20)]
    for number, (email, name, total) in enumerate(people, 1):
        cart = {"items": [], "total": price(total, total)}
        stored(a_document(number, cart=cart, **customer(email=email, givenName=name)))
    assert "".join(found(api, **query)) == expected


@pytest.mark.parametrize(("name", "value"), [("order_by", "total"), ("order_by_direction", "down")])
def test_an_unknown_sorting_is_refused(api: Caller, name: str, value: str) -> None:
    assert name in refused(api.get("?" + urlencode({name: value})), 400, "order-bad-request")


def test_absurd_queries_are_refused_and_not_run(api: Caller) -> None:
    refused(api.get("?" + urlencode({"search": "x" * 1001})), 400, "order-bad-request")
    refused(api.get("?" + urlencode({"billing_names": ["x"] * 101}, doseq=True)), 400, "order-bad-request")


def plans(query: ListQuery) -> list[str]:
    """How the database goes about the queries of a page."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page(Scope("norce", "se"), query)
    with connection.cursor() as cursor:
        told = []
        for sql in [entry["sql"] for entry in captured.captured_queries if entry["sql"].startswith("SELECT")]:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            told.append(" | ".join(row[3] for row in cursor.fetchall()))
    return told


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's query plans")
@pytest.mark.parametrize(
    ("params", "index"),
    [
        ({}, "sandbox_by_created"),
        ({"date_from": "2026-01-01"}, "sandbox_by_created"),
        ({"status": ["completed"], "countries": ["SE"]}, "COVERING INDEX sandbox_by_created"),
        ({"billing_names": ["bo"]}, "COVERING INDEX sandbox_by_billing_name"),
        ({"reference": "R"}, "sandbox_by_reference"),
        ({"billing_emails": ["a@b.se"]}, "sandbox_by_billing_email"),
        ({"shipping_emails": ["a@b.se"]}, "sandbox_by_shipping_email"),
        ({"billing_phones": ["0701234567"]}, "sandbox_by_billing_phone"),
        ({"cart_reference": "B"}, "cart_reference=?"),
        ({"order_by": "billingEmail"}, "sandbox_by_billing_email"),
        ({"order_by": "billingName"}, "sandbox_by_billing_name"),
        ({"order_by": "cartTotal", "order_by_direction": "desc"}, "sandbox_by_cart_total"),
    ],
)
def test_a_page_comes_off_an_index_and_is_not_sorted_row_by_row(db: None, params: dict[str, Any], index: str) -> None:
    stored(a_document(1, state={"currentStatus": "completed"}, country="SE"))
    told = plans(ListQuery.model_validate(params))
    assert [plan for plan in told if "SCAN sandbox_order" in plan] == []
    assert any(index in plan for plan in told), told


def test_a_plain_page_costs_three_queries(api: Caller) -> None:
    stored(a_document(1))
    with CaptureQueriesContext(connection) as captured:
        page(Scope("norce", "se"), ListQuery())
    assert len(captured) == 3
    assert Order.objects.count() == 1
