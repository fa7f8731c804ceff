"""What tests of the pages about doubt do as people do it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from payments.models import Execution
from tests.orders.pages import text_of

FOUND = {"moved": "not-moved", "where": "portal", "found": "No capture under K-1, looked at 10:45"}


def page_of(client: Client, name: str, execution: Execution | None = None, **more: Any) -> str:
    answer = client.get(reverse(name, args=[execution.in_channel, execution.pk] if execution else []), **more)
    assert answer.status_code == 200
    return text_of(answer)


def settle(client: Client, execution: Execution, **typed: Any) -> Any:
    """By somebody who has seen all evidence that there is, unless `seen` says otherwise."""
    data = {**FOUND, "seen": getattr(execution.evidence.last(), "pk", ""), **typed}
    return client.post(reverse("execution-settle", args=[execution.in_channel, execution.pk]), data)
