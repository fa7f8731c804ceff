"""`manage.py sandbox_seed`: from generated orders to a sandbox that answers with them."""

import io
import json
import pickle
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import active_children
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from sandbox import seeding, store, upkeep
from sandbox.listing import page
from sandbox.management.commands.sandbox_seed import moment
from sandbox.models import Event, Order, OrderDocument, Transaction
from sandbox.parameters import ListQuery
from sandbox.progress import ProgressLine
from sandbox.rows import Row, row_of
from sandbox.scope import Scope
from sandbox.seeding import making
from sandbox.seeding.orders import Piece, generate, pieces

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


class MadeHere:
    """A pool of makers that makes what is asked for at once, and counts how much of it nobody has taken yet."""

    def __init__(self) -> None:
        self.waiting: list[int] = []

    def submit(self, make: Callable[[Piece], Any], piece: Piece) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(make(pickle.loads(pickle.dumps(piece))))
        self.waiting.append(piece.start)
        return future


@pytest.mark.parametrize("size", [7, 60, 500])
@pytest.mark.parametrize(("orders", "seed"), [(400, 1), (149, 3)])
def test_orders_made_in_pieces_are_those_made_one_after_another(orders: int, seed: int, size: int) -> None:
    pool: Any = MadeHere()
    made = list(making.in_turn(pool, pieces(orders, seed, UNTIL, size), 4))
    assert made == [row_of(*loaded) for loaded in generate(orders, seed, UNTIL)]


def test_very_many_orders_are_the_same_made_in_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MANY", 300)
    monkeypatch.setattr(making, "PIECE", 40)
    assert seeding.seed(300, 1, UNTIL) == 300
    stored = OrderDocument.objects.order_by("order").values_list("body", flat=True)
    assert [json.loads(body) for body in stored] == [order for order, _ in generate(300, 1, UNTIL)]
    assert page_size("norce", "se") == sum(order["channel"] == "se" for order, _ in generate(300, 1, UNTIL))


def page_size(merchant: str, channel: str) -> int:
    """How many orders the list counts."""
    size: int = json.loads(page(Scope(merchant, channel), ListQuery(limit=1)))["pagination"]["size"]
    return size


def test_seeding_that_is_stopped_leaves_lists_as_right_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MANY", 300)
    monkeypatch.setattr(making, "rows", stopped_after(60))
    with pytest.raises(KeyboardInterrupt):
        seeding.seed(300, 1, UNTIL)
    stored = Order.objects.filter(merchant="norce", channel="se").count()
    assert stored
    assert page_size("norce", "se") == stored
    upkeep.mend()
    assert page_size("norce", "se") == stored


def test_a_maker_that_is_killed_ends_it_in_a_sentence_and_lists_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MANY", 900)
    monkeypatch.setattr(making, "PIECE", 20)
    monkeypatch.setattr("sandbox.seeding.run.EVERY", store.BATCH)
    killed: list[int] = []

    def kill_a_maker(_: ProgressLine, done: int) -> None:
        for maker in active_children()[:1]:
            maker.kill()
            killed.append(done)

    monkeypatch.setattr(ProgressLine, "__call__", kill_a_maker)
    with pytest.raises(CommandError, match=r"was killed.*--replace starts anew"):
        command(orders=900)
    assert killed == [store.BATCH]
    stored = Order.objects.filter(merchant="norce", channel="se").count()
    assert stored
    assert page_size("norce", "se") == stored


def test_ctrl_c_ends_the_command_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "rows", stopped_after(60))
    with pytest.raises(CommandError, match=r"Stopped.*--replace starts anew") as stopped:
        command()
    assert stopped.value.returncode == 130
    assert Order.objects.count() == store.BATCH


def stopped_after(orders: int) -> Callable[..., Iterator[Row]]:
    """Somebody presses Ctrl-C after so many orders were stored."""

    def rows(*_: Any) -> Iterator[Row]:
        yield from islice((row_of(*loaded) for loaded in generate(600, 1, UNTIL)), store.BATCH + orders)
        raise KeyboardInterrupt

    return rows


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
    assert re.search(r"2,000 of 100,000 orders, [\d,]+ a second, [\d,]+ s left", out.getvalue())


def test_progress_writes_a_line_every_ten_thousand_elsewhere() -> None:
    out = io.StringIO()
    line = ProgressLine(out, 100_000)
    for done in (1000, 9000, 10_000):
        line(done)
    line.end()
    assert out.getvalue().startswith("10,000 of 100,000 orders, ")
    assert out.getvalue().count("\n") == 1
