"""How many statements a page costs, so that it cannot grow unseen. The sandbox's own are not counted: in
production it is another machine."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import ClientOf, person
from tests.orders.orders_in_the_sandbox import an_order, many, put

pytestmark = pytest.mark.django_db

WHO = ("django_session", "auth_user")
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
        ("support", ("orderdesk_cache", "payments_execution")),
        (
            "admin",
            (
                "orderdesk_cache",
                "payments_execution",
                "payments_execution",
                "payments_externalmove",
                "payments_heartbeat",
            ),
        ),
    ],
    ids=["support", "admin, who sees what is in doubt and what is an alert"],
)
def test_the_list_costs_who_asks_what_currencies_were_seen_and_what_is_not_settled(
    client_of: ClientOf, role: str, others: tuple[str, ...]
) -> None:
    many(60)
    asked = statements(client_of, role, "/orders/?size=50")
    assert len(asked) == len(WHO + others), asked
    assert all(any(table in sql for sql in asked) for table in WHO + others)


@pytest.mark.parametrize(
    ("role", "others"),
    [
        ("support", ("payments_execution", "orders_note")),
        (
            "admin",
            ("payments_execution", "payments_execution", "payments_externalmove", "payments_heartbeat", "orders_note"),
        ),
    ],
    ids=["support", "admin, who sees what is in doubt and what is an alert"],
)
def test_an_orders_page_costs_who_asks_its_executions_and_its_notes(
    client_of: ClientOf, role: str, others: tuple[str, ...]
) -> None:
    put(an_order("one"))
    asked = statements(client_of, role, "/orders/o_one/")
    assert len(asked) == len(WHO + others), asked
    assert all(any(table in sql for sql in asked) for table in WHO + others)
