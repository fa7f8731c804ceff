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
from teamwork.models import Task
from tests.conftest import PASSWORD


def who(user: User) -> log.Who:
    return log.Who(user.username, user.pk)


def fresh(execution: Execution) -> Execution:
    return Execution.objects.get(pk=execution.pk)


def address(execution: Execution, what: str = "detail") -> str:
    return reverse(f"approval-{what}", args=[execution.in_channel, execution.pk])


def page(client: Client, execution: Execution) -> str:
    return str(client.get(address(execution)).content.decode())


def captures(api: OrderApi, execution: Execution) -> int:
    return moves(api, execution, "capture")


def refunds(api: OrderApi, execution: Execution) -> int:
    return moves(api, execution, "refund")


def moves(api: OrderApi, execution: Execution, event: str) -> int:
    """How many transactions of that kind its payment has."""
    lines = api.payments.transactions(execution.order_id, execution.payment_id)
    return sum(line.event == event for line in lines)


def change(api: OrderApi, execution: Execution, **fields: Any) -> None:
    """Somebody else changes the payment."""
    payment = api.payments.get(execution.order_id, execution.payment_id)
    api.payments.update(execution.order_id, execution.payment_id, payment.changed(**fields))


def says_yes(execution: Execution, **other: str) -> dict[str, str]:
    """The form of somebody who was shown the request as it is, and approves it."""
    return {"password": PASSWORD, "note": "Saw the photo", "saw": seal_of(execution, seen_of(execution)), **other}


def told(user: User) -> list[str]:
    """The codes of what this person was told and has not put away yet."""
    return list(Task.objects.filter(for_person=user, kind="answer", state="open").values_list("code", flat=True))
