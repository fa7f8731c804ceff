"""The order's timeline: four sources in one line of time, each of which may fail alone."""

import re
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from audit import log
from gateway.connection import order_api
from gateway.in_process import answer
from order_api import OrderApi
from order_api.errors import Unavailable
from order_api.schemas import Notification, Order
from sandbox import delivery
from sandbox.models import Event
from sandbox.store import insert_documents
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, payment
from tests.wire import answered_by

PANEL = {"HX-Request": "true", "HX-Target": "timeline"}
ENTRIES = {"HX-Request": "true", "HX-Target": "timeline-entries"}
LOG = [
    {"event": "capture", "pspEvent": "CAPTURED", "amount": 100, "isSuccess": True, "created": "2026-10-21T10:00:00Z"},
    {"event": "open", "isSuccess": True, "created": "2026-10-20T10:00:05Z"},
    {"event": "refund", "isSuccess": False, "errorDetail": "Refused for asa@example.se",
    "created": "2026-10-21T11:00:00Z"},
]  # fmt: skip


@pytest.fixture
def api(db: None) -> OrderApi:
    return order_api("norce", "se")


@pytest.fixture
def order(api: OrderApi) -> Order:
    """Created on the 20th, completed at once, captured the day after; a voucher was removed from it."""
    payments = [payment("p_main", 100), payment("p_gone", 5, "removed", name="Voucher")]
    logs = {"p_main": LOG, "p_gone": [{"event": "cancel", "isSuccess": True, "created": "2026-10-20T12:00:00Z"}]}
    insert_documents([(an_order("time", created="2026-10-20T10:00:00Z", payments=payments), logs)])
    return api.orders.get("o_time")


def url(order: Order, show: str = "") -> str:
    return reverse("order-timeline", kwargs={"channel": "norce/se", "order_id": order.id}) + (
        f"?show={show}" if show else ""
    )


def words(response: Any) -> str:
    """What a reader reads, in one line."""
    page = re.sub(r"(?s)^.*<main|<svg.*?</svg>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def comes_before(text: str, *parts: str) -> bool:
    places = [text.index(part) for part in parts]
    return places == sorted(places)


def test_all_that_happened_stands_in_one_line_of_time_newest_first(
    support: User, client_of: ClientOf, order: Order
) -> None:
    page = client_of(support).get(url(order))
    text, days = words(page), re.findall(r'<h3 class="day">(.*?)</h3>', page.content.decode())
    assert ["21" in days[0], "20" in days[1], len(days)] == [True, True, 2]
    assert comes_before(text, "Refund ", "CAPTURED", "Cancelled", "Completed", "Order created")
    assert "100.00 SEK" in text and "Voucher" in text


def test_what_a_provider_said_is_masked(support: User, client_of: ClientOf, order: Order) -> None:
    text = words(client_of(support).get(url(order)))
    assert "Refused for" in text and "asa@example.se" not in text


def test_steps_of_machines_that_went_well_are_folded_and_failures_are_not(
    support: User, client_of: ClientOf, order: Order
) -> None:
    page = client_of(support).get(url(order)).content.decode()
    folded = "".join(re.findall(r"(?s)<details class=\"fold\">.*?</details>", page))
    assert "1 system event" in folded and "Opened" in folded
    assert "Refund" not in folded and "Opened" not in page.replace(folded, "")


@pytest.mark.parametrize(
    ("show", "has", "lacks"),
    [
        ("money", ["CAPTURED", "Refund", "Opened"], ["Order created", "changed the order's state", "Said by phone"]),
        ("changes", ["Order created", "changed the order&#x27;s state"], ["CAPTURED", "Said by phone"]),
        ("notes", ["Said by phone"], ["CAPTURED", "Order created"]),
        ("nonsense", ["CAPTURED", "Order created", "Said by phone"], []),
    ],
)
def test_one_asks_for_one_kind(
    support: User, client_of: ClientOf, order: Order, show: str, has: list[str], lacks: list[str]
) -> None:
    client = client_of(support)
    written(order, "order.state.update")
    client.post(reverse("note-create", args=["norce/se", order.id]), {"text": "Said by phone"})
    page = re.sub(r"(?s)^.*id=\"timeline-entries\"", "", client.get(url(order, show)).content.decode())
    assert [part for part in has if part not in page] == []
    assert [part for part in lacks if part in page] == []


def written(order: Order, action: str, outcome: str = "done", changes: Any = (), channel: str = "se") -> None:
    """An attempt at a change, in the audit log."""
    subject = log.Subject(order.id or "", "norce", channel)
    with log.begin(log.Who("johan"), action, subject, changes) as attempt:
        attempt.end(log.Result(log.Outcome(outcome), {"message": "order-not-editable"} if outcome == "refused" else {}))


def test_what_was_done_here_is_told_with_who_and_from_what_to_what_as_it_is_masked(
    support: User, client_of: ClientOf, order: Order
) -> None:
    changes = [log.Change("reference", "SE-1", "SE-2"), log.Change("email", "asa@example.se", "eva@example.se")]
    written(order, "order.reference.update", changes=changes)
    page = " ".join(client_of(support).get(url(order)).content.decode().split())
    assert "<del>SE-1</del> → SE-2" in page and "johan" in page
    assert "<del>a•••@example.se</del> → e•••@example.se" in page and "asa@example.se" not in page


def test_what_was_refused_or_not_answered_says_so(support: User, client_of: ClientOf, order: Order) -> None:
    written(order, "order.cart.update", "refused")
    written(order, "payment.update", "unanswered")
    text = words(client_of(support).get(url(order)))
    assert (
        "tried to change the cart Refused order-not-editable" in text and "tried to change a payment No answer" in text
    )


def test_what_was_done_to_an_order_of_that_id_in_another_channel_is_not_told(
    support: User, client_of: ClientOf, order: Order
) -> None:
    written(order, "order.cart.update", channel="no")
    assert "the cart" not in words(client_of(support).get(url(order)))


def test_only_who_may_read_the_audit_log_is_led_to_it(
    support: User, admin: User, client_of: ClientOf, order: Order
) -> None:
    written(order, "order.cart.update")
    assert "/audit/" not in client_of(support).get(url(order), headers=PANEL).content.decode()
    assert "/audit/" in client_of(admin).get(url(order), headers=PANEL).content.decode()


# Deliveries


@pytest.fixture
def told(api: OrderApi) -> Order:
    """An order of which an adapter was told, and another one could not be."""
    hosts = [("nshift_adapter", "notifications/accept"), ("gone_adapter", "notifications/fail")]
    notifications = tuple(
        Notification(
            adapter_id=adapter, reference=f"tell-{adapter}", scope="/state/currentStatus",
            invoke=f"http://127.0.0.1/checkout/adapters/{adapter}/{path}",
        )
        for adapter, path in hosts
    )  # fmt: skip
    order_id = api.orders.create(Order(currency="SEK", notifications=notifications))
    api.orders.update_state(order_id, "processing")
    delivery.deliver_due()
    return api.orders.get(order_id)


def test_deliveries_of_notifications_are_told(support: User, client_of: ClientOf, told: Order) -> None:
    text = words(client_of(support).get(url(told)))
    assert "tell-nshift_adapter" in text and "tell-gone_adapter" in text


def test_integrations_are_one_folded_line_after_the_timeline(support: User, client_of: ClientOf, told: Order) -> None:
    page = client_of(support).get(f"/norce/se/orders/{told.id}/").content.decode()
    fold = page.partition('class="section integrations"')[2].partition("</section>")[0]
    assert "2 set up" in fold and '<details class="fold">' in fold
    assert comes_before(page, 'id="items"', 'id="timeline"', 'id="integrations"')


def test_that_line_says_what_became_of_the_deliveries(support: User, client_of: ClientOf, told: Order) -> None:
    client = client_of(support)
    assert "1 could not be told" in client.get(url(told), headers=PANEL).content.decode()
    Event.objects.filter(reference="tell-gone_adapter").delete()
    assert "all well" in client.get(url(told), headers=PANEL).content.decode()
    assert "integrations-state" not in client.get(url(told)).content.decode()  # its own page has no such line


def test_deliveries_that_cannot_be_read_are_said_and_the_rest_is_shown(
    support: User, client_of: ClientOf, order: Order
) -> None:
    def broken(method: str, path: str, *rest: Any) -> Any:
        if "/notification/" in path:
            return 503, [("Content-Type", "text/html")], b"<html><title>Bad gateway</title>"
        return answer(method, path, *rest)

    with answered_by(broken):
        response = client_of(support).get(url(order))
    assert response.status_code == 200
    assert "deliveries of notifications could not be read" in words(response) and "CAPTURED" in words(response)


def test_transactions_that_cannot_be_read_are_said_and_the_rest_is_shown(
    support: User, client_of: ClientOf, order: Order
) -> None:
    error = Unavailable("The Order API did not answer.", operation="GET transactions")
    with mock.patch("order_api.resources.Payments.transactions", side_effect=error) as asked:
        text = words(client_of(support).get(url(order)))
    assert "transactions of Klarna could not be read" in text and "Order created" in text
    assert asked.call_count == 1  # what is out of reach is not asked for every payment


def test_an_order_with_many_payments_says_whose_logs_are_left_out(support: User, client_of: ClientOf) -> None:
    insert_documents([(an_order("many", payments=[payment(f"p_{n}", 1) for n in range(10)]), {})])
    text = words(client_of(support).get("/norce/se/orders/o_many/timeline/"))
    assert "transactions of 2 more payments" in text


# The panel


def test_the_orders_page_loads_the_timeline_when_it_is_scrolled_to(
    support: User, client_of: ClientOf, order: Order
) -> None:
    page = client_of(support).get(f"/norce/se/orders/{order.id}/").content.decode()
    panel = re.findall(r'<section class="section" id="timeline"[^>]*>', page)[0]
    assert f'hx-get="{url(order)}"' in panel and "intersect once" in panel
    assert f'<a href="{url(order)}">' in page and "CAPTURED" not in page


def test_the_panel_is_the_part_alone_and_a_filter_changes_the_entries_alone(
    support: User, client_of: ClientOf, order: Order
) -> None:
    client = client_of(support)
    panel = client.get(url(order), headers=PANEL).content.decode()
    assert "<html" not in panel and "<textarea" not in panel and "hx-swap-oob" not in panel
    entries = client.get(url(order, "money"), headers=ENTRIES).content.decode()
    assert "<textarea" not in entries and "CAPTURED" in entries
    assert re.search(r'id="timeline-filter"[^>]*hx-swap-oob="true"', entries)
    assert re.search(r'id="show-money"[^>]*aria-current="true"', entries)


def test_an_outage_takes_the_panel_and_not_the_page(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    with answered_by(TimeoutError):
        panel: HttpResponse = client.get(url(order), headers=PANEL)  # type: ignore[assignment]
        entries = client.get(url(order), headers=ENTRIES | {"X-Problem-Target": "#timeline-problem"})
    assert panel.status_code == 503 and b"<html" not in panel.content and url(order).encode() in panel.content
    assert entries["HX-Retarget"] == "#timeline-problem"


def test_an_order_of_another_channel_has_no_timeline(support: User, client_of: ClientOf, order: Order) -> None:
    client = client_of(support)
    assert client.get(url(order).replace("/norce/se/", "/norce/no/")).status_code == 404
