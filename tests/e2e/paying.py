"""Orders with a payment, made at the desk's own Order API as a payment adapter would make them."""

import json
import sqlite3
import time
import urllib.request
from contextlib import closing
from typing import Any, NamedTuple

from tests.e2e.conftest import Desk

AMOUNT = 499


class Paid(NamedTuple):
    order_id: str
    payment_id: str

    @property
    def page(self) -> str:
        return f"/norce/se/orders/{self.order_id}/"


def call(desk: Desk, method: str, path: str, body: Any = None) -> Any:
    """What the Order API answers, for norce/se."""
    headers = {
        "Authorization": "Bearer sandbox",
        "x-merchant": "norce",
        "x-channel": "se",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    address = f"{desk.url}/checkout/order/api/v0/checkout/orders{path}"
    with urllib.request.urlopen(urllib.request.Request(address, data=data, headers=headers, method=method)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def paid(desk: Desk, state: str = "reserved", day: str = "", amount: int = AMOUNT) -> Paid:
    """An order with one payment of that many kr in that state; `day` is the provider's bad day for it."""
    price = {"includingVat": amount, "excludingVat": amount * 0.8}
    item = {"name": "Flask", "sku": "F-1", "quantity": 1, "price": price, "total": price, "vatRate": 0.25}
    order_id = call(desk, "POST", "", {"currency": "SEK", "country": "SE", "cart": {"items": [item], "total": price}})[
        "id"
    ]
    payment = {
        "adapterId": "stripe_adapter",
        "name": "Card",
        "currency": "SEK",
        "amount": amount,
        "attributes": {"sandbox": day},
    }
    payment_id = call(desk, "POST", f"/{order_id}/payments", payment)["id"]
    made = call(desk, "GET", f"/{order_id}/payments/{payment_id}")
    call(desk, "PUT", f"/{order_id}/payments/{payment_id}", {**made, "state": state})
    return Paid(order_id, payment_id)


def state_of(desk: Desk, what: Paid) -> str:
    return str(call(desk, "GET", f"/{what.order_id}/payments/{what.payment_id}")["state"])


def moves_of(desk: Desk, what: Paid) -> list[str]:
    """What the provider did to the payment, by its log."""
    lines = call(desk, "GET", f"/{what.order_id}/payments/{what.payment_id}/transactions")
    return [line["event"] for line in lines if line["event"] in ("capture", "cancel", "refund") and line["isSuccess"]]


def provider_finishes(desk: Desk, what: Paid) -> None:
    """The provider carries out now what it took on for that payment."""
    with closing(sqlite3.connect(desk.data_dir / "orderdesk.sqlite3", timeout=20)) as database, database:
        due = "UPDATE sandbox_settlement SET due = '2000-01-01 00:00:00' WHERE payment = ?"
        assert database.execute(due, [what.payment_id]).rowcount == 1
    paid(desk)  # any change wakes the thread that delivers what is due


def desk_looks(desk: Desk, what: Paid) -> None:
    """The desk reads the payment again now, and not when its turn comes: by this command, or by the desk's own thread
    where that is at it already."""
    with closing(sqlite3.connect(desk.data_dir / "orderdesk.sqlite3", timeout=20)) as database:
        looked = "SELECT max(checked_at) FROM payments_execution WHERE payment_id = ?"
        (before,) = database.execute(looked, [what.payment_id]).fetchone()
        with database:
            due = "UPDATE payments_execution SET next_check_at = '2000-01-01 00:00:00' WHERE payment_id = ?"
            assert database.execute(due, [what.payment_id]).rowcount == 1
        for _ in range(60):
            desk.manage("payments_reconcile")
            if database.execute(looked, [what.payment_id]).fetchone() != (before,):
                return
            time.sleep(0.5)
    raise AssertionError("the desk did not look within 30 s")
