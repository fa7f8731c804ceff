"""Running an order's validation, and who said what."""

from collections.abc import Callable
from unittest import mock

from django.contrib.auth.models import User

from audit.models import Entry
from order_api import OrderApi
from order_api.schemas import Callback, Order, Payment, PaymentState, ValidationError
from orders.changes.validation import answers_of
from tests.changes.calls import (
    add_validation,
    url,
)
from tests.changes.conftest import Desk, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]


def test_running_asks_before_it_calls_anybody(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    add_validation(api, order)
    with mock.patch("order_api.resources.Orders.validate") as validate:
        page = desk_of(admin).open(url("order-validate", order), htmx=True).content.decode()
    assert "klarna_adapter" in page and "<html" not in page
    assert not validate.called and logged(order) == []


def test_an_order_that_validates_says_so(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    add_validation(api, order)
    total = order.total.including_vat if order.total else None
    api.payments.create(
        order.id or "", Payment(adapter_id="klarna_adapter", amount=total, state=PaymentState.read("reserved"))
    )
    response = desk_of(admin).send(url("order-validate", order), {}, htmx=True)
    page = response.content.decode()
    assert response.status_code == 200 and "The order validates." in page and page.count("no objection") == 2
    assert logged(order) == [("intent", "order.validate", ""), ("outcome", "order.validate", "done")]


def test_what_the_order_itself_objects_to_is_said_in_words(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    add_validation(api, order)
    page = desk_of(admin).send(url("order-validate", order), {}).content.decode()
    assert "does not validate" in page and "There is no payment" in page and "order-has-no-payment" in page
    assert "not asked as long as the order itself objects" in page


def test_each_adapter_answers_for_itself(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    add_validation(api, order, "klarna_adapter", "pass")
    add_validation(api, order, "ingrid_adapter", "fail?code=shipping-error")
    add_validation(api, order, "odd_adapter", "fail?code=odd-code")
    total = order.total.including_vat if order.total else None
    api.payments.create(
        order.id or "", Payment(adapter_id="klarna_adapter", amount=total, state=PaymentState.read("reserved"))
    )
    page = desk_of(admin).send(url("order-validate", order), {}).content.decode()
    assert "There is something wrong with the shipping." in page and "odd-code" in page
    assert page.count("no objection") == 2
    assert '"ingrid_adapter"' in Entry.objects.filter(action="order.validate").latest("sequence").details_json


def test_reasons_are_put_to_those_who_gave_them() -> None:
    order = Order(validations=(Callback(adapter_id="a"), Callback(adapter_id="b"), Callback(adapter_id="b")))
    answers = answers_of(
        order, [ValidationError(code="x", adapter_id="b", message="Why not"), ValidationError(code="y")]
    )
    assert [(each.adapter, [r.code for r in each.reasons], each.asked) for each in answers.each] == [
        ("", ["y"], True), ("b", ["x"], True), ("a", [], None),
    ]  # fmt: skip
    assert answers.each[1].reasons[0].message == "Why not"
    assert answers_of(order, []).validates and not answers.validates


def test_an_outage_while_validating_leaves_it_open(admin: User, desk_of: DeskOf, order: Order) -> None:
    desk = desk_of(admin)
    form = desk.open(url("order-validate", order))
    with (
        answered_by(TimeoutError),
        mock.patch("order_api.resources.Orders.get", return_value=order),
        mock.patch("order_api.tenancy.Tenancy.confirm"),  # as after the reading that is patched
    ):
        response = desk.send(url("order-validate", order), {}, form=form)
    assert response.status_code == 502 and "not known whether" in " ".join(response.content.decode().split())
    assert [outcome for *_, outcome in logged(order)] == ["", "unanswered"]
