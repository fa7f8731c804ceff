"""Every operation of the contract can be reached from the desk: each page is opened, its form sent, and
the calls heard on their way out."""

from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User

from tests.conftest import ClientOf
from tests.forms import OF_ONE_ORDER, TYPED, Typed, address, put_note, put_order, send
from tests.wire import OPERATIONS, listening

ORDER, PAYMENT, SHIPPING = (
    "orders/{order_id}",
    "orders/{order_id}/payments/{payment_id}",
    "orders/{order_id}/shippings/{shipping_id}",
)
READ = f"GET {ORDER}"
"""Nearly every page reads the order too; here it stands for the page of the order alone."""
ACTIONS = {"payment-action-execute", "payment-action-ask"}
# Each operation, and the names of the addresses that make use of it.
USED: Mapping[str, set[str]] = {
    "GET orders": {"order-list", "order-customer-line", "order-customer-channel"},
    "POST orders": {"order-create"},
    READ: {"order-detail"},
    f"DELETE {ORDER}": {"order-delete"},
    f"PUT {ORDER}/state": {"state-edit"},
    f"PUT {ORDER}/reference": {"reference-edit"},
    f"PUT {ORDER}/cart": {"cart-edit"},
    f"PUT {ORDER}/customer/billing": {"billing-edit"},
    f"PUT {ORDER}/customer/shipping": {"shipping-address-edit"},
    f"PATCH {ORDER}/attributes": {"attributes-edit"},
    f"POST {ORDER}/consents": {"consent-create"},
    f"PATCH {ORDER}/consents": {"consents-edit"},
    f"PATCH {ORDER}/consents/{{consent_id}}": {"consents-edit"},
    f"DELETE {ORDER}/consents/{{consent_id}}": {"consent-delete"},
    f"POST {ORDER}/validate": {"order-validate"},
    f"POST {ORDER}/validations": {"validation-create"},
    f"PUT {ORDER}/validations/{{validation_id}}": {"validation-edit"},
    f"DELETE {ORDER}/validations/{{validation_id}}": {"validation-delete"},
    f"POST {ORDER}/hooks": {"hook-create"},
    f"DELETE {ORDER}/hooks/{{hook_id}}": {"hook-delete"},
    f"POST {ORDER}/notifications": {"notification-create"},
    f"DELETE {ORDER}/notifications/{{notification_id}}": {"notification-delete"},
    f"GET {ORDER}/payments": {"payment-list"},
    f"POST {ORDER}/payments": {"payment-create"},
    f"GET {PAYMENT}": {"payment-detail", "payment-transactions", "payment-action-execute"},
    f"PUT {PAYMENT}": {"payment-edit", "payment-remove"},
    f"GET {PAYMENT}/transactions": {"payment-transactions", "order-timeline"} | ACTIONS,
    f"POST {PAYMENT}/transactions": {"transaction-create"},
    f"POST {PAYMENT}/actions": {"action-create"},
    f"POST {PAYMENT}/actions/{{action_id}}/execute": {"payment-action-execute"},
    f"GET {ORDER}/shippings": {"shipping-list"},
    f"POST {ORDER}/shippings": {"shipping-create"},
    f"GET {SHIPPING}": {"shipping-detail"},
    f"PUT {SHIPPING}": {"shipping-edit", "shipping-remove"},
}
PAGES = ("order-list", "order-find", "order-create", *OF_ONE_ORDER)
# Pages that use another operation where something else is typed.
TYPED_ALSO: Mapping[str, Typed] = {"consents-edit": {"consent-news": "on"}}


def test_the_list_holds_all_34_operations_of_the_contract_each_once() -> None:
    assert len(OPERATIONS) == 34
    assert sorted(USED) == sorted(OPERATIONS)
    assert set().union(*USED.values()) <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_makes_the_calls_that_the_list_says_and_no_other(name: str, admin: User, client_of: ClientOf) -> None:
    client, called = client_of(admin), set[str]()
    for n, typed in enumerate(each for each in (TYPED.get(name, {}), TYPED_ALSO.get(name)) if each is not None):
        where = address(name, put_note(put_order(f"o_{'ab'[n]}"), admin))
        with listening() as calls:
            send(client, where, typed)
        called |= {call.operation for call in calls if call.operation in OPERATIONS}
    told = {operation for operation, names in USED.items() if name in names}
    assert called - {READ} == told - {READ}
    assert told <= called
