"""What is found of an order before something is done with it and many others."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.models import User

from accounts.channels import Channel
from domain.money import code_of
from order_api import OrderApi
from order_api.schemas import Order
from orders.bulk.words import POSSIBLE
from trade.totals import order_total


class Finding(NamedTuple):
    """`verdict`: POSSIBLE, or why not. `said`: the API's own words. `amount`: what it is about, in the major unit of
    `currency`. `warns`: what should be known before. `facts`: what was seen, in JSON, to be compared with when it is
    done; nothing of a customer."""

    verdict: str = POSSIBLE
    reference: str = ""
    said: str = ""
    amount: Decimal | None = None
    currency: str = ""
    warns: tuple[str, ...] = ()
    facts: Mapping[str, Any] = {}


class Case(NamedTuple):
    """An order that was read just now, for whom, and what is asked for with it as far as it was said: its new state."""

    api: OrderApi
    channel: Channel
    order_id: str
    order: Order
    user: User
    target: str

    def found(self, verdict: str = POSSIBLE, **more: Any) -> Finding:
        """With the order's reference and total, unless others are given."""
        total = {"amount": order_total(self.order), "currency": code_of(self.order.currency)}
        return Finding(verdict, self.order.reference or "", **{**total, **more})


Check = Callable[[Case], Finding]
"""Looks whether it can be done. In a thread that knows no language: it gives codes. It may ask more, and raise
ApiError."""


def as_it_is(case: Case) -> Finding:
    """What needs no more than that the order is there."""
    return case.found()
