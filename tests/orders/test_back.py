"""From an order back to its row, and on to the next one."""

import logging
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, many, put
from tests.orders.pages import orders_on, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def hrefs(desk: Client, order_id: str) -> dict[str, str]:
    """Where the order's page leads: back, and to the orders beside it."""
    body = desk.get(f"/norce/se/orders/{order_id}/").content.decode()
    back = re.search(r'<a class="btn btn-quiet btn-small back" href="([^"]*)"', body)
    assert back
    beside = dict(re.findall(r'<a id="order-(previous|next)" href="([^"]*)"', body))
    return {"back": back[1].replace("&amp;", "&"), **beside}


def test_the_order_leads_back_to_its_row_in_the_list_as_it_was(desk: Client) -> None:
    many(30)
    desk.get("/norce/se/orders/?status=completed&size=25&page=2")
    assert hrefs(desk, "o_aaab")["back"] == "/norce/se/orders/?status=completed&size=25&page=2#row-o_aaab"
    assert 'id="row-o_aaab"' in desk.get("/norce/se/orders/?status=completed&size=25&page=2").content.decode()


def test_an_order_from_nowhere_leads_back_to_the_last_list_and_has_nothing_beside_it(desk: Client) -> None:
    many(3)
    assert hrefs(desk, "o_aaab") == {"back": "/norce/se/orders/"}
    desk.get("/norce/se/orders/?search=R-3")
    assert hrefs(desk, "o_aaab") == {"back": "/norce/se/orders/?search=R-3&way=reference"}


def test_within_a_page_the_orders_beside_it_are_links_and_cost_nothing(
    desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    many(30)
    ids = list(orders_on(desk.get("/norce/se/orders/")))
    caplog.clear()
    with caplog.at_level(logging.INFO, "order_api"):
        first, second = hrefs(desk, ids[0]), hrefs(desk, ids[1])
    assert len([record for record in caplog.records if record.name == "order_api"]) == 2
    assert first == {"back": f"/norce/se/orders/#row-{ids[0]}", "next": f"/norce/se/orders/{ids[1]}/"}
    assert (second["previous"], second["next"]) == (f"/norce/se/orders/{ids[0]}/", f"/norce/se/orders/{ids[2]}/")
    assert "2 of 30 Previous order Next order" in text_of(desk.get(f"/norce/se/orders/{ids[1]}/"))


def test_at_the_end_of_a_page_the_next_one_is_asked_for_when_somebody_goes_there(
    desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    many(30)
    last = list(orders_on(desk.get("/norce/se/orders/?size=25")))[-1]
    on = hrefs(desk, last)["next"]
    assert on == f"/norce/se/orders/{last}/after/"
    caplog.clear()
    with caplog.at_level(logging.INFO, "order_api"):
        answer = desk.get(on)
    assert len([record for record in caplog.records if record.name == "order_api"]) == 1
    following = answer.headers["Location"].split("/")[4]
    assert following == "o_aaaf"
    there = hrefs(desk, following)
    assert "26 of 30" in text_of(desk.get(f"/norce/se/orders/{following}/"))
    assert there["back"] == "/norce/se/orders/?size=25&page=2#row-o_aaaf"
    assert desk.get(there["previous"]).headers["Location"] == f"/norce/se/orders/{last}/"
    assert "next" not in hrefs(desk, "o_aaab")


def test_two_tabs_at_two_lists_lead_back_each_to_its_own(desk: Client) -> None:
    put(an_order("one", state="declined"), an_order("two"))
    desk.get("/norce/se/orders/?status=declined")
    desk.get("/norce/se/orders/?status=completed")
    assert hrefs(desk, "o_one")["back"] == "/norce/se/orders/?status=declined#row-o_one"
    assert hrefs(desk, "o_two")["back"] == "/norce/se/orders/?status=completed#row-o_two"


def test_what_is_beside_an_order_that_left_its_list_meanwhile_is_the_list(desk: Client) -> None:
    many(26)
    last = list(orders_on(desk.get("/norce/se/orders/?size=25&status=completed")))[-1]
    from sandbox.models import Order

    Order.objects.filter(public_id="o_aaab").update(status="declined")
    assert desk.get(f"/norce/se/orders/{last}/after/").headers["Location"] == "/norce/se/orders/?status=completed"
    assert desk.get("/norce/se/orders/o_unknown/after/").headers["Location"] == "/norce/se/orders/o_unknown/"


def test_a_list_that_stays_as_it_is_writes_nothing_into_the_session(desk: Client) -> None:
    many(3)
    desk.get("/norce/se/orders/")
    before = desk.session["order-lists"]
    answer = desk.get("/norce/se/orders/")
    assert not answer.wsgi_request.session.modified
    assert desk.session["order-lists"] == before


def test_a_session_of_an_older_version_is_no_error(desk: Client) -> None:
    many(1)
    session = desk.session
    session["order-lists"] = {"norce/se": "/norce/se/orders/?status=completed"}
    session.save()
    assert hrefs(desk, "o_aaab") == {"back": "/norce/se/orders/"}


def test_the_copy_buttons_copy_what_people_say(desk: Client) -> None:
    put(an_order("one", reference="SE-1"))
    body = desk.get("/norce/se/orders/o_one/").content.decode()
    copied = re.findall(r'data-copy="([^"]*)"', body)
    assert copied[:2] == ["SE-1", "o_one"]
    assert {"070-123 45 67", "sa.lindstrm@example.se"} <= set(copied)
