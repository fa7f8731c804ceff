"""The list of orders, through the real sandbox: what a row says, and what a page says of all the others."""

import html
import logging
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from django.test import Client

import dashboard.urls  # noqa: F401 - made before a test takes the sandbox away, for those after it
from orders.list.met import met_in
from tests.conftest import ClientOf
from tests.orders import documents
from tests.orders.orders_in_the_sandbox import address, an_order, many, payment, put, shipping
from tests.orders.pages import orders_on, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def row(answer: HttpResponseBase, number: int = 0) -> dict[str, str]:
    """The cells of one row by their class, as text."""
    body = re.findall(r"<tr[^>]*>(.*?)</tr>", answer.getvalue().decode().partition("<tbody>")[2], flags=re.DOTALL)[
        number
    ]
    cells = re.findall(r'<(?:td class="([\w-]+)[^"]*"|th scope="row")>(.*?)</t[dh]>', body, flags=re.DOTALL)
    return {name or "c-ref": " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for name, cell in cells}


def only_row(desk: Client, **more: Any) -> dict[str, str]:
    put(an_order("one", **more))
    return row(desk.get("/norce/se/orders/"))


def test_a_row_says_what_somebody_asks_first(desk: Client) -> None:
    said = only_row(
        desk,
        reference="SE-104415",
        total=2754,
        state="accepted",
        created="2024-11-20T10:00:00Z",
        payments=[payment("p_1", 350, type="voucher", name="Gift card"), payment("p_2", 2404, "reserved", name="Svea")],
        cart={"items": [{"quantity": 2}, {"quantity": 3, "items": [{"quantity": 9}]}, {}]},
    )
    assert said == {
        "c-ref": "SE-104415 o_one",
        "c-created": "Nov 20, 2024 11:00",
        "c-customer": "Åsa Lindström sa.lindstrm@example.se",
        "c-country": "SE",
        "c-state": "Accepted",
        "c-pay": "Captured 350.00 of 2,754.00 + 1",
        "c-ship": "Confirmed PostNord",
        "c-items": "6",
        "total": "2,754.00 SEK",
    }


def test_a_whole_row_is_one_link_to_the_order(desk: Client) -> None:
    put(an_order("one", reference="SE-1"))
    link = '<a class="open" id="row-o_one" href="/norce/se/orders/o_one/" draggable="false"><bdi>SE-1</bdi></a>'
    assert link in desk.get("/norce/se/orders/").content.decode()


def test_an_order_with_next_to_nothing_still_has_its_row(desk: Client) -> None:
    documents.put(documents.bare(created="2026-11-20T10:00:00Z"))
    said = row(desk.get("/norce/se/orders/"))
    assert said["c-ref"] == "o_Bare no reference yet"
    assert (said["c-customer"], said["c-pay"], said["c-ship"]) == ("No customer yet", "None yet", "None chosen")
    assert (said["c-items"], said["total"]) == ("", "–")


def test_pieces_are_written_as_other_numbers_are(desk: Client) -> None:
    assert only_row(desk, cart={"items": [{"quantity": 12345}, {}]})["c-items"] == "12,346"


def test_fewer_pieces_than_none_have_a_real_minus(desk: Client) -> None:
    assert only_row(desk, cart={"items": [{"quantity": -2}]})["c-items"] == "\N{MINUS SIGN}2"


def test_what_a_column_may_cut_is_said_by_the_row(desk: Client) -> None:
    long = payment("p_one", 100, name='Part payment "over" 36 months')
    put(an_order("one", payments=[long]), an_order("two"))
    rows = re.findall(r"<tr[^>]*>", desk.get("/norce/se/orders/").content.decode().partition("<tbody>")[2])
    assert [' title="Part payment &quot;over&quot; 36 months"' in row for row in rows].count(True) == 1
    assert [" title=" in row for row in rows].count(True) == 1


def test_values_that_nobody_knows_yet_stand_as_they_came(desk: Client) -> None:
    documents.put(documents.UNKNOWN)
    said = row(desk.get("/norce/se/orders/"))
    assert said["c-state"] == "onHold"
    assert said["c-pay"] == "teleported Without an id + 2"
    assert said["c-ship"].startswith("lost")
    assert "<script>alert" not in desk.get("/norce/se/orders/").content.decode()


def test_removed_payments_and_shippings_do_not_count(desk: Client) -> None:
    said = only_row(
        desk,
        payments=[payment("p_1", 9999, "removed", name="Walley"), payment("p_2", 100, name="Swish")],
        shippings=[shipping("removed", "DHL")],
    )
    assert (said["c-pay"], said["c-ship"], said["total"]) == ("Captured Swish", "None chosen", "100.00 SEK")


def test_an_organisation_goes_by_its_name_and_a_customer_may_be_known_by_the_delivery_alone(desk: Client) -> None:
    firm = address("Emil", "Hägg", organizationName="Bröderna Häggs Måleri HB")
    assert only_row(desk, customer={"type": "organization", "billing": firm})["c-customer"].startswith("Bröderna Häggs")
    put(an_order("two", created="2026-11-21T10:00:00Z", customer={"type": "person", "shipping": address("Ann", "Ek")}))
    assert row(desk.get("/norce/se/orders/"))["c-customer"].startswith("Ann Ek")


@pytest.mark.parametrize(
    ("state", "payments", "says"),
    [
        ("accepted", [payment("p_1", 60)], "100.00 SEK 40.00 not covered"),
        ("accepted", [payment("p_1", 100, "failed")], "100.00 SEK 100.00 not covered"),
        ("completed", [payment("p_1", 100), payment("p_2", 20, type="voucher")], "100.00 SEK 20.00 too much"),
        ("completed", [payment("p_1", 100, "refunded")], "100.00 SEK −100.00 refunded"),
        (
            "completed",
            [payment("p_1", 60), payment("p_2", 40, "credited", type="voucher")],
            "100.00 SEK −40.00 refunded",
        ),
        ("declined", [payment("p_1", 100, "reserved")], "100.00 SEK 100.00 still held"),
        ("declined", [payment("p_1", 100, "declined")], "100.00 SEK"),
        ("checkout", [payment("p_1", 60, "intent")], "100.00 SEK"),
        ("completed", [], "100.00 SEK 100.00 not covered"),
        ("completed", [payment("p_1", 100)], "100.00 SEK"),
    ],
)
def test_money_that_does_not_fit_stands_beside_the_total(
    desk: Client, state: str, payments: list[Any], says: str
) -> None:
    assert only_row(desk, state=state, payments=payments)["total"] == says


def test_the_newest_come_first_and_the_page_says_which_of_how_many(desk: Client) -> None:
    many(60)
    answer = desk.get("/norce/se/orders/")
    assert list(orders_on(answer).values()) == [f"R-{n}" for n in range(60, 35, -1)]
    assert "1–25 of 60 · sum of matching orders 6,000.00 SEK" in text_of(answer)


def test_each_order_is_on_one_page_and_each_page_is_a_link(desk: Client) -> None:
    many(60)
    url, seen = "/norce/se/orders/", []
    while url:
        answer = desk.get(url)
        seen += list(orders_on(answer).values())
        url = answer.context["pages"].next
    assert seen == [f"R-{n}" for n in range(60, 0, -1)]


def test_a_full_page_that_is_the_last_one_leads_nowhere(desk: Client) -> None:
    many(25)
    answer = desk.get("/norce/se/orders/")
    assert (answer.context["range"], answer.context["pages"].next) == ("1–25 of 25", "")
    assert len(orders_on(answer)) == 25


def test_one_order_more_than_a_page_is_counted_and_added_up(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    many(26, state="declined")
    put(an_order("other"))
    for calls in (2, 1):  # what the API counts is asked for once
        caplog.clear()
        with caplog.at_level(logging.INFO, "order_api"):
            answer = desk.get("/norce/se/orders/?status=declined")
        assert "1–25 of 26 · sum of matching orders 2,600.00 SEK" in text_of(answer)
        assert len([record for record in caplog.records if record.name == "order_api"]) == calls


def test_the_sum_says_which_orders_that_are_no_sales_may_be_in_it(desk: Client) -> None:
    put(an_order("one"), an_order("two", state="checkout"))
    whole = text_of(desk.get("/norce/se/orders/"))
    assert "sum of matching orders 200.00 SEK with any in Checkout" in whole and "in Checkout," not in whole
    for state in ("completed", "checkout"):
        only = text_of(desk.get(f"/norce/se/orders/?status={state}"))
        assert "sum of matching orders 100.00 SEK" in only and "SEK with" not in only
    many(30)
    assert "3,200.00 SEK with any in Checkout, Declined, Removed" in text_of(desk.get("/norce/se/orders/"))
    sales = text_of(desk.get("/norce/se/orders/?status=completed"))
    assert "3,100.00 SEK" in sales and "SEK with" not in sales


def test_a_tab_has_the_word_of_its_badge(desk: Client) -> None:
    put(an_order("one", state="checkout"))
    page = desk.get("/norce/se/orders/?status=checkout")
    tab = next(tab for tab in page.context["tabs"]() if tab.is_current)
    assert row(page)["c-state"] == tab.word


def test_no_sum_where_currencies_mix(desk: Client) -> None:
    put(an_order("one"), an_order("two", currency="EUR"))
    assert "sum of" not in text_of(desk.get("/norce/se/orders/"))


def test_no_sum_on_any_page_once_one_of_them_has_shown_another_currency(desk: Client) -> None:
    many(60)
    put(an_order("euro", currency="EUR", created="2026-10-01T10:00:00Z"))
    assert "sum of" not in text_of(desk.get("/norce/se/orders/?size=25&page=3"))
    assert "sum of" not in text_of(desk.get("/norce/se/orders/"))
    assert "sum of matching orders 100.00 EUR" in text_of(desk.get("/norce/se/orders/?date_to=2026-10-31"))


def test_the_currencies_of_one_channel_hide_no_sum_in_another(desk: Client) -> None:
    put(an_order("one"), an_order("two", currency="EUR"))
    desk.get("/norce/se/orders/")
    assert met_in("norce/se").currencies == {"SEK", "EUR"}
    assert met_in("norce/no").currencies == frozenset()


def test_a_page_costs_one_call(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    many(30)
    with caplog.at_level(logging.INFO, "order_api"):
        desk.get("/norce/se/orders/?status=completed&search=R&way=search&page=2&size=25")
    assert len([record for record in caplog.records if record.name == "order_api"]) == 1


def test_an_address_that_needs_tidying_is_tidied_before_anything_is_asked(
    desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "order_api"):
        answer = desk.get("/norce/se/orders/?search=&countries=Sweden&countries=")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/norce/se/orders/?countries=SE")
    assert [record for record in caplog.records if record.name == "order_api"] == []


def test_a_page_after_the_last_says_so_and_leads_back(desk: Client) -> None:
    many(30)
    answer = desk.get("/norce/se/orders/?size=25&page=9")
    assert answer.status_code == 200
    assert "There is no page 9 The list has 2 pages. To the last page" in text_of(answer)
    assert desk.get(answer.context["pages"].last).context["range"] == "26–30 of 30"


def test_a_page_number_beyond_all_offsets_is_no_error(desk: Client) -> None:
    many(1)
    assert "There is no page" in text_of(desk.get("/norce/se/orders/?size=25&page=99999999999"))


def test_a_channel_without_orders_says_what_will_come(desk: Client) -> None:
    words = text_of(desk.get("/norce/se/orders/"))
    assert (
        "No orders yet Orders show up here as soon as the first basket is created in norce/se. Look in norce/no"
        in words
    )


def test_nothing_that_matches_names_the_filters_and_the_way_out(desk: Client) -> None:
    many(1)
    words = text_of(desk.get("/norce/se/orders/?search=Bergkvist&status=declined"))
    assert (
        "Nothing matches “ Bergkvist ” Looked in norce/se for it as: reference Bergkvist any text Bergkvist "
        "name Bergkvist Among orders with: Order state Declined" in words
    )
    assert "Clear filters Search all orders The same in norce/no" in words


def test_somebody_without_the_right_is_told_whom_to_ask(client_of: ClientOf, newcomer: User) -> None:
    for url in ("/norce/se/orders/", "/norce/se/orders/find/?search=x"):
        answer = client_of(newcomer).get(url)
        assert answer.status_code == 403
        assert "Ask an admin" in text_of(answer)
