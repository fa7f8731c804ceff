"""Choosing orders: by their boxes, or all that match a filter; each of a channel and a right of the person's own."""

import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import ChannelGrant
from gateway.connection import order_api
from index import writing
from order_api import OrderApi
from orders.bulk import kept
from orders.models import Batch, BatchRow
from tests.bulk.conftest import address, choose, looked_at, words
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, many, payment, put
from tests.pasted.pasting import looked_up, number, paste

pytestmark = pytest.mark.django_db
LIST = "/norce/se/orders/"


def test_each_row_has_a_box_and_the_bar_offers_what_the_person_may_do(
    support: User, manager: User, admin: User, client_of: ClientOf
) -> None:
    put(an_order("a", reference="R-1"), an_order("b"))
    offered = {
        person: re.findall(r'name="what" value="(\w+)"', client_of(person).get(LIST).content.decode())
        for person in (support, manager, admin)
    }
    assert offered[support] == ["assign", "note"]
    assert offered[manager] == ["assign", "note", "state", "capture"]
    assert offered[admin] == ["assign", "note", "validate", "state", "capture"]
    page = client_of(support).get(LIST).content.decode()
    boxes = re.findall(r'<input type="checkbox" form="bulk" name="order" value="([^"]+)"', page)
    assert sorted(boxes) == [address("o_a"), address("o_b")]
    assert 'aria-label="Choose R-1"' in page and "All 2 that match" in page


def test_all_that_match_are_asked_for_when_they_are_looked_at(support: User, client_of: ClientOf) -> None:
    many(7)
    put(an_order("done", state="declined", reference="D-1"), an_order("else", channel="no", state="declined"))
    client = client_of(support)
    page = client.get(f"{LIST}?status=declined").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(channel|query)" value="([^"]*)"', page))
    assert hidden == {"channel": "norce/se", "query": "status=declined"}
    where = choose(client, "note", all="1", **hidden)
    assert "Possible for 1 of 1" in looked_at(client, where)
    assert [row.order_id for row in BatchRow.objects.all()] == ["o_done"]


def test_a_search_is_kept_sealed_as_it_may_name_a_customer(support: User, client_of: ClientOf) -> None:
    put(an_order("a"), an_order("b", customer={"billing": {"email": "eva@example.com"}}))
    client = client_of(support)
    where = choose(client, "note", all="1", channel="norce/se", query="search=eva%40example.com")
    assert "eva" not in str(list(Batch.objects.values())) and "eva" not in where
    looked_at(client, where)
    assert [row.order_id for row in BatchRow.objects.all()] == ["o_b"]


def test_more_than_may_be_done_at_once_are_none(
    support: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(6)
    monkeypatch.setattr("orders.bulk.checking.MOST", 5)
    monkeypatch.setattr("orders.bulk.checking._PAGE", 2)
    client = client_of(support)
    where = choose(client, "note", all="1", channel="norce/se", query="")
    client.post(f"{where}on/")
    page = words(client.get(where).content.decode())
    assert "Nothing was chosen: narrow the filter" in page and "6 orders match." in page
    assert not BatchRow.objects.exists()
    monkeypatch.setattr("orders.bulk.checking.MOST", 6)
    where = choose(client, "note", all="1", channel="norce/se", query="")
    assert "Possible for 6 of 6" in looked_at(client, where), "over several pages of the API"


def test_a_filter_that_cannot_be_read_chooses_nobody(support: User, client_of: ClientOf) -> None:
    many(2)
    client = client_of(support)
    where = choose(client, "note", all="1", channel="norce/se", query="date_from=yesteryear")
    client.post(f"{where}on/")
    assert "A filter could not be read" in words(client.get(where).content.decode())
    assert not BatchRow.objects.exists()


def test_the_channels_of_others_are_not_chosen(support: User, client_of: ClientOf) -> None:
    put(an_order("a"), an_order("b", channel="no"))
    ChannelGrant.objects.filter(user=support).update(merchant="norce", channel="se")
    client = client_of(support)
    where = choose(client, "note", address("o_a"), address("o_b", "no"), "/somewhere/else/", address("x" * 300))
    assert [row.order_id for row in BatchRow.objects.all()] == ["o_a"]
    looked_at(client, where)
    response = client.post("/bulk/new/", {"what": "note", "all": "1", "channel": "norce/no", "query": ""})
    assert response["Location"] == "/", "nothing was chosen"


def test_what_a_person_may_not_do_with_one_they_may_not_do_with_many(
    support: User, manager: User, client_of: ClientOf
) -> None:
    put(an_order("a"))
    for person, what, status in ((support, "state", 403), (support, "capture", 403), (manager, "validate", 403),
                                 (support, "refund", 404)):  # fmt: skip
        response = client_of(person).post("/bulk/new/", {"what": what, "order": [address("o_a")]})
        assert response.status_code == status, what
    where = choose(client_of(manager), "state", address("o_a"))
    assert client_of(support).get(where).status_code == 404, "another one's"
    manager.groups.clear()
    assert client_of(manager).post(f"{where}start/").status_code == 403


def test_nothing_chosen_leads_back_with_a_word(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    response = client.post(
        "/bulk/new/", {"what": "note"}, HTTP_REFERER="http://testserver/norce/se/orders/?status=accepted"
    )
    assert response["Location"] == "/norce/se/orders/?status=accepted"
    assert "No order was chosen" in client.get(response["Location"]).content.decode()
    response = client.post("/bulk/new/", {"what": "note", "order": [address(f"o_{n}") for n in range(kept.MOST + 1)]})
    assert "501 orders were chosen" in client.get("/norce/se/orders/").content.decode()


def test_the_orders_of_a_paste_are_chosen_over_all_channels(support: User, client_of: ClientOf) -> None:
    put(number(1), number(2, "no"))
    client = client_of(support)
    page = looked_up(client, paste(client, "SE-100001", "NO-100002", "SE-100001", "SE-999999"))
    boxes = re.findall(r'form="bulk" name="order" value="([^"]+)"', page)
    assert len(boxes) == 2 and {box.split("/")[2] for box in boxes} == {"se", "no"}
    assert 'name="what" value="note"' in page and 'name="all"' not in page
    assert "Possible for 2 of 2" in looked_at(client, choose(client, "note", *boxes))


def test_what_was_not_what_the_page_showed_is_shown_again(support: User, client_of: ClientOf) -> None:
    put(an_order("a"), an_order("b"))
    client = client_of(support)
    where = choose(client, "note", address("o_a"), address("o_b"))
    looked_at(client, where)
    response = client.post(f"{where}start/", {"saw": "something", "text": "Hello"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "More is known of the orders than this page showed" in words(page) and "Hello" in page


def test_a_batch_is_kept_for_twelve_hours_and_is_its_owners_alone(
    support: User, manager: User, client_of: ClientOf
) -> None:
    put(an_order("a"))
    where = choose(client_of(support), "note", address("o_a"))
    assert client_of(manager).get(where).status_code == 404
    Batch.objects.update(until="2020-01-01T00:00:00Z")
    assert client_of(support).get(where).status_code == 404
    kept.tidy()
    assert not Batch.objects.exists() and not BatchRow.objects.exists()


def test_letting_go_of_it_does_nothing(support: User, client_of: ClientOf) -> None:
    put(an_order("a"))
    client = client_of(support)
    where = choose(client, "note", address("o_a"))
    assert client.post(f"{where}forget/").status_code == 302
    assert client.get(where).status_code == 404 and not Batch.objects.exists()


def test_all_that_only_the_index_knows_are_chosen_by_it_and_read_from_the_api(
    manager: User, client_of: ClientOf, api: OrderApi
) -> None:
    held = [an_order(f"held{name}", payments=[payment(f"p_{name}", 100, "reserved")]) for name in "abc"]
    put(*held, an_order("paid"), an_order("other", channel="no", payments=[payment("p_other", 100, "reserved")]))
    for channel in ("se", "no"):
        writing.see(order_api("norce", channel).orders.list(limit=50).data, at=timezone.now())
    api.orders.delete("o_heldc")
    client = client_of(manager)
    where = choose(client, "note", all="1", channel="norce/se", query="payment_state=reserved")
    page = looked_at(client, where)
    assert "Possible for 2 of 3" in page and "It is not there any more" in page
    where = choose(client, "note", all="1", channel="", query="payment_state=reserved")
    assert "Possible for 3 of 4" in looked_at(client, where), "over all channels"
    page = client.get("/orders/?payment_state=reserved").content.decode()
    assert "All 4 that match" in page or "All 3 that match" in page


def test_what_the_index_cannot_be_asked_chooses_nobody(support: User, client_of: ClientOf) -> None:
    client = client_of(support)
    where = choose(client, "note", all="1", channel="norce/se", query="payment_state=reserved&cart_reference=c-1")
    client.post(f"{where}on/")
    assert "A filter could not be read" in words(client.get(where).content.decode())
