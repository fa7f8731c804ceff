"""Requests that nobody thought of, made from the sandbox's own documents: no 5xx, no status and no shape that they do
not name. The contract of version 1 names few refusals; there, any 4xx may be one."""

import re
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import product
from typing import Any
from unittest import mock

import pytest
import schemathesis
from django.db import connections
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django import DjangoDbBlocker
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboard.wsgi import application
from sandbox.api import v0, v1
from sandbox.codec import decode, encode
from sandbox.store import insert_documents
from tests.sandbox.conftest import Caller, an_order, api, price

__all__ = ["api"]
WholeOrder = Callable[[], dict[str, str]]

SHAPES = (
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
QUICKLY = settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
PLAIN = {"Authorization": "Bearer sandbox", "Accept-Encoding": "identity"}
ADAPTER = {"adapterId": "nshift_adapter"}
APPROVE = "http://sandbox.invalid/checkout/adapters/nshift_adapter/hooks/approve"


def from_here(environ: dict[str, Any], start_response: Any) -> Any:
    """The program as it is called from this machine, which alone may reach the demo."""
    return application({"REMOTE_ADDR": "127.0.0.1", **environ}, start_response)


@pytest.fixture(autouse=True, scope="module")
def one_connection() -> Iterator[None]:
    """A call over WSGI leaves the connection open at its end, and with it the transaction of the test."""
    with mock.patch.object(connections["default"], "close_if_unusable_or_obsolete"):
        yield


DOCUMENTS = {"v0": (v0.description, "openapi.json"), "v1": (v1.description, "openapi-v1.json")}


@pytest.fixture(scope="module")
def described(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    """The documents as the sandbox serves them, each read once."""
    with django_db_blocker.unblock():
        return {
            version: schemathesis.openapi.from_wsgi(f"/checkout/order/{name}", from_here)
            for version, (_, name) in DOCUMENTS.items()
        }


def operations() -> Iterator[tuple[str, str, str]]:
    for version, (description, _) in DOCUMENTS.items():
        for path, methods in decode(description())["paths"].items():
            for method in methods:
                yield version, method, path


def shapes(version: str, status: int) -> list[Any]:
    """What the answer is held to."""
    undeclared = version == "v1" and 400 <= status < 500
    return [check for check in SHAPES if not (undeclared and check is status_code_conformance)]


def snake(name: str) -> str:
    """A path parameter's name in version 0, from either."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


@pytest.fixture
def whole_order(api: Caller) -> WholeOrder:
    """Gives a new order that has one of everything, each time it is called: the path parameters that lead to it.

    The first is made over the API, so that it is as the sandbox writes orders; the others are its copies.
    """
    order = api.created(
        an_order(
            consents=[{"id": "news"}],
            validations=[ADAPTER | {"url": APPROVE}],
            hooks=[ADAPTER | {"subscribeTo": "/cart", "invoke": APPROVE}],
            notifications=[ADAPTER | {"id": "ocMine", "invoke": APPROVE}],
        )
    )
    payment = api.post(f"{order}/payments", ADAPTER | {"amount": 100, "state": "reserved"}).data["id"]
    shipping = api.post(f"{order}/shippings", {"total": price(0, 0), "vatRate": 0}).data["id"]
    document = api.order(order)
    ids = {
        "order_id": order[1:],
        "payment_id": payment,
        "shipping_id": shipping,
        "consent_id": "news",
        "validation_id": document["validations"][0]["id"],
        "hook_id": document["hooks"][0]["id"],
        "notification_id": "ocMine",
        "action_id": document["payments"][0]["actions"][0]["id"],
    }
    text, letters = encode(document | {"merchant": "norce", "channel": "se"}).decode(), product("abcdefgh", repeat=4)

    def copy() -> dict[str, str]:
        mark = "".join(next(letters))
        new = {name: f"{value}{mark}" if name in ("order_id", "payment_id") else value for name, value in ids.items()}
        named = reduce(lambda text, name: text.replace(f'"{ids[name]}"', f'"{new[name]}"'), new, text)
        insert_documents([(decode(named.encode()), {})])
        return new

    return copy


@pytest.mark.slow
@pytest.mark.parametrize(("version", "method", "path"), list(operations()))
def test_what_the_document_allows_is_answered_as_it_says(
    described: Any, whole_order: WholeOrder, version: str, method: str, path: str
) -> None:
    operation = described[version][path][method.upper()]
    answered: set[int] = set()

    @QUICKLY
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def run(case: Any) -> None:
        there = whole_order()
        case.path_parameters = {name: there[snake(name)] for name in case.path_parameters or {}}
        case.headers = dict(case.headers or {}) | PLAIN | {"x-merchant": "norce", "x-channel": "se"}
        answer = case.call()
        case.validate_response(answer, checks=shapes(version, answer.status_code))
        answered.add(answer.status_code)

    run()
    assert answered - {401, 404, 500}, f"nothing of {method} {path} was reached: {answered}"


@pytest.mark.slow
@pytest.mark.rest
@pytest.mark.parametrize(("version", "method", "path"), list(operations()))
def test_what_the_document_forbids_is_refused_and_not_a_fault(
    described: Any, whole_order: WholeOrder, version: str, method: str, path: str
) -> None:
    operation = described[version][path][method.upper()]
    there = whole_order()

    @QUICKLY
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def run(case: Any) -> None:
        case.path_parameters = {
            name: there.get(snake(name), value) for name, value in (case.path_parameters or {}).items()
        }
        answer = case.call(headers=PLAIN)
        held = [check for check in shapes(version, answer.status_code) if check in SHAPES[:3]]
        case.validate_response(answer, checks=held)

    run()
