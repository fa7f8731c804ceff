"""Orders of one customer, in several channels, as the tests of their page need them."""

from typing import Any

from django.urls import reverse

from sandbox.store import insert_documents

Json = dict[str, Any]
EMAIL, PHONE = "karin.ek@example.se", "+46701740612"


def address(email: str = EMAIL, phone: str = PHONE, name: str = "Karin Ek", **more: str) -> Json:
    given, _blank, family = name.partition(" ")
    given_ones = {"givenName": given, "familyName": family, "email": email, "phone": phone, "country": "SE", **more}
    return {field: text for field, text in given_ones.items() if text}


def payment(payment_id: str, amount: float, state: str = "captured", **more: Any) -> Json:
    defaults = {"name": "Klarna", "adapterId": "klarna_checkout_adapter", "type": "default", "reference": payment_id}
    return {"id": payment_id, "amount": amount, "state": state, **defaults, **more}


def order(
    name: str,
    channel: str = "norce/se",
    *,
    total: float = 499,
    at: str = "2026-11-20T10:00:00Z",
    state: str = "completed",
    currency: str = "SEK",
    billing: Json | None = None,
    payments: list[Json] | None = None,
    sku: str = "shirt",
    **more: Any,
) -> Json:
    merchant, _slash, channel_name = channel.partition("/")
    price = {"includingVat": total, "excludingVat": total * 0.8}
    return {
        "id": f"o_{name}",
        "merchant": merchant,
        "channel": channel_name,
        "reference": f"R-{name}",
        "created": at,
        "lastModified": at,
        "state": {
            "currentStatus": state,
            "transitions": [{"status": "checkout", "timeStamp": at}, {"status": state, "timeStamp": at}],
        },
        "currency": currency,
        "country": "SE",
        "total": price,
        "cart": {"reference": f"cart-{name}", "items": [{"name": "Shirt", "sku": sku, "quantity": 1}], "total": price},
        "payments": payments if payments is not None else [payment(f"p_{name}", total, currency=currency)],
        "shippings": [],
        "customer": {"type": "person", "billing": address() if billing is None else billing},
        **more,
    }


def put(*orders: Json) -> None:
    """Into the sandbox's store, as GET will answer them."""
    insert_documents((each, {}) for each in orders)


def where(order_id: str, name: str = "order-customer", channel: str = "norce/se") -> str:
    """The address of the page of the customer of an order, or of another page about it."""
    return reverse(name, args=(channel, order_id))
