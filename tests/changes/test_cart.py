"""Editing the cart: sums to the cent, the preview before it is sent, and what the platform may do with it."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from orders import connection
from orders.api import OrderApi
from orders.api.schemas import (
    Cart,
    Discount,
    DiscountType,
    Hook,
    Item,
    Order,
    Payment,
    PaymentState,
    Price,
    ProductType,
    decode_whole,
    encode,
)
from orders.changes.cart_sums import IndivisibleError, recount
from tests.changes.conftest import Desk, MakeOrder, logged

DeskOf = Callable[[User], Desk]
ITEM, SHIPPING = (DiscountType.read(name) for name in ("item", "shipping"))


def price(including: str | Decimal | int, excluding: str | Decimal | int | None = None) -> Price:
    return Price(including_vat=Decimal(including), excluding_vat=None if excluding is None else Decimal(excluding))


def plate(quantity: int = 2, off: str = "0") -> Item:
    """A plate of 50.00, of which a discount may take something off."""
    sale = Discount(type=ITEM, name="Sale", code="SALE", value=price(off, off))
    discounts = (sale,) if Decimal(off) else ()
    return Item(
        id="ci_plate", name="Plate", sku="P-1", quantity=quantity, price=price(50, 40), vat_rate=Decimal("0.25"),
        original_total=price(50 * quantity, 40 * quantity), discounts=discounts,
        total=price(50 * quantity - Decimal(off), 40 * quantity - Decimal(off)),
    )  # fmt: skip


def mug() -> Item:
    return Item(id="ci_mug", name="Mug", sku="M-1", quantity=1, price=price(125, 100), vat_rate=Decimal("0.25"),
                original_total=price(125, 100), total=price(125, 100))  # fmt: skip


def bundle(quantity: int = 1) -> Item:
    """Two parts of 33.33 and 66.66 for 99.99 together."""
    parts = tuple(
        Item(id=f"ci_{name}", name=name, quantity=quantity, price=price(each, net), vat_rate=Decimal("0.25"),
             original_total=price(Decimal(each) * quantity, Decimal(net) * quantity),
             total=price(Decimal(each) * quantity, Decimal(net) * quantity))
        for name, each, net in (("Cup", "33.33", "26.66"), ("Saucer", "66.66", "53.33"))
    )  # fmt: skip
    whole = price(Decimal("99.99") * quantity, Decimal("79.99") * quantity)
    return Item(id="ci_set", name="Set", product_type=ProductType.read("bundle"), quantity=quantity, price=price("99.99", "79.99"),
                original_total=whole, total=whole, items=parts)  # fmt: skip


def cart_of(*items: Item, **more: Any) -> Cart:
    sums = [sum((getattr(item.total, side) or Decimal(0) for item in items), Decimal(0)) for side in SIDES]
    return Cart(items=items, total=Price(including_vat=sums[0], excluding_vat=sums[1]), **more)


SIDES = ("including_vat", "excluding_vat")


def cart_url(order: Order) -> str:
    return reverse("cart-edit", kwargs={"order_id": order.id})


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
    desk, page = desk_of(manager), reverse("order-detail", kwargs={"order_id": table.id})
    assert cart_url(table) in desk.open(page).content.decode()
    api.orders.update_state(table.id or "", "accepted")
    closed = desk.open(page).content.decode()
    assert cart_url(table) not in closed and "The cart can be changed only in checkout" in closed


def test_support_sees_no_way_to_the_cart_and_gets_none(support: User, desk_of: DeskOf, table: Order) -> None:
    desk = desk_of(support)
    assert cart_url(table) not in desk.open(reverse("order-detail", kwargs={"order_id": table.id})).content.decode()
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
    page = desk.open(reverse("order-detail", kwargs={"order_id": table.id})).content.decode()
    assert "accepted, but is not changed yet" in page
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
    assert reverse("hook-delete", kwargs={"order_id": table.id, "hook_id": hook.id}) in page
    assert [outcome for *_, outcome in logged(table)] == ["", "refused"]


def test_an_outage_keeps_the_quantities_that_were_typed(manager: User, desk_of: DeskOf, table: Order) -> None:
    desk = desk_of(manager)
    form = desk.open(cart_url(table))
    with mock.patch("orders.connection.answer", side_effect=TimeoutError):
        connection._connections.clear()
        response = desk.send(cart_url(table), told(mug=1, plate=17), form=form)
    connection._connections.clear()
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
        mock.patch("orders.api.resources.Orders.get", return_value=strange),
        mock.patch("orders.api.resources.Orders.update_cart", return_value=True) as update,
    ):
        assert send_twice(desk_of(manager), table, told(mug=1, plate=3)).status_code == 302
    sent = update.call_args.args[1].to_json()
    assert sent["loyalty"] == {"points": 3}
    assert sent["items"][0] == raw["cart"]["items"][0]
    assert sent["items"][1]["giftWrap"] == "red" and sent["items"][1]["id"] == "ci_plate"
    assert sent["items"][1]["total"] == {"includingVat": 150, "excludingVat": 120, "rounding": 0}


def _decoded(raw: dict[str, Any]) -> Order:
    return decode_whole(encode(raw), Order)


# The sums by themselves


def test_a_discount_stays_what_it_is_for_each_piece() -> None:
    cart = cart_of(plate(2, off="10"), discounts=(Discount(type=ITEM, code="SALE", value=price(10, 10)),))
    after = recount(cart, {"ci_plate": 3}, "SEK")
    (line,) = after.items
    assert line.discounts[0].value == price(15, 15)
    assert line.total == price(135, 105)
    assert after.discounts[0].value == price(15, 15) and after.total == price(135, 105)


def test_half_a_cent_goes_up() -> None:
    """2.505 to 2.51 and not to the even 2.50."""
    (line,) = recount(cart_of(plate(2, off="5.01")), {"ci_plate": 1}, "SEK").items
    assert line.discounts[0].value == price("2.51", "2.51") and line.total == price("47.49", "37.49")


def test_a_reduction_that_no_discount_names_is_kept_for_each_piece() -> None:
    line = plate(2).changed(total=price(80, 64))
    after = recount(cart_of(line), {"ci_plate": 3}, "SEK")
    assert after.items[0].total == price(120, 96) == after.total


def test_what_a_part_is_reduced_by_is_what_its_discounts_say() -> None:
    """Three parts of a bundle whose shares of a discount are odd cents: each part stays sound in itself."""
    sale = Discount(type=ITEM, code="SALE", value=price("0.05", "0.05"))
    parts = tuple(
        Item(id=f"p{at}", quantity=2, original_total=price(1, 1), total=price("0.95", "0.95"), discounts=(sale,))
        for at in range(3)
    )
    all_off = Discount(type=ITEM, code="SALE", value=price("0.15", "0.15"))
    whole = Item(id="b", quantity=2, original_total=price(3, 3), total=price("2.85", "2.85"), items=parts,
                 discounts=(all_off,))  # fmt: skip
    (after,) = recount(cart_of(whole), {"b": 1}, "SEK").items
    assert after.total == price("1.42", "1.42")
    assert sum(part.total.including_vat or 0 for part in after.items if part.total) == Decimal("1.42")
    for part in after.items:
        assert part.original_total and part.total and part.discounts[0].value
        for side in SIDES:
            off = getattr(part.discounts[0].value, side)
            assert getattr(part.original_total, side) - off == getattr(part.total, side)


def test_a_cart_discount_goes_with_the_last_line_that_shared_it() -> None:
    cart = cart_of(plate(2, off="10"), mug(), discounts=(Discount(code="SALE", value=price(10, 10)),))
    assert recount(cart, {"ci_plate": 0}, "SEK").discounts == ()


def test_discounts_of_shipping_and_of_nobodys_lines_stay() -> None:
    kept = (Discount(type=SHIPPING, name="Free", value=price(49)), Discount(name="Voucher", value=price(20)))
    cart = cart_of(plate(2, off="10"), discounts=kept)
    assert recount(cart, {"ci_plate": 1}, "SEK").discounts == kept


def test_a_discount_written_below_nothing_stays_below_it() -> None:
    line = plate(2, off="10")
    line = line.changed(discounts=(line.discounts[0].changed(value=price(-10, -10)),))
    cart = cart_of(line, discounts=(Discount(code="SALE", value=price(-10, -10)),))
    after = recount(cart, {"ci_plate": 4}, "SEK")
    assert after.items[0].discounts[0].value == price(-20, -20) == after.discounts[0].value
    assert after.total == price(180, 140)


def test_a_cart_that_does_not_add_up_keeps_the_difference() -> None:
    cart = cart_of(plate(2)).changed(total=price(90, 70))
    assert recount(cart, {"ci_plate": 3}, "SEK").total == price(140, 110)


def test_a_part_counted_for_one_bundle_keeps_its_number() -> None:
    whole = bundle(2)
    parts = tuple(part.changed(quantity=1) for part in whole.items)
    after = recount(cart_of(whole.changed(items=parts)), {"ci_set": 4}, "SEK").items[0]
    assert [part.quantity for part in after.items] == [1, 1]
    assert [part.total and part.total.including_vat for part in after.items] == [Decimal("133.32"), Decimal("266.64")]


def test_an_amount_that_a_line_does_not_give_is_not_made_up() -> None:
    bare = Item(id="ci_bare", name="Bare", quantity=1, price=price(10))
    after = recount(Cart(items=(bare,), total=price(10)), {"ci_bare": 3}, "SEK")
    assert (after.items[0].total, after.items[0].original_total, after.items[0].price) == (None, None, price(10))
    assert after.total == price(30)


def test_lines_without_an_id_are_known_by_their_place() -> None:
    cart = Cart(items=(mug().changed(id=None), plate().changed(id=None)), total=price(225, 180))
    assert [item.quantity for item in recount(cart, {"line-2": 5}, "SEK").items] == [1, 5]


def test_a_currency_without_cents_gets_whole_amounts() -> None:
    line = Item(id="ci_a", quantity=3, total=price(100), original_total=price(100))
    assert recount(Cart(items=(line,), total=price(100)), {"ci_a": 1}, "JPY").total == price(33)


amounts = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
Line = tuple[Decimal, Decimal, int, list[Decimal], int]
lines = st.lists(
    st.tuples(amounts, amounts, st.integers(1, 500), st.lists(amounts, max_size=3), st.integers(0, 500)), max_size=6
)


def half_up(exact: Fraction) -> Decimal:
    """An exact fraction to the cent, by whole numbers alone."""
    doubled = exact * 200
    cents = (abs(doubled.numerator) + doubled.denominator) // (2 * doubled.denominator)
    return Decimal(cents if exact >= 0 else -cents).scaleb(-2)


def as_item(at: int, line: Line) -> Item:
    including, excluding, quantity, taken, _ = line
    off = sum(taken, Decimal(0))
    return Item(
        id=f"ci_{at}", quantity=quantity, price=price(including, excluding),
        original_total=price(including * quantity, excluding * quantity),
        total=price(including * quantity - off, excluding * quantity - off),
        discounts=tuple(Discount(type=ITEM, code=f"C{n}", value=price(each, each)) for n, each in enumerate(taken)),
    )  # fmt: skip


@given(lines)
def test_all_sums_are_those_of_an_independent_computation(drawn: list[Line]) -> None:
    items = [as_item(at, line) for at, line in enumerate(drawn)]
    after = recount(cart_of(*items), {f"ci_{at}": line[4] for at, line in enumerate(drawn)}, "SEK")
    expected = []
    for at, (including, excluding, old, taken, new) in enumerate(drawn):
        if new:
            off = sum((half_up(Fraction(each) * new / old) for each in taken), Decimal(0))
            expected.append((f"ci_{at}", new, including * new - off, excluding * new - off))
    found = [
        (item.id, item.quantity, item.total.including_vat, item.total.excluding_vat)
        for item in after.items
        if item.total
    ]
    assert found == expected
    assert after.total == price(sum(line[2] for line in expected), sum(line[3] for line in expected))


@given(st.lists(st.tuples(amounts, st.integers(1, 9)), min_size=1, max_size=5), st.integers(1, 60), st.integers(1, 60))
def test_parts_always_make_up_their_bundle(parts: list[tuple[Decimal, int]], old: int, new: int) -> None:
    """Whatever the odd cents of a bundle with a price of its own: its parts' sums are its sums."""
    total = sum((amount for amount, _ in parts), Decimal(0))
    items = tuple(
        Item(id=f"p{at}", quantity=each * old, total=price(amount, amount), original_total=price(amount, amount))
        for at, (amount, each) in enumerate(parts)
    )
    whole = Item(id="b", quantity=old, total=price(total, total), original_total=price(total, total), items=items)
    (after,) = recount(Cart(items=(whole,), total=price(total, total)), {"b": new}, "SEK").items
    assert after.total is not None
    assert after.total.including_vat == half_up(Fraction(total) * new / old)
    assert sum(part.total.including_vat or 0 for part in after.items if part.total) == after.total.including_vat
    assert [part.quantity for part in after.items] == [each * new for _, each in parts]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_a_part_is_whole_or_refused(parts: int, old: int, new: int) -> None:
    whole = Item(id="b", quantity=old, items=(Item(id="p", quantity=parts),))
    try:
        (after,) = recount(Cart(items=(whole,)), {"b": new}, "SEK").items
    except IndivisibleError:
        assert new != old and parts * new % old
    else:
        assert (after.items[0].quantity or 0) * old == parts * new


@given(lines)
def test_the_same_quantities_leave_the_same_cart(drawn: list[Line]) -> None:
    cart = cart_of(*(as_item(at, line) for at, line in enumerate(drawn)))
    assert recount(cart, {f"ci_{at}": line[2] for at, line in enumerate(drawn)}, "SEK") == cart
