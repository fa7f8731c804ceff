"""An order in the sandbox, and people who change it as they would: open the form, type, send."""

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from audit.models import Entry
from gateway.connection import order_api
from order_api import OrderApi
from order_api.schemas import (
    Address,
    Callback,
    Cart,
    Consent,
    Customer,
    Hook,
    Item,
    Notification,
    Order,
    Payment,
    Price,
    Shipping,
)
from tests.conftest import ClientOf

SEEN = re.compile(r'name="(seen|once|confirmed)" value="([^"]*)"')


class MakeOrder(Protocol):
    def __call__(self, **fields: Any) -> Order: ...


@pytest.fixture
def api(db: None) -> OrderApi:
    """The API itself, as another program would use it beside the desk."""
    return order_api("norce", "se")


@pytest.fixture
def make_order(api: OrderApi) -> MakeOrder:
    """Creates an order in norce/se and reads it back; fields are those of the client's Order."""

    def make(**fields: Any) -> Order:
        price = Price(including_vat=Decimal(125), excluding_vat=Decimal(100))
        mug = Item(
            name="Mug", sku="M-1", quantity=1, price=price, total=price, original_total=price, vat_rate=Decimal("0.25")
        )
        address = Address(given_name="Åsa", family_name="Lind", street_address="Storgatan 1", postal_code="831 30",
                          city="Östersund", country="SE", email="asa@example.se")  # fmt: skip
        whole: dict[str, Any] = {
            "reference": "SE-1", "currency": "SEK", "country": "SE",
            "cart": Cart(items=(mug,), total=price),
            "customer": Customer(billing=address, shipping=address, type="person"),  # type: ignore[arg-type]
            "consents": (Consent(id="terms", checked=True, text="Terms", required=True),),
        }  # fmt: skip
        return api.orders.get(api.orders.create(Order(**{**whole, **fields})))

    return make


@pytest.fixture
def order(make_order: MakeOrder) -> Order:
    return make_order()


@pytest.fixture
def full(make_order: MakeOrder, api: OrderApi) -> Order:
    """An order with one of each that can hang on it."""
    order_id, adapter = make_order().id or "", "http://127.0.0.1/checkout/adapters/awardit_adapter/hooks/approve"
    free = Price(including_vat=Decimal(0), excluding_vat=Decimal(0))
    api.payments.create(order_id, Payment(adapter_id="stripe", currency="SEK", amount=Decimal(125)))
    api.shippings.create(order_id, Shipping(adapter_id="carrier", total=free, vat_rate=Decimal("0.25")))
    api.orders.create_validation(order_id, Callback(adapter_id="awardit_adapter", url=adapter))
    api.orders.create_hook(
        order_id, Hook(adapter_id="awardit_adapter", subscribe_to="/customer", target="/customer", invoke=adapter)
    )
    api.orders.create_notification(
        order_id, Notification(adapter_id="awardit_adapter", scope="/state/currentStatus", invoke=adapter)
    )
    return api.orders.get(order_id)


class Desk:
    """One person's browser, on the forms of the desk. With `htmx`, the forms are opened in the dialog."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def open(self, url: str, *, htmx: bool = False) -> HttpResponse:
        return self.client.get(url, headers={"HX-Request": "true", "HX-Target": "dialog"} if htmx else {})  # type: ignore[return-value]

    def hidden(self, response: HttpResponse) -> dict[str, str]:
        """What the form carries unseen: what the person saw, and what they are asked to confirm."""
        return {name: html.unescape(value) for name, value in SEEN.findall(response.content.decode())}

    def send(
        self, url: str, data: dict[str, Any], *, form: HttpResponse | None = None, htmx: bool = False
    ) -> HttpResponse:
        """Types into the form, which is opened first unless it has been, and sends it."""
        hidden = self.hidden(form if form is not None else self.open(url))
        headers = {"HX-Request": "true", "HX-Target": "dialog", "X-Problem-Target": "#change-problem"} if htmx else {}
        return self.client.post(url, {**hidden, **data}, headers=headers)  # type: ignore[return-value]


@pytest.fixture
def desk_of(client_of: ClientOf) -> Callable[[User], Desk]:
    return lambda user: Desk(client_of(user))


def logged(order: Order) -> list[tuple[str, str, str]]:
    """What the audit log has of an order, oldest first: kind, action, outcome."""
    entries = Entry.objects.filter(order_id=order.id).order_by("sequence")
    return [(entry.kind, entry.action, entry.outcome) for entry in entries]
