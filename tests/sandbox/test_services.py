"""What stands beside the Order API: the configuration service, and the adapters' order management."""

import pytest

from tests.documents import example
from tests.sandbox.conftest import Caller, an_order, refused

CONFIGURATION = "/checkout/configuration/api/v1/configuration/merchants/"


def test_the_channels_of_a_merchant_are_a_list_of_their_names(api: Caller) -> None:
    assert api.call("GET", "norce/channels", base=CONFIGURATION).data == ["se", "no", "dk"]
    Caller("norce", "outlet").created()
    assert api.call("GET", "norce/channels", base=CONFIGURATION).data == ["se", "no", "dk", "outlet"]


def test_a_channel_says_which_adapters_are_on(api: Caller) -> None:
    found = api.call("GET", "norce/channels/se/configurations", base=CONFIGURATION).data
    assert {"norce_adapter", "klarna_checkout_adapter"} <= {each["id"] for each in found}
    one = api.call("GET", "norce/channels/se/configurations/svea_adapter", base=CONFIGURATION).data
    assert one in found
    assert one["active"] is True
    assert one["adapter"]["publicUrl"] == "http://sandbox.invalid/checkout/adapters/svea_adapter"


@pytest.mark.parametrize(
    "path", ["nobody/channels", "norce/channels/xx/configurations", "norce/channels/se/configurations/x"]
)
def test_what_is_not_configured_is_not_found(api: Caller, path: str) -> None:
    answer = api.call("GET", path, base=CONFIGURATION)
    assert (answer.status_code, set(answer.data)) == (404, {"code", "message", "details"})


def test_the_configuration_wants_the_token_and_is_there_to_be_read(api: Caller) -> None:
    body = example("configuration-static-notifications")
    path = "norce/channels/se/configurations/static_notifications"
    assert api.call("PUT", path, body, base=CONFIGURATION).status_code == 405
    api.headers["Authorization"] = "Bearer wrong"
    assert api.call("GET", "norce/channels", base=CONFIGURATION).status_code == 401


def of_service(api: Caller, service: str, payment: str, kind: str) -> object:
    return api.call("POST", f"{payment}/{kind}", base=f"/checkout/{service}-adapter/api/order/v1/orders")


REFRESHES = [
    ("klarna", "klarna_checkout_adapter", "refresh-kco"),
    ("klarna", "klarna_payments_adapter", "refresh-kp"),
    ("walley", "walley_checkout_adapter", "refresh"),
    ("walley", "walley-checkout-adapter", "refresh"),
    ("qliro", "qliro_checkout_adapter", "refresh"),
    ("svea", "svea_adapter", "refresh"),
]


@pytest.mark.parametrize(("service", "adapter", "kind"), REFRESHES)
def test_a_refresh_brings_the_actions_that_the_state_allows(api: Caller, service: str, adapter: str, kind: str) -> None:
    _, payment = api.paid("reserved", adapterId=adapter)
    api.put(payment, {"adapterId": adapter, "actions": []})
    assert api.get(payment).data["actions"] == []
    answer = of_service(api, service, payment, kind)
    assert (answer.status_code, answer.content) == (200, b"")  # type: ignore[attr-defined]
    assert [action["type"] for action in api.get(payment).data["actions"]] == ["capture", "cancel"]


def test_a_refresh_shows_what_reads_did_not_show_yet(api: Caller) -> None:
    _, payment = api.paid("reserved", {"sandbox": "stale-reads"}, adapterId="svea_adapter")
    (capture, _) = api.get(payment).data["actions"]
    api.post(f"{payment}/actions/{capture['id']}/execute")
    assert api.get(payment).data["state"] == "reserved"
    of_service(api, "svea", payment, "refresh")
    assert api.get(payment).data["state"] == "captured"


def test_a_refresh_is_for_the_adapters_own_payments(api: Caller) -> None:
    _, payment = api.paid("reserved", adapterId="walley_checkout_adapter")
    for kind in ("refresh-kco", "capture"):
        said = refused(of_service(api, "klarna", payment, kind), 400, "order-bad-request")  # type: ignore[arg-type]
        assert "walley_checkout_adapter" in said
    refused(of_service(api, "walley", f"{payment}x", "refresh"), 404, "payment-not-found")  # type: ignore[arg-type]
    api.headers["Authorization"] = "Bearer wrong"
    refused(of_service(api, "walley", payment, "refresh"), 401, "unauthorized")  # type: ignore[arg-type]


def test_an_adapter_captures_when_it_is_told_so_itself(api: Caller) -> None:
    _, payment = api.paid("reserved", adapterId="klarna_payments_adapter")
    assert of_service(api, "klarna", payment, "capture").status_code == 200  # type: ignore[attr-defined]
    assert api.get(payment).data["state"] == "captured"


ELSEWHERE = ["adyen_dropin_adapter", "adyen-dropin-adapter", "adyen_adapter", "nonpsp_adapter", "awardit_adapter"]


@pytest.mark.parametrize("adapter", ELSEWHERE)
def test_an_adapter_without_order_management_offers_nothing_and_says_who_has_it(api: Caller, adapter: str) -> None:
    _, payment = api.paid("captured", adapterId=adapter)
    assert not api.get(payment).data.get("actions")
    of_provider = f"http://sandbox.invalid/checkout/provider/api/order/v1/orders{payment}/refund"
    api.post(f"{payment}/actions", [{"adapterId": adapter, "type": "refund", "url": of_provider}])
    (action,) = api.get(payment).data["actions"]
    said = refused(api.post(f"{payment}/actions/{action['id']}/execute"), 400, "payment-error")
    assert f"{adapter} has no order management: " in said
    assert ("Customer Area" in said) == adapter.startswith("adyen")


@pytest.mark.parametrize(
    ("customer", "kind"),
    [
        ({}, "person"),
        ({"type": None, "billing": {"type": "Organization"}}, "organization"),
        ({"billing": {"givenName": "B"}, "shipping": {"type": "organization"}}, "organization"),
        ({"billing": {"type": "person"}, "shipping": {"type": "organization"}}, "person"),
        ({"type": "organization", "billing": {"type": "person"}}, "organization"),
    ],
)
def test_a_customer_without_a_type_gets_one(api: Caller, customer: dict[str, object], kind: str) -> None:
    assert api.order(api.created(an_order(customer=customer)))["customer"]["type"] == kind
