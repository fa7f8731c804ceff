"""From an order's document to the columns that the list filters, sorts and searches by."""

from typing import Any, TypedDict

from sandbox.codec import Document, moment, units
from sandbox.text import column, fold, phone_tail


class Columns(TypedDict):
    merchant: str
    channel: str
    created: Any
    status: str
    reference: str
    cart_reference: str | None
    country: str
    billing_country: str
    shipping_country: str
    billing_email: str
    shipping_email: str
    billing_phone: str
    shipping_phone: str
    billing_name: str
    shipping_name: str
    cart_total: int
    total: int
    search: str


def full_name(address: Document) -> str:
    """What the name filters look in: "given family", then the organisation, folded."""
    person = f"{address.get('givenName') or ''} {address.get('familyName') or ''}"
    return f"{fold(person)}\n{fold(address.get('organizationName') or '')}".strip("\n")[:300]


def _search(document: Document, named: list[tuple[str, Document]]) -> str:
    parts = [document["id"], document.get("reference"), (document.get("cart") or {}).get("reference")]
    for name, address in named:
        parts += [
            name,
            address.get("email"),
            address.get("phone"),
            phone_tail(address.get("phone") or ""),
        ]
    for payment in document.get("payments") or []:
        parts += [payment.get("id"), payment.get("reference")]
    return "\n".join(dict.fromkeys(map(fold, dict.fromkeys(filter(None, parts)))))


def columns(document: Document) -> Columns:
    """The columns of an order, computed from nothing but its document."""
    cart, customer = document.get("cart") or {}, document.get("customer") or {}
    billing, shipping = customer.get("billing") or {}, customer.get("shipping") or {}
    names = full_name(billing), full_name(shipping)
    return Columns(
        merchant=column(document["merchant"]),
        channel=column(document["channel"]),
        created=moment(document["created"]),
        status=document["state"]["currentStatus"],
        reference=column(document.get("reference") or ""),
        cart_reference=column(cart.get("reference") or "") or None,
        country=column(fold(document.get("country") or "")),
        billing_country=column(fold(billing.get("country") or "")),
        shipping_country=column(fold(shipping.get("country") or "")),
        billing_email=column((billing.get("email") or "").casefold()),
        shipping_email=column((shipping.get("email") or "").casefold()),
        billing_phone=phone_tail(billing.get("phone") or ""),
        shipping_phone=phone_tail(shipping.get("phone") or ""),
        billing_name=names[0],
        shipping_name=names[1],
        cart_total=units((cart.get("total") or {}).get("includingVat")),
        total=units((document.get("total") or {}).get("includingVat")),
        search=_search(document, [(names[0], billing), (names[1], shipping)]),
    )
