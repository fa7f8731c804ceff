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
from accounts.models import Preference
from orders.list.met import met_in
from tests.conftest import ClientOf
from tests.orders import documents
from tests.orders.orders_in_the_sandbox import address, an_order, many, payment, put, shipping
from tests.orders.pages import HTMX, folded, orders_on, text_of

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
    return row(desk.get("/orders/"))


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
    link = '<a class="open" id="row-o_one" href="/orders/o_one/" draggable="false"><bdi>SE-1</bdi></a>'
    assert link in desk.get("/orders/").content.decode()


def test_an_order_with_next_to_nothing_still_has_its_row(desk: Client) -> None:
    documents.put(documents.bare(created="2026-11-20T10:00:00Z"))
    said = row(desk.get("/orders/"))
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
    rows = re.findall(r"<tr[^>]*>", desk.get("/orders/").content.decode().partition("<tbody>")[2])
    assert [' title="Part payment &quot;over&quot; 36 months"' in row for row in rows].count(True) == 1
    assert [" title=" in row for row in rows].count(True) == 1


def test_values_that_nobody_knows_yet_stand_as_they_came(desk: Client) -> None:
    documents.put(documents.UNKNOWN)
    said = row(desk.get("/orders/"))
    assert said["c-state"] == "onHold"
    assert said["c-pay"] == "teleported Without an id + 2"
    assert said["c-ship"].startswith("lost")
    assert "<script>alert" not in desk.get("/orders/").content.decode()


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
    assert row(desk.get("/orders/"))["c-customer"].startswith("Ann Ek")


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
    answer = desk.get("/orders/")
    assert list(orders_on(answer).values()) == [f"R-{n}" for n in range(60, 35, -1)]
    assert "1–25 of 60 · sum of matching orders 6,000.00 SEK" in text_of(answer)


def test_each_order_is_on_one_page_and_each_page_is_a_link(desk: Client) -> None:
    many(60)
    url, seen = "/orders/", []
    while url:
        answer = desk.get(url)
        seen += list(orders_on(answer).values())
        url = answer.context["pages"].next
    assert seen == [f"R-{n}" for n in range(60, 0, -1)]


def test_a_full_page_that_is_the_last_one_leads_nowhere(desk: Client) -> None:
    many(25)
    answer = desk.get("/orders/")
    assert (answer.context["range"], answer.context["pages"].next) == ("1–25 of 25", "")
    assert len(orders_on(answer)) == 25


def test_one_order_more_than_a_page_is_counted_and_added_up(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    many(26, state="declined")
    put(an_order("other"))
    for calls in (2, 1):  # what the API counts is asked for once
        caplog.clear()
        with caplog.at_level(logging.INFO, "order_api"):
            answer = desk.get("/orders/?status=declined")
        assert "1–25 of 26 · sum of matching orders 2,600.00 SEK" in text_of(answer)
        assert len([record for record in caplog.records if record.name == "order_api"]) == calls


def test_the_sum_says_which_orders_that_are_no_sales_may_be_in_it(desk: Client) -> None:
    put(an_order("one"), an_order("two", state="checkout"))
    whole = text_of(desk.get("/orders/"))
    assert "sum of matching orders 200.00 SEK with any in Checkout" in whole and "in Checkout," not in whole
    for state in ("completed", "checkout"):
        only = text_of(desk.get(f"/orders/?status={state}"))
        assert "sum of matching orders 100.00 SEK" in only and "SEK with" not in only
    many(30)
    assert "3,200.00 SEK with any in Checkout, Declined, Removed" in text_of(desk.get("/orders/"))
    sales = text_of(desk.get("/orders/?status=completed"))
    assert "3,100.00 SEK" in sales and "SEK with" not in sales


def test_a_tab_has_the_word_of_its_badge(desk: Client) -> None:
    put(an_order("one", state="checkout"))
    page = desk.get("/orders/?status=checkout")
    tab = next(tab for tab in page.context["tabs"]() if tab.is_current)
    assert row(page)["c-state"] == tab.word


def test_no_sum_where_currencies_mix(desk: Client) -> None:
    put(an_order("one"), an_order("two", currency="EUR"))
    assert "sum of" not in text_of(desk.get("/orders/"))


def test_no_sum_on_any_page_once_one_of_them_has_shown_another_currency(desk: Client) -> None:
    many(60)
    put(an_order("euro", currency="EUR", created="2026-10-01T10:00:00Z"))
    assert "sum of" not in text_of(desk.get("/orders/?size=25&page=3"))
    assert "sum of" not in text_of(desk.get("/orders/"))
    assert "sum of matching orders 100.00 EUR" in text_of(desk.get("/orders/?date_to=2026-10-31"))


def test_the_currencies_of_one_channel_hide_no_sum_in_another(desk: Client) -> None:
    put(an_order("one"), an_order("two", currency="EUR"))
    desk.get("/orders/")
    assert met_in("norce/se").currencies == {"SEK", "EUR"}
    assert met_in("norce/no").currencies == frozenset()


def test_a_page_costs_one_call(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    many(30)
    with caplog.at_level(logging.INFO, "order_api"):
        desk.get("/orders/?status=completed&search=R&way=search&page=2&size=25")
    assert len([record for record in caplog.records if record.name == "order_api"]) == 1


def test_an_address_that_needs_tidying_is_tidied_before_anything_is_asked(
    desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "order_api"):
        answer = desk.get("/orders/?search=&countries=Sweden&countries=")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/orders/?countries=SE")
    assert caplog.records == []


def test_a_page_after_the_last_says_so_and_leads_back(desk: Client) -> None:
    many(30)
    answer = desk.get("/orders/?size=25&page=9")
    assert answer.status_code == 200
    assert "There is no page 9 The list has 2 pages. To the last page" in text_of(answer)
    assert desk.get(answer.context["pages"].last).context["range"] == "26–30 of 30"


def test_a_page_number_beyond_all_offsets_is_no_error(desk: Client) -> None:
    many(1)
    assert "There is no page" in text_of(desk.get("/orders/?size=25&page=99999999999"))


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
    assert list(orders_on(desk.get(f"/orders/?{query}"))) == [f"o_{name}" for name in names]


def test_a_filter_that_cannot_be_read_is_told_beside_its_field_and_above_the_table(desk: Client) -> None:
    put(an_order("a"), an_order("b", state="declined"))
    answer = desk.get("/orders/?date_from=31-31-2025&status=declined")
    words = text_of(answer)
    assert (
        "These rows are not filtered by everything that was asked for. First day: “31-31-2025” is not a date" in words
    )
    assert words.count("“31-31-2025” is not a date") == 2
    assert 'id="f-date_from" name="date_from" type="text" value="31-31-2025"' in folded(answer)
    assert list(orders_on(answer)) == ["o_b"]


def test_a_chip_is_edited_without_a_script_in_the_open_panel(desk: Client) -> None:
    put(an_order("a"))
    body = desk.get("/orders/?status=completed&edit=status").content.decode()
    assert re.search(r'<details [^>]*id="filter-panel" open>', body)
    assert re.search(r'id="f-status" autofocus', body)


def test_after_the_panel_was_sent_it_stays_open_at_the_field_that_cannot_be_read(desk: Client) -> None:
    put(an_order("a"))
    sent = desk.get("/orders/?billing_phones=x&date_from=2025-31-31", headers={**HTMX, "HX-Trigger": "filter-form"})
    for body in (folded(sent), folded(desk.get("/orders/?date_from=2025-31-31", follow=True))):
        assert re.search(r'<details [^>]*id="filter-panel" open>', body)
        assert re.search(
            r'id="f-date_from"[^>]* autofocus aria-invalid="true" aria-describedby="f-date_from-error"', body
        )
        assert body.count(" autofocus") == 1
    chip = desk.get("/orders/?date_from=2025-31-31", headers={**HTMX, "HX-Trigger": "x-status"}).content.decode()
    assert re.search(r'id="filter-panel">', chip)


def test_one_value_is_put_right_in_its_field_and_several_are_boxes(desk: Client) -> None:
    put(an_order("a"))
    one = folded(desk.get("/orders/?billing_names=Ek&countries=SE"))
    assert 'name="billing_names" type="text" value="Ek"' in one
    assert 'name="countries" type="text" value="Sweden"' in one
    assert 'type="checkbox" name="billing_names"' not in one
    two = folded(desk.get("/orders/?billing_names=Ek&billing_names=Alm"))
    assert two.count('type="checkbox" name="billing_names"') == 2
    assert 'name="billing_names" type="text" value=""' in two


def test_the_panel_can_be_closed_without_a_script(desk: Client) -> None:
    put(an_order("a"))
    body = desk.get("/orders/?status=completed&edit=status").content.decode()
    assert 'id="filter-close" href="/orders/?status=completed" data-folds' in body


def test_an_address_that_stays_is_no_step_of_the_history(desk: Client) -> None:
    many(2)
    there = {**HTMX, "HX-Current-URL": "http://testserver/orders/?status=completed"}
    stays = desk.get("/orders/?status=completed", headers=there)
    assert stays.headers["HX-Replace-Url"] == "/orders/?status=completed"
    assert "HX-Push-Url" not in stays.headers
    goes = desk.get("/orders/?status=accepted", headers=there)
    assert goes.headers["HX-Push-Url"] == "/orders/?status=accepted"


def test_htmx_gets_the_table_alone_and_the_address_that_it_stands_for(desk: Client) -> None:
    many(2)
    answer = desk.get("/orders/?search=&status=completed&countries=", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == "/orders/?status=completed"
    assert "<html" not in answer.content.decode()
    assert 'id="q"' in answer.content.decode()


def test_while_somebody_types_the_box_stays_and_the_history_does_not_grow(desk: Client) -> None:
    many(2)
    answer = desk.get("/orders/?search=R-1&within=status%3Dcompleted%26page%3D2", headers={**HTMX, "HX-Trigger": "q"})
    assert list(orders_on(answer).values()) == ["R-1"]
    assert answer.headers["HX-Replace-Url"] == "/orders/?search=R-1&status=completed&way=reference"
    assert "HX-Push-Url" not in answer.headers
    assert 'id="q"' not in answer.content.decode()


def test_the_rows_on_a_page_are_remembered_when_they_are_chosen_and_not_when_a_link_says_them(
    desk: Client, support: User
) -> None:
    many(1)
    desk.get("/orders/?size=100")
    assert not Preference.objects.filter(user=support, page_size=100).exists()
    page = desk.get("/orders/?status=completed&size=100&page=1").content.decode()
    assert 'name="next" value="/orders/?status=completed"' in page
    chosen = {"next": "/orders/?status=completed", "size": "50"}
    answer = desk.post("/accounts/preferences/rows/", chosen, follow=True)
    assert answer.redirect_chain == [("/orders/?status=completed", 302)]
    assert (answer.context["address"].size, Preference.objects.get(user=support).page_size) == (50, 50)
    assert desk.post("/accounts/preferences/rows/", chosen | {"size": "77"}).status_code == 302
    assert Preference.objects.get(user=support).page_size == 50


def test_looking_at_a_list_keeps_no_preference_whatever_its_address_says(desk: Client) -> None:
    desk.get("/orders/?remember=size&size=100", follow=True)
    assert not Preference.objects.exists()


def test_a_channel_without_orders_says_what_will_come(desk: Client) -> None:
    words = text_of(desk.get("/orders/"))
    assert (
        "No orders yet Orders show up here as soon as the first basket is created in norce/se. Look in norce/no"
        in words
    )


def test_nothing_that_matches_names_the_filters_and_the_way_out(desk: Client) -> None:
    many(1)
    words = text_of(desk.get("/orders/?search=Bergkvist&status=declined"))
    assert (
        "Nothing matches “ Bergkvist ” Looked in norce/se for it as: reference Bergkvist any text Bergkvist "
        "name Bergkvist Among orders with: Order state Declined" in words
    )
    assert "Clear filters Search all orders The same in norce/no" in words


def test_somebody_without_the_right_is_told_whom_to_ask(client_of: ClientOf, newcomer: User) -> None:
    for url in ("/orders/", "/orders/find/?search=x"):
        answer = client_of(newcomer).get(url)
        assert answer.status_code == 403
        assert "Ask an admin" in text_of(answer)
