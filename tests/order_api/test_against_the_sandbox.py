"""The client and the embedded Order API together, in process and over a socket: what is sent is what comes back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from gateway.connection import connect, get_connection, order_api
from order_api import Connection, OrderApi, Secret
from order_api.errors import Conflict, NoAnswer, NotFound, Rejected, Unauthorized
from order_api.schemas import (
    Address,
    Callback,
    Cart,
    Consent,
    Customer,
    CustomerType,
    Hook,
    Item,
    Notification,
    Order,
    Payment,
    PaymentAction,
    PaymentEvent,
    PaymentState,
    PaymentTransaction,
    PaymentType,
    Price,
    Shipping,
    ShippingState,
)

pytestmark = pytest.mark.django_db

PRICE = Price(including_vat=Decimal("1079.95"), excluding_vat=Decimal("863.96"))
SHIPPING = Shipping(
    name="To the door",
    total=Price(including_vat=Decimal("49.9"), excluding_vat=Decimal("39.92")),
    vat_rate=Decimal("0.25"),
)
WALLEY = "walley_checkout_adapter"


@pytest.fixture
def api() -> OrderApi:
    return order_api("norce", "se")


def new_order(api: OrderApi, reference: str | None = None) -> str:
    item = Item(name="Byxa blå", sku="B-1", quantity=1, price=PRICE, total=PRICE, vat_rate=Decimal("0.25"))
    cart = Cart(reference=reference, items=(item,), total=PRICE)
    billing = Address(
        given_name="Åsa", family_name="Öberg", email="asa@example.com", phone="+46701234567", country="SE"
    )
    customer = Customer(type=CustomerType("person"), billing=billing)
    return api.orders.create(Order(currency="SEK", country="SE", culture="sv-SE", cart=cart, customer=customer))


def new_payment(api: OrderApi, order_id: str, bad_day: str | None = None) -> Payment:
    payment = Payment(
        adapter_id=WALLEY,
        type=PaymentType("default"),
        name="Walley",
        state=PaymentState("reserved"),
        amount=Decimal("1079.95"),
        attributes={"sandbox": bad_day} if bad_day else {},
    )
    return api.payments.get(order_id, api.payments.create(order_id, payment))


def action(payment: Payment, kind: str) -> str:
    return next(a.id or "" for a in payment.actions if a.type == kind)


def test_an_order_goes_in_and_comes_out_to_the_cent(api: OrderApi) -> None:
    order = api.orders.get(new_order(api))
    assert order.total == PRICE
    assert (order.merchant, order.channel) == ("norce", "se")
    assert order.state is not None
    assert (order.state.current_status, [t.status for t in order.state.transitions]) == ("checkout", ["checkout"])
    assert order.created is not None
    assert datetime.now(UTC) - order.created < timedelta(minutes=1)
    assert order.raw["customer"]["billing"]["givenName"] == "Åsa"


def test_the_list_finds_it_by_every_filter_that_fits(api: OrderApi) -> None:
    order_id = new_order(api, "basket-1")
    day = datetime.now(UTC).date()
    for query in (
        {"search": "öberg"},
        {"cart_reference": "basket-1"},
        {"status": ["checkout", "processing"]},
        {"date_from": day, "date_to": day},
        {"date_from": datetime.now(UTC) - timedelta(hours=1)},
        {"countries": ["SE", "NO"], "billing_countries": ["se"]},
        {"billing_emails": ["ASA@example.com"], "billing_phones": ["070-123 45 67"], "billing_names": ["oberg"]},
        {"order_by": "cartTotal", "order_by_direction": "desc"},
    ):
        found = api.orders.list(limit=50, **query)
        assert [order.id for order in found.data] == [order_id], query
        assert found.pagination is not None
        assert (found.pagination.size, found.pagination.limit, found.pagination.value_sum) == (
            1,
            50,
            Decimal("1079.95"),
        )
    assert api.orders.list(status=["completed"]).data == ()
    assert api.orders.list(payment_id="p_nobody").data == ()


def test_a_second_order_with_the_same_cart_is_a_conflict(api: OrderApi) -> None:
    new_order(api, "basket-2")
    with pytest.raises(Conflict):
        new_order(api, "basket-2")


def test_everything_about_an_order_can_be_changed(api: OrderApi) -> None:
    order_id = new_order(api)
    api.orders.update_reference(order_id, "10 042 å")
    api.orders.update_billing(order_id, Address(given_name="Nina", care_of="c/o Bo"))
    api.orders.update_shipping_address(order_id, Address(city="Malmö"))
    api.orders.patch_attributes(order_id, {"gift": True})
    cart = api.orders.get(order_id).cart
    assert cart is not None
    api.orders.update_cart(order_id, cart.changed(attributes={"note": "ring"}))
    api.orders.create_consent(order_id, Consent(id="terms", checked=False, text="Terms", required=True))
    with pytest.raises(Rejected, match="terms") as refused:
        api.orders.update_state(order_id, "processing")
    assert refused.value.code == "order-consent-required"
    api.orders.patch_consent(order_id, "terms", Consent(checked=True))
    api.orders.create_consent(order_id, Consent(id="news", checked=True))
    api.orders.patch_consents(order_id, [Consent(id="news", checked=False)])
    order = api.orders.get(order_id)
    assert order.customer is not None
    assert order.customer.billing is not None
    assert order.customer.shipping is not None
    assert (order.reference, order.customer.billing.care_of, order.customer.shipping.city) == (
        "10 042 å",
        "c/o Bo",
        "Malmö",
    )
    assert order.attributes["gift"] is True
    assert [(consent.id, consent.checked) for consent in order.consents] == [("terms", True), ("news", False)]
    assert order.cart is not None
    assert (order.cart.attributes["note"], order.cart.items[0].id) == ("ring", cart.items[0].id)
    api.orders.remove_consent(order_id, "news")
    api.orders.update_state(order_id, "processing")
    state = api.orders.get(order_id).state
    assert state is not None
    assert state.current_status == "processing"


def test_validations_hooks_and_notifications_come_and_go(api: OrderApi) -> None:
    order_id, here = new_order(api), "http://127.0.0.1/checkout/adapters/erp"
    api.orders.create_validation(order_id, Callback(adapter_id="erp", url=f"{here}/validate"))
    api.orders.create_notification(
        order_id, Notification(adapter_id="erp", scope="/state/currentStatus", invoke=here, delay=0)
    )
    api.orders.create_hook(
        order_id, Hook(adapter_id="erp", subscribe_to="/cart", target="/cart", invoke=f"{here}/hook")
    )
    order = api.orders.get(order_id)
    validation, hook, notification = order.validations[0], order.hooks[0], order.notifications[0]
    assert (validation.id, hook.id, notification.id) > ("", "", "")
    api.orders.update_validation(order_id, validation.id or "", validation.changed(adapter_id="erp2"))
    assert api.orders.get(order_id).validations[0].adapter_id == "erp2"
    api.orders.remove_validation(order_id, validation.id or "")
    api.orders.delete_hook(order_id, hook.id or "")
    api.orders.delete_notification(order_id, notification.id or "")
    order = api.orders.get(order_id)
    assert (order.validations, order.hooks, order.notifications) == ((), (), ())


def test_validate_says_what_is_missing_until_nothing_is(api: OrderApi) -> None:
    order_id = new_order(api)
    assert len(api.orders.validate(order_id)) >= 1
    new_payment(api, order_id)
    assert api.orders.validate(order_id) == ()


def test_shippings_and_payments_come_back_as_they_were_sent(api: OrderApi) -> None:
    order_id = new_order(api)
    shipping = api.shippings.get(order_id, api.shippings.create(order_id, SHIPPING))
    assert (shipping.total, shipping.vat_rate) == (SHIPPING.total, Decimal("0.25"))
    booked = api.shippings.update(
        order_id, shipping.id or "", shipping.changed(state=ShippingState("confirmed"), tms_reference="T1")
    )
    assert booked is not None
    assert (booked.state, booked.tms_reference, booked.total) == ("confirmed", "T1", SHIPPING.total)
    assert [each.id for each in api.shippings.list(order_id)] == [shipping.id]
    payment = new_payment(api, order_id)
    api.payments.add_transaction(
        order_id, payment.id or "", PaymentTransaction(event=PaymentEvent("confirm"), amount=payment.amount)
    )
    api.payments.add_actions(
        order_id, payment.id or "", [PaymentAction(adapter_id=WALLEY, type="check", url="http://127.0.0.1/x")]
    )
    assert [t.amount for t in api.payments.transactions(order_id, payment.id or "")][-1] == Decimal("1079.95")
    removed = api.payments.update(order_id, payment.id or "", payment.changed(state=PaymentState("removed")))
    assert removed is not None and removed.state == "removed"
    assert [each.state for each in api.payments.list(order_id)] == ["removed"]


def test_a_capture_moves_the_money_and_is_logged(api: OrderApi) -> None:
    order_id = new_order(api)
    payment = new_payment(api, order_id)
    api.payments.execute(order_id, payment.id or "", action(payment, "capture"))
    after = api.payments.get(order_id, payment.id or "")
    assert (after.state, [a.type for a in after.actions]) == ("captured", ["refund"])
    last = api.payments.transactions(order_id, payment.id or "")[-1]
    assert (last.event, last.is_success, last.amount) == ("capture", True, Decimal("1079.95"))
    with pytest.raises(NotFound):
        api.payments.execute(order_id, payment.id or "", action(payment, "capture"))


@pytest.mark.parametrize(
    ("bad_day", "state"), [("timeout-before", "reserved"), ("timeout-after", "captured"), ("error", "reserved")]
)
def test_a_capture_without_an_answer_is_in_doubt_whether_it_was_done_or_not(
    api: OrderApi, bad_day: str, state: str
) -> None:
    order_id = new_order(api)
    payment = new_payment(api, order_id, bad_day)
    with pytest.raises(NoAnswer) as caught:
        api.payments.execute(order_id, payment.id or "", action(payment, "capture"))
    assert caught.value.may_have_happened
    assert api.payments.get(order_id, payment.id or "").state == state


def test_a_capture_that_is_declined_says_so_and_nothing_happened(api: OrderApi) -> None:
    order_id = new_order(api)
    payment = new_payment(api, order_id, "decline")
    with pytest.raises(Rejected) as caught:
        api.payments.execute(order_id, payment.id or "", action(payment, "capture"))
    assert not caught.value.may_have_happened


def test_an_order_of_another_channel_is_not_found(api: OrderApi) -> None:
    order_id = new_order(api)
    with pytest.raises(NotFound) as caught:
        order_api("norce", "no").orders.get(order_id)
    assert caught.value.code == "order-not-found"


def test_a_deleted_order_is_gone(api: OrderApi) -> None:
    order_id = new_order(api)
    api.orders.delete(order_id)
    with pytest.raises(NotFound):
        api.orders.get(order_id)


def test_a_wrong_token_is_unauthorized(settings: Settings) -> None:
    settings.ORDER_API_TOKEN = "another-token-altogether"
    with pytest.raises(Unauthorized):
        order_api("norce", "se").orders.list()


def test_a_process_has_one_connection_until_the_settings_change(settings: Settings) -> None:
    first = get_connection()
    assert get_connection() is first
    settings.ORDER_API_TOKEN = "another-token-altogether"
    assert get_connection() is not first


@pytest.mark.django_db(transaction=True)
def test_the_network_makes_no_difference(live_server: LiveServer, settings: Settings) -> None:
    settings.SANDBOX = False
    settings.ORDER_API_URL = f"{live_server.url}/checkout/order"
    connection = connect()
    api = OrderApi(connection, "norce", "se")
    order_id = new_order(api)
    api.orders.update_reference(order_id, "å-1")
    payment = new_payment(api, order_id)
    api.payments.execute(order_id, payment.id or "", action(payment, "capture"))
    order = api.orders.get(order_id)
    assert (order.reference, order.total, order.payments[0].state) == ("å-1", PRICE, "captured")
    with pytest.raises(Unauthorized):
        OrderApi(Connection(settings.ORDER_API_URL, Secret("wrong")), "norce", "se").orders.get(order_id)
    connection.close()
