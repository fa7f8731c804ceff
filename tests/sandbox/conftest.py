"""A caller of the sandbox over Django's test client: the same URLs, headers and bytes as any other client's."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from sandbox.codec import decode, encode

BASE = "/checkout/order/api/v0/checkout/orders"


@dataclass
class Caller:
    """Calls the Order API for one channel. `path` starts behind `…/orders`; answers with JSON have it in `.data`."""

    merchant: str = "norce"
    channel: str = "se"
    headers: dict[str, str] = field(default_factory=dict)
    http: Client = field(default_factory=Client)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        base: str = BASE,
        **headers: str,
    ) -> Any:
        if content is None:
            content = b"" if body is None else encode(body)
        answer: Any = self.http.generic(
            method,
            base + path,
            content,
            content_type="application/json",
            headers=self.signed(),
        )
        answer.data = decode(answer.content) if answer.content else None
        return answer

    def signed(self) -> dict[str, str]:
        """The headers of every call: the token, and whose orders."""
        sent = {
            "Authorization": "Bearer sandbox",
            "x-merchant": self.merchant,
            "x-channel": self.channel,
        } | self.headers
        return {name: value for name, value in sent.items() if value}

    def get(self, path: str = "") -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any = None) -> Any:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Any:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)

    def created(self, body: dict[str, Any] | None = None) -> str:
        """The path of a new order, "/o_…"."""
        answer = self.post("", body if body is not None else an_order())
        assert answer.status_code == 201, answer.content
        return f"/{answer.data['id']}"

    def order(self, path: str) -> dict[str, Any]:
        """The order as it is now."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        order: dict[str, Any] = answer.data
        return order

    def paid(
        self, state: str = "reserved", attributes: dict[str, Any] | None = None, **payment: Any
    ) -> tuple[str, str]:
        """A new order with a payment in that state: the order's path and the payment's."""
        order = self.created()
        body = {
            "adapterId": "walley_checkout_adapter",
            "state": state,
            "amount": 100,
            "attributes": attributes or {},
        } | payment
        answer = self.post(f"{order}/payments", body)
        assert answer.status_code == 201, answer.content
        return order, f"{order}/payments/{answer.data['id']}"


def price(including: Any, excluding: Any) -> dict[str, Any]:
    return {"includingVat": including, "excludingVat": excluding}


def an_order(**more: Any) -> dict[str, Any]:
    """A small order of 100 with 25 % VAT."""
    item = {
        "name": "Cap",
        "sku": "A1",
        "quantity": 1,
        "price": price(100, 80),
        "total": price(100, 80),
        "vatRate": 0.25,
    }
    return {
        "currency": "SEK",
        "country": "SE",
        "culture": "sv-SE",
        "cart": {"items": [item], "total": price(100, 80)},
    } | more


def refused(answer: HttpResponse, status: int, code: str) -> str:
    """Check that the answer is this refusal, and return its message."""
    assert (answer.status_code, answer.data["code"]) == (status, code), answer.content  # type: ignore[attr-defined]
    assert set(answer.data) == {"code", "message"}  # type: ignore[attr-defined]
    message: str = answer.data["message"]  # type: ignore[attr-defined]
    return message


@pytest.fixture
def api(db: None) -> Caller:
    return Caller()
