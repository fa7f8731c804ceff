"""Whatever a change is answered with 202: it is accepted, and the desk does not say that it is done."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User

from audit.models import Entry
from order_api.call import Answer, Call
from order_api.transport import Connection
from tests.conftest import ClientOf
from tests.forms import TYPED, address, put_order, send
from tests.orders.pages import text_of

NAMES = (
    "state-edit",
    "reference-edit",
    "cart-edit",
    "billing-edit",
    "attributes-edit",
    "consent-create",
    "hook-create",
    "payment-edit",
    "payment-remove",
    "shipping-edit",
    "transaction-create",
)


@pytest.fixture
def accepted_only() -> Iterator[None]:
    """Every change is answered with 202 and no word more."""
    plain = Connection.send

    def send_(self: Connection, call: Call, headers: dict[str, str]) -> Answer:
        answer = plain(self, call, headers)
        return replace(answer, status=202, content=b"") if call.changes and answer.status < 300 else answer

    with mock.patch.object(Connection, "send", send_):
        yield


@pytest.mark.parametrize("name", NAMES)
def test_a_change_that_is_accepted_is_not_called_done(
    accepted_only: None, name: str, admin: User, client_of: ClientOf
) -> None:
    client, where = client_of(admin), address(name, put_order("o_pending"))
    answer: Any = send(client, where, TYPED.get(name, {}))
    assert answer.status_code == 302, text_of(answer)
    page = text_of(client.get(answer["Location"].partition("#")[0]))
    assert "This was accepted, but is not applied yet" in page
    assert " was changed." not in page and " was saved." not in page and " was added." not in page
    assert Entry.objects.filter(outcome="accepted").exists()
