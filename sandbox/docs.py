"""A page to browse the API with: its operations, parameters and types, each with a curl command to
copy. No script, no other host."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sandbox.api.v0 import description
from sandbox.codec import decode, encode
from sandbox.examples import EXAMPLES
from sandbox.schemas.base import plain_schema

Schema = dict[str, Any]


def docs(request: HttpRequest) -> HttpResponse:
    """The page."""
    base = request.build_absolute_uri(f"{settings.SANDBOX_PREFIX}order")
    document = decode(description())
    return render(
        request,
        "sandbox/docs.html",
        {"info": document["info"], "base": base, "groups": _groups(document, base), "types": _types()},
    )


def _groups(document: Schema, base: str) -> list[tuple[str, list[Schema]]]:
    groups: dict[str, list[Schema]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(base, method.upper(), path, operation))
    return list(groups.items())


def _operation(base: str, method: str, path: str, operation: Schema) -> Schema:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "summary": operation.get("description", ""),
        "parameters": [_parameter(parameter) for parameter in operation["parameters"]],
        "body": body and type_in_words(body),
        "answers": [(status, _answer(answer)) for status, answer in sorted(operation["responses"].items())],
        "curl": _curl(method, base + path, operation["operationId"]),
    }


def _parameter(parameter: Schema) -> Schema:
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "required": parameter["required"],
        "type": type_in_words(parameter["schema"]),
    }


def _answer(answer: Schema) -> Any:
    content = answer.get("content", {}).get("application/json")
    return type_in_words(content["schema"]) if content else None


def type_in_words(schema: Schema) -> Schema:
    """A type to be shown: what it is called, whether it is a list of those, and where it is described, if anywhere."""
    if schema.get("type") == "array":
        return type_in_words(schema["items"]) | {"many": True}
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return {"name": name, "link": name}
    if "enum" in schema:
        return {"name": ", ".join(schema["enum"])}
    kind = schema.get("type", "")
    return {"name": f"{kind} ({schema['format']})" if "format" in schema else kind}


@cache
def _types() -> list[tuple[str, Schema]]:
    schemas = decode(description())["components"]["schemas"]
    shown = ((name, schema) for name, schema in sorted(schemas.items()) if name not in ("Headers", "ListQuery"))
    return [(name, {"values": schema.get("enum"), "properties": list(_properties(schema))}) for name, schema in shown]


def _properties(schema: Schema) -> Iterator[Schema]:
    for name, property_ in schema.get("properties", {}).items():
        yield {
            "name": name,
            "type": type_in_words(plain_schema(property_)),
            "required": name in schema.get("required", ()),
            "read_only": property_.get("readOnly", False),
        }


def _curl(method: str, url: str, operation_id: str) -> str:
    lines = [
        f"curl -X {method} '{url}'",
        "-H 'Authorization: Bearer YOUR_TOKEN'",
        "-H 'x-merchant: norce'",
        "-H 'x-channel: se'",
    ]
    if operation_id in EXAMPLES:
        lines += ["-H 'Content-Type: application/json'", f"-d '{encode(EXAMPLES[operation_id]).decode()}'"]
    return " \\\n  ".join(lines)
