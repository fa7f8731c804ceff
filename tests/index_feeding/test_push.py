"""Norce says that an order changed, and it is read again through the API before that counts."""

import json
import logging
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.channels import Channel
from gateway.connection import order_api
from index import push
from index.models import ChannelState, IndexedOrder, PushedOrder
from index.sweeping import steps, worker
from index.sweeping.steps import take_turn
from sandbox import delivery
from sandbox.models import Event, Order
from tests.index_feeding.conftest import NO, SE, known
from tests.index_feeding.sweeps import done_before, heard
from tests.orders.orders_in_the_sandbox import an_order, put

pytestmark = pytest.mark.django_db
STRANGE = [b"", b"{", b"[1]", b"7", b'{"order": 7}', b'{"order": {"id": 7}}', b"\xff", b'"' + b"x" * 300 + b'"']
STRANGE += [json.dumps({"id": said}).encode() for said in ("", "x" * 300, "a\x00b", "\n", None, ["o_one"])]


@pytest.fixture(autouse=True)
def uncounted() -> None:
    cache.clear()


def told(channel: Channel = SE, order_id: str = "", *, secret: str | None = None, body: Any = None, **more: Any) -> int:
    """What a notification is answered with."""
    said = push.secret_of(channel) if secret is None else secret
    path = reverse("index-push-order", args=[*channel, order_id]) if order_id else reverse("index-push", args=channel)
    content = body if isinstance(body, bytes) else json.dumps(body or {})
    client = Client(enforce_csrf_checks=True)
    return client.post(f"{path}?secret={said}", content, content_type="application/json", **more).status_code


def waiting() -> set[str]:
    return set(PushedOrder.objects.values_list("order_id", flat=True))


def test_an_order_of_which_somebody_says_that_it_changed_is_read_again() -> None:
    put(an_order("one", state="accepted"))
    take_turn(SE)
    order_api(*SE).orders.update_state("o_one", "completed")
    assert told(order_id="o_one") == 204
    assert IndexedOrder.objects.get().status == "accepted", "nothing counts before it was read"
    with heard() as asked:
        take_turn(SE)
    assert IndexedOrder.objects.get().status == "completed"
    assert [where for where, _ in asked.asked] == ["orders/o_one"]
    assert waiting() == set()
    assert ChannelState.objects.get().pushed_at


@pytest.mark.parametrize(
    "body",
    [{"id": "o_one"}, {"orderId": "o_one"}, {"order": {"id": "o_one"}, "notification": {"id": "oc_x"}}],
    ids=["the order itself", "an event", "an event's payload"],
)
def test_what_is_sent_may_name_the_order_where_the_address_does_not(body: dict[str, Any]) -> None:
    assert told(body=body) == 204
    assert waiting() == {"o_one"}


def test_nothing_that_is_sent_is_believed() -> None:
    put(an_order("one", state="accepted"))
    lie = an_order("one", state="completed", total=1)
    assert told(body=lie) == 204
    take_turn(SE)
    row = IndexedOrder.objects.get()
    assert (row.status, row.total) == ("accepted", 1_000_000)


def test_the_same_said_ten_times_is_read_once() -> None:
    put(an_order("one"))
    done_before()
    for _ in range(10):
        assert told(order_id="o_one") == 204
    with heard() as asked:
        take_turn(SE)
    assert len(asked.asked) == 1


def test_what_is_said_while_it_is_read_has_it_read_once_more() -> None:
    put(an_order("one"))
    done_before()
    told(order_id="o_one")

    def again(where: str, _query: object) -> None:
        if where == "orders/o_one" and len(asked.asked) == 1:
            told(order_id="o_one")

    with heard(again) as asked:
        take_turn(SE)
    assert len(asked.asked) == 2
    assert waiting() == set()


def test_an_order_that_nobody_knows_does_no_harm() -> None:
    done_before()
    assert told(order_id="o_none") == 204
    take_turn(SE)
    assert (waiting(), known()) == (set(), set())
    assert ChannelState.objects.get().failed_at is None


def test_an_order_of_another_channel_does_not_come_in_by_this_one() -> None:
    put(an_order("there", channel="no"))
    done_before()
    assert told(SE, "o_there") == 204
    take_turn(SE)
    assert (known(SE), known(NO)) == (set(), set())


def test_an_order_that_was_deleted_is_forgotten() -> None:
    put(an_order("one"))
    take_turn(SE)
    Order.objects.all().delete()
    told(order_id="o_one")
    take_turn(SE)
    assert known() == set()


@pytest.mark.parametrize("strange", STRANGE)
def test_what_names_no_order_that_there_can_be_is_neither_kept_nor_asked_for(strange: bytes) -> None:
    assert told(body=strange) == 204
    assert waiting() == set()


def test_an_id_that_the_api_refuses_holds_up_no_other() -> None:
    put(an_order("one"))
    done_before()
    told(order_id="..")
    told(order_id="o_one")
    take_turn(SE)
    assert (waiting(), known()) == (set(), {"o_one"})


@pytest.mark.parametrize("secret", ["", "wrong", "another"])
def test_who_does_not_know_the_secret_finds_nothing(secret: str) -> None:
    said = push.secret_of(NO) if secret == "another" else secret
    assert told(SE, "o_one", secret=said) == 404
    assert waiting() == set()


def test_a_channel_that_is_not_served_has_no_address() -> None:
    assert told(Channel("norce", "nowhere"), "o_one") == 404
    assert waiting() == set()


def test_without_a_secret_there_is_no_address_behind_the_real_api() -> None:
    secret = push.secret_of(SE)
    with override_settings(SANDBOX=False, INDEX_PUSH_SECRET=""):
        assert told(order_id="o_one", secret=secret) == 404


def test_another_secret_makes_other_addresses() -> None:
    with override_settings(INDEX_PUSH_SECRET="one"):
        old = push.secret_of(SE)
    with override_settings(INDEX_PUSH_SECRET="two"):
        assert told(order_id="o_one", secret=old) == 404
        assert told(order_id="o_one") == 204


def test_who_guesses_is_stopped_and_keeps_nobody_else_from_telling() -> None:
    with mock.patch.object(push, "MOST_WRONG_A_MINUTE", 3):
        assert [told(order_id="o_one", secret="x") for _ in range(5)] == [404, 404, 404, 429, 429]
        assert told(order_id="o_one") == 204


def test_a_storm_is_cut_and_the_desk_keeps_its_budget() -> None:
    done_before()
    with mock.patch.object(push, "MOST_A_MINUTE", 60), mock.patch("time.time", return_value=6e9):
        said = [told(order_id=f"o_{n}") for n in range(80)]
        assert said == [204] * 60 + [429] * 20
        with heard() as asked, override_settings(INDEX_CALLS_A_MINUTE=10):
            while take_turn(SE):
                pass
    assert len(asked.asked) == 10
    assert len(waiting()) == 50


def test_so_many_wait_and_no_more() -> None:
    with mock.patch.object(push, "MOST_WAITING", 5):
        assert {told(order_id=f"o_{n}") for n in range(9)} == {204}
    assert len(waiting()) == 5


def test_what_is_too_long_is_not_read() -> None:
    with mock.patch.object(push, "MOST_BODY", 100):
        assert told(body={"id": "o_one", "rest": "x" * 100}) == 413
        assert told(order_id="o_one", body={"rest": "x" * 100}) == 204, "there is nothing to be read of it"


def test_only_what_is_posted_counts(visitor: Client) -> None:
    address = f"{reverse('index-push-order', args=[*SE, 'o_one'])}?secret={push.secret_of(SE)}"
    assert visitor.get(address).status_code == 405
    assert waiting() == set()


def test_the_log_of_the_program_has_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        told(order_id="o_one")
        told(order_id="o_one", secret="abcdefghijklmnop")
        take_turn(SE)
    assert push.secret_of(SE) not in caplog.text
    assert "abcdefghijklmnop" not in caplog.text


def test_while_the_channel_does_not_answer_what_was_said_waits() -> None:
    put(an_order("one"))
    done_before()
    told(order_id="o_one")
    ChannelState.objects.update(next_at=timezone.now() + steps.FIRST_PAUSE)
    assert take_turn(SE) == 0
    assert waiting() == {"o_one"}


def test_who_tells_wakes_the_worker() -> None:
    worker._woken.clear()
    told(order_id="o_one")
    assert worker._woken.is_set()
    assert worker.due()[0] == SE


# As the sandbox does it


def test_the_sandbox_tells_the_desk_of_a_change_as_norce_would() -> None:
    put(an_order("one", state="accepted"))
    take_turn(SE)
    sent: list[str] = []

    def post(parts: Any, body: bytes, headers: dict[str, str], _seconds: float) -> tuple[int, bytes]:
        sent.append(parts.geturl())
        answer = Client().post(f"{parts.path}?{parts.query}", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.content

    with (
        override_settings(SANDBOX_STATIC_NOTIFICATIONS="index.push.static_notifications", DEMO=True),
        mock.patch("sandbox.sending.post", post),
    ):
        order_api(*SE).orders.update_state("o_one", "completed")
        delivery.deliver_due()
    assert sent[0].startswith("http://127.0.0.1:")
    assert set(Event.objects.values_list("state", flat=True)) == {Event.State.DELIVERED}
    take_turn(SE)
    assert IndexedOrder.objects.get().status == "completed"


def test_what_is_to_be_configured_is_what_the_configuration_service_has() -> None:
    with override_settings(SANDBOX_STATIC_NOTIFICATIONS="index.push.static_notifications", DEMO=True):
        path = "/checkout/configuration/api/v1/configuration/merchants/norce/channels/se/configurations"
        headers = {"authorization": "Bearer sandbox"}
        said = Client(headers=headers).get(f"{path}/static_notifications").json()
        assert said["order"]["notifications"][0]["scope"] == "/state/currentStatus"
        assert {one["invoke"] for one in said["order"]["notifications"]} == {
            one["invoke"] for one in push.static_notifications(*SE)
        }
    assert Client(headers=headers).get(f"{path}/static_notifications").status_code == 404
