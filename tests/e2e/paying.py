"""Orders with a payment, made at the desk's own Order API as a payment adapter would make them."""

import json
import urllib.request
from typing import Any, NamedTuple

from tests.e2e.conftest import Desk

AMOUNT = 499


class Paid(NamedTuple):
    order_id: str
    payment_id: str

    @property
    def page(self) -> str:
        return f"/orders/{self.order_id}/"


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


def paid(desk: Desk, state: str = "reserved", day: str = "") -> Paid:
    """An order with one payment of 499 kr in that state; `day` is the provider's bad day for it."""
    price = {"includingVat": AMOUNT, "excludingVat": AMOUNT * 0.8}
    item = {"name": "Flask", "sku": "F-1", "quantity": 1, "price": price, "total": price, "vatRate": 0.25}
    order_id = call(desk, "POST", "", {"currency": "SEK", "country": "SE", "cart": {"items": [item], "total": price}})[
        "id"
    ]
    payment = {
        "adapterId": "stripe_adapter",
        "name": "Card",
        "currency": "SEK",
        "amount": AMOUNT,
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


EXECUTE = """
from django.contrib.auth.models import User
from accounts.channels import Channel
from audit.log import Who
from orders.connection import order_api
from payments import case, engine
api, manager = order_api("norce", "se"), User.objects.get(username="manager")
action = api.payments.get("{order_id}", "{payment_id}").actions[0]
facts = case.read(api, Channel("norce", "se"), "{order_id}", "{payment_id}", action.id)
asked = engine.Asked(manager, Who("manager", manager.pk), "other", "The customer asked to be charged at once")
print(engine.execute(api, facts.case, asked, wants_approval={wants_approval}).pk)
"""
LIMIT = """
from payments.models import Limit
print(Limit.objects.get_or_create(role="support", currency="NOK", per_action=100)[0].pk)
"""


def executed(desk: Desk, what: Paid, *, wants_approval: bool = False) -> str:
    """The id of an execution of the payment's first action, which is to capture it, asked for by the manager; whatever came of it."""
    script = EXECUTE.format(**what._asdict(), wants_approval=wants_approval)
    return desk.manage("shell", "-c", script).split()[-1]


def asked_for(desk: Desk) -> dict[str, str]:
    """A request that waits for approval, and a limit; what their addresses are made of."""
    approval = executed(desk, paid(desk), wants_approval=True)
    return {"approval": approval, "limit": desk.manage("shell", "-c", LIMIT).split()[-1]}


def in_doubt(desk: Desk) -> dict[str, str]:
    """An execution that got no answer, and its payment, which is locked; what their addresses are made of."""
    what = paid(desk, day="timeout-before")
    return {"execution": executed(desk, what), "locked": what.order_id, "locked_payment": what.payment_id}
