"""What is done about a row: it is taken, or set aside with a reason until the order changes; all of it once, and in
the log."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from accounts.channels import all_channels
from accounts.models import ChannelGrant
from audit.models import Entry
from overview.models import Dismissal
from sandbox.models import Attempt, Event, Order
from teamwork.models import Task
from tests.conftest import ClientOf
from tests.customer.conftest import Asked, out_of_order
from tests.forms import send
from tests.overview.test_board import ago, put_seen, reserved, text_of
from tests.wire import listening

__all__ = ["out_of_order"]
pytestmark = pytest.mark.django_db
ASIDE, TAKE = (f"/norce/se/orders/o_one/attention/not-captured/{step}/" for step in ("aside", "take"))
ROWS, BOARD = "/overview/not-captured/", "/overview/attention/"


@pytest.fixture
def desk(manager: User, client_of: ClientOf) -> Client:
    put_seen(reserved("one", 250), reserved("two", 100))
    return client_of(manager)


def test_it_is_taken_once_however_often_the_button_is_pressed(
    desk: Client, manager: User, logged: QuerySet[Entry]
) -> None:
    for _ in range(2):
        answer = desk.post(TAKE, {"next": ROWS})
        assert (answer.status_code, answer.headers["Location"]) == (302, ROWS)
    task = Task.objects.get()
    assert (task.for_person, task.order_id, task.code) == (manager, "o_one", "check.not-captured")
    assert "1 of 2 taken" in text_of(desk.get(BOARD))
    assert "Completed, money only reserved" in text_of(desk.get("/queue/"))
    assert logged.filter(action="task.create").count() == 1


def test_what_a_colleague_has_is_not_taken_from_them(desk: Client, support: User, client_of: ClientOf) -> None:
    client_of(support).post(TAKE)
    assert "support has it already" in text_of(desk.post(TAKE, {"next": ROWS}, follow=True))
    assert Task.objects.get().for_person == support


def test_what_was_assigned_to_a_role_becomes_theirs_and_is_no_second_task(desk: Client, manager: User) -> None:
    send(desk, "/norce/se/orders/o_one/assign/", {"whom": "role:manager", "text": "Look at it"})
    desk.post(TAKE)
    assert Task.objects.get().for_person == manager


def test_it_is_set_aside_with_a_reason_counted_apart_and_put_back(desk: Client, logged: QuerySet[Entry]) -> None:
    answer = send(desk, ASIDE, {"reason": "The customer pays in the shop"})
    assert answer.status_code == 302
    board = text_of(desk.get(BOARD))
    assert "1 Completed, money only reserved" in board and "100.00 SEK" in board.replace("\xa0", " ")
    assert "1 set aside" in board
    assert "o_one" not in text_of(desk.get(ROWS))
    kept = text_of(desk.get(f"{ROWS}?aside"))
    assert "o_one" in kept and "The customer pays in the shop" in kept
    desk.post(ASIDE, {"back": "1"})
    assert "o_one" in text_of(desk.get(ROWS)) and not Dismissal.objects.exists()
    said = logged.filter(action__startswith="order.attention.").order_by("sequence")
    assert [entry.action for entry in said] == ["order.attention.set-aside", "order.attention.put-back"]
    assert "The customer pays in the shop" in said[0].details_json


def test_without_a_reason_nothing_is_set_aside_and_what_was_typed_stays(desk: Client) -> None:
    answer = send(desk, ASIDE, {"reason": " "})
    assert answer.status_code == 422 and "Say in a few words" in text_of(answer)
    long = "x" * 1001
    answer = send(desk, ASIDE, {"reason": long})
    assert answer.status_code == 422 and long in answer.content.decode()
    assert not Dismissal.objects.exists()


def test_it_holds_until_the_order_changes(desk: Client) -> None:
    send(desk, ASIDE, {"reason": "Known"})
    change("one")
    assert "o_one" in text_of(desk.get(ROWS))
    assert "set aside" not in text_of(desk.get(BOARD))


def test_a_form_that_is_older_than_the_order_sets_nothing_aside(desk: Client) -> None:
    opened = desk.get(ASIDE)
    seen = opened.context["form"].initial["seen"]
    change("one")
    answer = desk.post(ASIDE, {"reason": "Known", "seen": seen})
    assert answer.status_code == 409 and "changed since you opened this" in text_of(answer)
    assert "Known" in answer.content.decode() and not Dismissal.objects.exists()


def change(name: str) -> None:
    """The order changes, and the desk reads it."""
    Order.objects.filter(public_id=f"o_{name}").delete()
    put_seen(reserved(name, 250) | {"lastModified": ago(minutes=1)})


def test_a_channel_that_is_not_theirs_is_neither_counted_nor_found(manager: User, client_of: ClientOf) -> None:
    put_seen(reserved("one"), reserved("far", channel="no"))
    manager.channel_grants.all().delete()
    ChannelGrant.objects.create(user=manager, merchant="norce", channel="se")
    desk = client_of(manager)
    assert "1 Completed, money only reserved" in text_of(desk.get(BOARD))
    assert "o_far" not in text_of(desk.get(ROWS))
    for address in ("/norce/no/overview/", "/norce/no/overview/attention/", "/norce/no/overview/not-captured/"):
        assert desk.get(address).status_code == 404
    assert desk.get("/overview/no-such-check/").status_code == 404


def test_a_channel_that_is_down_is_seen_on_each_block_and_stops_no_other(desk: Client, out_of_order: Asked) -> None:
    put_seen(reserved("far", channel="no"))
    with out_of_order("norce/no"):
        today = text_of(desk.get("/overview/today/"))
        rows = text_of(desk.get(f"{ROWS}?read"))
        assert desk.get(BOARD).status_code == 200
    assert "One channel did not answer: the figures are without it. norce/no" in today
    assert "All together" in today
    assert rows.count("could not be read again") == 1 and "o_far" in rows and "o_one" in rows


def test_where_no_channel_answers_nothing_is_added_up(desk: Client, out_of_order: Asked) -> None:
    with out_of_order(*(str(channel) for channel in all_channels())):
        today = text_of(desk.get("/overview/today/"))
    assert "channels did not answer" in today and "All together" not in today


def test_where_a_channel_has_several_currencies_the_sum_of_the_api_is_not_told(desk: Client) -> None:
    put_seen(
        reserved("kr", 100, created=ago(seconds=5)),
        reserved("eu", 7, created=ago(seconds=5), currency="EUR"),
    )
    today = text_of(desk.get("/norce/se/overview/today/")).replace("\xa0", " ")
    assert "Several currencies: values from what was last read" in today
    assert "100.00 SEK · 7.00 EUR" in today and "107.00" not in today


def test_today_is_asked_once_in_a_while(desk: Client) -> None:
    with listening() as calls:
        desk.get("/norce/se/overview/today/")
        desk.get("/norce/se/overview/today/")
    assert [call.operation for call in calls] == ["GET orders"] * 3


def an_event(channel: str = "se", **more: Any) -> Event:
    event = Event.objects.create(
        id="01937b2c-0000-7000-8000-000000000001", created=timezone.now(), merchant="norce", channel=channel,
        order="o_one", adapter="crm_connector", reference="on-state", url="http://127.0.0.1/x", payload="{}",
        state="failed", due=timezone.now(), **more,
    )  # fmt: skip
    Attempt.objects.create(event=event, made=timezone.now(), status=503)
    return event


def test_a_notification_that_nobody_took_is_told_and_sent_again_once_it_is_in_the_log(
    desk: Client, logged: QuerySet[Entry]
) -> None:
    event = an_event()
    block = text_of(desk.get("/overview/undelivered/"))
    assert "crm_connector · on-state" in block and "503" in block
    address = f"/norce/se/overview/undelivered/{event.pk}/again/"
    answer = desk.post(address, {"order_id": "o_one", "next": "/overview/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/overview/")
    event.refresh_from_db()
    assert event.state == "waiting"
    said = logged.filter(action="order.notification.retry").order_by("sequence")
    assert [(entry.kind, entry.outcome) for entry in said] == [("intent", ""), ("outcome", "done")]


def test_a_notification_of_another_channel_is_not_sent_again(desk: Client, support: User, client_of: ClientOf) -> None:
    event = an_event("no")
    address = f"/norce/se/overview/undelivered/{event.pk}/again/"
    assert desk.post(address, {"order_id": "o_one"}).status_code == 404
    assert client_of(support).post(address, {"order_id": "o_one"}).status_code == 403
    event.refresh_from_db()
    assert event.state == "failed"
