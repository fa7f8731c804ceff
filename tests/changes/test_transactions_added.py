"""Lines written into a payment's log by hand, and actions registered on it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse

from audit.models import Entry
from order_api import OrderApi
from order_api.schemas import Order, Payment, PaymentAction
from tests.changes.conftest import Desk, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]
CAPTURE = "http://127.0.0.1/checkout/provider/api/order/v1/orders/{order_id}/payments/p/capture"
LINE = {
    "event": "capture", "psp_event": "ORDER_CAPTURED", "amount": "125", "is_success": "false", "psp_status": "DENIED",
    "error_detail": "Refused", "request_json": '{"amount": 12500,\n "client_token": "tok-secret-1"}',
    "response_json": "[]",
}  # fmt: skip


@pytest.fixture
def order(order: Order, api: OrderApi) -> Order:
    """The order with a payment that offers a capture."""
    payment_id = api.payments.create(
        order.id or "", Payment(name="Klarna", adapter_id="klarna_checkout_adapter", amount=Decimal(125))
    )
    api.payments.add_actions(
        order.id or "", payment_id, [PaymentAction(adapter_id="klarna_checkout_adapter", type="capture", url=CAPTURE)]
    )
    return api.orders.get(order.id or "")


def url(order: Order, name: str = "transaction-create") -> str:
    return reverse(name, kwargs={"channel": "norce/se", "order_id": order.id, "payment_id": order.payments[0].id})


def text(response: HttpResponse) -> str:
    return response.content.decode()


def lines(api: OrderApi, order: Order) -> Any:
    return api.payments.transactions(order.id or "", order.payments[0].id or "")


def actions(api: OrderApi, order: Order) -> list[tuple[str | None, str | None]]:
    return [(each.type, each.url) for each in api.orders.get(order.id or "").payments[0].actions]


# Transactions


def test_a_line_is_added_with_all_that_was_typed_and_the_action_that_caused_it(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    action = order.payments[0].actions[0]
    assert desk_of(admin).send(url(order), {**LINE, "payment_action": action.id}).status_code == 302
    (line,) = lines(api, order)
    assert (line.event, line.psp_event, line.psp_status, line.error_detail) == (
        "capture", "ORDER_CAPTURED", "DENIED", "Refused",
    )  # fmt: skip
    assert line.amount == Decimal(125) and line.is_success is False and line.created is not None
    assert line.request_json == LINE["request_json"] and line.response_json == "[]"
    assert (line.payment_action.type, line.payment_action.url) == (action.type, action.url)
    assert logged(order) == [
        ("intent", "payment.transaction.create", ""), ("outcome", "payment.transaction.create", "done"),
    ]  # fmt: skip


def test_what_was_said_to_the_provider_is_masked_in_the_log_by_the_names_of_its_fields(
    admin: User, desk_of: DeskOf, order: Order
) -> None:
    desk_of(admin).send(url(order), LINE)
    written = "".join(Entry.objects.values_list("changes_json", flat=True))
    assert "tok-secret-1" not in written and "ORDER_CAPTURED" in written


def test_the_form_says_that_it_moves_no_money_and_cannot_be_taken_back(
    admin: User, desk_of: DeskOf, order: Order
) -> None:
    page = text(desk_of(admin).open(url(order)))
    assert "moves no money" in page and "cannot be changed or taken back" in page
    assert f'<option value="{order.payments[0].actions[0].id}">' in page


def test_a_line_that_reads_as_money_that_moved_is_confirmed_first(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk, data = desk_of(admin), {**LINE, "is_success": "true"}
    asked = desk.send(url(order), data)
    assert asked.status_code == 422 and "money that moved" in text(asked) and lines(api, order) == ()
    assert desk.send(url(order), data, form=asked).status_code == 302
    assert len(lines(api, order)) == 1


@pytest.mark.parametrize("field", ["request_json", "response_json"])
def test_json_that_is_wrong_says_in_which_line_and_column_and_stays_typed(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi, field: str
) -> None:
    response = desk_of(admin).send(url(order), {**LINE, field: '{"a": 1,\n  "b": }'})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text(response) and "line 2, column 8" in text(response)
    assert "{&quot;a&quot;: 1,\n  &quot;b&quot;: }" in text(response)
    assert lines(api, order) == () and logged(order) == []


def test_a_line_that_says_nothing_is_refused(admin: User, desk_of: DeskOf, order: Order) -> None:
    response = desk_of(admin).send(url(order), {"amount": "1"})
    assert response.status_code == 422 and 'id="id_event_error"' in text(response)


def test_an_action_of_another_payment_cannot_have_caused_it(admin: User, desk_of: DeskOf, order: Order) -> None:
    response = desk_of(admin).send(url(order), {**LINE, "payment_action": "pa_other"})
    assert response.status_code == 422 and 'id="id_payment_action_error"' in text(response)


def test_a_form_is_sent_once_however_often_it_comes(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    desk = desk_of(admin)
    once = text(desk.open(url(order))).partition('name="once" value="')[2].partition('"')[0]
    answers = [desk.send(url(order), {**LINE, "once": once}) for _ in range(3)]
    assert {(each.status_code, each["Location"]) for each in answers} == {(302, f"/norce/se/orders/{order.id}/")}
    assert len(lines(api, order)) == 1


def test_no_answer_leads_to_the_payments_log(admin: User, desk_of: DeskOf, order: Order) -> None:
    desk = desk_of(admin)
    form = desk.open(url(order))
    with (
        answered_by(TimeoutError),
        mock.patch("order_api.resources.Orders.get", return_value=order),
        mock.patch("order_api.tenancy.Tenancy.confirm"),
    ):
        response = desk.send(url(order), LINE, form=form)
    assert response.status_code == 502 and reverse(
        "payment-transactions", args=["norce/se", order.id, order.payments[0].id]
    ) in text(response)
    assert "ORDER_CAPTURED" in text(response)
    assert [outcome for *_, outcome in logged(order)] == ["", "unanswered"]


# Actions


def row(number: int, kind: str, address: str) -> dict[str, str]:
    return {f"type_{number}": kind, f"url_{number}": address}


def test_several_actions_are_registered_at_once_and_none_is_executed(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    refund, cancel = CAPTURE.replace("capture", "refund"), CAPTURE.replace("capture", "cancel")
    data = {"adapter_id": "klarna_checkout_adapter", **row(1, "refund", refund), **row(3, "cancel", cancel)}
    desk = desk_of(admin)
    form = desk.open(url(order, "action-create"))
    assert '<option value="capture">' in text(form) and "executes nothing" in text(form)
    assert desk.send(url(order, "action-create"), data, form=form).status_code == 302
    assert actions(api, order) == [("capture", CAPTURE), ("refund", refund), ("cancel", cancel)]
    assert lines(api, order) == () and api.orders.get(order.id or "").payments[0].state == "intent"
    assert [outcome for *_, outcome in logged(order)] == ["", "done"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "type_1"),
        (row(2, "", CAPTURE), "type_2"),
        (row(1, "capture", ""), "url_1"),
        (row(1, "capture", "example.com/capture"), "url_1"),
        (row(1, "capture", "javascript:alert(1)"), "url_1"),
        (row(1, "capture", "http:///capture"), "url_1"),
    ],
)
def test_a_half_or_empty_action_is_told_beside_its_field(
    admin: User, desk_of: DeskOf, order: Order, data: dict[str, str], field: str
) -> None:
    response = desk_of(admin).send(url(order, "action-create"), {"adapter_id": "klarna_checkout_adapter", **data})
    assert response.status_code == 422 and f'id="id_{field}_error"' in text(response)


def test_an_action_that_is_there_already_is_warned_of(admin: User, desk_of: DeskOf, order: Order) -> None:
    data = {"adapter_id": "klarna_checkout_adapter", **row(1, "capture", CAPTURE)}
    assert "has this action already" in text(desk_of(admin).send(url(order, "action-create"), data))


def test_an_address_anywhere_is_offered_as_the_api_takes_it_and_fails_when_it_is_called(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    data = {"adapter_id": "klarna_checkout_adapter", **row(1, "capture", "https://elsewhere.example/capture")}
    assert desk_of(admin).send(url(order, "action-create"), data).status_code == 302
    assert [outcome for *_, outcome in logged(order)] == ["", "done"]
    assert "https://elsewhere.example/capture" in str(actions(api, order))


def test_an_address_that_the_api_cannot_call_is_refused_in_its_words(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    data = {"adapter_id": "klarna_checkout_adapter", **row(1, "capture", "https://bücher.example/capture")}
    response = desk_of(admin).send(url(order, "action-create"), data)
    assert response.status_code == 422 and "order-bad-request" in text(response)
    assert "https://bücher.example/capture" in text(response)
    assert [outcome for *_, outcome in logged(order)] == ["", "refused"]
    assert len(actions(api, order)) == 1
