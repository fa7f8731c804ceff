"""Whose an answer is: its merchant and channel are those that were asked for, or it is none."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from order_api import KnownOrders, Mismatch, OrderApi
from order_api.errors import BadAnswer, Foreign, NotFound
from order_api.tenancy import MOST_REMEMBERED
from tests.order_api.servers import Prepared, page, problem

OURS = {"merchant": "norce", "channel": "se"}
OTHERS = [
    {"merchant": "norce", "channel": "no"},
    {"merchant": "nordlys", "channel": "se"},
    {"channel": "no"},
    {"merchant": "x"},
]

Ask = Callable[[OrderApi], Any]
READS: dict[str, tuple[Ask, Callable[[dict[str, Any]], Any]]] = {
    "order": (lambda api: api.orders.get("o1"), lambda document: document),
    "payment": (lambda api: api.payments.get("o1", "p1"), lambda document: document),
    "payments": (lambda api: api.payments.list("o1"), lambda document: [{"id": "p0", **OURS}, document]),
    "shipping": (lambda api: api.shippings.get("o1", "s1"), lambda document: document),
    "shippings": (lambda api: api.shippings.list("o1"), lambda document: [document]),
}
CHANGES: dict[str, Ask] = {
    "delete": lambda api: api.orders.delete("o1"),
    "state": lambda api: api.orders.update_state("o1", "completed"),
    "validate": lambda api: api.orders.validate("o1"),
    "execute": lambda api: api.payments.execute("o1", "p1", "a1"),
    "actions": lambda api: api.payments.add_actions("o1", "p1", []),
}


def bound(server: Prepared, *, known: KnownOrders | None = None) -> tuple[OrderApi, list[Mismatch]]:
    told: list[Mismatch] = []
    api = OrderApi(server.connection, "norce", "se", events=server.connection, known=known, on_mismatch=told.append)
    return api, told


def json(document: Any) -> httpx.Response:
    return httpx.Response(200, json=document)


@pytest.mark.parametrize("other", OTHERS, ids=str)
@pytest.mark.parametrize("what", READS)
def test_what_is_of_another_merchant_or_channel_is_not_found(what: str, other: dict[str, str]) -> None:
    ask, answered = READS[what]
    api, told = bound(Prepared(json(answered({"id": "x1", **other}))))
    with pytest.raises(NotFound) as caught:
        ask(api)
    assert isinstance(caught.value, Foreign)
    assert (caught.value.status, caught.value.code) == (404, "order-not-found")
    assert str(caught.value) == "Order with id:o1 not found. (order-not-found)"
    [mismatch] = told
    assert (mismatch.merchant, mismatch.channel) == (other.get("merchant", ""), other.get("channel", ""))
    assert (mismatch.order_id, mismatch.operation) == ("o1", caught.value.operation)


@pytest.mark.parametrize(
    "ours",
    [OURS, {}, {"merchant": "norce"}, {"merchant": None, "channel": ""}, {"merchant": "Norce", "channel": "SE"}],
    ids=str,
)
@pytest.mark.parametrize("what", READS)
def test_what_is_ours_or_does_not_say_whose_it_is_is_taken(what: str, ours: dict[str, str]) -> None:
    ask, answered = READS[what]
    api, told = bound(Prepared(json(answered({"id": "x1", **ours}))))
    ask(api)
    assert told == []


def test_one_order_of_another_channel_spoils_the_list() -> None:
    api, told = bound(Prepared(page({"id": "o1", **OURS}, {"id": "o2", "merchant": "norce", "channel": "no"})))
    with pytest.raises(BadAnswer, match="another merchant or channel"):
        api.orders.list()
    assert [each.order_id for each in told] == ["o2"]


@pytest.mark.parametrize("what", CHANGES)
def test_an_order_of_another_channel_is_not_changed(what: str) -> None:
    server = Prepared(json({"id": "o1", "merchant": "norce", "channel": "no"}))
    api, told = bound(server, known=KnownOrders())
    with pytest.raises(Foreign) as caught:
        CHANGES[what](api)
    assert not caught.value.may_have_happened
    assert [request.method for request in server.requests] == ["GET"]
    assert len(told) == 1


FOREIGN = json({"id": "o1", "merchant": "norce", "channel": "no"})


@pytest.mark.parametrize(
    ("ask", "replies"),
    [
        (lambda api: api.payments.transactions("o1", "p1"), [json([]), FOREIGN]),
        (lambda api: api.events.list("o1"), [FOREIGN]),
    ],
    ids=["transactions", "events"],
)
def test_what_cannot_say_whose_it_is_is_asked_of_its_order(ask: Ask, replies: list[httpx.Response]) -> None:
    api, told = bound(Prepared(*replies), known=KnownOrders())
    with pytest.raises(Foreign):
        ask(api)
    assert [each.operation for each in told] == ["GET orders/{order_id}"]


@pytest.mark.parametrize("seen", [lambda api: api.orders.get("o1"), lambda api: api.orders.list()])
def test_an_order_that_was_seen_to_be_ours_costs_no_more_calls(seen: Ask) -> None:
    known = KnownOrders()
    listed = seen.__code__.co_names[-1] == "list"
    server = Prepared(page({"id": "o1", **OURS}) if listed else json({"id": "o1", **OURS}), json([]))
    seen(bound(server, known=known)[0])
    api, _ = bound(server, known=known)
    for _ in range(3):
        api.payments.transactions("o1", "p1")
        api.payments.execute("o1", "p1", "a1")
    assert len(server.requests) == 7


def test_an_order_that_says_nothing_is_not_asked_again_and_again() -> None:
    server = Prepared(json([]), json({"id": "o1"}), json([]))
    api, _ = bound(server, known=KnownOrders())
    for _ in range(3):
        api.payments.transactions("o1", "p1")
    assert len(server.requests) == 4


def test_what_was_confirmed_for_one_channel_says_nothing_of_another() -> None:
    known = KnownOrders()
    known.add("norce", "no", ["o1"])
    server = Prepared(json({"id": "o1", "merchant": "norce", "channel": "no"}))
    api, _ = bound(server, known=known)
    with pytest.raises(Foreign):
        api.payments.execute("o1", "p1", "a1")


def test_a_change_of_an_order_that_cannot_be_read_is_not_sent() -> None:
    server = Prepared(problem(404, "order-not-found", "Order with id:o1 not found."))
    api, told = bound(server, known=KnownOrders())
    with pytest.raises(NotFound):
        api.orders.delete("o1")
    assert [request.method for request in server.requests] == ["GET"]
    assert told == []


def test_what_is_remembered_is_bounded() -> None:
    known = KnownOrders()
    known.add("norce", "se", (f"o{number}" for number in range(MOST_REMEMBERED + 5)))
    assert [known.has("norce", "se", f"o{number}") for number in (0, 4, 5, MOST_REMEMBERED)] == [
        False,
        False,
        True,
        True,
    ]
