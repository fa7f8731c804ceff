"""The Order Management API v0, put together."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.openapi.schema import get_schema

from sandbox.api import callbacks, orders, payments, shippings
from sandbox.api.base import Bearer, JsonParser, Refusing
from sandbox.codec import decode
from sandbox.entry import answer, json_bytes
from sandbox.problems import Problem
from sandbox.validation import ITSELF


class OrderApi(Refusing):
    """Refuses in the contract's shapes: the 400 of `validate` is an array of errors, whatever the reason."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        response = super().on_exception(request, exc)
        if response.status_code != 400 or not request.path.endswith("/validate"):
            return response
        return answer([decode(response.content) | {"adapterId": ITSELF}], 400)


api = OrderApi(
    title="Norce Checkout - Order Management API",
    version="0.1",
    servers=[{"url": f"{settings.SANDBOX_PREFIX}order"}],
    description="The Order Management API v0 as the sandbox of this project answers it.",
    urls_namespace="sandbox-v0",
    auth=Bearer(),
    parser=JsonParser(),
    openapi_url=None,
    docs_url=None,
)
for router in (orders.router, callbacks.router, payments.router, shippings.router):
    api.add_router("", router)


@cache
def description() -> str:
    """The API's own OpenAPI document, as JSON text."""
    return json.dumps(get_schema(api, ""), default=str)


def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document. It is open to all; the addresses in it are relative to the server."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET"})
    return json_bytes(description().encode())


def unknown(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any path that the API does not know."""
    raise Problem(404, "not-found", f"There is nothing at {request.path}.")
