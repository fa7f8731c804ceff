"""The line on an order's page that says how many orders the customer has."""

import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.customer.conftest import Asked
from tests.customer.people import address, order, put, where
from tests.orders.pages import body_of, text_of
from tests.wire import listening

pytestmark = pytest.mark.django_db
ALL = ("norce/se", "norce/no", "norce/dk", "nordlys/de", "nordlys/fi", "nordlys/nl")


def line(desk: Client, order_id: str = "o_one") -> Any:
    return desk.get(where(order_id, "order-customer-line"), headers={"HX-Request": "true"})


def test_the_orders_page_leaves_a_place_for_it_and_leads_there_without_a_script(desk: Client) -> None:
    put(order("one"))
    with listening() as calls:
        page = body_of(desk.get("/norce/se/orders/o_one/"))
    assert len(calls) == 1, "the order's page asks nobody for it"
    assert 'hx-get="/norce/se/orders/o_one/customer/line/"' in page
    assert 'href="/norce/se/orders/o_one/customer/?all"' in page


def test_it_counts_this_order_and_the_others_here_and_everywhere(desk: Client) -> None:
    put(order("one"), order("two"), order("three", "norce/no"), order("bo", billing=address("bo@example.se", "")))
    answer = line(desk)
    assert text_of(answer) == "3 orders · 2 in this shop"
    assert 'href="/norce/se/orders/o_one/customer/"' in body_of(answer)


def test_where_there_is_nothing_else_it_says_so(desk: Client) -> None:
    put(order("one"))
    assert text_of(line(desk)) == "No other order with this e-mail"


def test_without_an_email_the_phone_is_counted_in_every_spelling(desk: Client) -> None:
    put(order("one", billing=address("")), order("two", "norce/dk", billing=address("", "070-174 06 12")))
    assert text_of(line(desk)) == "2 orders · 1 in this shop"


def test_without_both_nobody_is_asked(desk: Client) -> None:
    put(order("one", billing={"givenName": "Nils"}))
    with listening() as calls:
        assert text_of(line(desk)) == "No e-mail and no phone to find other orders by"
    assert [call.operation for call in calls] == ["GET orders/{order_id}"]


def test_it_is_cheap(desk: Client) -> None:
    put(order("one"))
    with listening() as calls:
        line(desk)
    assert Counter(call.channel for call in calls) == {each: 2 if each == "norce/se" else 1 for each in ALL}
    with CaptureQueriesContext(connection) as queries:
        line(desk)
    own = [each["sql"] for each in queries if not re.search("sandbox_|gateway_callsinminute|SAVEPOINT", each["sql"])]
    assert len(own) == 2, own


def test_a_channel_that_does_not_answer_is_named_with_a_way_to_try_again(desk: Client, out_of_order: Asked) -> None:
    put(order("one"), order("two"), order("three", "norce/no"))
    with out_of_order("norce/no"):
        answer = line(desk)
    assert answer.status_code == 200
    assert text_of(answer).startswith("2 orders · 2 in this shop norce/no did not answer Try again")
    assert "customer/line/" in body_of(answer)


def test_while_nothing_can_be_read_it_fails_alone(desk: Client, out_of_order: Asked) -> None:
    put(order("one"))
    with out_of_order(*ALL):
        answer = line(desk)
    assert answer.status_code == 200
    assert text_of(answer).startswith("Other orders: not known now Try again")


def test_of_an_order_that_does_not_exist_there_is_none(desk: Client) -> None:
    assert line(desk, "o_Nothing").status_code == 404
