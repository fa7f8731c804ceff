"""The sandbox's own OpenAPI document against the contract: every operation, parameter, property and
status, both ways."""

from typing import Any

import pytest
from django.test import Client

from sandbox.api.v0 import description
from sandbox.codec import decode
from tests.contract import CONTRACT

Schema = dict[str, Any]
OURS: Schema = decode(description())
COMPARED = ("type", "format", "enum", "pattern", "minimum", "minLength", "additionalProperties", "readOnly")
IN_PARAMETERS = {"OrderListOrderBy", "OrderListOrderByDirection"}
"""Types that stand in their parameters, where the test of the operation compares them."""
OPERATIONS = [(method, path) for path, methods in CONTRACT["paths"].items() for method in methods]


def resolved(document: Schema, schema: Schema) -> Schema:
    """The schema behind a reference."""
    while "$ref" in schema:
        target: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        schema = target | {key: value for key, value in schema.items() if key != "$ref"}
    return schema


def shape(document: Schema, schema: Schema, depth: int = 12) -> Any:
    """A schema without words and examples, references followed (an item holds items: as deep as `depth`)."""
    if depth == 0:
        return "…"
    schema = resolved(document, schema)
    told: Schema = {key: schema[key] for key in COMPARED if key in schema}
    if "enum" in told:
        told["enum"] = sorted(told["enum"])
    if "items" in schema:
        told["items"] = shape(document, schema["items"], depth - 1)
    if "properties" in schema:
        told["properties"] = {name: shape(document, part, depth - 1) for name, part in schema["properties"].items()}
    if schema.get("required"):
        told["required"] = sorted(schema["required"])
    return told


def parameters(document: Schema, operation: Schema) -> dict[tuple[str, str], Any]:
    found = [resolved(document, parameter) for parameter in operation["parameters"]]
    return {(one["in"], one["name"]): (bool(one.get("required")), shape(document, one["schema"])) for one in found}


def contents(document: Schema, part: Schema) -> Any:
    return {kind: shape(document, content["schema"]) for kind, content in part.get("content", {}).items()}


def test_there_are_34_operations_and_no_other() -> None:
    assert len(OPERATIONS) == 34
    assert sorted((method, path) for path, methods in OURS["paths"].items() for method in methods) == sorted(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_is_the_contracts(method: str, path: str) -> None:
    theirs, ours = CONTRACT["paths"][path][method], OURS["paths"][path][method]
    assert (ours["operationId"], ours["tags"]) == (theirs["operationId"], theirs["tags"])
    assert parameters(OURS, ours) == parameters(CONTRACT, theirs)
    assert contents(OURS, ours.get("requestBody", {})) == contents(CONTRACT, theirs.get("requestBody", {}))
    assert ours.get("requestBody", {}).get("required", False) == theirs.get("requestBody", {}).get("required", False)
    answers = {status: contents(CONTRACT, answer) for status, answer in theirs["responses"].items()}
    assert {status: contents(OURS, answer) for status, answer in ours["responses"].items()} == answers


@pytest.mark.parametrize("name", sorted(set(CONTRACT["components"]["schemas"]) - IN_PARAMETERS))
def test_a_type_is_the_contracts(name: str) -> None:
    ours, theirs = OURS["components"]["schemas"][name], CONTRACT["components"]["schemas"][name]
    assert shape(OURS, ours) == shape(CONTRACT, theirs)


def test_there_is_no_type_that_the_contract_lacks() -> None:
    ours = set(OURS["components"]["schemas"])
    assert ours - set(CONTRACT["components"]["schemas"]) <= {"ListQuery", "Headers"}


def test_the_token_is_described_as_in_the_contract() -> None:
    assert OURS["components"]["securitySchemes"]["Bearer"] == CONTRACT["components"]["securitySchemes"]["Bearer"]
    assert all(
        operation["security"] == [{"Bearer": []}]
        for methods in OURS["paths"].values()
        for operation in methods.values()
    )


def test_the_document_is_served_to_all(client: Client) -> None:
    answer = client.get("/checkout/order/openapi.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert decode(answer.content) == OURS
