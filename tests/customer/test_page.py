"""The page of a customer, through the real client and the real sandbox: who is counted, what is said of the others, and
what it costs."""

import re
from collections import Counter
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ChannelGrant
from tests.conftest import ClientOf, person
from tests.customer.conftest import Asked, field, in_parts, rows
from tests.customer.people import EMAIL, PHONE, address, order, payment, put, where
from tests.orders.pages import body_of, text_of
from tests.wire import listening
from ui.streaming import BETWEEN

pytestmark = pytest.mark.django_db
ALL = ("norce/se", "norce/no", "norce/dk", "nordlys/de", "nordlys/fi", "nordlys/nl")


@pytest.fixture
def karin() -> None:
    """Four orders of hers in three channels, written in other ways, and one of somebody else."""
    put(
        order("one"),
        order("there", "norce/no", at="2026-11-20T10:04:00Z", currency="NOK"),
        order("case", at="2026-11-01T10:00:00Z", total=100, billing=address("KARIN.EK@EXAMPLE.SE", "070-174 06 12")),
        order("tagged", "norce/dk", at="2026-10-01T10:00:00Z", billing=address("karin.ek+dk@example.se")),
        order("bo", billing=address("bo@example.se", "+46701740699", "Bo Berg")),
    )


HERS = ["R-there", "R-one", "R-case", "R-tagged"]


@pytest.mark.usefixtures("karin")
def test_the_page_has_all_orders_of_the_customer_over_all_channels_newest_first(desk: Client) -> None:
    page = desk.get(f"{where('o_one')}?all")
    assert rows(page) == HERS
    words = text_of(page)
    assert "Orders and payments of Karin Ek" in words
    assert f"Looked for by {EMAIL}, {PHONE}, in the 6 channels that you have." in words
    assert 'href="/norce/no/orders/o_there/"' in body_of(page)


@pytest.mark.usefixtures("karin")
def test_it_says_by_which_key_each_was_found(desk: Client) -> None:
    words = text_of(desk.get(f"{where('o_one')}?all"))
    assert words.count("same e-mail, same phone") == 2
    assert "499.00 SEK this order" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert "same phone, its e-mail differs only behind the +" in words


@pytest.mark.usefixtures("karin")
def test_with_a_script_the_page_stands_at_once_and_asks_no_channel(desk: Client) -> None:
    with listening() as calls:
        page = desk.get(where("o_one"))
    assert [call.operation for call in calls] == ["GET orders/{order_id}"]
    assert rows(page) == ["R-one"]
    assert text_of(page).count("looking…") == 6


@pytest.mark.usefixtures("karin")
def test_each_channel_answers_by_itself_and_together_they_are_the_same_page(desk: Client) -> None:
    assert rows(in_parts(desk, "o_one", "norce/no")) == ["R-there", "R-one"]
    assert rows(in_parts(desk, "o_one", *ALL)) == HERS


@pytest.mark.usefixtures("karin")
def test_all_channels_answer_over_one_connection_each_in_a_part_of_its_own(desk: Client, out_of_order: Asked) -> None:
    sought = field(desk.get(where("o_one")), "sought")
    with out_of_order("norce/dk"):
        answer: Any = desk.post(where("o_one", "order-customer-channel"), {"sought": sought, "ask": "all"})
        parts = answer.getvalue().decode().split(BETWEEN)
    assert (len(parts), parts[-1].strip()) == (7, "")
    for channel, part in zip(ALL, parts, strict=False):
        assert f'id="asked-{channel.replace("/", "-")}"' in part
        assert ("did not answer" if channel == "norce/dk" else 'name="answered"') in part


@pytest.mark.usefixtures("karin")
def test_a_channel_that_answered_has_the_table_renewed_once_its_answer_is_on_the_page(desk: Client) -> None:
    sought = field(desk.get(where("o_one")), "sought")
    answer = desk.post(where("o_one", "order-customer-channel"), {"sought": sought, "ask": "norce/no"})
    assert "customer-heard" in answer.headers["HX-Trigger-After-Swap"]
    assert "norce/no 1 order" in text_of(answer)


@pytest.mark.usefixtures("karin")
def test_neither_email_nor_phone_stands_in_an_address(desk: Client) -> None:
    pages = [desk.get(where("o_one")), desk.get(f"{where('o_one')}?all"), in_parts(desk, "o_one", *ALL)]
    for page in pages:
        addresses = re.findall(r'(?:href|action|hx-\w+|src)="([^"]*)"', body_of(page))
        assert len(addresses) > 2
        for each in map(unescape, addresses):
            assert "karin" not in each.lower()
            assert "1740612" not in each


@pytest.mark.usefixtures("karin")
def test_no_channel_is_called_more_than_eight_times_for_the_whole_look(desk: Client) -> None:
    with listening() as calls:
        in_parts(desk, "o_one", *ALL)
        in_parts_of_payments = len(calls)
    each = Counter(call.channel for call in calls)
    assert each == {channel: 5 if channel == "norce/se" else 4 for channel in ALL}
    assert in_parts_of_payments == 25
    with listening() as calls:
        desk.get(f"{where('o_one')}?all")
    assert max(Counter(call.channel for call in calls).values()) == 5


@pytest.mark.usefixtures("karin")
def test_the_other_tab_asks_nobody(desk: Client) -> None:
    sought = field(desk.get(where("o_one")), "sought")
    with listening() as calls:
        desk.post(where("o_one", "order-customer-found"), {"sought": sought, "show": "payments"})
    assert calls == []


@pytest.mark.usefixtures("karin")
def test_a_page_costs_who_asks_and_one_query_of_its_own(desk: Client) -> None:
    sought = field(desk.get(where("o_one")), "sought")
    with CaptureQueriesContext(connection) as queries:
        desk.post(where("o_one", "order-customer-found"), {"sought": sought, "show": "payments"})
    own = [query["sql"] for query in queries if "sandbox_" not in query["sql"]]
    assert len(own) == 3, own
    assert "payments_execution" in own[-1]


@pytest.mark.usefixtures("karin")
def test_sums_stand_by_currency_and_are_never_added_up(desk: Client) -> None:
    put(order("back", at="2026-09-01T10:00:00Z", total=80, payments=[payment("p_back", 80, "refunded")]))
    words = text_of(desk.get(f"{where('o_one')}?all"))
    assert "SEK 1,098.00 80.00 0.00 0.00" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert "NOK 499.00 0.00 0.00 0.00" in words


@pytest.mark.usefixtures("karin")
def test_a_channel_that_does_not_answer_is_named_and_the_others_are_shown(desk: Client, out_of_order: Asked) -> None:
    with out_of_order("norce/no"):
        page = desk.get(f"{where('o_one')}?all")
    words = text_of(page)
    assert rows(page) == ["R-one", "R-case", "R-tagged"]
    assert "norce/no did not answer" in words
    assert "Try again norce/no" in words


@pytest.mark.usefixtures("karin")
def test_a_channel_that_failed_can_be_asked_again_by_itself(desk: Client, out_of_order: Asked) -> None:
    sought = field(desk.get(where("o_one")), "sought")
    asked = {"sought": sought, "ask": "norce/no"}
    with out_of_order("norce/no"):
        failed = desk.post(where("o_one", "order-customer-channel"), asked)
    assert "did not answer" in text_of(failed)
    assert 'name="answered"' not in body_of(failed)
    assert "norce/no 1 order" in text_of(desk.post(where("o_one", "order-customer-channel"), asked))


@pytest.mark.usefixtures("karin")
def test_a_channel_that_crawls_is_said_to_be_late(desk: Client, out_of_order: Asked, settings: Any) -> None:
    settings.FAN_OUT_DEADLINE = 0.3
    with out_of_order("norce/dk", seconds=0.4):
        words = text_of(desk.get(f"{where('o_one')}?all"))
    assert "norce/dk did not answer within 0.3 s" in words
    assert "norce/se 2 orders" in words


@pytest.mark.usefixtures("karin")
def test_a_person_with_one_channel_sees_it_alone_and_is_told_so(client_of: ClientOf) -> None:
    user = person("manager")
    user.channel_grants.all().delete()
    ChannelGrant.objects.create(user=user, merchant="norce", channel="se")
    desk = client_of(user)
    with listening() as calls:
        page = desk.get(f"{where('o_one')}?all")
    assert {call.channel for call in calls} == {"norce/se"}
    assert rows(page) == ["R-one", "R-case"]
    assert "in the one channel that you have." in text_of(page)
    sought = field(page, "sought")
    with listening() as calls:
        answer = desk.post(where("o_one", "order-customer-channel"), {"sought": sought, "ask": "norce/no"})
    assert (answer.status_code, calls) == (404, [])


@pytest.mark.usefixtures("karin")
def test_what_a_channel_said_is_left_out_once_it_was_taken_from_the_person(desk: Client, support: User) -> None:
    page = desk.get(f"{where('o_one')}?all")
    said = re.findall(r'name="answered" value="([^"]*)"', body_of(page))
    support.channel_grants.all().delete()
    ChannelGrant.objects.create(user=support, merchant="norce", channel="se")
    form = {"sought": field(page, "sought"), "answered": said}
    assert rows(desk.post(where("o_one", "order-customer-found"), form)) == ["R-one", "R-case"]


@pytest.mark.usefixtures("karin")
def test_what_was_not_sealed_here_for_this_person_and_order_is_not_read(
    desk: Client, client_of: ClientOf, manager: User
) -> None:
    theirs = client_of(manager).get(f"{where('o_one')}?all")
    said = re.findall(r'name="answered" value="([^"]*)"', body_of(theirs))
    for answered in (said, ["made up"]):
        answer = desk.post(where("o_one", "order-customer-found"), {"answered": answered})
        assert rows(answer) == ["R-one"]
        assert "What some channels said is over an hour old, and left out." in text_of(answer)
    other = desk.post(
        where("o_bo", "order-customer-found"), {"sought": field(desk.get(where("o_one")), "sought")}
    )  # fmt: skip
    assert rows(other) == ["R-bo"]


def test_an_email_that_many_customers_share_says_so_and_adds_nothing_up(desk: Client) -> None:
    shared = "till@firm.se"
    put(
        order("one", billing=address(shared, "")),
        *(
            order(f"n{n}", at=f"2026-11-1{n}T10:00:00Z", billing=address(shared, "", f"Person N{n}", givenName=f"P{n}"))
            for n in range(6)
        ),
    )
    page = desk.get(f"{where('o_one')}?all")
    words = text_of(page)
    assert f"The e-mail {shared} is on orders of many different customers" in words
    assert "1 order The customer’s orders" in words
    assert "6 orders that may be somebody else’s" in words
    assert "SEK 499.00" in words


def test_what_was_only_delivered_to_them_is_somebody_elses(desk: Client) -> None:
    put(
        order("one"),
        order("gift", customer={"billing": address("bo@example.se", "0701740699", "Bo Berg"), "shipping": address()}),
    )
    words = text_of(desk.get(f"{where('o_one')}?all"))
    assert "1 order that may be somebody else’s" in words
    assert "same e-mail, but of the delivery, same phone, but of the delivery" in words


def test_what_stands_in_for_an_email_is_said_and_not_asked_for(desk: Client) -> None:
    put(order("one", billing=address("guest@shop.se", "")), order("two", billing=address("guest@shop.se", "")))
    with listening() as calls:
        page = desk.get(f"{where('o_one')}?all")
    assert len(calls) == 1
    assert "guest@shop.se stands in for an e-mail that was not given" in text_of(page)
    assert "names no e-mail and no phone by which others could be found" in text_of(page)
    assert rows(page) == ["R-one"]


def test_a_customer_without_email_and_phone_has_this_order_alone(desk: Client) -> None:
    put(order("one", billing={"givenName": "Nils", "familyName": "Ny"}))
    with listening() as calls:
        page = desk.get(f"{where('o_one')}?all")
    assert len(calls) == 1
    assert "This order names no e-mail and no phone" in text_of(page)


def test_a_customer_without_other_orders_is_told_so(desk: Client) -> None:
    put(order("one"))
    assert "No other order, as far as the channels have answered." in text_of(desk.get(f"{where('o_one')}?all"))


def test_of_three_hundred_orders_the_newest_fifty_are_read_and_it_says_so(desk: Client) -> None:
    letters = "abcdefghij"
    put(
        *(
            order(
                "".join(letters[int(digit)] for digit in f"{n:03}"),
                at=f"2026-{1 + n // 28:02}-{1 + n % 28:02}T10:00:00Z",
                total=10,
            )
            for n in range(300)
        )
    )
    with listening() as calls:
        page = desk.get(f"{where('o_aaa')}?all")
    words = text_of(page)
    assert len(calls) == 25
    assert "norce/se the 50 newest of at least 300 orders" in words
    assert "Of each shop the 50 newest orders are here; sums are of these alone." in words
    assert len(rows(page)) == 51, "the order itself is always there"


def test_an_order_that_cannot_be_read_is_counted_and_takes_nothing_from_the_others(desk: Client) -> None:
    put(order("one"), order("broken") | {"consents": "none"})
    words = text_of(desk.get(f"{where('o_one')}?all"))
    assert "1 order cannot be shown" in words


@pytest.mark.usefixtures("karin")
def test_the_text_for_the_customer_has_no_ids_in_it(desk: Client) -> None:
    for show in ("orders", "payments"):
        page = desk.get(f"{where('o_one')}?all&show={show}")
        (text,) = re.findall(r'class="btn" type="button" data-copy="([^"]*)"', body_of(page))
        assert "R-one" in text
        for internal in ("o_one", "p_one", "norce", EMAIL, PHONE, "klarna_checkout_adapter"):
            assert internal not in text


@pytest.mark.usefixtures("karin")
def test_names_are_shown_as_text(desk: Client) -> None:
    put(order("odd", billing=address(name="<b>Karin</b> Ek")))
    body = body_of(desk.get(f"{where('o_odd')}?all"))
    assert "<b>Karin</b>" not in body
    assert "&lt;b&gt;Karin&lt;/b&gt;" in body


# Payments


@pytest.mark.usefixtures("karin")
def test_all_payments_stand_in_time_and_equal_ones_are_joined_and_told(desk: Client) -> None:
    put(order("again", at="2026-11-20T10:04:00Z"))
    page = in_parts(desk, "o_one", *ALL, show="payments")
    words = text_of(page)
    assert "Charged twice? There is 1 group of equal amounts to look at" in words
    assert "Same amount, 4 min apart: Both captured. The orders are for the same items." in words
    assert body_of(page).count('class="twins ') == 1
    assert 'hx-get="/norce/se/orders/o_again/payments/p_again/transactions/?currency=SEK"' in body_of(page)
    assert "Charged twice? There is 1 group of equal amounts to look at" in text_of(desk.get(f"{where('o_one')}?all"))


def test_without_a_double_charge_it_says_so(desk: Client) -> None:
    put(order("one"), order("try", payments=[payment("p_try", 499, "declined")], at="2026-11-20T09:58:00Z"))
    words = text_of(desk.get(f"{where('o_one')}?all&show=payments"))
    assert "No double charge: of equal amounts within a day, one alone holds money" in words
    assert "One was declined or failed: it took no money. Charged once." in words
    assert "A card statement can show one payment twice for some days" in words


# Outages


def test_while_the_order_cannot_be_read_there_is_no_page(desk: Client, out_of_order: Asked) -> None:
    put(order("one"))
    with out_of_order(*ALL):
        answer = desk.get(where("o_one"))
    assert answer.status_code == 503
    assert "Try again" in text_of(answer)
