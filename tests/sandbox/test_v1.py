"""Version 1 beside version 0: one store, two shapes."""

from typing import Any

import pytest

from sandbox import delivery, outside
from sandbox.codec import Document, decode
from tests.documents import example
from tests.sandbox.conftest import Caller, an_order, price, refused

V1 = "/checkout/order/api/v1/checkout/orders"
ADAPTER = "http://sandbox.invalid/checkout/adapters/a"


class CallerV1(Caller):
    """Calls version 1."""

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return super().call(method, path, body, **{"base": V1} | more)


@pytest.fixture
def v1(db: None) -> CallerV1:
    return CallerV1()


def test_a_new_order_is_answered_by_its_bare_id_and_its_address(v1: CallerV1) -> None:
    answer = v1.post("", an_order())
    assert answer.status_code == 201
    assert answer.data.startswith("o_")
    assert answer["Location"] == f"/api/v1/checkout/orders/{answer.data}"


def test_an_order_of_one_version_is_the_others_too(api: Caller, v1: CallerV1) -> None:
    order = api.created(an_order(reference="ONE"))
    assert v1.order(order)["reference"] == "ONE"
    assert v1.put(f"{order}/reference", "TWO").status_code == 200
    assert api.order(order)["reference"] == "TWO"


def test_a_hook_is_scoped_where_version_0_subscribes(api: Caller, v1: CallerV1) -> None:
    order = api.created()
    sent = example("hook-v1") | {"reference": "reserve", "description": "Reserves what is on hand"}
    assert v1.post(f"{order}/hooks", sent).status_code == 200
    (theirs,), (ours,) = v1.order(order)["hooks"], api.order(order)["hooks"]
    assert {name: theirs[name] for name in sent} == sent
    assert "subscribeTo" not in theirs
    assert (ours["subscribeTo"], ours["invoke"], "scope" in ours) == (sent["scope"], sent["invoke"], False)


def test_a_hook_of_version_1_is_asked(v1: CallerV1) -> None:
    order = v1.post("", an_order(hooks=[{"scope": "/reference", "invoke": f"{ADAPTER}/hooks/reject"}])).data
    answer = v1.put(f"/{order}/reference", "R")
    assert (answer.status_code, answer.data["code"]) == (400, "order-hook-rejected")


def test_a_validation_invokes_where_version_0_has_a_url(api: Caller, v1: CallerV1) -> None:
    order = api.created()
    assert v1.post(f"{order}/validations", example("validation-v1")).status_code == 200
    (theirs,), (ours,) = v1.order(order)["validations"], api.order(order)["validations"]
    assert theirs["invoke"] == ours["url"] == "https://hooks.example.com/validate"
    assert "url" not in theirs and "invoke" not in ours
    assert v1.put(f"{order}/validations/{theirs['id']}", {"invoke": f"{ADAPTER}/validations/pass"}).status_code == 200
    assert api.order(order)["validations"] == [{"id": theirs["id"], "url": f"{ADAPTER}/validations/pass"}]


def test_a_notification_of_version_1_takes_version_0s_template(api: Caller, v1: CallerV1) -> None:
    order = api.created()
    assert v1.post(f"{order}/notifications", example("notification-v1") | {"id": "ocMine"}).status_code == 200
    (kept,) = api.order(order)["notifications"]
    assert kept["id"].startswith("oc_"), "its id is not the caller's to say"
    assert v1.put(f"{order}/state", {"currentStatus": "completed"}).status_code == 200
    events = api.call("GET", f"?order_id={order[1:]}", base="/checkout/notification/api/v1/events").data["data"]
    assert [event["url"] for event in events] == [f"https://hooks.example.com{order}"]


def test_a_change_of_state_that_a_hook_is_still_at_work_on_is_a_202_and_one_of_the_cart_is_not(
    api: Caller, v1: CallerV1
) -> None:
    running = {"invoke": f"{ADAPTER}/hooks/running"}
    order = api.created(an_order(hooks=[running | {"subscribeTo": part} for part in ("/state", "/cart")]))
    assert v1.put(f"{order}/cart", an_order()["cart"] | {"reference": "B"}).status_code == 200
    assert api.put(f"{order}/cart", an_order()["cart"] | {"reference": "C"}).status_code == 202
    assert v1.put(f"{order}/state", {"currentStatus": "processing"}).status_code == 202
    assert api.put(f"{order}/state", {"currentStatus": "completed"}).status_code == 200


def test_what_version_1_has_no_name_for_stays_in_the_store(api: Caller, v1: CallerV1) -> None:
    item = an_order()["cart"]["items"][0]
    discount = {"name": "Sale", "code": "S", "reference": "promo-1", "description": "All caps"}
    cart = {"items": [item | {"logistics": {"weight": 2500}, "upsell": True, "discounts": [discount]}]}
    order, payment = api.paid(upsell={"eligible": True})
    api.put(f"{order}/cart", cart | {"discounts": [discount], "total": price(100, 80)})
    shipping = {"total": price(10, 8), "vatRate": 0.25, "deliveryDetails": {"carrier": "P", "carrierProductId": "9"}}
    api.post(f"{order}/shippings", shipping)
    seen: Document = v1.order(order)
    (shown,) = seen["cart"]["items"]
    assert not {"logistics", "upsell"} & shown.keys()
    assert shown["discounts"] == seen["cart"]["discounts"] == [{"name": "Sale", "code": "S"}]
    assert not {"merchant", "channel", "upsell"} & seen["payments"][0].keys()
    assert v1.get(payment).data == seen["payments"][0] == v1.get(f"{order}/payments").data[0]
    assert seen["shippings"][0]["deliveryDetails"] == {"carrier": "P"}
    kept = api.order(order)
    assert kept["cart"]["items"][0]["logistics"] == {"weight": 2500}
    assert kept["payments"][0]["upsell"] == {"eligible": True}


@pytest.mark.parametrize(("version", "name"), [("v0", "subscribeTo"), ("v1", "scope"), (None, "subscribeTo")])
def test_receivers_are_sent_the_version_that_they_ask_for(
    api: Caller, monkeypatch: pytest.MonkeyPatch, version: str | None, name: str
) -> None:
    sent: list[Document] = []
    monkeypatch.setattr(
        outside,
        "post",
        lambda url, body, headers: sent.append(decode(body)) or outside.Answer(200),  # type: ignore[func-returns-value]
    )
    asked = {"invoke": f"{ADAPTER}/x"} | ({"version": version} if version else {})
    order = api.created(
        an_order(hooks=[asked | {"subscribeTo": "/reference"}], notifications=[asked | {"scope": "/reference"}])
    )
    api.put(f"{order}/reference", "R")
    delivery.let_pass(1)
    assert [name in body["hooks"][0] for body in sent] == [True, True], "the hook, and then the notification"


def test_a_page_counts_the_orders_that_are_on_it(api: Caller, v1: CallerV1) -> None:
    for reference in "ABC":
        api.created(an_order(reference=reference))
    page = v1.get("?limit=2&search=nothing-that-is-there").data
    assert page["pagination"] == {"offset": 0, "limit": 2, "size": 2, "totalSize": 3}, "and there is no search"


def test_a_consent_gets_its_id_here(api: Caller, v1: CallerV1) -> None:
    order = v1.post("", an_order(consents=[{"id": "mine", "text": "News"}])).data
    v1.post(f"/{order}/consents", {"id": "also-mine", "text": "More"})
    first, second = (consent["id"] for consent in api.order(f"/{order}")["consents"])
    assert first.startswith("ci_") and second.startswith("ci_")
    assert v1.patch(f"/{order}/consents", [{"id": first, "checked": True}]).status_code == 200
    assert [consent.get("checked") for consent in api.order(f"/{order}")["consents"]] == [True, None]


def test_refusals_are_problem_details(v1: CallerV1) -> None:
    answer = v1.get("/o_nobody")
    assert answer.status_code == 404
    assert answer.data == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Order with id:o_nobody not found.",
        "instance": f"{V1}/o_nobody",
        "code": "order-not-found",
    }
    order = v1.post("", an_order()).data
    assert v1.post(f"/{order}/validate").data == [{"code": "order-has-no-payment", "adapterId": "order"}]
    assert v1.post(f"/{order}/shippings").data["detail"] == "The body is missing."


def test_what_has_an_optional_body_can_be_made_without(v1: CallerV1) -> None:
    order = v1.post("").data
    assert v1.post(f"/{order}/payments").status_code == 201
    (payment,) = v1.order(f"/{order}")["payments"]
    assert payment["state"] == "intent"


def test_the_same_token_is_asked_for(v1: CallerV1) -> None:
    v1.headers["Authorization"] = "Bearer wrong"
    assert v1.get().status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize(
    "path", ["norce-adapter/api/v1/orders", "klarna-adapter/api/checkout/v1/orders/o/payments", "no-such-thing", ""]
)
def test_a_service_that_is_not_there_says_so_as_a_service(api: Caller, method: str, path: str) -> None:
    answer = api.call(method, path, base="/checkout/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["detail"] == f"There is no such service in the sandbox: /checkout/{path}."


def test_a_hook_that_subscribes_to_nothing_is_refused_by_both(api: Caller, v1: CallerV1) -> None:
    order = api.created()
    said = refused(api.post(f"{order}/hooks", example("hook-v1")), 400, "order-bad-request")
    assert said.startswith("subscribeTo is missing")
    answer = v1.post(f"{order}/hooks", example("hook-v0"))
    assert (answer.status_code, answer.data["detail"]) == (400, said)
