"""Orders: create, list, read, delete, state, cart, customer, consents, attributes, reference."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router

from sandbox import listing, outside, rules, store
from sandbox.api.base import Caller
from sandbox.codec import Document, new_id, stamp
from sandbox.entry import answer, json_bytes, nothing
from sandbox.notifications import check as check_notification
from sandbox.parameters import ListQuery
from sandbox.places import ORDERS
from sandbox.problems import bad_request, not_found
from sandbox.provider import reading
from sandbox.schemas import Address, BaseError, Cart, Consent, CreateResponse, Model, Order, OrderPaginationSet, State
from sandbox.scope import Scope
from sandbox.store import Draft

router = Router(tags=["Checkout"])
REFUSED = {400: BaseError, 401: BaseError, 404: BaseError, 500: BaseError}
ONE = ORDERS + "/{order_id}"


@router.post(ORDERS, response={201: CreateResponse, 409: BaseError} | REFUSED, operation_id="createOrder")
def create_order(request: HttpRequest, headers: Caller, body: Order) -> HttpResponse:
    """Create a new order, in checkout state."""
    document = _new(headers.scope, body.values())
    store.create(document)
    response = answer({"id": document["id"]}, 201)
    response["Location"] = f"{ORDERS}/{document['id']}"
    return response


def _new(scope: Scope, sent: Document) -> Document:
    now = stamp()
    document: Document = {
        "id": new_id("o"),
        "merchant": scope.merchant,
        "channel": scope.channel,
        "created": now,
        "lastModified": now,
    }
    document["state"] = {"currentStatus": "checkout", "transitions": [{"status": "checkout", "timeStamp": now}]}
    document |= {key: value for key, value in sent.items() if key not in ("state", "total")}
    for consent in document.get("consents") or ():
        consent.setdefault("id", new_id("ci"))
    for key in ("validations", "hooks", "notifications"):
        document[key] = [registered(key, part) for part in document.get(key) or ()]
    document |= {"shippings": [], "payments": []}
    rules.number_items(document.setdefault("cart", {"items": []}).get("items"))
    rules.add_up(document)
    return Order.in_order(document)


def owned(model: type[Model], order: Document, part: Document) -> Document:
    """A payment or shipping of that order, in the contract's order: whose it is, is not the sender's to say."""
    return model.in_order(part | {"merchant": order["merchant"], "channel": order["channel"], "orderId": order["id"]})


def registered(kind: str, sent: Document) -> Document:
    """A validation, hook or notification as it is kept: with an id. Raises Problem where it could never be called."""
    if kind == "notifications":
        check_notification(sent)
    else:
        field = "url" if kind == "validations" else "invoke"
        outside.check(field, sent.get(field))
    if kind == "hooks" and sent.get("subscribeTo") is None:
        raise bad_request("subscribeTo is missing: nothing would ever ask this hook (v1 calls it scope).")
    return {"id": sent.get("id") or new_id("oc")} | sent


@router.get(ORDERS, response={200: OrderPaginationSet} | REFUSED, operation_id="listOrders")
def list_orders(request: HttpRequest, headers: Caller, query: Query[ListQuery]) -> HttpResponse:
    """Get orders, a page at a time."""
    return json_bytes(listing.page(headers.scope, query))


@router.get(ONE, response={200: Order} | REFUSED, operation_id="getOrder")
def get_order(request: HttpRequest, order_id: str, headers: Caller) -> HttpResponse:
    """Get order by id."""
    return json_bytes(reading.body(headers.scope, order_id))


@router.delete(ONE, response={204: None} | REFUSED, operation_id="deleteOrder")
def delete_order(request: HttpRequest, order_id: str, headers: Caller) -> HttpResponse:
    """Delete existing order."""
    store.delete(headers.scope, order_id)
    return nothing(204)


@router.put(ONE + "/state", response={200: None} | REFUSED, operation_id="updateState")
def update_state(request: HttpRequest, order_id: str, headers: Caller, body: State) -> HttpResponse:
    """Update order state."""
    move(headers.scope, order_id, body)
    return nothing()


def move(scope: Scope, order_id: str, state: State) -> Draft:
    """Bring the order into that state. Raises Problem where it cannot get there."""
    if state.currentStatus is None:
        raise bad_request("currentStatus is missing.")
    status = str(state.currentStatus)

    def edit(draft: Draft) -> None:
        draft.document["state"] = draft.document["state"] | {"currentStatus": status}

    return store.change(scope, order_id, edit)


@router.put(ONE + "/cart", response={200: None, 202: None} | REFUSED, operation_id="updateCart")
def update_cart(request: HttpRequest, order_id: str, headers: Caller, body: Cart) -> HttpResponse:
    """Update order cart: the whole of it. 202 where a hook is still at work."""

    def edit(draft: Draft) -> None:
        rules.must_be_editable(draft.document, cart=True)
        draft.document["cart"] = {"items": []} | body.values()

    return nothing(202 if store.change(headers.scope, order_id, edit).still_running else 200)


@router.put(ONE + "/customer/billing", response={200: None} | REFUSED, operation_id="updateBilling")
def update_billing(request: HttpRequest, order_id: str, headers: Caller, body: Address) -> HttpResponse:
    """Update customer billing address."""
    return _set_address(headers.scope, order_id, "billing", body)


@router.put(ONE + "/customer/shipping", response={200: None} | REFUSED, operation_id="updateShippingAddress")
def update_shipping_address(request: HttpRequest, order_id: str, headers: Caller, body: Address) -> HttpResponse:
    """Update customer shipping address."""
    return _set_address(headers.scope, order_id, "shipping", body)


def _set_address(scope: Scope, order_id: str, side: str, address: Address) -> HttpResponse:
    def edit(draft: Draft) -> None:
        rules.must_be_editable(draft.document)
        customer = draft.document.get("customer") or {"type": address.type or "person"}
        draft.document["customer"] = customer | {side: address.values()}

    store.change(scope, order_id, edit)
    return nothing()


@router.post(ONE + "/consents", response={200: None} | REFUSED, operation_id="createConsent")
def create_consent(request: HttpRequest, order_id: str, headers: Caller, body: Consent) -> HttpResponse:
    """Create consent."""
    sent = {"id": body.id or new_id("ci")} | body.values()

    def edit(draft: Draft) -> None:
        rules.must_be_editable(draft.document)
        consents = draft.document.setdefault("consents", [])
        if rules.find(consents, sent["id"]):
            raise bad_request(f"There is a consent with id {sent['id']} already.")
        consents.append(dict(sent))

    store.change(headers.scope, order_id, edit)
    return nothing()


@router.patch(ONE + "/consents", response={200: None} | REFUSED, operation_id="patchConsents")
def patch_consents(request: HttpRequest, order_id: str, headers: Caller, body: list[Consent]) -> HttpResponse:
    """Patch consents, will only change value of Checked."""
    return _check_consents(headers.scope, order_id, [(consent.id or "", consent.checked) for consent in body])


@router.patch(ONE + "/consents/{path:consent_id}", response={200: None} | REFUSED, operation_id="patchConsent")
def patch_consent(request: HttpRequest, order_id: str, consent_id: str, headers: Caller, body: Consent) -> HttpResponse:
    """Patch consent, will only change value of Checked."""
    return _check_consents(headers.scope, order_id, [(consent_id, body.checked)])


def _check_consents(scope: Scope, order_id: str, wanted: list[tuple[str, bool | None]]) -> HttpResponse:
    def edit(draft: Draft) -> None:
        rules.must_be_editable(draft.document)
        for consent_id, checked in wanted:
            consent = rules.find(draft.document.get("consents"), consent_id)
            if consent is None:
                raise not_found("consent", consent_id)
            if checked is not None:
                consent["checked"] = checked

    store.change(scope, order_id, edit)
    return nothing()


@router.delete(ONE + "/consents/{path:consent_id}", response={200: None} | REFUSED, operation_id="removeConsent")
def remove_consent(request: HttpRequest, order_id: str, consent_id: str, headers: Caller) -> HttpResponse:
    """Remove consent."""

    def edit(draft: Draft) -> None:
        rules.must_be_editable(draft.document)
        remove(draft.document, "consents", consent_id)

    store.change(headers.scope, order_id, edit)
    return nothing()


def remove(document: Document, kind: str, identifier: str) -> None:
    """Take the part out of the order's `kind`, in place. Raises Problem where it is not there."""
    there = document.get(kind) or []
    if rules.find(there, identifier) is None:
        raise not_found(kind.removesuffix("s"), identifier)
    document[kind] = [part for part in there if part.get("id") != identifier]


@router.patch(ONE + "/attributes", response={200: None} | REFUSED, operation_id="patchAttributes")
def patch_attributes(request: HttpRequest, order_id: str, headers: Caller, body: Body[dict[str, Any]]) -> HttpResponse:
    """Patch attributes: keys that are sent are set, and removed where they are null."""

    def edit(draft: Draft) -> None:
        rules.must_be_editable(draft.document)
        merged = (draft.document.get("attributes") or {}) | body
        draft.document["attributes"] = {
            key: value for key, value in merged.items() if not (key in body and value is None)
        }

    store.change(headers.scope, order_id, edit)
    return nothing()


@router.put(ONE + "/reference", response={200: None} | REFUSED, operation_id="updateReference")
def update_reference(request: HttpRequest, order_id: str, headers: Caller, body: Body[str]) -> HttpResponse:
    """Update order reference: the body is a JSON string."""

    def edit(draft: Draft) -> None:
        rules.must_be_editable(draft.document)
        draft.document["reference"] = body

    store.change(headers.scope, order_id, edit)
    return nothing()
