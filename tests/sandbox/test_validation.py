"""Validating an order: what every order needs, and what its adapters say."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.conftest import Caller, an_order, price, refused

ADAPTERS = "http://testserver/checkout/adapters"


def sound(api: Caller, **more: Any) -> str:
    """An order with one item and a payment that covers it."""
    order = api.created(an_order(**more))
    api.post(f"{order}/payments", {"amount": 100})
    return order


def errors(api: Caller, order: str) -> list[str]:
    answer = api.post(f"{order}/validate")
    assert answer.status_code == (400 if answer.data else 200)
    assert all(set(error) == {"code", "adapterId"} for error in answer.data)
    return [error["code"] for error in answer.data]


def validation(behaviour: str, adapter: str = "nshift_adapter") -> dict[str, str]:
    return {"adapterId": adapter, "url": f"{ADAPTERS}/{adapter}/validations/{behaviour}"}


def test_a_sound_order_has_no_errors(api: Caller) -> None:
    assert errors(api, sound(api)) == []


def test_an_empty_order_lacks_items_and_nothing_else(api: Caller) -> None:
    assert errors(api, api.created({})) == ["order-has-no-items"]


def test_an_order_that_costs_something_needs_a_payment(api: Caller) -> None:
    order = api.created()
    assert errors(api, order) == ["order-has-no-payment"]
    api.post(f"{order}/payments", {"amount": 100, "state": "removed"})
    assert errors(api, order) == ["order-has-no-payment"]


@pytest.mark.parametrize("amounts", [[Decimal("99.99")], [Decimal("100.01")], [50, 49], [0]])
def test_payments_that_differ_from_the_total_by_a_cent_are_an_error(api: Caller, amounts: list[Any]) -> None:
    order = api.created()
    for amount in amounts:
        api.post(f"{order}/payments", {"amount": amount})
    assert errors(api, order) == ["order-payments-differ-from-total"]


def test_several_payments_may_cover_the_total_together(api: Caller) -> None:
    order = api.created(an_order(cart={"items": [{}], "total": price(Decimal("0.3"), 0)}))
    for amount in (Decimal("0.1"), Decimal("0.2")):
        api.post(f"{order}/payments", {"amount": amount, "type": "voucher"})
    assert errors(api, order) == []


def test_the_errors_of_all_callbacks_are_told(api: Caller) -> None:
    failing = [
        validation("fail?code=out-of-stock"),
        validation("pass"),
        validation("error", "klarna_checkout_adapter"),
        validation("slow", "ingrid_adapter"),
    ]
    answer = api.post(f"{sound(api, validations=failing)}/validate")
    assert (answer.status_code, answer.data) == (
        400,
        [
            {"code": "out-of-stock", "adapterId": "nshift_adapter"},
            {"code": "internal-server-error", "adapterId": "klarna_checkout_adapter"},
            {"code": "order-unknown-validation-error", "adapterId": "ingrid_adapter"},
        ],
    )


def test_an_order_that_is_not_sound_by_itself_asks_no_callback(api: Caller) -> None:
    assert errors(api, api.created({"validations": [validation("fail")]})) == ["order-has-no-items"]


def test_a_refusal_of_the_request_has_the_shape_of_this_operation(api: Caller) -> None:
    answer = Caller(headers={"x-channel": ""}).post(f"{sound(api)}/validate")
    assert (answer.status_code, [error["code"] for error in answer.data]) == (400, ["order-bad-request"])
    assert "x-channel" in answer.data[0]["message"]


def test_validations_can_be_added_changed_and_removed(api: Caller) -> None:
    order = sound(api)
    assert api.post(f"{order}/validations", validation("fail")).content == b""
    (kept,) = api.order(order)["validations"]
    assert errors(api, order) == ["order-validation"]
    assert api.put(f"{order}/validations/{kept['id']}", validation("pass")).status_code == 200
    assert api.order(order)["validations"] == [validation("pass") | {"id": kept["id"]}]
    assert errors(api, order) == []
    assert api.delete(f"{order}/validations/{kept['id']}").status_code == 200
    assert api.order(order)["validations"] == []
    refused(api.put(f"{order}/validations/{kept['id']}", validation("pass")), 404, "validation-not-found")
    refused(api.delete(f"{order}/validations/{kept['id']}"), 404, "validation-not-found")
