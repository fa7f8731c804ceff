"""The sandbox's own OpenAPI documents against the contracts, version by version: every operation, parameter, property
and status, both ways."""

from typing import Any

import pytest
from django.test import Client

from sandbox.api import v0, v1
from sandbox.codec import decode
from tests.contract import CONTRACTS, VERSIONS

Schema = dict[str, Any]
OURS: dict[str, Schema] = {"v0": decode(v0.description()), "v1": decode(v1.description())}
COMPARED = ("type", "format", "enum", "pattern", "minimum", "minLength", "additionalProperties", "readOnly")
ELSEWHERE = {"OrderListOrderBy", "OrderListOrderByDirection", "ProblemDetails"}
"""Types that stand in their parameters, where the test of the operation compares them, and version 1's of errors, which
no operation of its contract names."""
OPERATIONS = [
    (version, method, path)
    for version in VERSIONS
    for path, methods in CONTRACTS[version]["paths"].items()
    for method in methods
]


def resolved(document: Schema, schema: Schema) -> Schema:
    """The schema behind a reference, also where it stands alone in an `allOf`, which lets words stand beside it."""
    while "$ref" in schema or "allOf" in schema:
        if "allOf" in schema:
            (inner,) = schema["allOf"]
            schema = inner | {key: value for key, value in schema.items() if key != "allOf"}
            continue
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


def without_bounds(found: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """Parameters as the contract of version 1 has them: it was read from types, which carry no least values."""
    bounds = ("minimum", "minLength")
    return {
        name: (required, {key: value for key, value in told.items() if key not in bounds})
        for name, (required, told) in found.items()
    }


def contents(document: Schema, part: Schema) -> Any:
    return {kind: shape(document, content["schema"]) for kind, content in part.get("content", {}).items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_there_are_34_operations_and_no_other(version: str) -> None:
    theirs = sorted((method, path) for of, method, path in OPERATIONS if of == version)
    assert len(theirs) == 34
    assert sorted((method, path) for path, methods in OURS[version]["paths"].items() for method in methods) == theirs


@pytest.mark.parametrize(("version", "method", "path"), OPERATIONS)
def test_an_operation_is_the_contracts(version: str, method: str, path: str) -> None:
    contract, document = CONTRACTS[version], OURS[version]
    theirs, ours = contract["paths"][path][method], document["paths"][path][method]
    assert (ours["operationId"], ours["tags"]) == (theirs["operationId"], theirs["tags"])
    found, named = parameters(document, ours), parameters(contract, theirs)
    assert (without_bounds(found) if version == "v1" else found) == named
    assert contents(document, ours.get("requestBody", {})) == contents(contract, theirs.get("requestBody", {}))
    assert ours.get("requestBody", {}).get("required", False) == theirs.get("requestBody", {}).get("required", False)
    answers = {status: contents(contract, answer) for status, answer in theirs["responses"].items()}
    assert {status: contents(document, answer) for status, answer in ours["responses"].items()} == answers


TYPES = [(version, name) for version in VERSIONS for name in sorted(CONTRACTS[version]["components"]["schemas"])]


@pytest.mark.parametrize(("version", "name"), [(version, name) for version, name in TYPES if name not in ELSEWHERE])
def test_a_type_is_the_contracts(version: str, name: str) -> None:
    ours, theirs = (each[version]["components"]["schemas"][name] for each in (OURS, CONTRACTS))
    assert shape(OURS[version], ours) == shape(CONTRACTS[version], theirs)


@pytest.mark.parametrize("version", VERSIONS)
def test_there_is_no_type_that_the_contract_lacks(version: str) -> None:
    ours, theirs = (set(each[version]["components"]["schemas"]) for each in (OURS, CONTRACTS))
    assert ours - theirs <= {"ListQuery", "Headers", "Asked", "HeadersV1"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_token_is_described_as_in_the_contract(version: str) -> None:
    ours, theirs = (each[version]["components"]["securitySchemes"]["Bearer"] for each in (OURS, CONTRACTS))
    assert ours == theirs
    assert all(
        operation["security"] == [{"Bearer": []}]
        for methods in OURS[version]["paths"].values()
        for operation in methods.values()
    )


@pytest.mark.parametrize(("version", "name"), [("v0", "openapi.json"), ("v1", "openapi-v1.json")])
def test_the_document_is_served_to_all(client: Client, version: str, name: str) -> None:
    answer = client.get(f"/checkout/order/{name}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert decode(answer.content) == OURS[version]
