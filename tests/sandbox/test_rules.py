"""States, consents, what can be edited when, totals, attributes."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.rules import TRANSITIONS
from tests.sandbox.conftest import Caller, an_order, price, refused

STATES = list(TRANSITIONS)
ADDRESS = {"type": "Person", "givenName": "Åsa", "familyName": "Öberg", "country": "SE"}
WAYS = {
    "checkout": ["checkout"],
    "processing": ["processing"],
    "accepted": ["processing", "accepted"],
    "completed": ["completed"],
    "declined": ["declined"],
    "removed": ["removed"],
}


def in_state(api: Caller, state: str, **more: Any) -> str:
    path = api.created(an_order(**more))
    for step in WAYS[state]:
        assert api.put(f"{path}/state", {"currentStatus": step}).status_code == 200
    return path


ALLOWED = {
    "checkout": {"processing", "accepted", "completed", "declined", "removed"},
    "processing": {"checkout", "accepted", "completed", "declined"},
    "accepted": {"completed", "declined"},
    "completed": set(),
    "declined": set(),
    "removed": set(),
}


@pytest.mark.parametrize("after", STATES)
@pytest.mark.parametrize("before", STATES)
def test_an_order_goes_where_it_may_and_nowhere_else(api: Caller, before: str, after: str) -> None:
    path = in_state(api, before)
    steps = api.order(path)["state"]["transitions"]
    answer = api.put(f"{path}/state", {"currentStatus": after})
    state = api.order(path)["state"]
    if before == after:
        assert (answer.status_code, state["transitions"]) == (200, steps)
    elif after in ALLOWED[before]:
        assert (answer.status_code, answer.content, state["currentStatus"]) == (200, b"", after)
        assert [step["status"] for step in state["transitions"]] == [step["status"] for step in steps] + [after]
        assert state["transitions"][-1]["timeStamp"].endswith("Z")
    else:
        message = refused(answer, 400, "order-state-transition-not-allowed")
        assert before in message
        assert after in message
        assert state["currentStatus"] == before


def test_an_unknown_state_is_refused_with_those_there_are(api: Caller) -> None:
    path = api.created()
    message = refused(api.put(f"{path}/state", {"currentStatus": "shipped"}), 400, "order-bad-request")
    assert [state for state in STATES if state not in message] == []
    refused(api.put(f"{path}/state", {}), 400, "order-bad-request")


@pytest.mark.parametrize("state", ["processing", "accepted", "completed"])
def test_a_required_consent_holds_an_order_back_until_it_is_checked(api: Caller, state: str) -> None:
    path = api.created(
        an_order(consents=[{"id": "terms", "required": True, "checked": False}, {"id": "news", "checked": False}])
    )
    message = refused(api.put(f"{path}/state", {"currentStatus": state}), 400, "order-consent-required")
    assert "terms" in message
    assert "news" not in message
    api.patch(f"{path}/consents/terms", {"checked": True})
    assert api.put(f"{path}/state", {"currentStatus": state}).status_code == 200


def test_a_required_consent_does_not_hold_back_a_refusal(api: Caller) -> None:
    path = api.created(an_order(consents=[{"id": "terms", "required": True}]))
    assert api.put(f"{path}/state", {"currentStatus": "declined"}).status_code == 200


@pytest.mark.parametrize("state", STATES)
def test_the_cart_changes_in_checkout_only(api: Caller, state: str) -> None:
    path = in_state(api, state)
    answer = api.put(f"{path}/cart", {"items": []})
    if state == "checkout":
        assert (answer.status_code, answer.content) == (200, b"")
    else:
        assert state in refused(answer, 400, "order-not-editable")
        assert len(api.order(path)["cart"]["items"]) == 1


@pytest.mark.parametrize("state", STATES)
def test_the_rest_changes_until_the_order_is_removed(api: Caller, state: str) -> None:
    path = in_state(api, state, consents=[{"id": "news"}])
    answers = [
        api.put(f"{path}/customer/billing", ADDRESS),
        api.put(f"{path}/customer/shipping", ADDRESS),
        api.put(f"{path}/reference", "R-1"),
        api.patch(f"{path}/attributes", {"a": 1}),
        api.post(f"{path}/consents", {"id": "more"}),
        api.patch(f"{path}/consents", [{"id": "news", "checked": True}]),
        api.delete(f"{path}/consents/news"),
    ]
    if state == "removed":
        assert {refused(answer, 400, "order-not-editable") for answer in answers} == {
            "The order cannot be changed: the order is removed."
        }
    else:
        assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * len(answers)


@pytest.mark.parametrize("state", STATES)
def test_payments_and_shippings_change_always(api: Caller, state: str) -> None:
    path = in_state(api, state)
    assert api.post(f"{path}/payments", {"amount": 100}).status_code == 201
    assert api.post(f"{path}/shippings", {"total": price(10, 8), "vatRate": 0.25}).status_code == 201


def test_the_total_is_the_cart_and_the_shippings_that_are_not_removed(api: Caller) -> None:
    path = api.created()
    sent = {"name": "Box", "total": price(Decimal("49.90"), Decimal("39.92")), "vatRate": 0.25}
    first = api.post(f"{path}/shippings", sent).data["id"]
    api.post(f"{path}/shippings", sent | {"state": "Removed"})
    assert api.order(path)["total"] == price(Decimal("149.90"), Decimal("119.92"))
    answer = api.put(f"{path}/shippings/{first}", sent | {"state": "removed"})
    assert (answer.status_code, answer.data["state"]) == (200, "removed")
    assert api.order(path)["total"] == price(100, 80)
    api.put(f"{path}/cart", {"items": [], "total": price(7, 5)})
    assert api.order(path)["total"] == price(7, 5)


def test_a_cart_that_says_no_total_has_that_of_its_items(api: Caller) -> None:
    items = [{"total": price(10, 8), "items": [{"total": price(99, 99)}]}, {"total": price(Decimal("2.5"), 2)}, {}]
    order = api.order(api.created({"cart": {"items": items}}))
    assert order["cart"]["total"] == order["total"] == price(Decimal("12.5"), 10)


def test_a_new_cart_keeps_the_ids_that_are_sent_and_numbers_what_is_new(api: Caller) -> None:
    path = api.created()
    old = api.order(path)["cart"]["items"][0]
    cart = {
        "reference": "B-1",
        "items": [old | {"quantity": 3}, {"name": "New", "productType": "bundle", "items": [{"name": "Part"}]}],
    }
    assert api.put(f"{path}/cart", cart).status_code == 200
    after = api.order(path)["cart"]
    assert (after["reference"], after["items"][0]["id"], after["items"][0]["quantity"]) == ("B-1", old["id"], 3)
    ids = [old["id"], after["items"][1]["id"], after["items"][1]["items"][0]["id"]]
    assert len(set(ids)) == 3


def test_a_cart_cannot_take_the_reference_of_another_order(api: Caller) -> None:
    api.created(an_order(cart={"reference": "B-1", "items": []}))
    path = api.created()
    refused(api.put(f"{path}/cart", {"reference": "B-1", "items": []}), 400, "order-bad-request")
    assert "reference" not in api.order(path)["cart"]


def test_attributes_merge_and_null_removes(api: Caller) -> None:
    path = api.created(an_order(attributes={"a": 1, "b": {"c": None}, "d": None}))
    assert api.patch(f"{path}/attributes", {"a": None, "e": [1], "missing": None}).status_code == 200
    assert api.order(path)["attributes"] == {"b": {"c": None}, "d": None, "e": [1]}


def test_an_address_replaces_the_one_before_and_leaves_the_other(api: Caller) -> None:
    path = api.created(
        an_order(customer={"type": "organization", "billing": {"city": "Boden"}, "shipping": {"city": "Luleå"}})
    )
    api.put(f"{path}/customer/billing", ADDRESS)
    customer = api.order(path)["customer"]
    assert customer == {"type": "organization", "billing": ADDRESS | {"type": "person"}, "shipping": {"city": "Luleå"}}


def test_an_order_without_a_customer_gets_one_with_its_address(api: Caller) -> None:
    path = api.created()
    api.put(f"{path}/customer/shipping", {"type": "organization"})
    assert api.order(path)["customer"] == {"type": "organization", "shipping": {"type": "organization"}}


def test_patching_a_consent_changes_nothing_but_checked(api: Caller) -> None:
    path = api.created(an_order(consents=[{"id": "news", "text": "Yes?", "required": True, "checked": False}]))
    api.patch(f"{path}/consents/news", {"id": "x", "text": "No?", "required": False, "checked": True})
    assert api.order(path)["consents"] == [{"id": "news", "checked": True, "text": "Yes?", "required": True}]
    api.patch(f"{path}/consents/news", {"text": "No?"})
    assert api.order(path)["consents"][0]["checked"] is True


def test_consents_that_are_not_there_are_refused_and_nothing_changes(api: Caller) -> None:
    path = api.created(an_order(consents=[{"id": "news", "checked": False}]))
    refused(
        api.patch(f"{path}/consents", [{"id": "news", "checked": True}, {"id": "other", "checked": True}]),
        404,
        "consent-not-found",
    )
    refused(api.patch(f"{path}/consents/other", {"checked": True}), 404, "consent-not-found")
    refused(api.delete(f"{path}/consents/other"), 404, "consent-not-found")
    refused(api.post(f"{path}/consents", {"id": "news"}), 400, "order-bad-request")
    assert api.order(path)["consents"] == [{"id": "news", "checked": False}]


def test_a_consent_without_an_id_gets_one(api: Caller) -> None:
    path = api.created()
    api.post(f"{path}/consents", {"text": "Yes?"})
    assert api.order(path)["consents"][0]["id"].startswith("ci_")
