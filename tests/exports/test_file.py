"""What stands in the file: rows of three kinds, in two forms, in a zone and a region, and nothing that runs."""

import stat
from typing import Any

import pytest
from django.contrib.auth.models import User

from jobs import files, registry
from jobs.models import State
from orders.exports.columns import COLUMNS, Row
from tests.conftest import ClientOf
from tests.exports.helpers import content_of, rows_of, run, sheet_of, start
from tests.orders.orders_in_the_sandbox import address, an_order, many, payment, put

pytestmark = pytest.mark.django_db


def price(value: float) -> dict[str, float]:
    return {"includingVat": value, "excludingVat": value * 0.8}


def test_a_row_an_order_from_the_oldest_to_the_newest(client_of: ClientOf, support: User) -> None:
    many(600)
    job = run(start(client_of(support)))
    rows = rows_of(job)
    assert [row["Order reference"] for row in rows] == [f"R-{n}" for n in range(1, 601)]
    assert rows[0]["Created (UTC)"] == "2026-11-01 00:01:00"
    assert (rows[0]["Order state"], rows[0]["Total"], rows[0]["Currency"]) == ("Completed", "100.00", "SEK")
    assert (rows[0]["Captured"], rows[0]["Refunded"], rows[0]["Pieces"]) == ("100.00", "0.00", "2")
    assert (job.state, job.done, job.total) == (State.DONE, 600, 600)
    assert registry.says(job) == "Complete: 600 orders, as many as the Order API counts. 600 rows."


def test_a_row_a_payment(client_of: ClientOf, support: User) -> None:
    two = [payment("p_1", 60), payment("p_2", 40, "refunded", reference="REF-2"), payment("p_3", 40, "removed")]
    put(an_order("two", payments=two), an_order("none", payments=[]))
    rows = rows_of(run(start(client_of(support), row=Row.PAYMENT)))
    assert [(row["Payment id"], row["Amount"], row["Captured"], row["Refunded"]) for row in rows] == [
        ("p_1", "60.00", "60.00", "0.00"),
        ("p_2", "40.00", "40.00", "40.00"),
    ]
    assert rows[1]["Reference at the provider"] == "REF-2"


def test_money_in_another_currency_than_the_orders_stands_in_its_own(client_of: ClientOf, support: User) -> None:
    abroad = payment("p_2", 20.5, "reserved", currency="EUR"), payment("p_3", 3, "refunded", currency="EUR")
    put(an_order("mixed", payments=[payment("p_1", 60, "reserved"), *abroad]), an_order("one"))
    rows = {row["Order id"]: row for row in rows_of(run(start(client_of(support))))}
    mixed, one = rows["o_mixed"], rows["o_one"]
    assert (mixed["Reserved"], mixed["Captured"], mixed["Currency"]) == ("60.00", "0.00", "SEK")
    assert mixed["In other currencies"] == "Reserved 20.5 EUR, Captured 3 EUR, Refunded 3 EUR"
    assert (one["Captured"], one["In other currencies"]) == ("100.00", "")


def test_a_row_an_item_with_the_parts_of_a_bundle(client_of: ClientOf, support: User) -> None:
    items = [
        {"name": "Bundle", "quantity": 1, "total": price(90), "items": [{"name": "Part", "sku": "P-1", "quantity": 2}]},
        {"name": "Cup", "sku": "C-1", "quantity": 3, "price": price(10), "total": price(30), "vatRate": 0.25},
    ]
    put(an_order("one", cart={"items": items, "total": price(120)}))
    rows = rows_of(run(start(client_of(support), row=Row.ITEM)))
    assert [(row["Line"], row["Name"], row["Quantity"], row["Total"]) for row in rows] == [
        ("1", "Bundle", "1", "90.00"),
        ("1.1", "Part", "2", ""),
        ("2", "Cup", "3", "30.00"),
    ]
    assert rows[2]["VAT rate"] == "0.25"


def test_people_are_shortened_as_on_pages(client_of: ClientOf, support: User) -> None:
    put(an_order("one", customer={"billing": address("Eva", "Berg", streetAddress="Storgatan 5", city="Lund")}))
    columns = list(COLUMNS[Row.ORDER])
    written = content_of(run(start(client_of(support), columns=columns))).decode()
    for secret in ("Eva", "Berg", "eva.berg", "070-123", "Storgatan"):
        assert secret not in written
    assert "E••••••" in written
    assert "e••••••@example.se" in written
    assert "Lund" in written


def test_people_stand_in_it_for_who_may_and_says_why(client_of: ClientOf, admin: User) -> None:
    put(an_order("one", customer={"billing": address("Eva", "Berg")}))
    job = run(start(client_of(admin), unmasked="on", reason="Month's end"))
    assert rows_of(job)[0]["Customer"] == "Eva Berg"
    assert rows_of(job)[0]["E-mail"] == "eva.berg@example.se"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_in_it_is_a_formula(client_of: ClientOf, admin: User, text: str) -> None:
    put(an_order("one", reference=text, customer={"billing": {"givenName": text}}))
    client = client_of(admin)
    said: dict[str, Any] = {"unmasked": "on", "reason": "x", "columns": ["reference", "billing_name", "total"]}
    row = rows_of(run(start(client, **said)))[0]
    assert row["Order reference"] == f"'{text}"
    assert row["Billing name"].startswith("'") or row["Billing name"][:1] not in "=+-@"
    cells = sheet_of(run(start(client, format="xlsx", **said)))
    assert cells[1][0] == text, "in XLSX it is text, whatever it begins with"
    assert cells[1][-1] == 100.0


def test_an_amount_below_zero_is_a_number(client_of: ClientOf, support: User) -> None:
    put(an_order("one", total=-12.5, payments=[]))
    assert rows_of(run(start(client_of(support))))[0]["Total"] == "-12.50"


def test_semicolons_come_with_decimal_commas(client_of: ClientOf, support: User) -> None:
    put(an_order("one", total=1234.5))
    job = run(start(client_of(support), format="csv-semicolon"))
    assert content_of(job).startswith("\ufeffOrder reference;Order id".encode())
    assert rows_of(job, ";")[0]["Total"] == "1234,50"


def test_times_are_in_the_zone_that_was_chosen(client_of: ClientOf, support: User) -> None:
    put(an_order("one", created="2026-07-01T22:30:00Z"))
    job = run(start(client_of(support), zone="Europe/Stockholm"))
    assert rows_of(job)[0]["Created (Europe/Stockholm)"] == "2026-07-02 00:30:00"


def test_words_are_in_the_readers_language(client_of: ClientOf, support: User) -> None:
    put(an_order("one"))
    client = client_of(support)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "sv-SE"
    job = run(start(client))
    assert rows_of(job)[0]["Orderns status"] == "Slutförd"


def test_a_workbook_has_numbers_and_times(client_of: ClientOf, support: User) -> None:
    many(300)
    job = run(start(client_of(support), format="xlsx", columns=["reference", "created", "pieces", "total"]))
    cells = sheet_of(job)
    assert cells[0] == ["Order reference", "Created (UTC)", "Pieces", "Total"]
    assert len(cells) == 301
    assert cells[300][0] == "R-300"
    assert cells[300][2:] == [2.0, 100.0]
    assert cells[1][1] == pytest.approx(46327 + 1 / 1440), "the day of Excel's calendar"
    assert job.file_name.endswith(".xlsx")


def test_a_workbook_goes_on_in_another_sheet(
    client_of: ClientOf, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.workbooks.MOST_IN_A_SHEET", 4)
    many(10)
    job = run(start(client_of(support), format="xlsx", columns=["reference"]))
    assert sheet_of(job) == [["Order reference"], ["R-1"], ["R-2"], ["R-3"], ["R-4"]]


def test_nothing_that_matches_is_a_file_with_headings(client_of: ClientOf, support: User) -> None:
    job = run(start(client_of(support), "status=removed"))
    assert job.state == State.DONE
    assert rows_of(job) == []
    assert content_of(job).decode("utf-8-sig").startswith("Order reference,")
    assert registry.says(job) == "Complete: 0 orders, as many as the Order API counts. 0 rows."
    assert run(start(client_of(support), "status=removed", format="xlsx")).state == State.DONE


def test_an_order_that_does_not_fit_stands_there_with_its_id(client_of: ClientOf, support: User) -> None:
    put(an_order("good"), an_order("odd", cart={"items": [{"name": "Thing", "quantity": "some"}]}))
    rows = rows_of(run(start(client_of(support))))
    assert {row["Order id"] for row in rows} == {"o_good", "o_odd"}


def test_orders_that_are_gone_or_anothers_are_counted(client_of: ClientOf, support: User) -> None:
    put(an_order("own"), an_order("foreign", channel="no"))
    job = run(start(client_of(support), what="these", ids=["o_own", "o_foreign", "o_never"]))
    assert [row["Order id"] for row in rows_of(job)] == ["o_own"]
    assert registry.says(job) == "1 orders, 1 rows. 2 that were chosen are not there any more."


def test_the_file_is_the_desks_alone(client_of: ClientOf, support: User) -> None:
    many(3)
    job = run(start(client_of(support)))
    path = files.path_of(job.file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files.of_job(job.pk) == [path], "the parts are gone"
    assert path.stat().st_size == job.file_size
