"""Requests that nobody thought of, made from the sandbox's own document: no 5xx, no status and no shape that it does not name."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboard.wsgi import application
from sandbox.api.v0 import description
from sandbox.codec import decode
from tests.sandbox.conftest import Caller, an_order, price

SHAPES = (
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
QUICKLY = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
PLAIN = {"Authorization": "Bearer sandbox", "Accept-Encoding": "identity"}
ADAPTER = {"adapterId": "nshift_adapter"}
APPROVE = "http://sandbox.invalid/checkout/adapters/nshift_adapter/hooks/approve"


@pytest.fixture
def api(transactional_db: None) -> Caller:
    return Caller()


@pytest.fixture
def described(transactional_db: None) -> Any:
    return schemathesis.openapi.from_wsgi("/checkout/order/openapi.json", application)


def operations() -> Iterator[tuple[str, str]]:
    for path, methods in decode(description())["paths"].items():
        for method in methods:
            yield method, path


def whole_order(api: Caller) -> dict[str, str]:
    """An order that has one of everything, and the path parameters that lead to it."""
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
    return {
        "order_id": order[1:],
        "payment_id": payment,
        "shipping_id": shipping,
        "consent_id": "news",
        "validation_id": document["validations"][0]["id"],
        "hook_id": document["hooks"][0]["id"],
        "notification_id": "ocMine",
        "action_id": document["payments"][0]["actions"][0]["id"],
    }


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), list(operations()))
def test_what_the_document_allows_is_answered_as_it_says(described: Any, api: Caller, method: str, path: str) -> None:
    operation = described[path][method.upper()]
    answered: set[int] = set()

    @QUICKLY
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def run(case: Any) -> None:
        there = whole_order(api)
        case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
        case.headers = dict(case.headers or {}) | PLAIN | {"x-merchant": "norce", "x-channel": "se"}
        answer = case.call()
        case.validate_response(answer, checks=SHAPES)
        answered.add(answer.status_code)

    run()
    assert answered - {401, 404, 500}, f"nothing of {method} {path} was reached: {answered}"


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), list(operations()))
def test_what_the_document_forbids_is_refused_and_not_a_fault(
    described: Any, api: Caller, method: str, path: str
) -> None:
    operation = described[path][method.upper()]
    there = whole_order(api)

    @QUICKLY
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def run(case: Any) -> None:
        case.path_parameters = {name: there.get(name, value) for name, value in (case.path_parameters or {}).items()}
        answer = case.call(headers=PLAIN)
        case.validate_response(answer, checks=SHAPES[:3])

    run()
