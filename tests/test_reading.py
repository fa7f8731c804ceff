"""A page that is opened keeps nothing and records nothing in its reader's name.

A picture, a link on another site and a browser that loads ahead can open any.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from order_api import OrderApi
from orders.models import Paste, PastedLine, SavedView
from payments.executions import engine
from payments.executions.intent import Intent
from payments.models import Execution, ExternalMove, FourEyes, Limit
from tests.conftest import ClientOf, person
from tests.forms import ROUTES, put_note, put_order
from tests.pages_of_people import PAGES
from tests.payments.conftest import (  # noqa: F401 - fixtures
    MakePayment,
    api,
    asked_by,
    case_of,
    make_payment,
)

pytestmark = pytest.mark.django_db
GETS = [name for name, page in PAGES.items() if page.method == "get"]
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"')

# What opening a page may write after all, and why nobody can be wronged by it.
MAY_WRITE = {
    ("order-list", "orderdesk_cache"): "what the orders of its channel are like",
    ("order-list", "accounts_session"): "which orders are on the page, for the way back and to the next one",
    ("orders-anywhere", "accounts_session"): "the same",
    ("order-export-anywhere", "gateway_callsinminute"): "that calls were made, of those that all may make in a minute",
    ("view-counts", "gateway_callsinminute"): "that calls were made, of those that all may make in a minute",
    ("view-counts", "orderdesk_cache"): "how many orders each view has",
    ("view-counts-anywhere", "orderdesk_cache"): "the same",
    ("order-anywhere", "gateway_callsinminute"): "that calls were made, of those that all may make in a minute",
    ("order-part-anywhere", "gateway_callsinminute"): "the same",
    ("order-customer-line", "gateway_callsinminute"): "that a call was made, of those that all may make in a minute",
    ("order-customer-channel", "gateway_callsinminute"): "the same",
    ("overview-today", "gateway_callsinminute"): "that calls were made, of those that all may make in a minute",
    ("overview-undelivered", "orderdesk_cache"): "the same",
    ("overview-today", "orderdesk_cache"): "what the channels answered, for the next one who asks",
    ("pasted-detail", "accounts_session"): "which paste is worked through",
    ("order-detail", "orders_pastedline"): "that its reader opened an order of theirs",
    ("approval-detail", "payments_execution"): "that the desk looked again, and when",
}


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written to in the block."""
    tables: set[str] = set()

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        tables.update(WRITES.findall(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        yield tables


@pytest.fixture
def ids(
    admin: User,
    api: OrderApi,  # noqa: F811
    make_payment: MakePayment,  # noqa: F811
    case_of: Callable[[tuple[str, str], str], Intent],  # noqa: F811
) -> dict[str, str]:
    """One of everything that an address can name."""
    waiting = engine.execute(api, case_of(make_payment("reserved"), "capture"), asked_by(admin), wants_approval=True)
    limit = Limit.objects.create(role="admin", merchant="norce", channel="se", currency="SEK", per_action=500)
    rule = FourEyes.objects.create(merchant="norce", channel="se", mode="always")
    move = ExternalMove.objects.create(execution=waiting, mark="0", action_type="refund", found_at=timezone.now())
    entry = Entry.objects.latest("sequence")
    found = json.dumps({"norce/se": [[["o_Own"]], 1, ""]})
    now = timezone.now()
    paste = Paste.objects.create(
        owner=admin, at=now, until=now + timedelta(hours=1), own_channel="norce/se", said_json="{}"
    )
    PastedLine.objects.create(paste=paste, place=1, kind="order", text="o_Own", answers_json=found)
    view = SavedView.objects.create(
        mark=uuid4(), owner=admin, owner_name="admin", name="Mine", query="status=completed", created_at=now,
        changed_at=now,
    )  # fmt: skip
    numbers = {
        "view_id": view.pk,
        "limit_id": limit.pk,
        "rule_id": rule.pk,
        "move_id": move.pk,
        "sequence": entry.sequence,
        "person_id": admin.pk,
        "token": "no-such-token",
        "kind": "refund",
        "rest": "payments/",
        "mark": paste.pk,
    }
    return {
        **put_note(put_order("o_Own"), admin),
        **{name: str(number) for name, number in numbers.items()},
        "pk": str(waiting.pk),
    }


def address_of(name: str, ids: dict[str, str]) -> str:
    return reverse(name, kwargs={each: ids[each] for each in re.findall(r"(\w+)>", ROUTES[name])})


def opened(client: Client, ids: dict[str, str]) -> set[tuple[str, str]]:
    """What opening each page that this person may open has written, by page and table."""
    found = set()
    for name in GETS:
        with written() as tables:
            status = client.get(address_of(name, ids)).status_code
        if status == 403:
            assert tables <= {"audit_entry"}, f"{name}: a refusal writes that it was one"
        else:
            found |= {(name, table) for table in tables}
    return found


@pytest.mark.parametrize("who", ["visitor", "newcomer", "support", "manager", "admin"])
def test_opening_a_page_writes_nothing_but_what_is_named(
    who: str, ids: dict[str, str], admin: User, client_of: ClientOf
) -> None:
    user = admin if who == "admin" else None if who == "visitor" else person("" if who == "newcomer" else who)
    client = client_of(user) if user else Client()
    found = opened(client, ids)
    assert found - set(MAY_WRITE) == set()
    assert who != "admin" or set(MAY_WRITE) - found == set()
    assert Execution.objects.get().state == "waiting"
