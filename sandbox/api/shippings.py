"""Shippings: create, read, update."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from sandbox import rules, store
from sandbox.api.base import Caller
from sandbox.api.orders import ONE, REFUSED, owned
from sandbox.codec import Document, new_id
from sandbox.entry import answer
from sandbox.problems import bad_request, conflict, not_found
from sandbox.schemas import BaseError, CreateResponse, Shipping
from sandbox.store import Draft

router = Router(tags=["Checkout Shipping"])
SHIPPINGS = ONE + "/shippings"
SHIPPING = SHIPPINGS + "/{shipping_id}"


def _of(document: Document, shipping_id: str) -> Document:
    shipping = rules.find(document.get("shippings"), shipping_id)
    if shipping is None:
        raise not_found("shipping", shipping_id)
    return shipping


@router.post(SHIPPINGS, response={201: CreateResponse, 409: BaseError} | REFUSED, operation_id="createShipping")
def create_shipping(request: HttpRequest, order_id: str, headers: Caller, body: Shipping) -> HttpResponse:
    """Create shipping."""
    shipping_id = new_id("s")

    def edit(draft: Draft) -> None:
        shipping = owned(Shipping, draft.document, {"id": shipping_id, "state": "intent"} | body.values())
        shippings = draft.document.setdefault("shippings", [])
        if rules.twin(shippings, shipping):
            raise conflict(
                "shipping-conflict",
                f"The order has a shipping with reference {shipping['reference']} of that adapter already.",
            )
        shippings.append(shipping)

    store.change(headers.scope, order_id, edit)
    return answer({"id": shipping_id}, 201)


@router.get(SHIPPINGS, response={200: list[Shipping]} | REFUSED, operation_id="listShippings")
def list_shippings(request: HttpRequest, order_id: str, headers: Caller) -> HttpResponse:
    """Get shippings of an order."""
    return answer(store.read(headers.scope, order_id).get("shippings") or [])


@router.get(SHIPPING, response={200: Shipping} | REFUSED, operation_id="getShipping")
def get_shipping(request: HttpRequest, order_id: str, shipping_id: str, headers: Caller) -> HttpResponse:
    """Get shipping by id."""
    return answer(_of(store.read(headers.scope, order_id), shipping_id))


@router.put(SHIPPING, response={200: Shipping} | REFUSED, operation_id="updateShipping")
def update_shipping(
    request: HttpRequest, order_id: str, shipping_id: str, headers: Caller, body: Shipping
) -> HttpResponse:
    """Update shipping. What is not sent is taken away, but for the state."""

    def edit(draft: Draft) -> None:
        old = _of(draft.document, shipping_id)
        shipping = owned(
            Shipping, draft.document, {"id": shipping_id, "state": old.get("state", "intent")} | body.values()
        )
        if rules.twin([other for other in draft.document["shippings"] if other is not old], shipping):
            raise bad_request(
                f"The order has a shipping with reference {shipping['reference']} of that adapter already."
            )
        draft.document["shippings"] = [shipping if one is old else one for one in draft.document["shippings"]]

    draft = store.change(headers.scope, order_id, edit)
    return answer(_of(draft.document, shipping_id))
