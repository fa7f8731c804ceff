"""Version 1 of the Order Management API: other names for what version 0 does, over the same store.

Every operation is version 0's, called with what was read by version 1's types; the answer is shown in its shape, and
refusals are problem details. What the contract leaves open is in docs/sandbox.md.
"""

import functools
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, get_origin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router
from ninja.openapi.schema import get_schema
from pydantic import ValidationError as Unreadable

from sandbox.api import callbacks, orders, payments, shippings
from sandbox.api.base import Bearer, Headers, JsonParser
from sandbox.api.v0 import OrderApi
from sandbox.codec import Document, decode, encode
from sandbox.entry import answer, json_bytes, nothing
from sandbox.parameters import ListQuery
from sandbox.places import ORDERS, ORDERS_V1
from sandbox.problems import bad_request
from sandbox.schemas import Consent, CreateResponse, PaymentTransaction, State, ValidationError, v1
from sandbox.schemas.base import Model, plain_schema

View = Callable[..., HttpResponse]


class HeadersV1(Headers):
    """Whose orders; version 1 has no header for the adapter that calls."""

    gone = frozenset({"x-adapterid"})


CallerV1 = Annotated[HeadersV1, Header(...)]


class Asked(ListQuery):
    """Version 1 has no free search."""

    gone = frozenset({"search"})


@dataclass(frozen=True, slots=True)
class Alias:
    """What version 1 makes of an operation: its name, its answers (status → type), the type of its body where it is
    another than version 0's, how what comes `back` is shown, and the `view` where version 0's is not enough."""

    name: str
    answers: dict[int, Any]
    body: type[Model] | None = None
    optional: bool = False
    back: Callable[[Any], Any] = lambda value: value
    view: View | None = None


def _said(*statuses: int) -> dict[int, Any]:
    """Refusals: version 1's contract has no type for them."""
    return dict.fromkeys(statuses, Any)


def _one(kind: type[Model]) -> Callable[[Any], Any]:
    return lambda value: v1.shown(value, kind)


def _many(kind: type[Model]) -> Callable[[Any], Any]:
    return lambda values: [v1.shown(value, kind) for value in values]


def _page(page: Document) -> Document:
    """`size` counts the orders on the page."""
    found = v1.shown(page, v1.OrderPaginationSet)
    return found | {"pagination": found["pagination"] | {"size": len(found["data"])}}


def _update_state(request: HttpRequest, order_id: str, headers: Headers, body: State) -> HttpResponse:
    """202 where a hook is still at work."""
    return nothing(202 if orders.move(headers.scope, order_id, body).still_running else 200)


def _create_consent(request: HttpRequest, order_id: str, headers: Headers, body: v1.Consent) -> HttpResponse:
    """A consent's id is not the caller's to choose."""
    values = {name: value for name, value in body.values().items() if name != "id"}
    return orders.create_consent(request, order_id, headers, Consent.model_validate(values))


READ, EDIT, CALL = _said(401, 404), _said(400, 401, 404), _said(400, 403)
DONE: dict[int, Any] = {200: None}
ERRORS = list[ValidationError]
ALIASES: dict[str, Alias] = {
    "createOrder": Alias(
        "CreateCheckoutOrder", {201: str} | _said(401), v1.Order, optional=True, back=lambda created: created["id"]
    ),
    "listOrders": Alias("GetCheckoutOrders", {200: v1.OrderPaginationSet} | READ, back=_page),
    "getOrder": Alias("GetCheckoutOrder", {200: v1.Order} | READ, back=_one(v1.Order)),
    "deleteOrder": Alias("DeleteCheckoutOrder", {204: None} | READ),
    "updateState": Alias("UpdateCheckoutOrderState", {200: None, 202: None} | READ, view=_update_state),
    "updateCart": Alias("UpdateCheckoutOrderCart", DONE | EDIT, v1.Cart),
    "updateBilling": Alias("UpdateCheckoutOrderCustomerBilling", DONE | EDIT),
    "updateShippingAddress": Alias("UpdateCheckoutOrderCustomerShipping", DONE | EDIT),
    "createConsent": Alias("CreateCheckoutOrderConsent", DONE | EDIT, v1.Consent, view=_create_consent),
    "patchConsents": Alias("PatchCheckoutOrderConsents", DONE | EDIT, v1.Consent),
    "patchConsent": Alias("PatchCheckoutOrderConsent", DONE | EDIT, v1.Consent),
    "removeConsent": Alias("RemoveCheckoutOrderConsent", DONE | EDIT),
    "patchAttributes": Alias("PatchCheckoutOrderAttributes", DONE | EDIT),
    "createValidation": Alias("CreateCheckoutOrderValidation", DONE | CALL, v1.Validation),
    "updateValidation": Alias("UpdateCheckoutOrderValidation", DONE | CALL, v1.Validation),
    "removeValidation": Alias("RemoveCheckoutOrderValidation", DONE | CALL),
    "validateOrder": Alias("Validate", {200: ERRORS, 400: ERRORS} | READ),
    "updateReference": Alias("UpdateCheckoutOrderReference", DONE | READ),
    "createHook": Alias("CreateCheckoutOrderHook", DONE | CALL, v1.Hook),
    "deleteHook": Alias("DeleteCheckoutOrderHook", DONE | CALL),
    "createNotification": Alias("CreateCheckoutOrderNotification", DONE | CALL, v1.Notification),
    "deleteNotification": Alias("DeleteCheckoutOrderNotification", DONE | CALL),
    "createPayment": Alias("CreateOrderPayment", {201: CreateResponse} | READ, v1.Payment, optional=True),
    "listPayments": Alias("GetOrderPayments", {200: list[v1.Payment]} | READ, back=_many(v1.Payment)),
    "getPayment": Alias("GetOrderPayment", {200: v1.Payment} | READ, back=_one(v1.Payment)),
    "updatePayment": Alias(
        "UpdateOrderPayment", {200: v1.Payment} | READ, v1.Payment, optional=True, back=_one(v1.Payment)
    ),
    "listTransactions": Alias("GetTransactionsForOrderPayment", {200: list[PaymentTransaction]} | READ),
    "addTransaction": Alias(
        "AddTransactionForOrderPayment", {200: PaymentTransaction} | READ, PaymentTransaction, optional=True
    ),
    "addPaymentActions": Alias("AddPaymentAction", DONE | CALL),
    "executePaymentAction": Alias("ExecutePaymentAction", DONE | CALL),
    "createShipping": Alias("CreateOrderShipping", {201: CreateResponse} | READ, v1.Shipping, optional=True),
    "listShippings": Alias("GetOrderShippings", {200: list[v1.Shipping]} | READ, back=_many(v1.Shipping)),
    "getShipping": Alias("GetOrderShipping", {200: v1.Shipping} | READ, back=_one(v1.Shipping)),
    "updateShipping": Alias(
        "UpdateOrderShipping", {200: v1.Shipping} | READ, v1.Shipping, optional=True, back=_one(v1.Shipping)
    ),
}


class OrderApiV1(OrderApi):
    """Refuses in problem details; the 400 of `validate` is an array here too."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        response = super().on_exception(request, exc)
        error = decode(response.content)
        if isinstance(error, dict):
            response.content = encode(problem_details(request, response.status_code, error))
        return response


def problem_details(request: HttpRequest, status: int, error: Document) -> Document:
    """A BaseError as ProblemDetails; its `code` stays beside them."""
    title = HTTPStatus(status).phrase
    where = {"type": "about:blank", "title": title, "status": status, "instance": request.path}
    return where | {"detail": error["message"], "code": error["code"]}


def _aliased(view: View, alias: Alias) -> View:
    """The view of version 0 under version 1's names: ninja reads them from its signature."""
    signature = inspect.signature(view, eval_str=True)
    names = {_camel(name): name for name in signature.parameters}

    @functools.wraps(view)
    def called(request: HttpRequest, **sent: Any) -> HttpResponse:
        values = {names[name]: value for name, value in sent.items()}
        if alias.body and values["body"] is None:
            values["body"] = _empty(alias.body)
        return _as_v1((alias.view or view)(request, **values), alias)

    del called.__wrapped__
    parameters = [_parameter(one, alias) for one in signature.parameters.values()]
    called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return called


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _parameter(one: inspect.Parameter, alias: Alias) -> inspect.Parameter:
    hint, default = one.annotation, one.default
    match one.name:
        case "headers":
            hint = CallerV1
        case "query":
            hint = Query[Asked]
        case "body" if alias.body:
            hint = list[alias.body] if get_origin(hint) is list else alias.body  # type: ignore[name-defined]
            hint, default = (hint | None, None) if alias.optional else (hint, default)
    return one.replace(name=_camel(one.name), annotation=hint, default=default)


def _empty(kind: type[Model]) -> Model:
    try:
        return kind.model_validate({})
    except Unreadable:
        raise bad_request("The body is missing.") from None


def _as_v1(response: HttpResponse, alias: Alias) -> HttpResponse:
    if response.status_code not in alias.answers and 200 <= response.status_code < 300:
        response.status_code = 200
    if response.content and response.status_code < 300:
        response.content = encode(alias.back(decode(response.content)))
    if "Location" in response:
        response["Location"] = response["Location"].replace(ORDERS, ORDERS_V1, 1)
    return response


def _routers() -> Iterator[Router]:
    for router in (orders.router, callbacks.router, payments.router, shippings.router):
        aliases = Router(tags=router.tags)
        for path, view in router.path_operations.items():
            for operation in view.operations:
                alias = ALIASES[operation.operation_id or ""]
                aliases.api_operation(
                    operation.methods,
                    re.sub(
                        r"\{(?:path:)?(\w+)\}", lambda found: found[0].replace(found[1], _camel(found[1])), path
                    ).replace(ORDERS, ORDERS_V1, 1),
                    response=alias.answers,
                    operation_id=alias.name,
                )(_aliased(operation.view_func, alias))
        yield aliases


api = OrderApiV1(
    title="Norce Checkout - Order Management API",
    version="1",
    servers=[{"url": f"{settings.SANDBOX_PREFIX}order"}],
    description="The Order Management API v1 as the sandbox of this project answers it, over version 0's store.",
    urls_namespace="sandbox-v1",
    auth=Bearer(),
    parser=JsonParser(),
    openapi_url=None,
    docs_url=None,
)
for aliases in _routers():
    api.add_router("", aliases)


@cache
def description() -> str:
    """The API's own OpenAPI document, as JSON text."""
    document: Any = json.loads(json.dumps(get_schema(api, ""), default=str))
    for methods in document["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = plain_schema(content["schema"])
    return json.dumps(document)


def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, open to all."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET"})
    return json_bytes(description().encode())


def no_such_service(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any address below Checkout's that no service of the sandbox has: answered as a service answers."""
    error = {"code": "not-found", "message": f"There is no such service in the sandbox: {request.path}."}
    response = answer(problem_details(request, 404, error), 404)
    response["Content-Type"] = "application/problem+json"
    return response
