"""What people read anyway stands in the index afterwards, and nobody waits for it."""

import datetime as dt
import logging
from collections.abc import Callable
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.channels import Channel
from gateway.connection import order_api
from index import documents, feeding, writing
from index.models import IndexedOrder
from order_api.errors import ApiError
from sandbox.codec import encode
from sandbox.models import OrderDocument
from tests.conftest import ClientOf
from tests.index_feeding.conftest import NO, SE, known
from tests.orders.orders_in_the_sandbox import an_order, many, put

pytestmark = pytest.mark.django_db
Feed = Callable[[], int]


def test_the_list_puts_its_orders_into_the_index(feed: Feed, client_of: ClientOf, support: User) -> None:
    many(60)
    client_of(support).get("/norce/se/orders/?size=50")
    assert known() == set()
    feed()
    assert len(known()) >= 50


def test_an_orders_page_puts_it_into_the_index(feed: Feed, client_of: ClientOf, support: User) -> None:
    put(an_order("one"))
    client_of(support).get("/norce/se/orders/o_one/")
    feed()
    row = IndexedOrder.objects.get()
    assert (row.order_id, row.total, row.status) == ("o_one", 1_000_000, "completed")


def test_what_is_found_in_other_channels_goes_into_the_index(feed: Feed, client_of: ClientOf, support: User) -> None:
    put(an_order("there", channel="no"))
    client_of(support).get("/orders/o_there/")
    feed()
    assert known(NO) == {"o_there"}
    assert known() == set()


def test_a_page_asks_the_database_nothing_more_for_it(feed: Feed, client_of: ClientOf, support: User) -> None:
    many(30)
    client = client_of(support)
    client.get("/norce/se/orders/")
    with override_settings(INDEX_FEEDING=False), CaptureQueriesContext(database) as without:
        client.get("/norce/se/orders/")
    with CaptureQueriesContext(database) as with_it:
        client.get("/norce/se/orders/")
    assert len(with_it) == len(without)
    assert not any("index_" in query["sql"] for query in with_it)


def test_what_did_not_change_is_not_parsed_again(feed: Feed) -> None:
    many(20)
    order_api(*SE).orders.list_unread()
    feed()
    feeding._queue._recent.clear()
    earlier = IndexedOrder.objects.values_list("seen_at", flat=True).first()
    order_api(*SE).orders.list_unread()
    with mock.patch.object(writing, "see", side_effect=AssertionError("it was parsed")):
        feed()
    later = set(IndexedOrder.objects.values_list("seen_at", flat=True))
    assert earlier
    assert all(seen_at > earlier for seen_at in later)


def test_what_was_read_a_moment_ago_costs_no_statement(feed: Feed) -> None:
    many(20)
    order_api(*SE).orders.list_unread()
    feed()
    order_api(*SE).orders.list_unread()
    with CaptureQueriesContext(database) as queries:
        feed()
    assert len(queries) == 0


def test_a_page_that_comes_as_it_was_is_not_even_read(feed: Feed) -> None:
    many(20)
    order_api(*SE).orders.list_unread()
    feed()
    order_api(*SE).orders.list_unread()
    with mock.patch.object(feeding, "found_in", side_effect=AssertionError("it was read")):
        assert feed() == 1
    put(an_order("new"))
    order_api(*SE).orders.list_unread()
    feed()
    assert "o_new" in known()


def test_what_changed_is_known_as_it_is_now(feed: Feed) -> None:
    put(an_order("one", state="accepted"))
    api = order_api(*SE)
    api.orders.get("o_one")
    feed()
    api.orders.update_state("o_one", "completed")
    api.orders.get("o_one")
    feed()
    assert IndexedOrder.objects.get().status == "completed"


def test_an_order_that_is_not_there_any_more_is_forgotten(feed: Feed) -> None:
    put(an_order("one"))
    api = order_api(*SE)
    api.orders.get("o_one")
    feed()
    order_api(*SE).orders.delete("o_one")
    feed()
    assert known() == set()


def test_who_finds_out_that_an_order_is_gone_has_it_forgotten(feed: Feed) -> None:
    put(an_order("one"))
    order_api(*SE).orders.get("o_one")
    feed()
    OrderDocument.objects.get().order.delete()
    with pytest.raises(ApiError):
        order_api(*SE).orders.get("o_one")
    feed()
    assert known() == set()


def test_that_a_payment_is_missing_says_nothing_of_the_order(feed: Feed) -> None:
    put(an_order("one"))
    order_api(*SE).orders.get("o_one")
    with pytest.raises(ApiError):
        order_api(*SE).payments.get("o_one", "p_none")
    feed()
    assert known() == {"o_one"}


@pytest.mark.parametrize("asked", ["list", "get"])
def test_what_is_another_channels_never_enters(feed: Feed, asked: str) -> None:
    put(an_order("one"))
    OrderDocument.objects.update(body=encode(an_order("one", channel="no")).decode())
    with pytest.raises(ApiError):
        if asked == "list":
            order_api(*SE).orders.list()
        else:
            order_api(*SE).orders.get("o_one")
    feed()
    assert IndexedOrder.objects.count() == 0


def test_one_order_that_does_not_fit_keeps_no_other_out(feed: Feed) -> None:
    put(an_order("one"), an_order("bad"), an_order("two"))
    bad = an_order("bad") | {"currency": ["SEK"]}
    OrderDocument.objects.filter(order__public_id="o_bad").update(body=encode(bad).decode())
    order_api(*SE).orders.list_unread()
    feed()
    assert known() == {"o_one", "o_two"}


def test_an_older_answer_does_not_undo_a_newer_one(feed: Feed) -> None:
    put(an_order("one", state="accepted"))
    api = order_api(*SE)
    api.orders.get("o_one")
    late = feeding._queue.take()
    assert late
    api.orders.update_state("o_one", "completed")
    api.orders.get("o_one")
    feed()
    feeding._queue.put(late)
    feed()
    assert IndexedOrder.objects.get().status == "completed"


def test_a_database_that_fails_breaks_no_page(
    feed: Feed, client_of: ClientOf, support: User, caplog: pytest.LogCaptureFixture
) -> None:
    many(3)
    assert client_of(support).get("/norce/se/orders/").status_code == 200
    with mock.patch.object(documents, "take_in", side_effect=OSError("the disk is full")):
        assert feed() > 0
    assert "could not be put into the index" in caplog.text


def test_a_full_queue_drops_and_counts(feed: Feed, client_of: ClientOf, support: User) -> None:
    many(3)
    with mock.patch.object(feeding, "MOST_ANSWERS", 1):
        for _ in range(3):
            order_api(*SE).orders.list_unread()
    assert feeding._queue.dropped == 2
    feed()
    assert len(known()) == 3


def test_who_listens_and_fails_keeps_no_answer_from_whoever_asked(feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    put(an_order("one"))
    with mock.patch.object(feeding.Queue, "put", side_effect=MemoryError), caplog.at_level(logging.ERROR):
        assert order_api(*SE).orders.get("o_one").id == "o_one"
    assert "could not be passed on" in caplog.text


def test_a_document_may_write_its_channel_otherwise(feed: Feed) -> None:
    put(an_order("one"))
    said = an_order("one") | {"merchant": "NORCE", "channel": None}
    OrderDocument.objects.update(body=encode(said).decode())
    order_api(*SE).orders.get("o_one")
    feed()
    assert known(SE) == {"o_one"}


def test_a_row_says_from_when_its_document_is_at_the_latest(feed: Feed) -> None:
    put(an_order("one"))
    before = dt.datetime.now(dt.UTC)
    order_api(*SE).orders.get("o_one")
    after = dt.datetime.now(dt.UTC)
    feed()
    assert before - dt.timedelta(seconds=1) < IndexedOrder.objects.get().seen_at <= after


def test_the_thread_puts_in_what_is_read_by_itself(transactional_db: None) -> None:
    put(an_order("one"))
    with override_settings(INDEX_FEEDING=True), mock.patch.object(feeding, "_queue", feeding.Queue()):
        order_api(*Channel("norce", "se")).orders.get("o_one")
        deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=10)
        while not known() and dt.datetime.now(dt.UTC) < deadline:
            pass
    assert known() == {"o_one"}
