"""All changes together: nothing that the client can write is forgotten, and no form is without the
channel that it was made for."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import URLPattern, reverse

from order_api.adapters import Adapters
from order_api.resources import Orders, Payments, Shippings
from order_api.schemas import Order
from orders import urls
from orders.changes import validation_run
from orders.changes.creation import OrderCreation
from orders.models import Note
from tests.changes.conftest import Desk

RESOURCES = {"orders": Orders, "payments": Payments, "shippings": Shippings, "adapters": Adapters}
# Each operation that writes, and where in the desk it is.
# Executing a payment's action moves money and is no form of this room.
WRITES: Mapping[str, set[str]] = {
    "orders.create": {"order-create"},
    "orders.delete": {"order-delete"},
    "orders.update_state": {"state-edit"},
    "orders.update_cart": {"cart-edit"},
    "orders.update_billing": {"billing-edit"},
    "orders.update_shipping_address": {"shipping-address-edit"},
    "orders.update_reference": {"reference-edit"},
    "orders.create_consent": {"consent-create"},
    "orders.patch_consents": {"consents-edit"},
    "orders.patch_consent": {"consents-edit"},
    "orders.remove_consent": {"consent-delete"},
    "orders.patch_attributes": {"attributes-edit"},
    "orders.create_validation": {"validation-create"},
    "orders.update_validation": {"validation-edit"},
    "orders.remove_validation": {"validation-delete"},
    "orders.validate": {"order-validate"},
    "orders.create_hook": {"hook-create"},
    "orders.delete_hook": {"hook-delete"},
    "orders.create_notification": {"notification-create"},
    "orders.delete_notification": {"notification-delete"},
    "adapters.refresh": {"payment-refresh"},
    "payments.create": {"payment-create"},
    "payments.update": {"payment-edit", "payment-remove"},
    "payments.add_transaction": {"transaction-create"},
    "payments.add_actions": {"action-create"},
    "shippings.create": {"shipping-create"},
    "shippings.update": {"shipping-edit", "shipping-remove"},
}
NOTES = {"note-create", "note-edit"}
POSTING = re.compile(r'<form[^>]*method="post" action="(/[^"]*/orders/[^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
PATTERNS = {str(pattern.name): pattern for pattern in urls.urlpatterns}


def writing() -> Iterator[str]:
    """What the client can do that is no question, by resource and method; each says in its first
    word which verb it is."""
    for name, resource in RESOURCES.items():
        for method, function in inspect.getmembers(resource, inspect.isfunction):
            if not method.startswith("_") and not (function.__doc__ or "").startswith("GET "):
                yield f"{name}.{method}"


def sends(name: str, pattern: URLPattern) -> set[str]:
    """The operations that stand in what the page at this address sends."""
    forms = {"order-create": OrderCreation}
    form = forms.get(name) or getattr(pattern.callback, "form_class", None)
    sender = form.send if form else validation_run if name == "order-validate" else None
    source = inspect.getsource(sender) if sender else ""
    return {
        ".".join(found)
        for found in re.findall(r"\bapi\.(orders|payments|shippings|adapters)\.(?!get\b)(\w+)\(", source)
    }


def test_every_operation_that_writes_has_its_form() -> None:
    assert set(writing()) == set(WRITES) | {"payments.execute"}


def test_every_form_sends_what_the_table_says_and_nothing_else() -> None:
    told = {name: {each for each, names in WRITES.items() if name in names} for name in PATTERNS}
    assert {name: sends(name, pattern) for name, pattern in PATTERNS.items()} == told


@pytest.fixture
def addresses(full: Order, admin: User, desk_of: Callable[[User], Desk]) -> dict[str, str]:
    """Every address of the room, about an order on which something of each kind hangs."""
    order_id = full.id or ""
    parts = ("payments", "shippings", "hooks", "notifications", "validations", "consents")
    ids = {"order_id": order_id, "which": "billing", **{f"{p[:-1]}_id": getattr(full, p)[0].id for p in parts}}
    desk_of(admin).send(reverse("note-create", args=["norce/se", order_id]), {"text": "Said by phone"})
    ids["note_id"] = Note.objects.get(order_id=order_id).pk
    return {
        name: reverse(name, kwargs={"channel": "norce/se"} | {each: ids[each] for each in pattern.pattern.converters})
        for name, pattern in PATTERNS.items()
    }


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "dialog"])
def test_every_form_goes_to_the_channel_that_its_page_is_of(
    admin: User, desk_of: Callable[[User], Desk], addresses: dict[str, str], htmx: bool
) -> None:
    desk, posting = desk_of(admin), set()
    for name, address in addresses.items():
        found = forms_in(desk.open(address, htmx=htmx))
        posting |= {name} if address in dict(found) else set()
        assert [where for where, _body in found if not where.startswith("/norce/se/orders/")] == [], name
    assert posting == set().union(*WRITES.values()) | NOTES


def test_nothing_else_can_be_posted_to(admin: User, desk_of: Callable[[User], Desk], addresses: dict[str, str]) -> None:
    client = desk_of(admin).client
    allowed = {name: client.options(address).headers["Allow"] for name, address in addresses.items()}
    recorded = {"order-identity"}  # seeing it changes nothing, but is in the log
    asked_with_a_form = {"order-customer-channel", "order-customer-found"}  # what is about people is no address
    of_a_list = {"order-export"}  # begins a file
    assert {name for name, verbs in allowed.items() if "POST" in verbs} == set().union(
        *WRITES.values()
    ) | NOTES | recorded | asked_with_a_form | of_a_list


def forms_in(page: HttpResponse) -> list[tuple[str, str]]:
    """The forms about orders that are posted: where to, and what stands in them."""
    return POSTING.findall(page.content.decode())
