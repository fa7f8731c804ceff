"""Payments, shippings, transactions and actions, as far as the API itself goes."""

from typing import Any

import pytest

from tests.sandbox.conftest import Caller, price, refused

ELSEWHERE = "http://testserver/checkout/adapters/klarna_checkout_adapter/anything"


def test_a_payment_goes_in_and_comes_out_with_what_the_api_adds(api: Caller) -> None:
    order = api.created()
    sent = {
        "reference": "our-first-payment",
        "name": "Thing Payment",
        "type": "Default",
        "amount": 20,
        "upperLimitAmount": 30.5,
    }
    created = api.post(f"{order}/payments", sent)
    assert created.status_code == 201
    payment = api.get(f"{order}/payments/{created.data['id']}").data
    assert payment == api.get(f"{order}/payments").data[0] == api.order(order)["payments"][0]
    expected = {
        "state": "intent",
        "type": "default",
        "currency": "SEK",
        "merchant": "norce",
        "channel": "se",
        "orderId": order[1:],
        "amount": 20,
    }
    assert {key: payment[key] for key in expected} == expected
    assert payment["id"].startswith("p_")


def test_updating_a_payment_replaces_it_but_keeps_who_it_is(api: Caller) -> None:
    order, payment = api.paid("intent", reference="PSP-1", name="Walley")
    answer = api.put(
        payment, {"id": "p_other", "orderId": "o_other", "merchant": "x", "amount": 50, "state": "Processing"}
    )
    assert answer.status_code == 200
    assert answer.data == api.get(payment).data
    assert (answer.data["id"], answer.data["orderId"], answer.data["merchant"]) == (
        payment.rsplit("/", 1)[1],
        order[1:],
        "norce",
    )
    assert (answer.data["amount"], answer.data["state"]) == (50, "processing")
    assert "reference" not in answer.data


def test_an_update_that_says_no_state_leaves_it(api: Caller) -> None:
    _, payment = api.paid("captured")
    assert api.put(payment, {"name": "Walley", "adapterId": "walley_checkout_adapter"}).data["state"] == "captured"


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("payments", {"amount": 1}, "payment-conflict"),
        ("shippings", {"total": price(1, 1), "vatRate": 0}, "shipping-conflict"),
    ],
)
def test_the_same_reference_of_the_same_adapter_is_a_conflict(
    api: Caller, kind: str, body: dict[str, Any], code: str
) -> None:
    order = api.created()
    sent = body | {"reference": "R", "adapterId": "a"}
    first = api.post(f"{order}/{kind}", sent).data["id"]
    assert "R" in refused(api.post(f"{order}/{kind}", sent), 409, code)
    assert api.post(f"{order}/{kind}", sent | {"adapterId": "b"}).status_code == 201
    assert [api.post(f"{order}/{kind}", sent | {"reference": ""}).status_code for _ in range(2)] == [201, 201]
    other = api.post(f"{order}/{kind}", sent | {"reference": "S"}).data["id"]
    refused(api.put(f"{order}/{kind}/{other}", sent), 400, "order-bad-request")
    assert api.put(f"{order}/{kind}/{first}", sent).status_code == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/payments/p_x", "payment-not-found"),
        ("/payments/p_x/transactions", "payment-not-found"),
        ("/shippings/s_x", "shipping-not-found"),
    ],
)
def test_what_is_not_there_is_not_found(api: Caller, path: str, code: str) -> None:
    assert "_x" in refused(api.get(api.created() + path), 404, code)


def test_a_payment_of_another_order_is_not_found(api: Caller) -> None:
    _, payment = api.paid()
    other = api.created()
    identifier = payment.rsplit("/", 1)[1]
    refused(api.get(f"{other}/payments/{identifier}"), 404, "payment-not-found")
    refused(api.get(f"{other}/payments/{identifier}/transactions"), 404, "payment-not-found")


def test_a_shipping_goes_in_and_comes_out(api: Caller) -> None:
    order = api.created()
    details = {
        "carrier": "PostNord",
        "carrierProductId": "19",
        "class": "parcel",
        "product": {"reference": "19", "name": "MyPack"},
        "pickupLocation": {"reference": "P", "name": "Kiosk", "address": {"city": "Boden", "country": "SE"}},
    }
    sent = {
        "adapterId": "nshift_adapter",
        "total": price(49, 39),
        "vatRate": 0.25,
        "deliveryDetails": details,
        "addons": [{"reference": "sms", "price": 5}],
    }
    created = api.post(f"{order}/shippings", sent)
    shipping = api.get(f"{order}/shippings/{created.data['id']}").data
    assert shipping == api.get(f"{order}/shippings").data[0]
    assert shipping["deliveryDetails"] == details
    assert (shipping["state"], shipping["id"][:2]) == ("intent", "s_")


@pytest.mark.parametrize("missing", ["total", "vatRate"])
def test_a_shipping_needs_its_total_and_its_vat_rate(api: Caller, missing: str) -> None:
    sent = {key: value for key, value in {"total": price(1, 1), "vatRate": 0.25}.items() if key != missing}
    assert missing in refused(api.post(api.created() + "/shippings", sent), 400, "order-bad-request")


def test_transactions_are_kept_in_order_with_the_time_the_api_gives_them(api: Caller) -> None:
    _, payment = api.paid()
    for number in range(3):
        sent = {
            "event": "Capture",
            "amount": number,
            "isSuccess": True,
            "created": "2001-01-01T00:00:00Z",
            "requestJson": '{"a": 1}',
        }
        answer = api.post(f"{payment}/transactions", sent)
        assert (answer.status_code, answer.data["event"], answer.data["amount"]) == (200, "capture", number)
    log = api.get(f"{payment}/transactions").data
    assert [line["amount"] for line in log] == [0, 1, 2]
    assert all(line["created"] > "2026" for line in log)


def test_a_transaction_logs_valid_json_only(api: Caller) -> None:
    _, payment = api.paid()
    assert "requestJson" in refused(
        api.post(f"{payment}/transactions", {"requestJson": "{oops"}), 400, "order-bad-request"
    )


def test_actions_are_added_with_ids_and_not_twice(api: Caller) -> None:
    _, payment = api.paid("intent")
    sent = [{"id": "mine", "adapterId": "klarna_checkout_adapter", "type": "extend", "url": ELSEWHERE}]
    assert api.post(f"{payment}/actions", sent).status_code == 200
    first = api.get(payment).data["actions"]
    assert api.post(f"{payment}/actions", sent).content == b""
    assert api.get(payment).data["actions"] == first
    assert [action["type"] for action in first] == ["extend"]
    assert first[0]["id"] != "mine"


def test_an_update_that_sends_the_actions_back_keeps_their_ids(api: Caller) -> None:
    _, payment = api.paid("reserved")
    before = api.get(payment).data
    assert [action["type"] for action in before["actions"]] == ["capture", "cancel"]
    assert api.put(payment, before | {"name": "New"}).data["actions"] == before["actions"]


def test_an_action_of_somebody_else_is_called_once_at_its_url(api: Caller) -> None:
    _, payment = api.paid("intent")
    api.post(f"{payment}/actions", [{"adapterId": "klarna_checkout_adapter", "type": "extend", "url": ELSEWHERE}])
    action = api.get(payment).data["actions"][0]["id"]
    answer = api.post(f"{payment}/actions/{action}/execute")
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_action_that_its_adapter_refuses_says_why(api: Caller) -> None:
    _, payment = api.paid("intent")
    url = "http://testserver/checkout/adapters/klarna_checkout_adapter/hooks/reject"
    api.post(f"{payment}/actions", [{"adapterId": "klarna_checkout_adapter", "type": "extend", "url": url}])
    action = api.get(payment).data["actions"][0]["id"]
    assert "does not agree" in refused(api.post(f"{payment}/actions/{action}/execute"), 400, "payment-error")
