"""Many at once: no change is lost, no payment is doubled, and nobody waits for somebody else's hook."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from sandbox import outside, store
from sandbox.outside import Answer
from sandbox.scope import Scope
from tests.sandbox.conftest import Caller, an_order

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(work: Callable[[], Any]) -> Any:
    """The result of a call from another thread, with a database connection of its own."""

    def run() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(20)


def at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    """The results of so many calls from threads of their own, started together."""
    start = threading.Barrier(times)

    def run(number: int) -> Any:
        start.wait(10)
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_changes_of_one_order_are_all_kept() -> None:
    order = Caller().created()
    answers = at_once(lambda number: Caller().patch(f"{order}/attributes", {f"key{number}": number}).status_code, 8)
    assert answers == [200] * 8
    assert Caller().order(order)["attributes"] == {f"key{number}": number for number in range(8)}


def test_of_equal_payments_one_is_made_and_the_others_conflict() -> None:
    order = Caller().created()
    sent = {"reference": "R", "adapterId": "a", "amount": 1}
    answers = at_once(lambda _: Caller().post(f"{order}/payments", sent).status_code, 6)
    assert sorted(answers) == [201] + [409] * 5
    assert len(Caller().order(order)["payments"]) == 1


def test_of_orders_for_one_cart_one_is_made() -> None:
    body = an_order(cart={"reference": "B", "items": []})
    assert sorted(at_once(lambda _: Caller().post("", body).status_code, 6)) == [201] + [409] * 5


def test_money_moves_once_however_many_ask() -> None:
    _, payment = Caller().paid("reserved")
    action = Caller().get(payment).data["actions"][0]["id"]
    answers = at_once(lambda _: Caller().post(f"{payment}/actions/{action}/execute").status_code, 6)
    assert answers.count(200) == 1
    assert set(answers) <= {200, 400, 404}
    assert [line["event"] for line in Caller().get(f"{payment}/transactions").data] == ["capture"]


def test_a_hook_that_takes_its_time_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hook = {
        "adapterId": "a",
        "subscribeTo": "/reference",
        "invoke": "http://testserver/checkout/adapters/a/hooks/approve",
    }
    order = Caller().created(an_order(hooks=[hook]))
    in_transaction: list[bool] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        in_transaction.append(connection.in_atomic_block)
        elsewhere(lambda: Caller().patch(f"{order}/attributes", {"meanwhile": True}))
        return Answer(200)

    monkeypatch.setattr(outside, "post", post)
    monkeypatch.setattr(store, "MOST_TRIES", 3)
    assert elsewhere(lambda: Caller().put(f"{order}/reference", "R").status_code) == 200
    assert set(in_transaction) == {False}
    after = Caller().order(order)
    assert (after["reference"], after["attributes"]) == ("R", {"meanwhile": True})


def test_a_write_inside_somebody_elses_transaction_fails_at_once() -> None:
    order = Caller().created()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        store.delete(Scope("norce", "se"), order[1:])
    assert Caller().get(order).status_code == 200
