"""The requests of Norce's public Bruno collections, replayed against the sandbox: which, from where, what comes back.

The collections are github.com/NorceTech/checkout-collection at 64dbf30 (COL) and norce-checkout-training-collection at
bd35742 (TRN). Method and path are theirs; bodies are our own in the same shape. Each request finds an order that has
what it speaks of. Requests to Norce Commerce (identity, shopping) go to other hosts and are left out.

`python -m tests.contract.public_requests` prints the list; with an address such as http://127.0.0.1:8000/checkout and a
token it replays all of it there first, and exits with 1 if anything was answered otherwise than it says here. A second
time two orders are answered with 409: the tutorials name their carts themselves, and those are there by then.
"""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.documents import EXAMPLES

COL, TRN = "checkout-collection", "norce-checkout-training-collection/Norce Checkout Training"
OF_NONPSP = f"{TRN}/Purchase Non-PSP [Checkout] Additional Operations"
V0, V1 = "order/api/v0/checkout/orders", "order/api/v1/checkout/orders"
Send = Callable[[str, str, Any], tuple[int, Any]]
"""Sends method, path below `/checkout/` and JSON body, and gives back the status and the JSON that was answered."""

OTHER_SERVICE = "another service, which the sandbox does not have"
READ_ONLY = "the sandbox's configuration service is there to be read"
FIXED_ID = "the collection's own mistake: it names a shipping of somebody else's order instead of a variable"


@dataclass(frozen=True, slots=True)
class Request:
    """One request of theirs. `why` says what is the matter where it is not meant to succeed here."""

    method: str
    path: str
    status: int
    sources: tuple[str, ...]
    body: Any = None
    why: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def _price(including: float, excluding: float) -> dict[str, float]:
    return {"includingVat": including, "excludingVat": excluding}


_ITEM = {
    "reference": "line-1",
    "sku": "C77",
    "name": "Candle",
    "quantity": 2,
    "total": _price(25, 20),
    "vatRate": 0.25,
}
_CART = {"items": [_ITEM], "total": _price(25, 20)}
_SHIPPING = {"reference": "to-the-door", "name": "To the door", "total": _price(7.5, 6), "vatRate": 0.25}
_ADDRESS = example("address-null-attributes")
_PLAIN_ADDRESS = {key: value for key, value in _ADDRESS.items() if key not in ("type", "attributes")}
_BAD = "https://hooks.example.com/418"
_CONFIGURED = "configuration/api/v1/configuration/merchants/norce/channels/se/configurations"


def _order_api() -> Iterator[Request]:
    one = V0 + "/{order}"
    created, read = (f"{COL}/Order/Create order", f"{COL}/Order/Get order")
    yield Request("POST", V0, 201, (created,), example("create-item-attributes"))
    yield Request("POST", V0, 201, (f"{COL}/Tutorials/1 - Basic Checkout/Create order",), example("create-basic"))
    second = f"{COL}/Tutorials/2 - Non-PSP adapter"
    yield Request("POST", V0, 201, (f"{second}/Create order",), example("create-customer-without-type"))
    tutorials = ("0 - Quick Start", "1 - Basic Checkout", "2 - Non-PSP adapter", "3 - Norce adapter")
    readers = tuple(f"{COL}/Tutorials/{name}/Get order" for name in tutorials)
    shops = tuple(f"{TRN}/Purchase {name} [Checkout]/[Order] Get Order" for name in ("Adyen", "Walley"))
    yield Request("GET", one, 200, (read, *readers, *shops))
    yield Request("GET", V0 + "?cart_reference=basket-1", 200, (f"{COL}/Order/Orders",))
    yield Request("PUT", one + "/cart", 200, (f"{COL}/Order/Cart",), _CART)
    kept = _CART | {"items": [_ITEM | {"id": "{item}"}]}
    yield Request("PUT", one + "/cart", 200, (f"{second}/Cart",), kept)
    basic = f"{COL}/Tutorials/1 - Basic Checkout"
    yield Request("PUT", one + "/state", 200, (f"{COL}/Order/State", f"{basic}/State"), {"currentStatus": "completed"})
    yield Request("PUT", one + "/reference", 200, (f"{COL}/Order/Update reference",), "our-reference")
    payment = (f"{COL}/Order/Payments/Add payment", f"{basic}/Add payment")
    yield Request("POST", one + "/payments", 201, payment, example("payment-minimal"))
    yield Request("GET", one + "/payments/{payment}", 200, (f"{COL}/Order/Payments/Payment",))
    yield Request("PUT", one + "/customer/shipping", 200, (f"{COL}/Order/Shippings/Customer",), _PLAIN_ADDRESS)
    yield Request("PUT", one + "/customer/shipping", 200, (f"{basic}/Customer",), _PLAIN_ADDRESS | {"type": "Person"})
    removed = example("shipping-removed-on-create")
    yield Request("POST", one + "/shippings", 201, (f"{COL}/Order/Shippings/Shipping",), removed)
    yield Request("POST", one + "/shippings", 201, (f"{basic}/Shipping", f"{second}/Shipping"), _SHIPPING)
    somebody = one + "/shippings/sAbCdEfGhIjKlMnOpQrStUvWxYz"
    yield Request("PUT", somebody, 404, (f"{COL}/Order/Shippings/Update Shipping",), removed, FIXED_ID)
    calls = f"{COL}/Order/Callbacks"
    hook, notification = example("hook-v0"), example("notification-v0")
    yield Request("POST", one + "/hooks", 200, (f"{calls}/Create hook",), hook)
    yield Request("POST", one + "/hooks", 200, (f"{calls}/Create bad hook",), hook | {"invoke": _BAD})
    yield Request("POST", one + "/notifications", 200, (f"{calls}/Create notification",), notification)
    bad = notification | {"invoke": _BAD}
    yield Request("POST", one + "/notifications", 200, (f"{calls}/Create bad notification",), bad)
    for side in ("Billing", "Shipping"):
        source = (f"{OF_NONPSP}/[Order] Customer {side}",)
        yield Request("PUT", f"{one}/customer/{side.lower()}", 200, source, _ADDRESS)


def _version_1() -> Iterator[Request]:
    one = V1 + "/{order}"
    simple = f"{TRN}/Purchase Non-PSP [Checkout] Simple/[Order] Get Order"
    yield Request("GET", one, 200, (f"{OF_NONPSP}/[Order] Get Order", simple))
    yield Request("POST", one + "/hooks", 200, (f"{OF_NONPSP}/[Order] Add Hook State",), example("hook-v1"))
    done = (f"{OF_NONPSP}/[Order] Add Notification State Completed",)
    yield Request("POST", one + "/notifications", 200, done, example("notification-v1"))
    validation = example("validation-v1")
    on_hand = (f"{OF_NONPSP}/[Order] Add Validation External Onhand", f"{OF_NONPSP}/[Order] Add Validation Fail")
    yield Request("POST", one + "/validations", 200, on_hand, validation)
    fails = (f"{TRN}/Purchase Walley [Checkout]/[Order] Add Validation Fails",)
    yield Request("POST", one + "/validations", 200, fails, validation | {"adapterId": "fail_verify"})
    yield Request("POST", one + "/validate", 200, (f"{OF_NONPSP}/[Order] Validate Order",))


def _events() -> Iterator[Request]:
    events = "notification/api/v1/events"
    yield Request("GET", events + "?orderId={order}", 200, (f"{COL}/Notification/Get notifications",), None,
                  "their parameter is order_id: this one narrows nothing")  # fmt: skip
    yield Request("GET", events + "/{event}", 200, (f"{COL}/Notification/Notification",))
    yield Request("POST", events + "/{event}/retry", 200, (f"{COL}/Notification/Retry Notification",))


def _configuration() -> Iterator[Request]:
    for name, gets in _READ.items():
        yield Request("GET", f"{_CONFIGURED}/{name}".rstrip("/"), 200, gets)
    static = f"{_CONFIGURED}/static_notifications"
    unset = (f"{_TRAINED}/nc-nonpsp-se/Get Notifications Configuration",)
    yield Request("GET", static, 404, unset, None, "nothing is configured so")
    body = example("configuration-static-notifications")
    for name, puts in _WRITTEN.items():
        yield Request("PUT", f"{_CONFIGURED}/{name}", 405, puts, body | {"id": name}, READ_ONLY)
    yield Request("DELETE", static, 405, (f"{_TRAINED}/nc-nonpsp-se/Delete Notification",), None, READ_ONLY)


_TRAINED = f"{TRN}/Configuration [Checkout]"
_OF_THREE = ("nc-adyen-se", "nc-nonpsp-se", "nc-walley-se")
_READ: dict[str, tuple[str, ...]] = {
    "": (
        f"{_TRAINED}/nc-adyen-se/Get Channel Configurations",
        f"{_TRAINED}/nc-walley-se/Get Channel Configurations",
        f"{_TRAINED}/nc-nonpsp-se/Get Configurations",
    ),
    "norce_adapter": (
        f"{COL}/Norce Adapter/Configuration",
        *(f"{_TRAINED}/{name}/Get Configuration Norce Adapter" for name in _OF_THREE),
    ),
    "klarna_checkout_adapter": (f"{COL}/Klarna Adapter/Get Klarna configuration",),
    "nonpsp_adapter": (
        f"{COL}/Non-psp Adapter/Configuration",
        f"{_TRAINED}/nc-nonpsp-se/Get Configuration Non-PSP Adapter",
    ),
    "adyen_dropin_adapter": (f"{_TRAINED}/nc-adyen-se/Get Configuration Adyen",),
    "walley_checkout_adapter": (f"{_TRAINED}/nc-walley-se/Get Configuration Walley",),
}
_WRITTEN: dict[str, tuple[str, ...]] = {
    "klarna_checkout_adapter": (f"{COL}/Klarna Adapter/Set Klarna configuration",),
    "nonpsp_adapter": (
        f"{COL}/Non-psp Adapter/Set Non-psp configuration",
        f"{COL}/Tutorials/2 - Non-PSP adapter/Set Non-psp configuration",
        f"{_TRAINED}/nc-nonpsp-se/Configure Non-PSP Adapter",
    ),
    "norce_adapter": (
        f"{COL}/Norce Adapter/Set configuration",
        f"{COL}/Tutorials/3 - Norce adapter/Set configuration",
        f"{COL}/Tutorials/0 - Quick Start/Upset Norce Configuration",
        f"{_TRAINED}/nc-adyen-se/Configure Norce Adapter",
        f"{_TRAINED}/nc-walley-se/Configure Norce Adapter",
        f"{_TRAINED}/nc-nonpsp-se/Configure Norce Adapter v1",
        f"{_TRAINED}/nc-nonpsp-se/Configure Norce Adapter v2",
    ),
    "adyen_dropin_adapter": (f"{_TRAINED}/nc-adyen-se/Configure Adyen Adapter",),
    "walley_checkout_adapter": (f"{_TRAINED}/nc-walley-se/Configure Walley Adapter",),
    "admin_meta": (f"{_TRAINED}/nc-adyen-se/Update Admin Meta", f"{_TRAINED}/nc-walley-se/Update Admin Meta"),
    "static_notifications": (f"{_TRAINED}/nc-nonpsp-se/Configure Notification",),
}


def second_tutorial() -> str:
    return f"{COL}/Tutorials/2 - Non-PSP adapter"


def _adapters() -> Iterator[Request]:
    klarna, paid = f"{COL}/Klarna Adapter", "/orders/{order}/payments/{klarna}"
    yield Request("POST", f"klarna-adapter/api/order/v1{paid}/capture", 200, (f"{klarna}/Capture payment",))
    yield Request("POST", f"klarna-adapter/api/order/v1{paid}/refund", 400, (f"{klarna}/Refund payment",), None,
                  "the collection's own mistake, where it comes before a capture: nothing is captured")  # fmt: skip
    others = {
        "POST klarna-adapter/api/checkout/v1/orders/{order}/payments": (f"{klarna}/Create payment",),
        f"GET klarna-adapter/api/checkout/v1{paid}/html": (f"{klarna}/Get snippet",),
        "POST nonpsp-adapter/api/checkout/v1/orders/{order}/payments": (
            f"{COL}/Non-psp Adapter/Create payment", f"{second_tutorial()}/Create payment",
            f"{COL}/Tutorials/3 - Norce adapter/Create payment", f"{OF_NONPSP}/[Non-PSP Adapter] Initiate Payment",
            f"{TRN}/Purchase Non-PSP [Checkout] Simple/[Non-PSP Adapter] Initiate Payment"),
        "GET nonpsp-adapter/api/checkout/v1/orders/{order}/payments/{payment}": (f"{COL}/Non-psp Adapter/Get payment",),
        "PUT nonpsp-adapter/api/checkout/v1/orders/{order}/payments/{payment}": (
            f"{COL}/Non-psp Adapter/Update Payment", f"{second_tutorial()}/Update Payment",
            f"{OF_NONPSP}/[Non-PSP Adapter] Select Payment Method"),
        "POST nonpsp-adapter/api/checkout/v1/orders/{order}/payments/{payment}/complete": (
            f"{COL}/Non-psp Adapter/Complete payment", f"{second_tutorial()}/Complete payment",
            f"{COL}/Tutorials/3 - Norce adapter/Complete payment", f"{OF_NONPSP}/[Non-PSP Adapter] Complete Payment",
            f"{TRN}/Purchase Non-PSP [Checkout] Simple/[Non-PSP Adapter] Complete Payment"),
        "POST norce-adapter/api/v1/orders": (
            f"{COL}/Norce Adapter/Create norce order", f"{COL}/Tutorials/0 - Quick Start/Create norce order",
            f"{COL}/Tutorials/3 - Norce adapter/Create norce order",
            *(f"{TRN}/Purchase {name} [Checkout]{more}/[Norce Adapter] Create Checkout Order" for name, more in
              (("Adyen", ""), ("Walley", ""), ("Non-PSP", " Additional Operations"), ("Non-PSP", " Simple")))),
        "PATCH norce-adapter/api/v1/orders/{order}/cart/items/{item}": (
            f"{COL}/Norce Adapter/Update cart item", f"{COL}/Tutorials/3 - Norce adapter/Update cart item",
            *(f"{TRN}/Purchase {name} [Checkout]/[Norce Adapter] Update Cart item" for name in ("Adyen", "Walley")),
            f"{OF_NONPSP}/[Norce Adapter] Cart item"),
        "PUT norce-adapter/api/v1/orders/{order}": (
            f"{COL}/Norce Adapter/Update cart", f"{COL}/Tutorials/3 - Norce adapter/Update cart",
            *(f"{TRN}/Purchase {name} [Checkout]/[Norce Adapter] Refresh Order (Sync Commerce)" for name in
              ("Adyen", "Walley")),
            f"{OF_NONPSP}/[Norce Adapter] Order (Sync Commerce)"),
        "POST adyen-adapter/api/checkout/v1/orders/{order}/payments": (
            f"{TRN}/Purchase Adyen [Checkout]/[Adyen Adapter] Initiate Payment",),
        "POST walley-adapter/api/checkout/v1/orders/{order}/payments": (
            f"{TRN}/Purchase Walley [Checkout]/[Walley Adapter] Initiate Payment",),
    }  # fmt: skip
    for call, sources in others.items():
        method, _, path = call.partition(" ")
        yield Request(method, path, 404, sources, None, OTHER_SERVICE)


REQUESTS: tuple[Request, ...] = (*_order_api(), *_version_1(), *_events(), *_configuration(), *_adapters())


def made(send: Send) -> dict[str, str]:
    """An order that has what requests speak of, by what they call it."""
    notification = {"scope": "/reference", "invoke": "https://hooks.example.com/{order.id}"}
    address = {"billing": _ADDRESS, "shipping": _ADDRESS}
    sent = {"cart": _CART, "customer": address, "currency": "SEK", "notifications": [notification]}
    ids = {"order": send("POST", V0, sent)[1]["id"]}
    for name, payment in {
        "payment": {"amount": 25, "state": "removed"},
        "klarna": {"amount": 25, "state": "reserved", "adapterId": "klarna_checkout_adapter"},
    }.items():
        ids[name] = send("POST", f"{V0}/{ids['order']}/payments", payment)[1]["id"]
    send("PUT", f"{V0}/{ids['order']}/reference", "first")
    ids["item"] = send("GET", f"{V0}/{ids['order']}", None)[1]["cart"]["items"][0]["id"]
    events = send("GET", f"notification/api/v1/events?order_id={ids['order']}", None)[1]
    return ids | {"event": events["data"][0]["id"]}


def replay(request: Request, send: Send) -> int:
    """Send it, about an order that has what it speaks of; the status that comes back."""
    ids = made(send)
    text = json.dumps(request.body)
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return send(request.method, request.path.format(**ids), json.loads(text))[0]


def _over_http(address: str, token: str) -> Send:
    headers = {"Authorization": f"Bearer {token}", "x-merchant": "norce", "x-channel": "se"}

    def send(method: str, path: str, body: Any) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body).encode()
        call = urllib.request.Request(
            f"{address.rstrip('/')}/{path}", content, headers | {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(call) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text) if text else None

    return send


def main(*given: str) -> int:
    """Print the list, replayed where an address and a token are given."""
    send = _over_http(*given[:2]) if len(given) == 2 else None
    otherwise = 0
    for request in REQUESTS:
        status = replay(request, send) if send else request.status
        otherwise += status != request.status
        said = "" if status == request.status else f", answered {status}"
        sys.stdout.write(f"{request}{said}{f' ({request.why})' if request.why else ''}\n")
        sys.stdout.writelines(f"    NorceTech/{source}.bru\n" for source in request.sources)
    return int(bool(otherwise))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
