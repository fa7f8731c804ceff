"""The client against the contract: every operation, every list parameter, every schema, every enumeration."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from order_api import OrderApi, OrderQuery, schemas
from order_api.resources import Orders, Payments, Shippings
from tests.contract import CONTRACT
from tests.order_api.servers import TOKEN, Prepared

OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
    if method != "parameters"
}
SCHEMAS = CONTRACT["components"]["schemas"]
IDS = {"order_id": "o1", "payment_id": "p1", "shipping_id": "s1", "consent_id": "c1", "validation_id": "v1"} | {
    "hook_id": "h1",
    "notification_id": "n1",
    "action_id": "a1",
}

Operation = Callable[[OrderApi], Any]
# One call of each method, in the contract's order of subjects: (verb, path below orders, the call, what it sends).
CALLS: list[tuple[str, str, Operation, Any]] = [
    ("POST", "", lambda api: api.orders.create(schemas.Order(currency="SEK")), {"currency": "SEK"}),
    ("GET", "", lambda api: api.orders.list(), None),
    ("DELETE", "/{order_id}", lambda api: api.orders.delete("o1"), None),
    ("GET", "/{order_id}", lambda api: api.orders.get("o1"), None),
    ("PUT", "/{order_id}/state", lambda api: api.orders.update_state("o1", "accepted"), {"currentStatus": "accepted"}),
    (
        "PUT",
        "/{order_id}/cart",
        lambda api: api.orders.update_cart("o1", schemas.Cart(reference="b")),
        {"reference": "b"},
    ),
    (
        "PUT",
        "/{order_id}/customer/billing",
        lambda api: api.orders.update_billing("o1", schemas.Address(street_address2="B")),
        {"streetAddress2": "B"},
    ),
    (
        "PUT",
        "/{order_id}/customer/shipping",
        lambda api: api.orders.update_shipping_address("o1", schemas.Address(care_of="C")),
        {"careOf": "C"},
    ),
    (
        "POST",
        "/{order_id}/consents",
        lambda api: api.orders.create_consent("o1", schemas.Consent(id="c1", required=True)),
        {"id": "c1", "required": True},
    ),
    (
        "PATCH",
        "/{order_id}/consents",
        lambda api: api.orders.patch_consents("o1", [schemas.Consent(id="c1", checked=False)]),
        [{"id": "c1", "checked": False}],
    ),
    ("DELETE", "/{order_id}/consents/{consent_id}", lambda api: api.orders.remove_consent("o1", "c1"), None),
    (
        "PATCH",
        "/{order_id}/consents/{consent_id}",
        lambda api: api.orders.patch_consent("o1", "c1", schemas.Consent(checked=True)),
        {"checked": True},
    ),
    (
        "PATCH",
        "/{order_id}/attributes",
        lambda api: api.orders.patch_attributes("o1", {"gift": True, "old": None}),
        {"gift": True, "old": None},
    ),
    (
        "POST",
        "/{order_id}/validations",
        lambda api: api.orders.create_validation("o1", schemas.Callback(adapter_id="a", url="https://a.example")),
        {"adapterId": "a", "url": "https://a.example"},
    ),
    (
        "PUT",
        "/{order_id}/validations/{validation_id}",
        lambda api: api.orders.update_validation("o1", "v1", schemas.Callback(url="https://b.example")),
        {"url": "https://b.example"},
    ),
    ("DELETE", "/{order_id}/validations/{validation_id}", lambda api: api.orders.remove_validation("o1", "v1"), None),
    ("POST", "/{order_id}/validate", lambda api: api.orders.validate("o1"), None),
    ("PUT", "/{order_id}/reference", lambda api: api.orders.update_reference("o1", "10 042"), "10 042"),
    (
        "POST",
        "/{order_id}/hooks",
        lambda api: api.orders.create_hook("o1", schemas.Hook(subscribe_to="/cart")),
        {"subscribeTo": "/cart"},
    ),
    ("DELETE", "/{order_id}/hooks/{hook_id}", lambda api: api.orders.delete_hook("o1", "h1"), None),
    (
        "POST",
        "/{order_id}/notifications",
        lambda api: api.orders.create_notification("o1", schemas.Notification(schema={"const": "completed"}, delay=0)),
        {"schema": {"const": "completed"}, "delay": 0},
    ),
    (
        "DELETE",
        "/{order_id}/notifications/{notification_id}",
        lambda api: api.orders.delete_notification("o1", "n1"),
        None,
    ),
    ("POST", "/{order_id}/payments", lambda api: api.payments.create("o1", schemas.Payment(name="K")), {"name": "K"}),
    ("GET", "/{order_id}/payments", lambda api: api.payments.list("o1"), None),
    ("GET", "/{order_id}/payments/{payment_id}", lambda api: api.payments.get("o1", "p1"), None),
    (
        "PUT",
        "/{order_id}/payments/{payment_id}",
        lambda api: api.payments.update("o1", "p1", schemas.Payment(state=schemas.PaymentState("removed"))),
        {"state": "removed"},
    ),
    ("GET", "/{order_id}/payments/{payment_id}/transactions", lambda api: api.payments.transactions("o1", "p1"), None),
    (
        "POST",
        "/{order_id}/payments/{payment_id}/transactions",
        lambda api: api.payments.add_transaction(
            "o1", "p1", schemas.PaymentTransaction(psp_event="AUTH", is_success=False)
        ),
        {"pspEvent": "AUTH", "isSuccess": False},
    ),
    (
        "POST",
        "/{order_id}/payments/{payment_id}/actions",
        lambda api: api.payments.add_actions("o1", "p1", [schemas.PaymentAction(type="capture")]),
        [{"type": "capture"}],
    ),
    (
        "POST",
        "/{order_id}/payments/{payment_id}/actions/{action_id}/execute",
        lambda api: api.payments.execute("o1", "p1", "a1"),
        None,
    ),
    (
        "POST",
        "/{order_id}/shippings",
        lambda api: api.shippings.create("o1", schemas.Shipping(name="S")),
        {"name": "S"},
    ),
    ("GET", "/{order_id}/shippings", lambda api: api.shippings.list("o1"), None),
    ("GET", "/{order_id}/shippings/{shipping_id}", lambda api: api.shippings.get("o1", "s1"), None),
    (
        "PUT",
        "/{order_id}/shippings/{shipping_id}",
        lambda api: api.shippings.update("o1", "s1", schemas.Shipping(tms_reference="T")),
        {"tmsReference": "T"},
    ),
]
ROOT = "/api/v0/checkout/orders"


def documented_success(verb: str, path: str) -> httpx.Response:
    """What the contract promises, as small as it may be."""
    status, response = next((int(s), r) for s, r in OPERATIONS[verb, path]["responses"].items() if s.startswith("2"))
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return httpx.Response(status)
    return httpx.Response(status, json=[] if schema.get("type") == "array" else {"id": "x_1"})


def named(verb: str, path: str) -> str:
    return f"{verb} {path or '/'}"


@pytest.mark.parametrize(("verb", "path", "call", "body"), CALLS, ids=[named(verb, path) for verb, path, _, _ in CALLS])
def test_an_operation_is_sent_once_as_the_contract_says(verb: str, path: str, call: Operation, body: Any) -> None:
    server = Prepared(documented_success(verb, ROOT + path))
    call(server.api)
    [request] = server.requests
    assert (request.method, request.url.path) == (verb, f"/checkout/order{ROOT}{path.format(**IDS)}")
    assert (request.headers["x-merchant"], request.headers["x-channel"]) == ("norce", "se")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert "x-adapterid" not in request.headers
    if body is None:
        assert request.content == b""
    else:
        assert request.headers["content-type"] == "application/json"
        assert server.sent == body


def test_every_operation_of_the_contract_has_its_method() -> None:
    assert {(verb, ROOT + path) for verb, path, _, _ in CALLS} == set(OPERATIONS)
    assert len(CALLS) == 34


def test_every_method_names_its_operation_in_its_docstring() -> None:
    methods = [
        m
        for kind in (Orders, Payments, Shippings)
        for name, m in inspect.getmembers(kind, inspect.isfunction)
        if name[0] != "_"
    ]
    documented = [re.match(r"([A-Z]+) (orders[^:\s]*?)[:.]", inspect.getdoc(method) or "") for method in methods]
    found = {(match[1], f"/api/v0/checkout/{match[2]}") for match in documented if match}
    assert found == set(OPERATIONS)


def test_the_list_takes_every_parameter_of_the_contract() -> None:
    in_query = {p["name"] for p in OPERATIONS["GET", ROOT]["parameters"] if p.get("in") == "query"}
    assert {"limit", "offset", *OrderQuery.__annotations__} == in_query


@pytest.mark.parametrize("name", sorted(name for name, schema in SCHEMAS.items() if "properties" in schema))
def test_a_document_has_the_properties_of_the_contract(name: str) -> None:
    ours = set(getattr(schemas, name).__struct_encode_fields__)
    beyond = {"ValidationError": {"message"}}.get(name, set())
    assert ours - beyond == set(SCHEMAS[name]["properties"])


@pytest.mark.parametrize("name", sorted(name for name, schema in SCHEMAS.items() if "enum" in schema))
def test_an_open_set_knows_the_values_of_the_contract(name: str) -> None:
    assert list(getattr(schemas, name).values) == SCHEMAS[name]["enum"]


@pytest.mark.parametrize("order_id", ["a/b", "å ö?#", "%2e%2e", "o1;x=1"])
def test_an_id_stays_one_part_of_the_path(order_id: str) -> None:
    server = Prepared(httpx.Response(200, json={}))
    server.api.orders.get(order_id)
    raw = server.requests[0].url.raw_path.decode()
    assert raw.startswith(f"/checkout/order{ROOT}/")
    assert raw.count("/") == f"/checkout/order{ROOT}/".count("/")
    assert "?" not in raw
