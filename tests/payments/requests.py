"""What tests ask about a request for approval, and do to the payment that it is about."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit import log
from order_api import OrderApi
from payments.approvals.forms import seal_of
from payments.executions.readings import seen_of
from payments.models import Execution
from tests.conftest import PASSWORD


def who(user: User) -> log.Who:
    return log.Who(user.username, user.pk)


def fresh(execution: Execution) -> Execution:
    return Execution.objects.get(pk=execution.pk)


def address(execution: Execution, what: str = "detail") -> str:
    return reverse(f"approval-{what}", args=[execution.pk])


def page(client: Client, execution: Execution) -> str:
    return str(client.get(address(execution)).content.decode())


def captures(api: OrderApi, execution: Execution) -> int:
    lines = api.payments.transactions(execution.order_id, execution.payment_id)
    return sum(line.event == "capture" for line in lines)


def change(api: OrderApi, execution: Execution, **fields: Any) -> None:
    """Somebody else changes the payment."""
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(**fields))


def says_yes(execution: Execution, **other: str) -> dict[str, str]:
    """The form of somebody who was shown the request as it is, and approves it."""
    return {"password": PASSWORD, "note": "Saw the photo", "saw": seal_of(execution, seen_of(execution)), **other}
