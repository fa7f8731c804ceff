"""An Order API that does not look at x-merchant and x-channel: nothing of another channel is shown or changed all the
same, and the log says that it would have been."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from gateway.in_process import Headers, answer
from sandbox.models import Order
from tests.forms import OF_ONE_ORDER, Fields, address
from tests.pages_of_people import PAGES
from tests.test_permissions import CHANGES, FOREIGN, KEPT_HERE, OWN, Orders, Somebody, form_of, like_missing, somebody
from tests.wire import answered_by, know_nothing, operation_of

__all__ = ["form_of", "somebody"]  # fixtures

PEOPLE = ("support", pytest.param("manager", marks=pytest.mark.rest), "admin")  # the least and the most


@contextmanager
def headers_ignored(lists: str = OWN) -> Iterator[list[str]]:
    """What the desk asks of an API that gives everybody every order by its id, and of lists the
    orders of the channel `lists`."""
    operations: list[str] = []

    def careless(method: str, path: str, query: str, headers: Headers, body: bytes) -> tuple[int, Headers, bytes]:
        operations.append(operation_of(method, path))
        merchant, channel = whose(path) or lists.split("/")
        kept = [(name, value) for name, value in headers if name.lower() not in ("x-merchant", "x-channel")]
        return answer(method, path, query, [*kept, ("x-merchant", merchant), ("x-channel", channel)], body)

    with answered_by(careless):
        yield operations


def whose(path: str) -> tuple[str, str] | None:
    """The merchant and channel of the order that the path names, if it names one that is there."""
    named = re.search(r"/orders/(\w+)", path)
    return Order.objects.filter(public_id=named[1]).values_list("merchant", "channel").first() if named else None


def refused(order_id: str) -> list[str]:
    """The operations whose answers about this order were refused, as the log has them."""
    entries = Entry.objects.filter(action="order.foreign", order_id=order_id, outcome="denied")
    assert {(entry.merchant, entry.channel) for entry in entries} <= {tuple(OWN.split("/"))}
    assert all(entry.details == {"answered with": FOREIGN} for entry in entries)
    return [entry.target for entry in entries]


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_shows_an_order_of_another_channel(who: str, somebody: Callable[[str], Somebody]) -> None:
    them = somebody(who)
    wrong: list[str] = []
    with headers_ignored():
        for name in OF_ONE_ORDER:
            know_nothing()
            foreign, missing = (them.client.get(address(name, ids)) for ids in them.orders[1:3])
            wrong += like_missing(name, foreign, missing, getattr(PAGES[name], who))
    assert wrong == []
    assert refused("o_Foreign")


@pytest.mark.parametrize("who", PEOPLE)
def test_no_change_of_an_order_of_another_channel_is_sent(
    who: str, somebody: Callable[[str], Somebody], form_of: Callable[[str, dict[str, str]], Fields]
) -> None:
    them = somebody(who)
    wrong: list[str] = []
    for name in CHANGES:
        there = form_of(name, them.orders.over_there)
        with headers_ignored() as operations:
            foreign, missing = (them.client.post(address(name, ids), there) for ids in them.orders[1:3])
        wrong += like_missing(name, foreign, missing, getattr(PAGES[name], who))
        wrong += [f"{name}: {operation}" for operation in operations if not operation.startswith("GET ")]
        if name not in KEPT_HERE and getattr(PAGES[name], who) == 404 and not refused("o_Foreign"):
            wrong.append(f"{name}: nothing in the log")
    assert wrong == []


@pytest.fixture
def support_and_orders(somebody: Callable[[str], Somebody]) -> tuple[Client, Orders]:
    them = somebody("support")
    return them.client, them.orders


@pytest.mark.parametrize(
    "name", ["order-detail", "order-raw", "order-timeline", "payment-list", "payment-transactions", "shipping-detail"]
)
def test_what_was_refused_stands_in_the_log_once(name: str, support_and_orders: tuple[Client, Orders]) -> None:
    """Payments, shippings and transactions of these orders do not say whose they are, so their order was read."""
    client, orders = support_and_orders
    with headers_ignored():
        assert client.get(address(name, orders.foreign)).status_code == 404
    assert refused("o_Foreign") == ["GET orders/{order_id}"]


def test_a_list_with_an_order_of_another_channel_is_shown_to_nobody(support_and_orders: tuple[Client, Orders]) -> None:
    client, _ = support_and_orders
    with headers_ignored(lists=FOREIGN):
        page = client.get(reverse("order-list", args=["norce/se"]), {"search": "o_Foreign"}, follow=True)
        found = client.get(reverse("order-find", args=["norce/se"]), {"search": "o_Fore"}, follow=True)
    assert (page.status_code, found.status_code) == (502, 502)
    assert b"SE-104415" not in page.content + found.content
    assert "GET orders" in refused("o_Foreign")


def test_somebody_s_own_order_costs_no_call_more_once_it_was_opened(
    support_and_orders: tuple[Client, Orders],
) -> None:
    client, orders = support_and_orders
    with headers_ignored() as operations:
        for name in ("order-detail", "payment-transactions", "payment-transactions"):
            assert client.get(address(name, orders.own), headers={"HX-Request": "true"}).status_code == 200
    transactions = "GET orders/{order_id}/payments/{payment_id}/transactions"
    assert operations == ["GET orders/{order_id}", transactions, transactions]
    assert refused("o_Own") == []
