"""Orders that the index knows, and those that a list of it shows."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.channels import Channel
from gateway.connection import order_api
from index import writing
from tests.orders.orders_in_the_sandbox import an_order, payment, put
from tests.orders.pages import body_of

SE, NO = Channel("norce", "se"), Channel("norce", "no")
HELD: dict[str, Any] = {"payments": [payment("p_held", 100, "reserved")]}


def known(*orders: dict[str, Any], at: datetime | None = None) -> None:
    """Orders of the sandbox that were read, so that the index knows them."""
    put(*orders)
    seen = at or timezone.now() - timedelta(minutes=5)
    for channel in {Channel(order["merchant"], order["channel"]) for order in orders}:
        ids = [order["id"] for order in orders if order["channel"] == channel.name]
        writing.see((order_api(*channel).orders.get(order_id) for order_id in ids), at=seen)


def ids_on(answer: Any) -> list[str]:
    return re.findall(r'<a class="open" id="row-([^"]+)"', body_of(answer))


def norwegian(name: str, **more: Any) -> dict[str, Any]:
    return {**an_order(name, **more), "channel": "no", "currency": "NOK", "country": "NO"}
