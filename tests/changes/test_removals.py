"""What is done as a whole or not at all: who lets a colleague's change stand removes nothing."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from order_api import OrderApi
from order_api.schemas import Order, PaymentState, ShippingState
from tests.changes.conftest import Desk, logged

DeskOf = Callable[[User], Desk]


class Case(NamedTuple):
    """A form, what a colleague does meanwhile, and the part of the order that they then differ about."""

    name: str
    meanwhile: Callable[[OrderApi, Order], object]
    about: str
    ids: Callable[[Order], dict[str, str]] = lambda _order: {}
    typed: dict[str, str] = {}


def reserve(api: OrderApi, order: Order) -> None:
    payment = order.payments[0]
    api.payments.update(order.id or "", payment.id or "", payment.changed(state=PaymentState.read("reserved")))


def confirm(api: OrderApi, order: Order) -> None:
    shipping = order.shippings[0]
    api.shippings.update(order.id or "", shipping.id or "", shipping.changed(state=ShippingState.read("confirmed")))


def give_back(api: OrderApi, order: Order) -> None:
    api.orders.patch_consents(order.id or "", [order.consents[0].changed(checked=False)])


def point_elsewhere(api: OrderApi, order: Order) -> None:
    validation = order.validations[0]
    api.orders.update_validation(order.id or "", validation.id or "", validation.changed(adapter_id="other"))


CASES = (
    Case("payment-remove", reserve, "state", lambda order: {"payment_id": order.payments[0].id or ""}),
    Case("shipping-remove", confirm, "state", lambda order: {"shipping_id": order.shippings[0].id or ""}),
    Case("consent-delete", give_back, "checked", lambda order: {"consent_id": order.consents[0].id or ""}),
    Case("validation-delete", point_elsewhere, "adapter_id", lambda o: {"validation_id": o.validations[0].id or ""}),
    Case("order-delete", reserve, "payments", typed={"typed": "SE-1"}),
    Case(
        "state-edit",
        lambda api, order: api.orders.update_state(order.id or "", "processing"),
        "status",
        typed={"status": "declined", "reason": "Asked for"},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_lets_a_colleagues_change_stand_does_none_of_it(
    admin: User, desk_of: DeskOf, full: Order, api: OrderApi, case: Case
) -> None:
    desk, target = (
        desk_of(admin),
        reverse(case.name, kwargs={"channel": "norce/se", "order_id": full.id, **case.ids(full)}),
    )
    form = desk.open(target)
    case.meanwhile(api, full)
    conflict = desk.send(target, case.typed, form=form)
    assert conflict.status_code == 409 and f'name="pick-{case.about}" value="theirs"' in conflict.content.decode()
    theirs = api.orders.get(full.id or "")
    left = desk.send(target, {**case.typed, f"pick-{case.about}": "theirs"}, form=conflict)
    assert left.status_code == 302
    assert "You let it stand as it is now" in desk.open(left["Location"]).content.decode()
    assert api.orders.get(full.id or "") == theirs and logged(full) == []


def test_who_insists_is_told_what_stands_against_it_and_removes_it(
    admin: User, desk_of: DeskOf, full: Order, api: OrderApi
) -> None:
    desk, ids = desk_of(admin), {"channel": "norce/se", "order_id": full.id, "payment_id": full.payments[0].id}
    target = reverse("payment-remove", kwargs=ids)
    form = desk.open(target)
    reserve(api, full)
    conflict = desk.send(target, {}, form=form)
    asked = desk.send(target, {"pick-state": "yours"}, form=conflict)
    assert asked.status_code == 422 and "provider may hold money" in asked.content.decode()
    assert desk.send(target, {"pick-state": "yours"}, form=asked).status_code == 302
    assert api.orders.get(full.id or "").payments[0].state == "removed"
