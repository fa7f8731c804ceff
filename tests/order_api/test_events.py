"""The log of notification events, through the real event log of the sandbox and as other services might answer."""

import json

import httpx
import pytest

from gateway import connection
from gateway.connection import order_api, sibling_url
from order_api import Connection, OrderApi, Secret
from order_api.errors import BadAnswer, NotFound, Unauthorized, Unavailable
from order_api.schemas import Notification
from sandbox import delivery
from tests.changes.conftest import MakeOrder, api, make_order

__all__ = ["api", "make_order"]


def answering(status: int, body: str) -> tuple[OrderApi, list[httpx.Request]]:
    """An API whose event log answers so, and what it was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, text=body)

    base, token = "https://x.example/checkout/notification", Secret("t")
    log = Connection(base, token, transport=httpx.MockTransport(answer))
    return OrderApi(Connection("https://x.example/checkout/order", token), "norce", "se", events=log), asked


def test_the_tries_to_deliver_a_notification_are_read_with_their_status(api: OrderApi, make_order: MakeOrder) -> None:
    told = Notification(
        adapter_id="nshift_adapter", reference="on-state", scope="/state/currentStatus",
        invoke="http://127.0.0.1/checkout/adapters/nshift_adapter/notifications",
    )  # fmt: skip
    order = make_order(notifications=(told,))
    api.orders.update_state(order.id or "", "processing")
    delivery.deliver_due()
    (event,) = api.events.list(order.id or "")
    assert (event.adapter_id, event.reference) == ("nshift_adapter", "on-state") and event.created_at is not None
    assert [attempt.status for attempt in event.attempts] != []
    with pytest.raises(NotFound):
        order_api("norce", "no").events.list(order.id or "")


@pytest.mark.parametrize("wrap", [lambda data: data, lambda data: {"data": data, "more": 1}])
def test_a_bare_list_and_a_page_are_both_read(wrap: object) -> None:
    event = {"id": "e1", "createdAt": "2026-11-22T10:00:00Z", "attempts": [{"status": 200}, {"error": "no route"}]}
    api, asked = answering(200, json.dumps(wrap([event])))  # type: ignore[operator]
    (found,) = api.events.list("o 1")
    assert [attempt.is_success for attempt in found.attempts] == [True, False]
    assert asked[0].url.path == "/checkout/notification/api/v1/events" and asked[0].headers["x-merchant"] == "norce"
    assert dict(asked[0].url.params) == {"order_id": "o 1", "channel": "se", "offset": "0", "limit": "50"}


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(401, "", Unauthorized), (200, "<html>", BadAnswer), (500, "{}", Unavailable), (200, '{"data": 5}', BadAnswer)],
)
def test_what_is_no_log_is_an_error_like_any_other(status: int, body: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        answering(status, body)[0].events.list("o1")


def test_a_log_whose_address_nobody_knows_is_not_asked() -> None:
    api = OrderApi(Connection("https://x.example/gateway", Secret("t")), "norce", "se")
    with pytest.raises(Unavailable, match="address of the event log"):
        api.events.list("o1")


@pytest.mark.parametrize(
    ("order_url", "events_url"),
    [
        ("https://x.example/checkout/order/", "https://x.example/checkout/notification"),
        ("https://x.example/checkout/order", "https://x.example/checkout/notification"),
        ("https://order", ""),
        ("https://x.example/gateway", ""),
        (None, ""),
    ],
)
def test_the_log_stands_beside_the_order_api(order_url: str | None, events_url: str) -> None:
    assert sibling_url(order_url, "notification") == events_url


def test_the_troubles_of_the_log_do_not_shut_the_order_api(db: None) -> None:
    assert connection.event_log() is not connection.get_connection()
