"""Creating, reading and deleting orders."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from sandbox.codec import decode
from tests.sandbox.conftest import Caller, an_order, price, refused

EXAMPLE = decode((Path(__file__).parent / "fixtures" / "create_order.json").read_text())
LIST_EXAMPLE_KEYS = {"offset", "limit", "size", "valueSum", "totalSize"}


def holds(whole: Any, part: Any) -> bool:
    """Whether everything in `part` is in `whole`; enum values may have changed their case."""
    if isinstance(part, dict):
        return all(key in whole and holds(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part or (isinstance(part, str) and whole == part.lower()))


def test_the_example_of_the_reference_goes_in_and_comes_out_whole(api: Caller, settings: Settings) -> None:
    settings.SANDBOX_CALLBACK_HOSTS = ["specific-feature-adapter.norce.io"]
    answer = api.post("", EXAMPLE)
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v0/checkout/orders/{answer.data['id']}"
    order = api.order(f"/{answer.data['id']}")
    assert holds(order, EXAMPLE)
    assert order["customer"]["type"] == "person"
    assert order["cart"]["items"][0]["items"][0]["id"].startswith("ci_")
    assert (order["merchant"], order["channel"]) == ("norce", "se")


def test_what_a_list_answers_has_the_shape_of_the_reference(api: Caller) -> None:
    api.created()
    answer = api.get()
    assert set(answer.data) == {"data", "pagination"}
    assert set(answer.data["pagination"]) == LIST_EXAMPLE_KEYS
    assert [order["cart"]["items"][0]["sku"] for order in answer.data["data"]] == ["A1"]


def test_properties_come_in_the_order_of_the_contract(api: Caller) -> None:
    order, payment = api.paid("reserved", reference="R")
    assert list(api.order(order))[:6] == ["id", "merchant", "channel", "created", "lastModified", "state"]
    api.put(f"{order}/customer/billing", {"city": "Boden"})
    assert list(api.order(order))[-5:] == ["customer", "validations", "hooks", "notifications", "total"]
    assert list(api.put(payment, {"amount": 5, "adapterId": "a"}).data)[:3] == ["id", "adapterId", "merchant"]


def test_a_new_order_is_in_checkout_whatever_its_body_says(api: Caller) -> None:
    order = api.order(api.created(an_order(state={"currentStatus": "completed"})))
    assert order["state"]["currentStatus"] == "checkout"
    assert [step["status"] for step in order["state"]["transitions"]] == ["checkout"]


def test_an_empty_order_is_an_order(api: Caller) -> None:
    order = api.order(api.created({}))
    assert order["total"] == price(0, 0)
    assert order["cart"]["items"] == []


def test_cents_survive(api: Caller) -> None:
    body = an_order(
        cart={"items": [], "total": price(Decimal("1079.95"), Decimal("863.96"))}, attributes={"rate": Decimal("0.1")}
    )
    path = api.created(body)
    assert b'"includingVat":1079.95' in api.get(path).content
    assert api.order(path)["attributes"]["rate"] == Decimal("0.1")


def test_ids_look_like_those_of_the_reference(api: Caller) -> None:
    path = api.created()
    assert len(path) == len("/o_yClTSySjyAuuBjmiBlHCjuEcTf")
    assert path[1:3] == "o_"
    assert path[3:].isalpha()


def test_read_only_properties_are_ignored(api: Caller) -> None:
    sent = an_order(
        id="o_mine", merchant="other", channel="other", created="never", payments=[{"amount": 5}], shippings="x"
    )
    order = api.order(api.created(sent))
    assert order["id"] != "o_mine"
    assert (order["merchant"], order["channel"]) == ("norce", "se")
    assert order["payments"] == order["shippings"] == []


def test_unknown_properties_are_ignored_but_kept_in_attributes(api: Caller) -> None:
    order = api.order(api.created(an_order(colour="red", attributes={"colour": {"deep": [1, None]}})))
    assert "colour" not in order
    assert order["attributes"] == {"colour": {"deep": [1, None]}}


def test_a_second_order_for_a_cart_is_a_conflict_in_its_channel_only(api: Caller) -> None:
    body = an_order(cart={"reference": "basket-1", "items": []})
    api.created(body)
    assert "basket-1" in refused(api.post("", body), 409, "order-conflict")
    assert Caller(channel="no").post("", body).status_code == 201
    no_reference = an_order(cart={"reference": "", "items": []})
    assert [api.post("", no_reference).status_code for _ in range(2)] == [201, 201]


@pytest.mark.parametrize("other", [Caller(merchant="nordlys"), Caller(channel="no")])
def test_an_order_of_somebody_else_does_not_exist(api: Caller, other: Caller) -> None:
    path = api.created()
    for answer in (other.get(path), other.delete(path), other.put(f"{path}/state", {"currentStatus": "completed"})):
        assert path[1:] in refused(answer, 404, "order-not-found")
    assert api.order(path)["state"]["currentStatus"] == "checkout"


def test_a_deleted_order_is_gone_for_every_call(api: Caller) -> None:
    order, payment = api.paid()
    deleted = api.delete(order)
    assert (deleted.status_code, deleted.content) == (204, b"")
    for answer in (
        api.get(order),
        api.delete(order),
        api.get(payment),
        api.get(f"{payment}/transactions"),
        api.post(f"{order}/validate"),
    ):
        refused(answer, 404, "order-not-found")
    assert api.get().data["pagination"]["totalSize"] == 0


def test_every_change_moves_last_modified(api: Caller) -> None:
    path = api.created()
    before = api.order(path)
    api.put(f"{path}/reference", "R-1")
    after = api.order(path)
    assert after["lastModified"] > before["lastModified"]
    assert after["created"] == before["created"]


def test_a_bare_json_string_is_the_body_of_a_reference(api: Caller) -> None:
    path = api.created()
    answer = api.call("PUT", f"{path}/reference", content='"Å-17"'.encode())
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.order(path)["reference"] == "Å-17"
    refused(api.put(f"{path}/reference", {"reference": "no"}), 400, "order-bad-request")
