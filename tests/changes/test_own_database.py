"""The desk's own database is locked, full or away: what a person reads then, what is kept, and what is logged."""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from order_api import OrderApi
from order_api.schemas import Order
from tests.changes.conftest import Desk
from tests.conftest import PASSWORD, ClientOf
from ui.log_lines import MaskedFormatter, OneLineForAll

pytestmark = pytest.mark.django_db(transaction=True)
Fault = Callable[[], AbstractContextManager[None]]
OURS = {"Origin": "http://testserver"}
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog", "X-Problem-Target": "#change-problem"}


@contextmanager
def locked() -> Iterator[None]:
    """Another program writes into the file and does not come to an end; nobody here waits long for it."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has one writer")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@contextmanager
def read_only() -> Iterator[None]:
    """As where the file, or its disk, may only be read: SQLite says the same."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own words")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")
        try:
            yield
        finally:
            cursor.execute("PRAGMA query_only = 0")


@contextmanager
def away() -> Iterator[None]:
    """Nothing can be asked of it."""

    def gone(*_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(gone):
        yield


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def client(support: User, client_of: ClientOf) -> Client:
    client = client_of(support)
    client.raise_request_exception = False
    return client


def reference(order: Order) -> str:
    return reverse("reference-edit", kwargs={"channel": "norce/se", "order_id": order.id})


def send(client: Client, order: Order, fault: Fault = locked, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Types a reference into the form, which is sent while the database is locked, or has another fault."""
    desk = Desk(client)
    fields = {**desk.hidden(desk.open(reference(order))), "reference": "SE-TYPED"}
    with fault():
        return client.post(reference(order), fields, headers={**OURS, **(headers or {})})  # type: ignore[return-value]


@pytest.mark.parametrize("fault", [locked, read_only])
def test_what_was_typed_comes_back_to_be_sent_again_and_nothing_was_sent(
    client: Client, order: Order, api: OrderApi, fault: Fault
) -> None:
    response = send(client, order, fault)
    page = response.content.decode()
    assert response.status_code == 503 and response["Retry-After"]
    assert "own database does not work" in words(response) and "Nothing was sent" in words(response)
    assert 'name="reference" value="SE-TYPED"' in page and "Send again" in page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert client.post(reference(order), fields).status_code == 302
    assert api.orders.get(order.id or "").reference == "SE-TYPED"


def test_in_a_dialog_only_its_words_are_put_above_the_form(client: Client, order: Order) -> None:
    response = send(client, order, headers=IN_DIALOG)
    assert response.status_code == 503 and response["HX-Retarget"] == "#change-problem"
    assert response.content.decode().lstrip().startswith('<div class="alert') and "Nothing was sent" in words(response)


def test_a_change_that_was_sent_already_is_not_offered_again(client: Client, order: Order, api: OrderApi) -> None:
    desk = Desk(client)
    fields = {**desk.hidden(desk.open(reference(order))), "reference": "SE-TYPED"}
    with mock.patch("orders.changes.flow.leave", side_effect=OperationalError("gone")):
        response = client.post(reference(order), fields, headers=OURS)
    assert api.orders.get(order.id or "").reference == "SE-TYPED"
    assert response.status_code == 503 and "Look whether it happened" in words(response)
    assert "Send again" not in words(response) and "SE-TYPED" in words(response)


@pytest.mark.parametrize("fault", [locked, read_only])
def test_a_list_is_read_though_what_it_keeps_for_the_next_page_cannot_be_kept(
    client: Client, order: Order, fault: Fault
) -> None:
    with fault():
        response = client.get("/norce/se/orders/?search=SE-1")
    assert response.status_code == 200 and "SE-1" in words(response)


def test_a_right_password_is_not_called_one_try_too_many(support: User, visitor: Client) -> None:
    visitor.raise_request_exception = False
    visitor.get("/accounts/login/")
    with locked():
        response = visitor.post("/accounts/login/", {"login": "support", "password": PASSWORD}, headers=OURS)
    assert response.status_code == 503 and "Too many" not in words(response)
    assert PASSWORD not in response.content.decode()


def test_a_page_needs_nothing_of_it(client: Client, order: Order) -> None:
    with away():
        response = client.get("/norce/se/orders/")
    assert response.status_code == 503 and "own database does not work" in words(response)
    assert client.get("/norce/se/orders/").status_code == 200


def test_one_line_a_minute_says_so_without_a_traceback() -> None:
    only, form = OneLineForAll(), MaskedFormatter("{name}: {message}", style="{")

    def record(error: Exception) -> logging.LogRecord:
        info = (type(error), error, error.__traceback__)
        return logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Server", "/orders/"), info)

    gone = [record(OperationalError("database is locked")) for _ in range(40)]
    passed = [each for each in gone if only.filter(each)]
    assert [form.format(each) for each in passed] == [
        "django.request: Server: /orders/: the desk's own database does not work: database is locked"
    ]
    with mock.patch("ui.log_lines.time.monotonic", return_value=10e9):
        later = record(OperationalError("database is locked"))
        assert only.filter(later) and form.format(later).endswith("(39 more since the last such line)")
    other = record(ValueError("x"))
    assert only.filter(other) and "ValueError: x" in form.format(other)
