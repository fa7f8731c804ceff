"""How many statements a page costs, so that it cannot grow unseen. The sandbox's own are not counted: in
production it is another machine."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import ClientOf, person
from tests.orders.orders_in_the_sandbox import an_order, many, put

pytestmark = pytest.mark.django_db

WHO = ("accounts_session", "auth_user")
"""The session, and the person with preferences, roles, permissions and channels."""


def statements(client_of: ClientOf, role: str, address: str) -> list[str]:
    """What the desk asks the database for a page that was shown before."""
    client = client_of(person(role))
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries if "sandbox_" not in query["sql"]]


@pytest.mark.parametrize(
    ("role", "others"),
    [
        ("support", ("orderdesk_cache", "payments_execution", "teamwork_task", "orders_savedview")),
        (
            "admin",
            (
                "orderdesk_cache",
                "payments_execution",
                "payments_execution",
                "payments_externalmove",
                "payments_heartbeat",
                "orders_batch",
                "orders_batch",
                "teamwork_task",
                "orders_savedview",
            ),
        ),
    ],
    ids=["support", "admin, who sees what is in doubt and what is an alert"],
)
def test_the_list_costs_who_asks_what_currencies_were_seen_what_is_not_settled_and_who_has_what(
    client_of: ClientOf, role: str, others: tuple[str, ...]
) -> None:
    many(60)
    asked = statements(client_of, role, "/norce/se/orders/?size=50")
    assert len(asked) == len(WHO + others), asked
    assert all(any(table in sql for sql in asked) for table in WHO + others)


@pytest.mark.parametrize(
    ("role", "others"),
    [
        ("support", ("payments_execution", "orders_note", "teamwork_task", "teamwork_task")),
        (
            "admin",
            (
                "payments_execution",
                "payments_execution",
                "payments_externalmove",
                "payments_heartbeat",
                "orders_batch",
                "orders_batch",
                "orders_note",
                "teamwork_task",
                "teamwork_task",
            ),
        ),
    ],
    ids=["support", "admin, who sees what is in doubt and what is an alert"],
)
def test_an_orders_page_costs_who_asks_its_executions_its_notes_and_who_has_what(
    client_of: ClientOf, role: str, others: tuple[str, ...]
) -> None:
    put(an_order("one"))
    asked = statements(client_of, role, "/norce/se/orders/o_one/")
    assert len(asked) == len(WHO + others), asked
    assert all(any(table in sql for sql in asked) for table in WHO + others)


def test_downloads_cost_who_asks_and_the_jobs(client_of: ClientOf) -> None:
    asked = statements(client_of, "support", "/downloads/")
    others = ("jobs_job", "teamwork_task")
    assert len(asked) == len(WHO + others), asked
    assert all(any(table in sql for sql in asked) for table in WHO + others)
