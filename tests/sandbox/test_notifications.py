"""Notifications: when they fire, how they are delivered, and the log that tells."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from sandbox import background, delivery, outside
from sandbox.models import Event
from sandbox.outside import Answer
from tests.sandbox.conftest import Caller, an_order, refused

EVENTS = "/checkout/notification/api/v1/events"
RECEIVER = "{configuration.adapter.internalUrl}/notifications/"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def notification(behaviour: str = "accept", scope: str | None = "/state/currentStatus", **more: Any) -> dict[str, Any]:
    sent = {
        "adapterId": "jetshop_adapter",
        "reference": "export",
        "description": "Export it.",
        "invoke": RECEIVER + behaviour,
        "version": "v0",
    }
    return sent | ({"scope": scope} if scope is not None else {}) | more


def events(api: Caller, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.call("GET", query, base=EVENTS).data["data"]
    return found


def statuses(event: dict[str, Any]) -> list[int | None]:
    return [attempt.get("status") for attempt in event["attempts"]]


def fires(api: Caller, registered: dict[str, Any], path: str, body: Any, method: str = "PUT") -> bool:
    order = api.created(an_order(notifications=[registered], attributes={"list": [1]}))
    assert events(api) == []
    assert api.call(method, order + path, body).status_code == 200
    return bool(events(api))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, True),
        ({"schema": {}}, True),
        ({"schema": {"const": "completed"}}, True),
        ({"schema": {"enum": ["declined", "completed"]}}, True),
        ({"schema": {"const": "declined"}}, False),
        ({"schema": {"type": "number"}}, False),
        ({"schema": {"$ref": "http://other.example/schema"}}, False),
        ({"schema": {"$ref": "#"}}, False),
        ({"scope": "/reference"}, False),
        ({"scope": "/state"}, True),
        ({"scope": "/state/transitions/0"}, False),
        ({"scope": "/total"}, False),
        ({"scope": None}, True),
    ],
)
def test_a_notification_fires_when_its_scope_changed_and_its_schema_holds(
    api: Caller, more: dict[str, Any], expected: bool
) -> None:
    assert fires(api, notification(**more), "/state", {"currentStatus": "completed"}) is expected


def test_a_notification_fires_for_what_appears_and_what_goes(api: Caller) -> None:
    order = api.created(
        an_order(
            notifications=[
                notification(scope="/attributes/paid"),
                notification(scope="/attributes/paid", schema={"type": "boolean"}),
            ]
        )
    )
    api.patch(f"{order}/attributes", {"paid": True})
    assert len(events(api)) == 2
    api.patch(f"{order}/attributes", {"paid": None})
    assert len(events(api)) == 3


def test_a_change_that_changes_nothing_fires_nothing(api: Caller) -> None:
    assert not fires(api, notification(scope=None), "/state", {"currentStatus": "checkout"})


def test_a_change_that_is_refused_fires_nothing(api: Caller) -> None:
    hook = {"adapterId": "a", "subscribeTo": "/state", "invoke": "{configuration.adapter.internalUrl}/hooks/reject"}
    order = api.created(an_order(notifications=[notification()], hooks=[hook]))
    refused(api.put(f"{order}/state", {"currentStatus": "completed"}), 400, "order-hook-rejected")
    assert events(api) == []


def completed(api: Caller, registered: dict[str, Any]) -> str:
    order = api.created(an_order(notifications=[registered]))
    assert api.put(f"{order}/state", {"currentStatus": "completed"}).status_code == 200
    return order


def test_what_is_delivered_is_the_order_as_it_was_and_the_log_tells(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent.append((url, Answer(200, body).json(), headers))
        return Answer(200, b"thanks")

    monkeypatch.setattr(outside, "post", post)
    order = completed(api, notification(invoke="{configuration.adapter.internalUrl}/of/{order.id}", delay=0))
    api.put(f"{order}/reference", "later")
    assert delivery.deliver_due() == 1
    ((url, body, headers),) = sent
    assert url == f"http://sandbox.invalid/checkout/adapters/jetshop_adapter/of{order}"
    assert (body["state"]["currentStatus"], "reference" in body) == ("completed", False)
    (event,) = events(api)
    assert headers == {"x-merchant": "norce", "x-channel": "se", "x-event-id": event["id"], "x-attempt": "1"}
    assert (event["orderId"], event["adapterId"], event["reference"]) == (order[1:], "jetshop_adapter", "export")
    assert (event["state"], event["payload"]["order"], event["payload"]["notification"]["scope"]) == (
        "delivered",
        body,
        "/state/currentStatus",
    )
    assert [(attempt["status"], attempt["response"]) for attempt in event["attempts"]] == [(200, "thanks")]
    assert delivery.deliver_due() == 0


def test_a_delay_is_honoured(api: Caller) -> None:
    with time_machine.travel(START, tick=False):
        completed(api, notification(delay=90_000))
        assert delivery.deliver_due() == 0
        assert delivery.next_due() == START + timedelta(seconds=90)
        assert delivery.deliver_due(START + timedelta(seconds=89)) == 0
        assert delivery.deliver_due(START + timedelta(seconds=90)) == 1


def test_a_receiver_that_fails_is_tried_three_times_with_growing_pauses(api: Caller) -> None:
    with time_machine.travel(START, tick=False):
        completed(api, notification("fail"))
        made = [second for second in range(600) if delivery.deliver_due(START + timedelta(seconds=second))]
    assert made == [0, 5, 35]
    (event,) = events(api)
    assert (event["state"], statuses(event)) == ("failed", [503, 503, 503])
    assert "cannot take notifications" in event["attempts"][0]["response"]


def test_a_receiver_that_recovers_is_done_with(api: Caller) -> None:
    with time_machine.travel(START, tick=False):
        completed(api, notification("flaky"))
        for second in range(100):
            delivery.deliver_due(START + timedelta(seconds=second))
    (event,) = events(api)
    assert (event["state"], statuses(event)) == ("delivered", [503, 200])


def test_a_receiver_that_does_not_answer_is_an_attempt_without_a_status(api: Caller) -> None:
    completed(api, notification("slow"))
    delivery.deliver_due()
    (event,) = events(api)
    assert (event["state"], statuses(event)) == ("waiting", [None])
    assert "no answer" in event["attempts"][0]["error"]


def test_an_event_can_be_sent_again(api: Caller) -> None:
    with time_machine.travel(START, tick=False):
        completed(api, notification("fail"))
        for second in (0, 5, 35):
            delivery.deliver_due(START + timedelta(seconds=second))
        (event,) = events(api)
        retried = api.call("POST", f"/{event['id']}/retry", base=EVENTS)
        assert (retried.status_code, retried.content) == (200, b"")
        assert delivery.deliver_due() == 1
    assert len(api.call("GET", f"/{event['id']}", base=EVENTS).data["attempts"]) == 4


def test_the_log_is_filtered_and_paged_and_tells_each_merchant_its_own(api: Caller) -> None:
    orders = [completed(api, notification(reference=f"r{number}")) for number in range(3)]
    other = Caller(merchant="nordlys")
    completed(other, notification())
    assert [event["reference"] for event in events(api)] == ["r2", "r1", "r0"]
    assert [event["reference"] for event in events(api, "?offset=1&limit=1")] == ["r1"]
    assert [event["orderId"] for event in events(api, f"?order_id={orders[1][1:]}")] == [orders[1][1:]]
    assert [
        len(events(api, f"?{query}"))
        for query in ("reference=r0", "adapter_id=jetshop_adapter", "channel=se", "channel=no")
    ] == [1, 3, 3, 0]
    (theirs,) = events(other)
    refused(api.call("GET", f"/{theirs['id']}", base=EVENTS), 404, "event-not-found")
    refused(api.call("POST", f"/{theirs['id']}/retry", base=EVENTS), 404, "event-not-found")
    refused(api.call("GET", "/nonsense", base=EVENTS), 404, "event-not-found")


def test_the_log_needs_the_token_and_knows_its_paths(api: Caller) -> None:
    refused(Caller(headers={"Authorization": ""}).call("GET", "", base=EVENTS), 401, "unauthorized")
    refused(Caller(headers={"x-merchant": ""}).call("GET", "", base=EVENTS), 400, "order-bad-request")
    refused(api.call("GET", "/else", base="/checkout/notification"), 404, "not-found")


def test_events_outlive_their_order(api: Caller) -> None:
    order = completed(api, notification())
    api.delete(order)
    assert delivery.deliver_due() == 1
    assert [event["state"] for event in events(api)] == ["delivered"]


def test_two_who_deliver_at_once_send_an_event_once(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    completed(api, notification())
    calls: list[str] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        calls.append(url)
        assert delivery.deliver_due() == 0
        return Answer(200)

    monkeypatch.setattr(outside, "post", post)
    assert delivery.deliver_due() == 1
    assert len(calls) == 1


def test_an_event_whose_deliverer_died_comes_due_again(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: Any) -> Answer:
        raise KeyboardInterrupt

    with time_machine.travel(START, tick=False):
        completed(api, notification())
        with monkeypatch.context() as patch:
            patch.setattr(outside, "post", die)
            with pytest.raises(KeyboardInterrupt):
                delivery.deliver_due()
        assert delivery.deliver_due(START + timedelta(seconds=30)) == 0
        assert delivery.deliver_due(START + timedelta(seconds=60)) == 1
    assert [event["state"] for event in events(api)] == ["delivered"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"scope": "state"}, "scope"),
        ({"schema": {"type": 7}}, "schema"),
        ({"delay": -1}, "delay"),
        ({"delay": 90_000_000}, "delay"),
        ({"invoke": None}, "invoke"),
    ],
)
def test_a_notification_that_cannot_work_is_refused_as_it_is_registered(
    api: Caller, more: dict[str, Any], words: str
) -> None:
    assert words in refused(api.post(f"{api.created()}/notifications", notification() | more), 400, "order-bad-request")
    refused(api.post("", an_order(notifications=[notification() | more])), 400, "order-bad-request")


def test_a_notification_keeps_the_id_that_was_sent_and_can_be_deleted(api: Caller) -> None:
    order = api.created()
    assert api.post(f"{order}/notifications", notification(id="ocMine")).status_code == 200
    refused(api.post(f"{order}/notifications", notification(id="ocMine")), 400, "order-bad-request")
    api.post(f"{order}/notifications", notification())
    kept, given = (one["id"] for one in api.order(order)["notifications"])
    assert (kept, given[:3]) == ("ocMine", "oc_")
    assert api.delete(f"{order}/notifications/ocMine").status_code == 200
    refused(api.delete(f"{order}/notifications/ocMine"), 404, "notification-not-found")
    assert len(api.order(order)["notifications"]) == 1


@pytest.mark.django_db(transaction=True)
def test_the_background_delivers_what_is_due_and_says_when_to_look_again() -> None:
    api = Caller()
    completed(api, notification())
    completed(api, notification(delay=20_000))
    wait = background.deliver_once()
    assert 15 < wait <= 20
    assert sorted(Event.objects.values_list("state", flat=True)) == ["delivered", "waiting"]
    assert not connection.in_atomic_block


def test_the_background_survives_what_goes_wrong(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "deliver_due", lambda: 1 / 0)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    with caplog.at_level(logging.ERROR, "sandbox"):
        assert background.deliver_once() == background.LONGEST_SLEEP
    assert "ZeroDivisionError" in caplog.text
