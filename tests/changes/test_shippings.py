"""Adding, changing and removing a shipping: its price, its pick-up point, its add-ons, and what
nobody here knows of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from order_api import OrderApi
from order_api.schemas import (
    Addon,
    DeliveryDetails,
    Hook,
    Order,
    Payment,
    PaymentState,
    PickupLocation,
    PickupLocationAddress,
    Price,
    Product,
    Shipping,
    ShippingState,
    decode_whole,
    encode,
)
from tests.changes.conftest import Desk, logged
from tests.wire import answered_by
from ui.numbers import NumberField, PercentField, as_typed

DeskOf = Callable[[User], Desk]
# What a form of an empty shipping posts.
EMPTY: dict[str, Any] = {"state": "intent", "vat_rate": "25"}


def url(name: str, order: Order, shipping: Shipping | None = None) -> str:
    return reverse(
        name, kwargs={"channel": "norce/se", "order_id": order.id} | ({"shipping_id": shipping.id} if shipping else {})
    )


@pytest.fixture
def shipping(api: OrderApi, order: Order) -> Shipping:
    """49.00 to a locker in Östersund, insured."""
    details = DeliveryDetails(
        carrier="PostNord", carrier_product_id="19", class_="locker",
        product=Product(reference="MYPACK", name="MyPack"),
        pickup_location=PickupLocation(
            reference="SE-83130-1", name="ICA Kvantum",
            address=PickupLocationAddress(street_address="Storgatan 9", postal_code="831 30", city="Östersund",
            country="SE"),
        ),
    )  # fmt: skip
    whole = Shipping(
        name="Locker", adapter_id="ingrid_adapter", reference="ing-1", tms_reference="tms-1",
        state=ShippingState.read("processing"), vat_rate=Decimal("0.25"),
        total=Price(including_vat=Decimal(49), excluding_vat=Decimal("39.2")), delivery_details=details,
        addons=(Addon(reference="insurance", price=Decimal(19)), Addon(reference="notice", price=Decimal(0))),
        attributes={"window": "17-21", "accessToken": "S3CRETVALUE"},
    )  # fmt: skip
    return api.shippings.get(order.id or "", api.shippings.create(order.id or "", whole))


TYPED: dict[str, Any] = {
    "name": "Locker", "state": "processing", "adapter_id": "ingrid_adapter", "reference": "ing-1",
    "tms_reference": "tms-1", "including_vat": "49", "excluding_vat": "39.2", "vat_rate": "25", "carrier": "PostNord",
    "delivery_class": "locker", "product_name": "MyPack", "product_reference": "MYPACK", "carrier_product_id": "19",
    "pickup_name": "ICA Kvantum", "pickup_reference": "SE-83130-1", "pickup_street_address": "Storgatan 9",
    "pickup_postal_code": "831 30", "pickup_city": "Östersund", "pickup_country": "SE",
    "addon_place": ["0", "1"], "addon_reference": ["insurance", "notice"], "addon_price": ["19", "0"],
    "attributes": '{"window": "17-21", "accessToken": "••••••"}',
}  # fmt: skip


def now(api: OrderApi, order: Order, shipping: Shipping) -> Shipping:
    return api.shippings.get(order.id or "", shipping.id or "")


def send_through(desk: Desk, target: str, data: dict[str, Any]) -> Any:
    """Sends, and confirms what is asked."""
    response = desk.send(target, data)
    return desk.send(target, data, form=response) if b'name="confirmed"' in response.content else response


# Adding


def test_a_shipping_is_added_and_its_other_price_computed(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    data = {**EMPTY, "name": "Home", "adapter_id": "nshift_adapter", "including_vat": "1 049,50", "carrier": "DHL"}
    assert send_through(desk_of(manager), url("shipping-create", order), data).status_code == 302
    (added,) = api.shippings.list(order.id or "")
    assert added.total == Price(including_vat=Decimal("1049.5"), excluding_vat=Decimal("839.6"))
    assert (added.vat_rate, added.name, added.state) == (Decimal("0.25"), "Home", "intent")
    assert added.delivery_details == DeliveryDetails(carrier="DHL")
    assert api.orders.get(order.id or "").total.including_vat == Decimal("1174.5")  # type: ignore[union-attr]
    assert logged(order)[-1] == ("outcome", "shipping.create", "done")


def test_a_price_without_vat_is_enough(manager: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    data = {**EMPTY, "adapter_id": "nshift_adapter", "excluding_vat": "33.33", "vat_rate": "25,5 %"}
    send_through(desk_of(manager), url("shipping-create", order), data)
    (added,) = api.shippings.list(order.id or "")
    assert added.total == Price(including_vat=Decimal("41.83"), excluding_vat=Decimal("33.33"))
    assert added.vat_rate == Decimal("0.255")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "Write the price"),
        ({"including_vat": "49", "vat_rate": ""}, "required"),
        ({"including_vat": "1,23,4"}, "at most one comma or point"),
        ({"including_vat": "-1"}, "less than 0"),
        ({"including_vat": "10000000000"}, "too large"),
        ({"including_vat": "49", "state": "flying"}, "valid choice"),
        ({"including_vat": "49", "state": "removed"}, "valid choice"),
        ({"including_vat": "49", "pickup_country": "Sweden"}, "at most 2"),
        ({"including_vat": "49", "pickup_country": "S1"}, "two letters"),
        ({"including_vat": "49", "attributes": "{"}, "not JSON"),
        ({"including_vat": "49", "attributes": "[]"}, "JSON object"),
        ({"including_vat": "49", "addon_place": [""], "addon_reference": ["x"], "addon_price": ["much"]}, "add-ons"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_sent(
    manager: User, desk_of: DeskOf, order: Order, wrong: dict[str, Any], says: str
) -> None:
    response = desk_of(manager).send(url("shipping-create", order), {**EMPTY, "adapter_id": "a", **wrong})
    assert response.status_code == 422 and says in response.content.decode()
    assert logged(order) == []


def test_two_of_one_reference_are_refused_beside_the_reference(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping
) -> None:
    data = {**EMPTY, "adapter_id": "ingrid_adapter", "reference": "ing-1", "including_vat": "49"}
    refused = send_through(desk_of(manager), url("shipping-create", order), data)
    assert refused.status_code == 422 and 'id="id_reference_error"' in refused.content.decode()
    assert logged(order)[-1] == ("outcome", "shipping.create", "refused")


def test_a_second_click_adds_no_second_shipping(manager: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    desk, target = desk_of(manager), url("shipping-create", order)
    form = desk.open(target)
    data = {**EMPTY, "adapter_id": "a", "including_vat": "0"}
    mark = form.content.decode().partition('name="once" value="')[2].partition('"')[0]
    for _ in range(2):
        assert desk.send(target, {**data, "once": mark}, form=form).status_code == 302
    assert len(api.shippings.list(order.id or "")) == 1


# Changing


def test_what_the_form_shows_is_what_the_shipping_is(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping
) -> None:
    desk = desk_of(manager)
    assert desk.send(url("shipping-edit", order, shipping), TYPED).status_code == 302
    assert logged(order) == []


def test_one_field_is_changed_and_all_others_stay(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    data = {**TYPED, "pickup_city": "Frösön"}
    assert desk_of(manager).send(url("shipping-edit", order, shipping), data).status_code == 302
    after = now(api, order, shipping)
    assert after.delivery_details and after.delivery_details.pickup_location
    assert after.delivery_details.pickup_location.address == PickupLocationAddress(
        street_address="Storgatan 9", postal_code="831 30", city="Frösön", country="SE"
    )
    assert after.changed(delivery_details=None) == shipping.changed(delivery_details=None)


def test_a_hidden_secret_stays_and_is_never_shown(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    desk, target = desk_of(manager), url("shipping-edit", order, shipping)
    form = desk.open(target)
    assert "S3CRETVALUE" not in form.content.decode()
    data = {**TYPED, "attributes": '{"window": "8-12", "accessToken": "••••••"}'}
    assert desk.send(target, data, form=form).status_code == 302
    assert now(api, order, shipping).attributes == {"window": "8-12", "accessToken": "S3CRETVALUE"}
    assert "S3CRETVALUE" not in "".join(Entry.objects.values_list("changes_json", flat=True))


def test_what_this_program_does_not_know_goes_back(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    raw = api.orders.get(order.id or "").raw
    raw["shippings"][0] |= {"co2": 1.5}
    raw["shippings"][0]["deliveryDetails"] |= {"eta": "tomorrow"}
    raw["shippings"][0]["deliveryDetails"]["pickupLocation"]["address"] |= {"floor": 2}
    raw["shippings"][0]["addons"][1] |= {"channel": "sms"}
    strange = decode_whole(encode(raw), Order)
    data = {**TYPED, "pickup_city": "Frösön",
            "addon_place": ["1"], "addon_reference": ["notice"], "addon_price": ["5"]}  # fmt: skip
    with (
        mock.patch("order_api.resources.Orders.get", return_value=strange),
        mock.patch("order_api.resources.Shippings.update") as update,
    ):
        assert send_through(desk_of(manager), url("shipping-edit", order, shipping), data).status_code == 302
    sent = update.call_args.args[2].to_json()
    assert sent["co2"] == Decimal("1.5") and sent["deliveryDetails"]["eta"] == "tomorrow"
    assert sent["deliveryDetails"]["pickupLocation"]["address"] == {
        "streetAddress": "Storgatan 9", "postalCode": "831 30", "city": "Frösön", "country": "SE", "floor": 2,
    }  # fmt: skip
    assert sent["addons"] == [{"reference": "notice", "price": 5, "channel": "sms"}]


def test_prices_that_do_not_fit_the_rate_are_asked_about(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    desk, target, data = desk_of(manager), url("shipping-edit", order, shipping), {**TYPED, "including_vat": "59"}
    asked = desk.send(target, data)
    page = asked.content.decode()
    assert asked.status_code == 422 and "do not fit the VAT rate" in page
    assert "from 174.00" in page and "to 184.00" in page
    assert desk.send(target, {**data, "excluding_vat": ""}, form=asked).status_code == 422
    assert send_through(desk, target, {**data, "excluding_vat": ""}).status_code == 302
    assert now(api, order, shipping).total == Price(including_vat=Decimal(59), excluding_vat=Decimal("47.2"))


def test_prices_that_never_fitted_are_let_be_where_nobody_touches_them(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    odd = shipping.changed(total=Price(including_vat=Decimal(49), excluding_vat=Decimal(40)))
    api.shippings.update(order.id or "", shipping.id or "", odd)
    data = {**TYPED, "excluding_vat": "40", "name": "Box"}
    assert desk_of(manager).send(url("shipping-edit", order, shipping), data).status_code == 302
    assert now(api, order, shipping) == odd.changed(name="Box")


def test_payments_that_no_longer_cover_the_order_are_warned_of(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    reserved = Payment(adapter_id="klarna_adapter", amount=Decimal(174), state=PaymentState.read("reserved"))
    api.payments.create(order.id or "", reserved)
    data = {**TYPED, "including_vat": "59", "excluding_vat": ""}
    page = desk_of(manager).send(url("shipping-edit", order, shipping), data).content.decode()
    assert "payments add up to 174.00" in page


@pytest.mark.parametrize(("button", "left"), [("add-row", 3), ("remove-row-0", 1)])
def test_rows_come_and_go_without_anything_being_sent(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, button: str, left: int
) -> None:
    desk, target = desk_of(manager), url("shipping-edit", order, shipping)
    page = desk.send(target, {**TYPED, "name": "", "including_vat": "x", "redo": button}).content.decode()
    assert page.count('name="addon_reference"') == left
    assert 'class="error"' not in page and logged(order) == []


def test_an_addon_that_is_taken_out_goes_and_the_others_stay(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    data = {**TYPED, "addon_place": ["1", ""], "addon_reference": ["notice", "gift"], "addon_price": ["0", "12,5"]}
    assert desk_of(manager).send(url("shipping-edit", order, shipping), data).status_code == 302
    assert now(api, order, shipping).addons == (
        Addon(reference="notice", price=Decimal(0)), Addon(reference="gift", price=Decimal("12.5")),
    )  # fmt: skip


def test_a_colleagues_change_is_shown_field_by_field(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    desk, target = desk_of(manager), url("shipping-edit", order, shipping)
    form = desk.open(target)
    theirs = shipping.changed(name="Theirs", addons=(Addon(reference="insurance", price=Decimal(25)),))
    api.shippings.update(order.id or "", shipping.id or "", theirs)
    data = {**TYPED, "name": "Mine"}
    conflict = desk.send(target, data, form=form)
    page = conflict.content.decode()
    assert conflict.status_code == 409 and "Theirs" in page and "insurance 25" in page and "Mine" in page
    data |= {"pick-name": "yours", "pick-addons": "theirs"}
    assert desk.send(target, data, form=conflict).status_code == 302
    after = now(api, order, shipping)
    assert after.name == "Mine" and after.addons == (Addon(reference="insurance", price=Decimal(25)),)


def test_an_outage_keeps_what_was_typed(manager: User, desk_of: DeskOf, order: Order, shipping: Shipping) -> None:
    desk, target = desk_of(manager), url("shipping-edit", order, shipping)
    form = desk.open(target)
    with answered_by(TimeoutError):
        response = desk.send(target, {**TYPED, "pickup_city": "Frösön"}, form=form)
    assert response.status_code == 503 and "Frösön" in response.content.decode()
    assert logged(order) == []


def test_a_hook_that_refuses_is_told(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    reject = "http://127.0.0.1/checkout/adapters/nshift_adapter/hooks/reject"
    hook = Hook(adapter_id="nshift_adapter", subscribe_to="/shippings", target="/shippings", invoke=reject)
    api.orders.create_hook(order.id or "", hook)
    refused = desk_of(manager).send(url("shipping-edit", order, shipping), {**TYPED, "name": "Box"})
    assert refused.status_code == 422 and "nshift_adapter does not agree" in refused.content.decode()
    assert now(api, order, shipping).name == "Locker"
    assert [outcome for *_, outcome in logged(order)] == ["", "refused"]


# Removing


def test_removing_is_confirmed_and_is_a_state(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    desk, target = desk_of(manager), url("shipping-remove", order, shipping)
    asked = desk.send(target, {})
    assert (
        asked.status_code == 422
        and "from 174.00" in asked.content.decode()
        and "carrier may expect" in asked.content.decode()
    )
    assert desk.send(target, {}, form=asked).status_code == 302
    assert now(api, order, shipping) == shipping.changed(state=ShippingState.read("removed"))
    page = desk.open(reverse("order-detail", kwargs={"channel": "norce/se", "order_id": order.id})).content.decode()
    assert "1 removed shipping, not counted" in page and target not in page


def test_a_removed_shipping_can_be_put_back(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    desk = desk_of(manager)
    send_through(desk, url("shipping-remove", order, shipping), {})
    assert "removed already" in desk.open(url("shipping-remove", order, shipping)).content.decode()
    assert send_through(desk, url("shipping-edit", order, shipping), {**TYPED, "state": "intent"}).status_code == 302
    assert now(api, order, shipping).state == "intent"
    assert api.orders.get(order.id or "").total.including_vat == Decimal(174)  # type: ignore[union-attr]


def test_a_shipping_that_is_not_there_is_not_found(manager: User, desk_of: DeskOf, order: Order) -> None:
    gone = Shipping(id="s_gone")
    for name in ("shipping-edit", "shipping-remove"):
        assert desk_of(manager).open(url(name, order, gone)).status_code == 404


# Who may


def test_support_sees_shippings_and_no_way_to_change_them(
    support: User, desk_of: DeskOf, order: Order, shipping: Shipping, api: OrderApi
) -> None:
    desk = desk_of(support)
    page = desk.open(reverse("order-detail", kwargs={"channel": "norce/se", "order_id": order.id})).content.decode()
    assert "Locker" in page and url("shipping-edit", order, shipping) not in page
    for name, part in (("shipping-edit", shipping), ("shipping-remove", shipping), ("shipping-create", None)):
        assert desk.client.post(url(name, order, part), TYPED).status_code == 403
    assert now(api, order, shipping) == shipping


def test_the_orders_page_leads_a_manager_to_each_change(
    manager: User, desk_of: DeskOf, order: Order, shipping: Shipping
) -> None:
    page = (
        desk_of(manager)
        .open(reverse("order-detail", kwargs={"channel": "norce/se", "order_id": order.id}))
        .content.decode()
    )
    for name, part in (("shipping-edit", shipping), ("shipping-remove", shipping), ("shipping-create", None)):
        assert f'href="{url(name, order, part)}"' in page


# Numbers as people type them


@given(st.decimals(0, 9_999_999, places=3))
def test_a_number_is_read_back_as_it_was_shown(number: Decimal) -> None:
    assert NumberField().clean(as_typed(number)) == number
    assert NumberField().clean(as_typed(number).replace(".", ",")) == number


@given(st.integers(0, 20_000).map(lambda points: Decimal(points).scaleb(-4)))
def test_a_rate_is_shown_in_percent_and_read_back(rate: Decimal) -> None:
    field = PercentField()
    assert field.clean(field.prepare_value(rate)) == rate


@pytest.mark.parametrize("typed", ["1e5", "Infinity", "NaN", "0x1F", "1,2,3", "--1", "1_000", "١٢"])
def test_what_only_looks_like_a_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        NumberField(negative=True).clean(typed)
