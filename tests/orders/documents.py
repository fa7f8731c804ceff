"""Orders as `GET` answers them, for tests of the order's pages: one with everything, and some that are odd."""

import copy
import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
PERSONAL_NUMBER = "19850612-2384"
TOKEN = "tok_9f8e7d6c5b4a39281706"
CARD = "4111 1111 1111 1111"
ORDER_ID = "o_WholeOrderForTheOrdersPage"
PAYMENT_ID = "p_KlarnaForTheOrdersPage"
SWISH_ID = "p_SwishForTheOrdersPage"
REMOVED_PAYMENT_ID = "p_RemovedForTheOrdersPage"
SHIPPING_ID = "s_PostNordForTheOrdersPage"


def price(including: float, rate: float = 0.25) -> Json:
    """A price with its VAT, to the cent."""
    return {"includingVat": including, "excludingVat": round(including / (1 + rate), 2)}


def item(name: str, sku: str, unit: float, quantity: int = 1, rate: float = 0.25, **more: Any) -> Json:
    """An item that costs what its units cost, less `off`."""
    off = more.pop("off", 0)
    return {
        "id": f"ci_{sku}",
        "reference": f"row-{sku}",
        "name": name,
        "sku": sku,
        "productType": "physical",
        "quantity": quantity,
        "unit": "st",
        "price": price(unit, rate),
        "originalTotal": price(unit * quantity, rate),
        "total": price(unit * quantity - off, rate),
        "vatRate": rate,
        **more,
    }


def discount(name: str, value: float, code: str | None = None) -> Json:
    """A discount on items."""
    given = {"type": "item", "name": name, "value": price(value)}
    return given | ({"code": code} if code else {})


BILLING = {
    "type": "person",
    "givenName": "Mikaela",
    "familyName": "Sjöö-Håkansson",
    "streetAddress": "Fäbodvägen 7 B lgh 1203",
    "postalCode": "831 62",
    "city": "Östersund",
    "country": "SE",
    "phone": "070-174 06 41",
    "email": "mikaela.sjoo@example.se",
    "nationalIdentificationNumber": PERSONAL_NUMBER,
}
SHIPPING_ADDRESS = BILLING | {
    "careOf": "Brålanda Snickeri AB",
    "streetAddress": "Verkstadsgatan 14",
    "postalCode": "831 34",
}
CART = {
    "reference": "4471903",
    "items": [
        item(
            "Dunjacka ”Norrsken” dam, midnattsblå, str. 38", "88-20417-38", 1599, off=220,
            imageUrl="/checkout/images/88-20417-38.svg", url="https://www.norce.example/se/p/88-20417-38",
            discounts=[discount("Black Week 10 %", 160), discount("Voucher", 60, "VÄNNER100")],
            logistics={"weight": 900, "tags": ["fragile"]}, attributes={"colour": "midnattsblå", "apiKey": TOKEN},
        ),
        item(
            "Vinterpaketet: mössa, vantar och raggsockor", "PKT-3310", 598, off=40, productType="bundle",
            discounts=[discount("Voucher", 40, "VÄNNER100")],
            items=[
                {"name": "Mössa ”Åre” merino, grå", "sku": "41-1180", "quantity": 1},
                {
                    "name": "Fotpaket", "sku": "41-2200", "quantity": 1, "productType": "bundle",
                    "items": [{"name": "Raggsockor 2-pack, 37–39", "sku": "41-2207-37", "quantity": 2}],
                },
            ],
        ),
        item(
            "Vandra i Jämtland – 40 turer från Åre till Storlien", "978-91-0000-412-7", 249, rate=0.06,
            productType="digital",
            imageUrl="https://elsewhere.example/book.jpg",
        ),
        item("Termosflaska ”Sarek” 0,75 l", "52-0075", 499, upsell=True),
    ],
    "discounts": [discount("Voucher", 100, "VÄNNER100")],
    "total": {"includingVat": 2685, "excludingVat": 2183.71},
}  # fmt: skip
PAYMENTS = [
    {
        "id": PAYMENT_ID, "adapterId": "klarna_checkout_adapter", "name": "Klarna Checkout", "currency": "SEK",
        "type": "default",
        "orderId": ORDER_ID, "amount": 1905.0, "state": "reserved", "reference": "7f3c52d0-11b8-4a0f-9c2e-77f0b2a1e91a",
        "attributes": {"method": "invoice"},
        "actions": [
            {"id": "a_1", "adapterId": "klarna_checkout_adapter", "type": "capture",
            "url": "https://adapter.example/capture"},
            {"id": "a_2", "adapterId": "klarna_checkout_adapter", "type": "cancel",
            "url": "https://adapter.example/cancel"},
        ],
        "recurring": {"token": TOKEN, "description": "Every month"},
        "upsell": {"eligible": True, "expiration": "2026-11-21T09:45:00Z",
        "transactions": [{"id": "u1", "state": "actionRequired"}]},
    },
    {
        "id": SWISH_ID, "adapterId": "adyen_dropin_adapter", "name": "Swish", "currency": "SEK", "type": "default",
        "orderId": ORDER_ID, "amount": 499.0, "state": "captured", "reference": "8835 2117 4406 9021", "actions": [],
    },
    {
        "id": "p_Voucher", "adapterId": "awardit_adapter", "name": "Presentkort", "currency": "SEK", "type": "voucher",
        "orderId": ORDER_ID, "amount": 350.0, "upperLimitAmount": 500.0, "state": "captured",
        "reference": "AW-5590-1173",
    },
    {
        "id": REMOVED_PAYMENT_ID, "adapterId": "walley_checkout_adapter", "name": "Walley given up", "currency": "SEK",
        "type": "default", "orderId": ORDER_ID, "amount": 9999.0, "state": "removed", "reference": "W-1",
    },
]  # fmt: skip
SHIPPINGS = [
    {
        "id": SHIPPING_ID, "adapterId": "nshift_adapter", "name": "PostNord MyPack Collect", "state": "confirmed",
        "reference": "ns-4471903", "tmsReference": "00373500489530420019", "orderId": ORDER_ID, "total": price(69),
        "vatRate": 0.25,
        "deliveryDetails": {
            "carrier": "PostNord", "carrierProductId": "19", "class": "pickup",
            "product": {"reference": "mypack-collect", "name": "MyPack Collect"},
            "pickupLocation": {
                "reference": "ica-107", "name": "ICA Nära Älvtorget",
                "address": {"streetAddress": "Storgatan 112", "city": "Östersund", "postalCode": "831 30",
                "country": "SE"},
            },
        },
        "addons": [{"reference": "Text message on arrival", "price": 0.0}],
        "attributes": {"doorCode": "1234"},
    },
    {
        "id": "s_Removed", "adapterId": "ingrid_adapter", "name": "Ingrid given up", "state": "removed",
        "total": price(49),
        "vatRate": 0.25, "orderId": ORDER_ID,
    },
]  # fmt: skip
WHOLE: Json = {
    "id": ORDER_ID,
    "merchant": "norce",
    "channel": "se",
    "reference": "SE-104415",
    "created": "2026-11-21T09:24:12Z",
    "lastModified": "2026-11-21T09:30:14Z",
    "state": {
        "currentStatus": "accepted",
        "transitions": [
            {"status": "checkout", "timeStamp": "2026-11-21T09:24:12Z"},
            {"status": "processing", "timeStamp": "2026-11-21T09:25:01Z"},
            {"status": "checkout", "timeStamp": "2026-11-21T09:27:20Z"},
            {"status": "processing", "timeStamp": "2026-11-21T09:29:40Z"},
            {"status": "accepted", "timeStamp": "2026-11-21T09:30:12Z"},
        ],
    },
    "culture": "sv-SE",
    "currency": "SEK",
    "country": "SE",
    "cart": CART,
    "shippings": SHIPPINGS,
    "payments": PAYMENTS,
    "customer": {"type": "person", "billing": BILLING, "shipping": SHIPPING_ADDRESS,
    "attributes": {"club": "Fjällklubben"}},
    "consents": [
        {"id": "terms", "checked": True, "text": "Terms of purchase", "required": True},
        {"id": "news", "checked": False, "text": "Newsletter", "required": False},
    ],
    "validations": [{"id": "oc_1", "adapterId": "norce_adapter",
    "url": "https://adapter.example/validate/{order_id}?token=verysecret"}],
    "hooks": [
        {
            "id": "oc_2", "adapterId": "awardit_adapter", "subscribeTo": "/state", "target": "/payments",
            "invoke": "https://adapter.example/state", "version": "v0",
        }
    ],
    "notifications": [
        {
            "id": "oc_3", "adapterId": "norce_adapter", "reference": "export", "description": "Export when accepted",
            "scope": "/state/currentStatus", "schema": {"const": "accepted"},
            "invoke": "https://adapter.example/export",
            "version": "v0", "delay": 1500,
        }
    ],
    "total": {"includingVat": 2754, "excludingVat": 2238.91},
    "attributes": {"store": "östersund-city", "campaign": {"name": "black-week-26", "codes": ["A", "B"]},
    "sessionToken": TOKEN},
}  # fmt: skip
REQUEST = '{"order_id": "7f3c", "captured_amount": 190500, "shipping_info": [{"carrier": "PostNord"}]}'
ANSWER = json.dumps(
    {
        "fraud_status": "ACCEPTED",
        "authorized_amount": 190500.5,
        "client_token": TOKEN,
        "billing_address": {
            "given_name": "Mikaela", "phone": "0701740641", "email": "mikaela.sjoo@example.se",
            "national_id": PERSONAL_NUMBER
        },
        "card": {"number": CARD, "brand": "visa"},
        "note": f"paid with {CARD} by {PERSONAL_NUMBER}",
    }
)  # fmt: skip
TRANSACTIONS: dict[str, list[Json]] = {
    PAYMENT_ID: [
        {
            "event": "open", "pspEvent": "create", "amount": 2255.0, "isSuccess": True,
            "pspStatus": "CHECKOUT_INCOMPLETE",
            "created": "2026-11-21T09:24:55Z", "requestJson": REQUEST, "responseJson": "{}",
        },
        {
            "event": "process", "amount": 1905.0, "isSuccess": False, "errorDetail": "Refused for "
                                                                                     "<b>a.b@example.com</b>",
            "pspStatus": "REFUSED", "created": "2026-11-21T09:29:00Z", "requestJson": "not JSON: token=verysecret",
        },
        {
            "event": "confirm", "amount": 1905.0, "isSuccess": True, "pspStatus": "AUTHORIZED",
            "created": "2026-11-21T09:30:12Z",
            "requestJson": REQUEST, "responseJson": ANSWER,
            "paymentAction": {"id": "a_0", "adapterId": "klarna_checkout_adapter", "type": "confirm",
            "url": "https://adapter.example/"},
        },
    ]
}  # fmt: skip


def order(**changes: Any) -> Json:
    """The whole order, with these fields instead; None takes one away. Its ids stay, so one of it at a time."""
    document = copy.deepcopy(WHOLE) | changes
    return {name: value for name, value in document.items() if value is not None}


def bare(**given: Any) -> Json:
    """An order with next to nothing in it."""
    return {"id": "o_Bare", "merchant": "norce", "channel": "se", **given}


UNKNOWN: Json = {
    "id": "o_Unknown",
    "merchant": "norce",
    "channel": "se",
    "state": {"currentStatus": "onHold", "transitions": [{"status": "onHold", "timeStamp": "2026-11-21T09:30:12Z"}]},
    "currency": "XYZ",
    "created": "2026-11-21T09:24:12Z",
    "cart": {
        "items": [
            {"name": "<script>alert(1)</script>", "productType": "hologram", "quantity": 0,
            "imageUrl": "javascript:alert(1)",
             "url": "javascript:alert(2)", "discounts": [{"type": "loyalty", "value": {"includingVat": -5}}]},
            {},
        ],
        "discounts": [{"type": "shipping", "name": "Free", "value": {"includingVat": 49}}],
        "flavour": "new",
    },
    "payments": [
        {"id": "p_Odd", "state": "teleported", "type": "barter", "actions": [{"type": "teleport"}], "amount": 3},
        {"name": "Without an id"},
        {"id": "p/with#odd chars", "amount": None},
    ],
    "shippings": [{"id": "s_Odd", "state": "lost", "total": {}, "vatRate": 0,
    "deliveryDetails": {"pickupLocation": {}}}, {}],
    "customer": {"type": "robot", "billing": {"phone": "call me", "email": "not an address", "country": "ZZ"}},
    "consents": [{}],
    "validations": [{}],
    "hooks": [{}],
    "notifications": [{"schema": {"type": ["a", 1, None, True, 1.5]}}],
    "attributes": {"deep": {"er": {"est": [[[]]]}}, "none": None},
    "tomorrow": {"field": 1},
}  # fmt: skip


def with_channel(document: Mapping[str, Any], merchant: str, channel: str) -> Json:
    """The same order in another channel."""
    return {**document, "merchant": merchant, "channel": channel}


def put(document: Json, transactions: dict[str, list[Json]] | None = None) -> str:
    """Let the sandbox answer exactly this document, even one that it would not write itself. Returns its id."""
    from sandbox.codec import encode
    from sandbox.models import OrderDocument
    from sandbox.store import insert_documents

    kept = {name: document[name] for name in ("id", "merchant", "channel")}
    insert_documents(
        [({**kept, "created": WHOLE["created"], "state": {"currentStatus": "checkout"}}, transactions or {})]
    )
    OrderDocument.objects.filter(order__public_id=kept["id"]).update(body=encode(document).decode())
    return str(kept["id"])
