"""The board: its frame asks nobody, each block is there by itself, and every figure leads to what makes it up."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.channels import Channel
from gateway.connection import order_api
from index import writing
from sandbox.models import Order
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, payment, put
from tests.wire import listening

pytestmark = pytest.mark.django_db
SE = Channel("norce", "se")


def ago(**time: float) -> str:
    return f"{timezone.now() - timedelta(**time):%Y-%m-%dT%H:%M:%SZ}"


def put_seen(*orders: dict[str, Any]) -> None:
    """Into the sandbox, and read by the desk."""
    put(*orders)
    for channel in {(order["merchant"], order["channel"]) for order in orders}:
        writing.see(order_api(*channel).orders.list(limit=250).data, at=timezone.now())


def reserved(name: str, amount: float = 100, **more: Any) -> dict[str, Any]:
    return an_order(name, total=amount, payments=[payment(f"p_{name}", amount, "reserved")], **more)


def text_of(page: Any) -> str:
    words = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", page.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", words)


@pytest.fixture
def desk(manager: User, client_of: ClientOf) -> Client:
    return client_of(manager)


def test_the_frame_asks_the_order_api_nothing(desk: Client) -> None:
    put_seen(reserved("one"))
    with listening() as calls:
        page = desk.get("/overview/")
    assert (page.status_code, calls) == (200, [])
    for block in ("attention", "today", "trend"):
        assert f'hx-get="/overview/{block}/"' in page.content.decode()
        assert desk.get(f"/overview/{block}/").status_code == 200


def test_who_manages_begins_at_the_board_and_support_at_the_orders(
    support: User, manager: User, admin: User, client_of: ClientOf
) -> None:
    leads = {user.username: client_of(user).get("/").headers["Location"] for user in (support, manager, admin)}
    assert leads == {"support": "/norce/se/orders/", "manager": "/overview/", "admin": "/overview/"}


def test_what_is_completed_and_only_reserved_stands_there_with_its_sum_and_leads_to_its_rows(desk: Client) -> None:
    put_seen(reserved("new", 250, created=ago(hours=2)), reserved("old", 100, created=ago(days=9)), an_order("fine"))
    board = text_of(desk.get("/overview/attention/"))
    assert "2 Completed, money only reserved 350.00 SEK reserved 0 of 2 taken" in board.replace("\xa0", " ")
    assert "8–14 days: 1" in board
    rows = text_of(desk.get("/overview/not-captured/"))
    assert "o_new" in rows and "o_old" in rows and "o_fine" not in rows
    older = text_of(desk.get("/overview/not-captured/?age=8-14"))
    assert "o_old" in older and "o_new" not in older


def test_nothing_needs_attention_says_so_with_its_time(desk: Client) -> None:
    put_seen(an_order("fine"))
    assert "Nothing needs attention As of" in text_of(desk.get("/overview/attention/"))


def test_the_board_says_from_which_day_on_it_knows_orders_where_that_matters(desk: Client, settings: Any) -> None:
    put_seen(an_order("fine"))
    said = "are not in the index"
    assert said in text_of(desk.get("/overview/attention/")) and said in text_of(desk.get("/overview/not-captured/"))
    assert said not in text_of(desk.get("/overview/trend/?days=90"))
    settings.INDEX_KEEP_DAYS = 60
    assert said in text_of(desk.get("/overview/trend/?days=90"))
    assert said not in text_of(desk.get("/overview/trend/?days=30"))


def test_a_row_that_was_settled_meanwhile_says_so_and_leaves(desk: Client) -> None:
    put_seen(reserved("one"), reserved("two"))
    Order.objects.filter(public_id="o_one").delete()
    put(an_order("one"))
    shown = text_of(desk.get("/overview/not-captured/?read"))
    assert "One of them was settled meanwhile" in shown and "was settled meanwhile" in shown
    after = text_of(desk.get("/overview/not-captured/"))
    assert "o_one" not in after and "o_two" in after
    assert "1 Completed, money only reserved" in text_of(desk.get("/overview/attention/"))


@pytest.mark.parametrize("block", ["attention", "trend", "today", "undelivered"])
def test_a_block_costs_as_many_statements_however_many_orders_there_are(desk: Client, block: str) -> None:
    as_a_part = {"HX-Request": "true", "HX-Target": block}

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/overview/{block}/", headers=as_a_part).status_code == 200
        return len([query for query in queries if "sandbox_" not in query["sql"]])

    put_seen(reserved("one"))
    desk.get(f"/overview/{block}/")
    few = statements()
    put_seen(*(reserved(f"{n}x", created=ago(days=n)) for n in range(30)))
    assert statements() == few <= 24


def sums_on(desk: Client, check: str) -> dict[str, str]:
    page = desk.get("/overview/attention/")
    found = next(found for found, _url in page.context["findings"] if found.check.name == check)
    return {amount.currency: f"{amount.value:.2f}" for amount in found.sums}


def test_what_is_held_in_another_currency_than_the_orders_is_counted_in_its_own(desk: Client) -> None:
    abroad = payment("p_abroad", 20, "reserved", currency="EUR")
    put_seen(
        an_order("both", payments=[payment("p_here", 100, "reserved"), abroad]),
        an_order("abroad", payments=[{**abroad, "id": "p_alone"}]),
        an_order("nothing", state="declined", payments=[payment("p_dkk", 7, currency="DKK")]),
    )
    assert sums_on(desk, "not-captured") == {"SEK": "100.00", "EUR": "40.00"}
    assert sums_on(desk, "held-for-nothing") == {"DKK": "7.00"}
    page = desk.get("/overview/not-captured/")
    shown = {row.order.order_id: [f"{value:.2f} {code}" for value, code in row.amounts] for row in page.context["rows"]}
    assert shown == {"o_both": ["100.00 SEK", "20.00 EUR"], "o_abroad": ["20.00 EUR"]}
    ages = desk.get("/overview/attention/").context["ages"]
    told = [f"{value:.2f} {code}" for age in ages for value, code in age.sums]
    assert told == ["100.00 SEK", "40.00 EUR"]


def test_what_is_read_in_a_list_is_not_captured_in_another_currency_either(desk: Client) -> None:
    put_seen(an_order("abroad", payments=[payment("p_abroad", 20, "reserved", currency="EUR")]))
    assert "20.00 EUR" in text_of(desk.get("/norce/se/orders/?columns=left")).replace("\xa0", " ")


def test_what_was_paid_twice_is_the_payments_and_not_the_orders(desk: Client) -> None:
    """Each of two orders of 100 has a payment of 30 and one of 70: only the two of 30 are alike."""
    put_seen(
        an_order("one", payments=[payment("p_1", 30), payment("p_2", 70)]),
        an_order("two", payments=[payment("p_3", 30), payment("p_4", 69, currency="EUR")]),
    )
    assert sums_on(desk, "twins") == {"SEK": "60.00"}
    assert "30.00 SEK" in text_of(desk.get("/overview/twins/")).replace("\xa0", " ")
