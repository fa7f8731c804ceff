"""Editing the cart: the preview before it is sent, and what the platform may do with it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from order_api import OrderApi
from order_api.schemas import (
    Cart,
    Hook,
    Order,
    Payment,
    PaymentState,
    decode_whole,
    encode,
)
from orders.changes.cart_sums import recount
from tests.changes.carts import SIDES, bundle, cart_of, mug, plate, price
from tests.changes.conftest import Desk, MakeOrder, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]


def cart_url(order: Order) -> str:
    return reverse("cart-edit", kwargs={"channel": "norce/se", "order_id": order.id})


def told(**quantities: int) -> dict[str, Any]:
    return {f"quantity-ci_{name}": quantity for name, quantity in quantities.items()}


@pytest.fixture
def table(make_order: MakeOrder) -> Order:
    """An order of a mug (125.00) and two plates (100.00) in checkout."""
    return make_order(cart=cart_of(mug(), plate()))


def send_twice(desk: Desk, order: Order, data: dict[str, Any]) -> Any:
    """Both presses: the preview, then sending what it showed."""
    preview = desk.send(cart_url(order), data)
    assert preview.status_code == 422
    return desk.send(cart_url(order), data, form=preview)


def cart_now(api: OrderApi, order: Order) -> Cart:
    cart = api.orders.get(order.id or "").cart
    assert cart is not None
    return cart


def test_the_new_totals_are_shown_before_anything_is_sent(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    preview = desk_of(manager).send(cart_url(table), told(mug=1, plate=3))
    page = preview.content.decode()
    assert preview.status_code == 422
    assert "225.00" in page and "275.00" in page and "150.00" in page and "55.00" in page  # totals, the line, the VAT
    assert [item.quantity for item in cart_now(api, table).items] == [1, 2]
    assert logged(table) == []


def test_the_second_press_sends_the_cart_with_all_its_sums(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    assert send_twice(desk_of(manager), table, told(mug=1, plate=3)).status_code == 302
    cart = cart_now(api, table)
    assert cart.total == price(275, 220)
    assert [(item.id, item.quantity, item.total) for item in cart.items] == [
        ("ci_mug", 1, price(125, 100)),
        ("ci_plate", 3, price(150, 120)),
    ]
    assert logged(table) == [("intent", "order.cart.update", ""), ("outcome", "order.cart.update", "done")]


def test_in_the_dialog_the_cart_comes_with_its_lines(manager: User, desk_of: DeskOf, table: Order) -> None:
    form = desk_of(manager).open(cart_url(table), htmx=True)
    page = form.content.decode()
    assert "<html" not in page and 'name="quantity-ci_plate"' in page and "may overwrite" in page


def test_what_is_typed_after_the_preview_is_shown_anew(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    preview = desk.send(cart_url(table), told(mug=1, plate=3))
    again = desk.send(cart_url(table), told(mug=1, plate=4), form=preview)
    assert again.status_code == 422 and "325.00" in again.content.decode()
    assert cart_now(api, table).total == price(225, 180)


@pytest.mark.parametrize("data", [told(mug=1, plate=0), {**told(mug=1, plate=2), "remove-ci_plate": "on"}])
def test_a_line_is_taken_out_by_its_box_or_by_none(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi, data: dict[str, Any]
) -> None:
    assert send_twice(desk_of(manager), table, data).status_code == 302
    cart = cart_now(api, table)
    assert [item.id for item in cart.items] == ["ci_mug"] and cart.total == price(125, 100)


def test_a_cart_that_would_be_empty_is_warned_of(manager: User, desk_of: DeskOf, table: Order) -> None:
    assert "will be empty" in desk_of(manager).send(cart_url(table), told(mug=0, plate=0)).content.decode()


def test_parts_follow_their_bundle_and_still_make_up_its_price(
    manager: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi
) -> None:
    order = make_order(cart=cart_of(bundle()))
    assert send_twice(desk_of(manager), order, told(set=3)).status_code == 302
    (whole,) = cart_now(api, order).items
    assert whole.total == price("299.97", "239.97")
    assert [part.quantity for part in whole.items] == [3, 3]
    for side in SIDES:
        assert sum(getattr(part.total, side) for part in whole.items) == getattr(whole.total, side)


def test_a_part_that_cannot_be_divided_is_said_beside_its_bundle(
    manager: User, desk_of: DeskOf, make_order: MakeOrder
) -> None:
    odd = bundle(2)
    odd = odd.changed(items=(odd.items[0].changed(quantity=3), odd.items[1]))
    order = make_order(cart=cart_of(odd))
    page = desk_of(manager).send(cart_url(order), told(set=1)).content.decode()
    assert "Cup" in page and "cannot be divided" in page


def test_payments_that_no_longer_cover_the_order_are_warned_of(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    api.payments.create(
        table.id or "", Payment(adapter_id="klarna_adapter", amount=Decimal(225), state=PaymentState.read("reserved"))
    )
    page = desk_of(manager).send(cart_url(table), told(mug=1, plate=3)).content.decode()
    assert "The payments add up to 225.00" in page
    assert "The payments" not in desk_of(manager).open(cart_url(table)).content.decode()


def test_a_removed_payment_covers_nothing(manager: User, desk_of: DeskOf, table: Order, api: OrderApi) -> None:
    api.payments.create(
        table.id or "", Payment(adapter_id="klarna_adapter", amount=Decimal(225), state=PaymentState.read("removed"))
    )
    assert "The payments" not in desk_of(manager).send(cart_url(table), told(mug=1, plate=3)).content.decode()


def test_nothing_is_sent_where_no_quantity_is_different(manager: User, desk_of: DeskOf, table: Order) -> None:
    assert desk_of(manager).send(cart_url(table), told(mug=1, plate=2)).status_code == 302
    assert logged(table) == []


def test_a_number_that_is_none_is_said_beside_its_line(manager: User, desk_of: DeskOf, table: Order) -> None:
    response = desk_of(manager).send(cart_url(table), {"quantity-ci_mug": "-1", "quantity-ci_plate": "many"})
    assert response.status_code == 422
    assert response.content.decode().count('class="error"') == 2
    assert logged(table) == []


def test_out_of_checkout_the_cart_is_closed_and_says_why(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    before = desk.open(cart_url(table))
    api.orders.update_state(table.id or "", "accepted")
    page = desk.open(cart_url(table)).content.decode()
    assert "only while the order is in checkout" in page and 'type="submit"' not in page.partition("change-form")[2]
    late = desk.send(cart_url(table), told(mug=1, plate=3), form=before)
    assert late.status_code == 422 and "only while the order is in checkout" in late.content.decode()
    assert logged(table) == []


def test_the_orders_page_leads_to_the_cart_only_in_checkout(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    desk, page = desk_of(manager), reverse("order-detail", kwargs={"channel": "norce/se", "order_id": table.id})
    assert cart_url(table) in desk.open(page).content.decode()
    api.orders.update_state(table.id or "", "accepted")
    closed = desk.open(page).content.decode()
    assert cart_url(table) not in closed and "The cart can be changed only in checkout" in closed


def test_support_sees_no_way_to_the_cart_and_gets_none(support: User, desk_of: DeskOf, table: Order) -> None:
    desk = desk_of(support)
    assert (
        cart_url(table)
        not in desk.open(reverse("order-detail", kwargs={"channel": "norce/se", "order_id": table.id})).content.decode()
    )
    assert desk.open(cart_url(table)).status_code == 403
    assert desk.client.post(cart_url(table), told(mug=9)).status_code == 403


def test_a_colleagues_quantity_is_shown_line_by_line(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    desk = desk_of(manager)
    form = desk.open(cart_url(table))
    theirs = recount(cart_now(api, table), {"ci_mug": 5}, "SEK")
    api.orders.update_cart(table.id or "", theirs)
    data = told(mug=1, plate=3)
    conflict = desk.send(cart_url(table), data, form=form)
    assert conflict.status_code == 409 and 'name="pick-quantity-ci_mug"' in conflict.content.decode()
    choice = {**data, "pick-quantity-ci_mug": "theirs"}
    preview = desk.send(cart_url(table), choice, form=conflict)
    desk.send(cart_url(table), told(mug=5, plate=3), form=preview)
    assert [item.quantity for item in cart_now(api, table).items] == [5, 3]


@pytest.mark.parametrize(("choice", "plates"), [("theirs", 2), ("yours", 3)])
def test_a_line_that_a_colleague_added_is_shown_as_another_cart(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi, choice: str, plates: int
) -> None:
    desk, data = desk_of(manager), told(mug=1, plate=3)
    form = desk.open(cart_url(table))
    api.orders.update_cart(table.id or "", cart_of(mug(), plate(), bundle()))
    conflict = desk.send(cart_url(table), data, form=form)
    page = conflict.content.decode()
    assert conflict.status_code == 409 and "1 × Set 99.99" in page and 'name="pick-cart"' in page
    preview = desk.send(cart_url(table), {**data, "pick-cart": choice}, form=conflict)
    if choice == "yours":
        desk.send(cart_url(table), data, form=preview)
    assert [item.quantity for item in cart_now(api, table).items] == [1, plates, 1]


def test_an_adapter_still_at_work_is_told_as_accepted_and_not_done(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    running = "http://127.0.0.1/checkout/adapters/norce_adapter/hooks/running"
    api.orders.create_hook(
        table.id or "", Hook(adapter_id="norce_adapter", subscribe_to="/cart", target="/cart", invoke=running)
    )
    desk = desk_of(manager)
    assert send_twice(desk, table, told(mug=1, plate=3)).status_code == 302
    page = desk.open(reverse("order-detail", kwargs={"channel": "norce/se", "order_id": table.id})).content.decode()
    assert "accepted, but is not applied yet" in page
    assert [outcome for *_, outcome in logged(table)] == ["", "accepted"]


def test_a_hook_that_refuses_is_named_with_the_way_to_remove_it(
    admin: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    reject = "http://127.0.0.1/checkout/adapters/norce_adapter/hooks/reject"
    api.orders.create_hook(
        table.id or "", Hook(adapter_id="norce_adapter", subscribe_to="/cart", target="/cart", invoke=reject)
    )
    refused = send_twice(desk_of(admin), table, told(mug=1, plate=3))
    hook = api.orders.get(table.id or "").hooks[0]
    page = refused.content.decode()
    assert refused.status_code == 422 and "norce_adapter does not agree" in page
    assert reverse("hook-delete", kwargs={"channel": "norce/se", "order_id": table.id, "hook_id": hook.id}) in page
    assert [outcome for *_, outcome in logged(table)] == ["", "refused"]


def test_an_outage_keeps_the_quantities_that_were_typed(manager: User, desk_of: DeskOf, table: Order) -> None:
    desk = desk_of(manager)
    form = desk.open(cart_url(table))
    with answered_by(TimeoutError):
        response = desk.send(cart_url(table), told(mug=1, plate=17), form=form)
    assert response.status_code == 503 and 'value="17"' in response.content.decode()


def test_what_this_program_does_not_know_goes_back_with_the_cart(
    manager: User, desk_of: DeskOf, table: Order, api: OrderApi
) -> None:
    """The sandbox drops unknown fields, so they are put into what is read and looked for in what is sent."""
    raw = api.orders.get(table.id or "").raw
    raw["cart"] |= {"loyalty": {"points": 3}}
    raw["cart"]["items"][1] |= {"giftWrap": "red"}
    raw["cart"]["items"][1]["total"] |= {"rounding": 0}
    strange = _decoded(raw)
    with (
        mock.patch("order_api.resources.Orders.get", return_value=strange),
        mock.patch("order_api.resources.Orders.update_cart") as update,
    ):
        assert send_twice(desk_of(manager), table, told(mug=1, plate=3)).status_code == 302
    sent = update.call_args.args[1].to_json()
    assert sent["loyalty"] == {"points": 3}
    assert sent["items"][0] == raw["cart"]["items"][0]
    assert sent["items"][1]["giftWrap"] == "red" and sent["items"][1]["id"] == "ci_plate"
    assert sent["items"][1]["total"] == {"includingVat": 150, "excludingVat": 120, "rounding": 0}


def _decoded(raw: dict[str, Any]) -> Order:
    return decode_whole(encode(raw), Order)
