"""A handful of orders in the sandbox, each with what the tests of the list look for."""

import datetime as dt
from typing import Any

from sandbox.store import insert_documents

Json = dict[str, Any]


def address(given: str, family: str, **more: str) -> Json:
    """Somebody in Sweden, reachable under their name, unless told otherwise."""
    email = f"{given}.{family}@example.se".lower().encode("ascii", "ignore").decode()
    return {"givenName": given, "familyName": family, "country": "SE", "email": email, "phone": "070-123 45 67", **more}


def payment(payment_id: str, amount: float, state: str = "captured", **more: Any) -> Json:
    return {"id": payment_id, "name": "Klarna", "type": "default", "amount": amount, "state": state, **more}


def shipping(state: str = "confirmed", carrier: str = "PostNord") -> Json:
    total = {"includingVat": 0, "excludingVat": 0}
    return {"state": state, "deliveryDetails": {"carrier": carrier}, "total": total, "vatRate": 0.25}


def an_order(
    name: str, *, total: float = 100, state: str = "completed", created: str = "2026-11-20T10:00:00Z", **more: Any
) -> Json:
    """A completed order that is paid in full; its id ends in `name`, so that it can be told apart."""
    price = {"includingVat": total, "excludingVat": total * 0.8}
    return {
        "id": f"o_{name}",
        "merchant": "norce",
        "channel": "se",
        "created": created,
        "lastModified": created,
        "state": {"currentStatus": state, "transitions": [{"status": state, "timeStamp": created}]},
        "currency": "SEK",
        "country": "SE",
        "total": price,
        "cart": {"reference": f"cart-{name}", "items": [{"name": "Thing", "quantity": 2}], "total": price},
        "payments": [payment(f"p_{name}", total)],
        "shippings": [shipping()],
        "customer": {"type": "person", "billing": address("Åsa", "Lindström")},
        **more,
    }


def put(*orders: Json) -> None:
    """Into the sandbox's store, as GET will answer them."""
    insert_documents((order, {}) for order in orders)


def many(count: int, **more: Any) -> None:
    """So many orders, one a minute, the last one the newest, with references R-1, R-2, …"""
    start = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    moments = (start + dt.timedelta(minutes=n) for n in range(1, count + 1))
    letters = "abcdefghij"
    put(
        *(
            an_order(
                "".join(letters[int(d)] for d in f"{n:04}"),
                reference=f"R-{n}",
                created=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
                **more,
            )
            for n, moment in enumerate(moments, 1)
        )
    )
