"""What is typed has a length at every field; what the API holds is let be, whatever its length."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from audit.models import Entry
from order_api import OrderApi
from order_api.schemas import Address, Customer, CustomerType, Order, Payment, PaymentTransaction
from orders.changes.attributes import MOST
from orders.changes.lengths import LONGEST
from tests.changes.conftest import Desk, MakeOrder

DeskOf = Callable[[User], Desk]
TYPED = {
    "type": "person", "given_name": "Åsa", "family_name": "Lind", "street_address": "Storgatan 1",
    "postal_code": "831 30",
    "city": "Östersund", "country": "SE", "email": "asa@example.se",
}  # fmt: skip


def billing(order: Order) -> str:
    return reverse("billing-edit", args=["norce/se", order.id])


@pytest.mark.parametrize("field", ["type", "country", "given_name", "reference", "email", "another"])
def test_a_field_of_150_kilobytes_is_refused_and_nothing_is_logged(
    support: User, desk_of: DeskOf, order: Order, field: str
) -> None:
    response = desk_of(support).send(billing(order), {**TYPED, field: "x" * 150_000})
    assert response.status_code == 422
    assert not Entry.objects.filter(order_id=order.id)


@pytest.mark.parametrize("field", ["given_name", "reference", "city"])
def test_a_long_value_that_the_api_holds_and_nobody_touched_is_no_reason_to_refuse(
    support: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi, field: str
) -> None:
    long = "Karl " * 200 + "Ek"
    held: dict[str, Any] = {"given_name": "Åsa", "city": "Umeå", field: long}
    order = make_order(customer=Customer(billing=Address(country="SE", **held), type=CustomerType("person")))
    response = desk_of(support).send(billing(order), {"country": "SE", "type": "", **held, "family_name": "Lind"})
    assert response.status_code == 302, response.content.decode()
    now = api.orders.get(order.id or "").customer
    assert now and now.billing and now.billing.family_name == "Lind"
    assert str(getattr(now.billing, field)) == long


def test_a_long_value_that_was_touched_is_refused(support: User, desk_of: DeskOf, make_order: MakeOrder) -> None:
    long = "Karl " * 200 + "Ek"
    order = make_order(customer=Customer(billing=Address(given_name=long, country="SE"), type=CustomerType("person")))
    response = desk_of(support).send(billing(order), {"type": "", "country": "SE", "given_name": f"{long}!"})
    assert response.status_code == 422


def test_a_cell_of_a_row_has_a_length_too(manager: User, desk_of: DeskOf, order: Order) -> None:
    url = reverse("attributes-edit", args=["norce/se", order.id])
    typed = {"mode": "rows", "key": ["k" * (LONGEST + 1)], "value": ["1"]}
    response = desk_of(manager).send(url, typed)
    assert response.status_code == 422 and "is too long" in response.content.decode()


@pytest.mark.parametrize("attributes", [{f"k{n}": "x" for n in range(MOST + 1)}, {"many": list(range(MOST + 1))}])
def test_more_attributes_than_a_form_can_hold_are_not_put_into_one(
    manager: User, desk_of: DeskOf, make_order: MakeOrder, attributes: dict[str, Any]
) -> None:
    order = make_order(attributes=attributes)
    url = reverse("attributes-edit", args=["norce/se", order.id])
    form = desk_of(manager).open(url)
    assert "more values than a form can hold" in form.content.decode()
    assert len(form.content) < 100_000
    sent = desk_of(manager).client.post(url, {"mode": "text", "text": json.dumps({"k": 1})})
    assert sent.status_code == 422


def test_the_pages_of_an_order_with_twenty_thousand_attributes_are_built_from_some_of_them(
    manager: User, desk_of: DeskOf, make_order: MakeOrder
) -> None:
    order = make_order(attributes={f"k{n}": n for n in range(20_000)})
    desk = desk_of(manager)
    for name in ("order-detail", "attributes-edit"):
        page = desk.open(reverse(name, args=["norce/se", order.id]))
        assert page.status_code == 200
        assert len(page.content) < 300_000


@pytest.mark.parametrize("unit", ["ab:ab:", "token:", "4111 ", "a@"])
def test_an_answer_of_sixty_kilobytes_is_shown_in_the_log_of_its_payment(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi, unit: str
) -> None:
    api.payments.create(order.id or "", Payment(adapter_id="stripe", currency="SEK", amount=Decimal(125)))
    payment_id = api.orders.get(order.id or "").payments[0].id or ""
    answer = PaymentTransaction(psp_event="CAPTURE", response_json=json.dumps({"said": unit * (60_000 // len(unit))}))
    api.payments.add_transaction(order.id or "", payment_id, answer)
    page = desk_of(manager).open(reverse("payment-transactions", args=["norce/se", order.id, payment_id]))
    assert page.status_code == 200
    assert "said" in page.content.decode() and len(page.content) < 50_000
