"""Validations, hooks and notifications of the sandbox's adapters, for the tests about them."""

from django.urls import reverse

from order_api import OrderApi
from order_api.schemas import Callback, Hook, Notification, Order

ADAPTERS = "http://127.0.0.1/checkout/adapters"
HOOK = {"adapter_id": "awardit_adapter", "subscribe_to": "/state", "may_change": "/payments", "version": "v0",
        "invoke": f"{ADAPTERS}/awardit_adapter/hooks/approve"}  # fmt: skip
VALIDATION = {"adapter_id": "klarna_adapter", "url": f"{ADAPTERS}/klarna_adapter/validations/pass"}
NOTIFICATION = {"adapter_id": "norce_adapter", "scope": "/state/currentStatus", "schema": '{"const": "completed"}',
                "invoke": f"{ADAPTERS}/norce_adapter/notifications/accept", "delay": "1500", "version": "v0",
                "reference": "export", "description": "Export on completion"}  # fmt: skip


def url(name: str, order: Order, **ids: str | None) -> str:
    return reverse(name, kwargs={"channel": "norce/se", "order_id": order.id, **ids})


def again(api: OrderApi, order: Order) -> Order:
    return api.orders.get(order.id or "")


def add_hook(api: OrderApi, order: Order, adapter: str, behaviour: str, part: str = "/reference") -> Hook:
    invoke = f"{ADAPTERS}/{adapter}/hooks/{behaviour}"
    api.orders.create_hook(order.id or "", Hook(adapter_id=adapter, subscribe_to=part, target=part, invoke=invoke))
    return again(api, order).hooks[-1]


def add_validation(api: OrderApi, order: Order, adapter: str = "klarna_adapter", behaviour: str = "pass") -> Callback:
    address = f"{ADAPTERS}/{adapter}/validations/{behaviour}"
    api.orders.create_validation(order.id or "", Callback(adapter_id=adapter, url=address))
    return again(api, order).validations[-1]


def add_notification(api: OrderApi, order: Order) -> Notification:
    invoke = f"{ADAPTERS}/norce_adapter/notifications/accept"
    api.orders.create_notification(
        order.id or "", Notification(adapter_id="norce_adapter", scope="/state", invoke=invoke)
    )
    return again(api, order).notifications[-1]
