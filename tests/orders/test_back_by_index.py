"""From an order of a list that the index answers through the whole of that list, and where in it the order stands."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from index import counting
from tests.conftest import ClientOf
from tests.orders.known import HELD, ids_on, known, norwegian
from tests.orders.orders_in_the_sandbox import an_order
from tests.orders.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


def beside(desk: Client, order: str) -> dict[str, str]:
    """Where an order's page leads: to the orders beside it, past what only leads on."""
    body = desk.get(order).content.decode()
    found = dict(re.findall(r'<a id="order-(previous|next)" href="([^"]*)"', body))
    return {way: _past(desk, url) for way, url in found.items()}


def _past(desk: Client, url: str) -> str:
    return desk.get(url).headers["Location"] if url.endswith(("/before/", "/after/")) else url


def place(desk: Client, order: str) -> str:
    found = re.search(r"(\S+ of \S+) (Previous|Next) order", text_of(desk.get(order)))
    return found[1] if found else ""


def walked(desk: Client, order: str, way: str) -> list[str]:
    """The orders that one comes through, going on and on."""
    pages = [order]
    while following := beside(desk, pages[-1]).get(way, ""):
        assert len(pages) < 50
        pages.append(following)
    return pages


def test_one_steps_through_the_whole_list_there_and_back_with_the_place_of_each(desk: Client) -> None:
    known(*(an_order(f"n{n}", created=f"2026-11-20T10:0{n}:00Z", **HELD) for n in range(8)))
    desk.get("/norce/se/orders/?payment_state=reserved&size=3")
    wanted = [f"/norce/se/orders/o_n{n}/" for n in range(7, -1, -1)]
    assert walked(desk, wanted[0], "next") == wanted
    assert walked(desk, wanted[-1], "previous") == wanted[::-1]
    assert walked(desk, wanted[0], "next") == wanted
    assert [place(desk, each) for each in wanted[-2:]] == ["7 of 8", "8 of 8"]
    assert place(desk, walked(desk, wanted[-1], "previous")[-1]) == "1 of 8"


def test_over_all_channels_the_next_order_may_be_of_another_one(desk: Client) -> None:
    swedish = [an_order(f"se{n}", created=f"2026-11-20T10:0{n}:00Z") for n in (1, 3, 5)]
    known(*swedish, *(norwegian(f"no{n}", created=f"2026-11-20T10:0{n}:00Z") for n in (2, 4)))
    desk.get("/orders/?size=2")
    order = ["se/orders/o_se5", "no/orders/o_no4", "se/orders/o_se3", "no/orders/o_no2", "se/orders/o_se1"]
    wanted = [f"/norce/{each}/" for each in order]
    assert walked(desk, wanted[0], "next") == wanted
    assert place(desk, wanted[-1]) == "5 of 5"
    assert walked(desk, wanted[-1], "previous") == wanted[::-1]


def test_by_total_one_steps_from_one_currency_into_the_next(desk: Client) -> None:
    known(
        an_order("se1", total=500), an_order("se2", total=400), norwegian("no1", total=20), norwegian("no2", total=10)
    )
    desk.get("/orders/?sort=-total&size=1")
    wanted = [
        f"/norce/{each}/" for each in ("no/orders/o_no1", "no/orders/o_no2", "se/orders/o_se1", "se/orders/o_se2")
    ]
    assert walked(desk, wanted[0], "next") == wanted
    assert walked(desk, wanted[-1], "previous") == wanted[::-1]


def test_going_on_from_page_to_page_keeps_the_place(desk: Client) -> None:
    known(*(an_order(f"n{n}", created=f"2026-11-20T10:0{n}:00Z", **HELD) for n in range(6)))
    first = desk.get("/norce/se/orders/?payment_state=reserved&size=2")
    following = re.search(r'id="page-next" href="([^"]+)"', first.content.decode())
    assert following
    shown = ids_on(desk.get(following[1].replace("&amp;", "&")))
    assert [place(desk, f"/norce/se/orders/{each}/") for each in shown] == ["3 of 6", "4 of 6"]


def test_where_nobody_counted_no_place_is_made_up(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    known(*(an_order(f"n{n}", reference=f"R-{n}", created=f"2026-11-20T10:0{n}:00Z", **HELD) for n in range(5)))
    address = "/norce/se/orders/?currency=SEK&amount_from=1&size=2"
    first = desk.get(address)
    following = re.search(r'id="page-next" href="([^"]+)"', first.content.decode())
    assert following and desk.get("/norce/se/orders/o_n4/").context["back"].place == "1", "of how many, nobody knows"
    session = desk.session
    session["order-lists"] = []
    session.save()
    assert ids_on(desk.get(following[1].replace("&amp;", "&"))) == ["o_n2", "o_n1"]
    assert desk.get("/norce/se/orders/o_n2/").context["back"].place == ""
    assert beside(desk, "/norce/se/orders/o_n2/")["previous"] == "/norce/se/orders/o_n3/"


def test_an_order_that_came_meanwhile_is_no_order_twice(desk: Client) -> None:
    known(*(an_order(f"n{n}", created=f"2026-11-20T10:0{n}:00Z", **HELD) for n in range(4)))
    desk.get("/norce/se/orders/?payment_state=reserved&size=2")
    known(an_order("n9", created="2026-11-20T11:00:00Z", **HELD))
    assert walked(desk, "/norce/se/orders/o_n3/", "next") == [f"/norce/se/orders/o_n{n}/" for n in (3, 2, 1, 0)]
