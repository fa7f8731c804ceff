"""`manage.py sandbox_seed`: from generated orders to a sandbox that answers with them."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from sandbox import seeding, store
from sandbox.management.commands.sandbox_seed import moment
from sandbox.models import Event, Order, OrderDocument, Transaction
from sandbox.progress import ProgressLine
from sandbox.seeding.orders import generate

pytestmark = pytest.mark.django_db
UNTIL = datetime(2026, 11, 22, 14, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se"}


def command(**options: Any) -> str:
    out = io.StringIO()
    call_command("sandbox_seed", stdout=out, **{"orders": 20, "until": UNTIL, **options})
    return out.getvalue()


def ids() -> set[str]:
    return set(Order.objects.values_list("public_id", flat=True))


def test_it_seeds_an_empty_sandbox_and_says_how_many() -> None:
    assert command() == "Seeded 20 orders.\n"
    assert Order.objects.count() == 20


def test_what_is_stored_is_what_was_generated() -> None:
    command()
    for order, logs in generate(20, 1, UNTIL):
        stored = OrderDocument.objects.get(order__public_id=order["id"])
        assert json.loads(stored.body) == order
        for payment, log in logs.items():
            lines = (
                Transaction.objects.filter(order=stored.order, payment=payment)
                .order_by("pk")
                .values_list("body", flat=True)
            )
            assert [json.loads(line) for line in lines] == log


def test_it_refuses_to_mix_with_orders_that_are_there() -> None:
    command()
    with pytest.raises(CommandError, match="--replace deletes them first, --add keeps them"):
        command(seed=2)
    assert Order.objects.count() == 20


def test_replace_leaves_nothing_of_the_orders_before() -> None:
    command()
    before = ids()
    command(seed=2, orders=10, replace=True)
    assert Order.objects.count() == 10
    assert not before & ids()
    assert not Event.objects.exists()
    assert not Transaction.objects.exclude(order__public_id__in=ids()).exists()


def test_add_keeps_the_orders_before() -> None:
    command()
    before = ids()
    command(seed=2, add=True)
    assert before < ids()
    assert len(ids()) == 40


def test_adding_the_same_seed_again_says_what_to_do_instead() -> None:
    command()
    with pytest.raises(CommandError, match="choose another --seed"):
        command(add=True)
    assert Order.objects.count() == 20


def test_if_empty_does_and_says_nothing_where_orders_are() -> None:
    command()
    assert command(if_empty=True, seed=2) == ""
    assert Order.objects.count() == 20


def test_if_empty_seeds_an_empty_sandbox() -> None:
    assert command(if_empty=True) == "Seeded 20 orders.\n"


def test_the_api_answers_with_the_seeded_orders(client: Client) -> None:
    seeding.seed(60, 1, UNTIL)
    swedish = [order for order, _ in generate(60, 1, UNTIL) if order["channel"] == "se"]
    page = client.get("/checkout/order/api/v0/checkout/orders", {"limit": 250}, headers=HEADERS).json()
    assert page["pagination"]["size"] == len(swedish)
    assert [order["id"] for order in page["data"]] == [order["id"] for order in reversed(swedish)]
    one = client.get(f"/checkout/order/api/v0/checkout/orders/{swedish[0]['id']}", headers=HEADERS)
    assert one.json() == swedish[0]


def test_the_api_answers_with_the_seeded_transactions_in_order(client: Client) -> None:
    seeding.seed(60, 1, UNTIL)
    order, logs = next((order, logs) for order, logs in generate(60, 1, UNTIL) if order["channel"] == "se" and logs)
    for payment, log in logs.items():
        path = f"/checkout/order/api/v0/checkout/orders/{order['id']}/payments/{payment}/transactions"
        assert client.get(path, headers=HEADERS).json() == log


Wanted = Callable[[dict[str, Any], dict[str, Any]], bool]


def seeded_where(merchant: str, wanted: Wanted) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first generated order of the merchant, and its payment, that are as wanted; the sandbox holds it alone."""
    made = ((order, logs) for order, logs in generate(300, 1, UNTIL) if order["merchant"] == merchant)
    order, logs, payment = next(
        (order, logs, one) for order, logs in made for one in order["payments"] if wanted(order, one)
    )
    store.insert_documents([(order, logs)])
    return order, payment


def headers_of(order: dict[str, Any]) -> dict[str, str]:
    return HEADERS | {"x-merchant": order["merchant"], "x-channel": order["channel"]}


@pytest.mark.parametrize(
    ("state", "kind", "becomes"),
    [("reserved", "capture", "captured"), ("reserved", "cancel", "cancelled"), ("captured", "refund", "refunded")],
)
@pytest.mark.parametrize("merchant", ["norce", "nordlys"])
def test_a_seeded_action_can_be_executed(client: Client, merchant: str, state: str, kind: str, becomes: str) -> None:
    order, payment = seeded_where(
        merchant, lambda _, one: one["state"] == state and "actions" in one and "sandbox" not in one["attributes"]
    )
    action = next(action["id"] for action in payment["actions"] if action["type"] == kind)
    path = f"/checkout/order/api/v0/checkout/orders/{order['id']}/payments/{payment['id']}"
    assert client.post(f"{path}/actions/{action}/execute", headers=headers_of(order)).status_code == 200
    assert client.get(path, headers=headers_of(order)).json()["state"] == becomes
    assert client.get(f"{path}/transactions", headers=headers_of(order)).json()[-1]["event"] == kind


def test_a_seeded_order_can_be_moved_and_its_hooks_agree(client: Client) -> None:
    order, _ = seeded_where(
        "norce",
        lambda one, _: (
            one["state"]["currentStatus"] == "accepted"
            and all(hook["invoke"].endswith("/approve") for hook in one["hooks"])
        ),
    )
    path = f"/checkout/order/api/v0/checkout/orders/{order['id']}"
    moved = client.put(
        f"{path}/state", '{"currentStatus": "completed"}', content_type="application/json", headers=headers_of(order)
    )
    assert moved.status_code == 200, moved.content
    assert client.get(path, headers=headers_of(order)).json()["state"]["currentStatus"] == "completed"
    assert Event.objects.filter(order=order["id"], reference="norce-adapter-export").count() == 1


def test_progress_is_told_after_every_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.seeding.run.EVERY", 10)
    told: list[int] = []
    assert seeding.seed(25, 1, UNTIL, told.append) == 25
    assert told == [10, 20]


@pytest.mark.parametrize(
    "bad", [["--orders", "0"], ["--orders", "many"], ["--until", "31-31-2025"], ["--add", "--replace"]]
)
def test_an_option_that_cannot_be_meant_is_refused(bad: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("sandbox_seed", *bad)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-22", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-22T14:00", datetime(2026, 11, 22, 14, tzinfo=UTC)),
        ("2026-11-22T14:00+02:00", datetime(2026, 11, 22, 12, tzinfo=UTC)),
    ],
)
def test_until_is_a_day_with_its_end_or_a_moment(text: str, meant: datetime) -> None:
    assert moment(text) == meant


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_stays_in_one_place_on_a_terminal() -> None:
    out = Terminal()
    line = ProgressLine(out, 100_000)
    line(1000)
    line(2000)
    assert "\n" not in out.getvalue()
    assert out.getvalue().count("\r") == 2
    assert "2,000 of 100,000 orders, " in out.getvalue()


def test_progress_writes_a_line_every_ten_thousand_elsewhere() -> None:
    out = io.StringIO()
    line = ProgressLine(out, 100_000)
    for done in (1000, 9000, 10_000):
        line(done)
    line.end()
    assert out.getvalue().startswith("10,000 of 100,000 orders, ")
    assert out.getvalue().count("\n") == 1
