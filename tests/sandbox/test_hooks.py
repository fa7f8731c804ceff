"""Hooks: who is asked, in which order, and what they can do."""

from typing import Any
from urllib.parse import unquote_plus, urlencode

import pytest

from sandbox import hooks, outside
from sandbox.outside import Answer
from tests.sandbox.conftest import Caller, an_order, price, refused

ADAPTERS = "http://testserver/checkout/adapters"


def hook(
    behaviour: str, scope: str = "/reference", adapter: str = "nshift_adapter", target: str | None = None
) -> dict[str, Any]:
    return {
        "adapterId": adapter,
        "subscribeTo": scope,
        "invoke": f"{ADAPTERS}/{adapter}/hooks/{behaviour}",
        "version": "v0",
    } | ({"target": target} if target is not None else {})


def patching(path: str, value: str, scope: str, target: str) -> dict[str, Any]:
    return hook(f"patch?{urlencode({'path': path, 'value': value})}", scope, target=target)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every hook that was called is called, in the order of the calls."""
    calls: list[str] = []
    real = outside.post

    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        calls.append(unquote_plus(url.rpartition("/hooks/")[2]))
        return real(url, body, headers)

    monkeypatch.setattr(outside, "post", post)
    return calls


def with_hooks(api: Caller, *registered: dict[str, Any]) -> str:
    return api.created(an_order(hooks=list(registered), consents=[{"id": "news", "checked": False}]))


def test_a_hook_that_approves_lets_the_change_through(api: Caller, asked: list[str]) -> None:
    order = with_hooks(api, hook("approve"))
    assert api.put(f"{order}/reference", "R").status_code == 200
    assert (api.order(order)["reference"], asked) == ("R", ["approve"])


@pytest.mark.parametrize(
    ("behaviour", "words"), [("reject", "does not agree"), ("error", "out of order"), ("slow", "no answer")]
)
def test_anything_but_approval_refuses_the_change_and_names_the_adapter(
    api: Caller, behaviour: str, words: str
) -> None:
    order = with_hooks(api, hook(behaviour))
    before = api.order(order)
    message = refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert "nshift_adapter" in message
    assert words in message
    assert message.endswith(".") and not message.endswith("..")
    assert api.order(order) == before


def test_a_dead_hook_can_be_deleted(api: Caller) -> None:
    order = with_hooks(api, hook("error", scope=""))
    identifier = api.order(order)["hooks"][0]["id"]
    refused(api.patch(f"{order}/attributes", {"a": 1}), 400, "order-hook-rejected")
    refused(api.delete(f"{order}/hooks/oc_other"), 404, "hook-not-found")
    assert api.delete(f"{order}/hooks/{identifier}").status_code == 200
    assert api.patch(f"{order}/attributes", {"a": 1}).status_code == 200


def test_a_hook_is_asked_about_its_part_alone(api: Caller, asked: list[str]) -> None:
    order = with_hooks(api, hook("approve", "/state"), hook("reject", "/cart"))
    assert api.put(f"{order}/state", {"currentStatus": "processing"}).status_code == 200
    assert asked == ["approve"]
    assert api.put(f"{order}/state", {"currentStatus": "processing"}).status_code == 200
    assert asked == ["approve"]


def test_the_hooks_of_the_adapter_that_calls_are_left_out(api: Caller, asked: list[str]) -> None:
    order = with_hooks(
        api, hook("reject", adapter="klarna_checkout_adapter"), hook("approve", adapter="nshift_adapter")
    )
    klarna = Caller(headers={"x-adapterid": "klarna_checkout_adapter"})
    assert klarna.put(f"{order}/reference", "R").status_code == 200
    assert asked == ["approve"]


def test_the_parts_of_an_order_have_a_documented_order() -> None:
    documented = ["/state", "/consents", "/customer/billing", "/cart", "/shippings", "/payments/0", "/reference"]
    assert [hooks.rank(pointer) for pointer in documented] == list(range(7))


def test_by_what_they_subscribe_to_and_then_by_their_target(api: Caller, asked: list[str]) -> None:
    order = with_hooks(
        api,
        hook("approve?whole", ""),
        hook("approve?cart-payments", "/cart", target="/payments"),
        hook("approve?cart-shippings", "/cart", target="/shippings"),
        hook("approve?cart-deep", "/cart/items", target="/state"),
        patching("/consents/0/checked", "true", "/cart", "/consents"),
        hook("approve?consents", "/consents"),
    )
    assert api.put(f"{order}/cart", {"items": []}).status_code == 200
    calls = [call.removeprefix("approve?") for call in asked]
    assert calls == [
        "cart-deep",
        "patch?path=/consents/0/checked&value=true",
        "consents",
        "cart-shippings",
        "cart-payments",
        "whole",
    ]


def test_a_patch_is_applied_before_the_change_is_committed(api: Caller) -> None:
    order = with_hooks(api, patching("/cart/attributes", '{"shelf":7}', "/cart", "/cart"))
    api.put(f"{order}/cart", {"items": [], "total": price(10, 8)})
    after = api.order(order)
    assert after["cart"]["attributes"] == {"shelf": 7}
    assert len(after["state"]["transitions"]) == 1


def test_a_patch_may_make_other_hooks_run_and_totals_follow(api: Caller, asked: list[str]) -> None:
    order = with_hooks(
        api, patching("/cart/total/includingVat", "55", "/customer", "/cart"), hook("approve", "/cart/total")
    )
    assert api.put(f"{order}/customer/billing", {"city": "Boden"}).status_code == 200
    assert asked[1:] == ["approve"]
    assert api.order(order)["total"] == price(55, 80)


def test_a_hook_that_its_patch_makes_refuse_refuses_the_whole_change(api: Caller) -> None:
    order = with_hooks(api, patching("/cart/attributes", "{}", "/reference", "/cart"), hook("reject", "/cart"))
    refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert "reference" not in api.order(order)


@pytest.mark.parametrize(
    ("path", "value", "target", "words"),
    [
        ("/payments", "[]", "/cart", "outside its target"),
        ("/cartoons", "1", "/cart", "outside its target"),
        ("cart", "1", "/cart", "outside its target"),
        ("/cart/items/9/name", "x", "/cart", "cannot be applied"),
        ("/cart/items/0/quantity", '"many"', "/cart", "cart.items.0.quantity"),
        ("/cart", "7", "/cart", "cart"),
        ("/total", "{}", "", "total, which hooks cannot change"),
        ("/id", "o_other", "", "id, which hooks cannot change"),
        ("/payments", '[{"amount":1}]', "/payments", "adds or removes payments"),
        ("/state/currentStatus", "gone", "/state", "state.currentStatus"),
    ],
)
def test_a_patch_that_an_order_cannot_take_refuses_the_change(
    api: Caller, path: str, value: str, target: str, words: str
) -> None:
    order = with_hooks(api, patching(path, value, "/reference", target))
    before = api.order(order)
    assert words in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert api.order(order) == before


def test_a_hook_without_a_target_may_not_patch(api: Caller) -> None:
    order = with_hooks(api, hook("patch?path=/cart/attributes&value=1"))
    assert "target" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")


def test_a_state_that_a_hook_patches_in_obeys_the_rules(api: Caller) -> None:
    order = with_hooks(api, patching("/state/currentStatus", "accepted", "/reference", "/state"))
    assert api.put(f"{order}/reference", "R").status_code == 200
    assert [step["status"] for step in api.order(order)["state"]["transitions"]] == ["checkout", "accepted"]
    refused(api.put(f"{order}/state", {"currentStatus": "checkout"}), 400, "order-state-transition-not-allowed")


def test_hooks_that_keep_setting_each_other_off_are_stopped(api: Caller, asked: list[str]) -> None:
    order = with_hooks(
        api,
        patching("/cart/items/-", '{"name":"one more"}', "/consents", "/cart"),
        patching("/consents/-", '{"id":"one more"}', "/cart/items", "/consents"),
    )
    assert "do not come to rest" in refused(api.put(f"{order}/cart", {"items": []}), 400, "order-hook-rejected")
    assert len(asked) == hooks.MOST_CALLS
    assert len(api.order(order)["cart"]["items"]) == 1


def test_a_cart_is_accepted_while_a_hook_is_still_at_work(api: Caller) -> None:
    order = with_hooks(api, hook("running", "/cart"))
    answer = api.put(f"{order}/cart", {"items": []})
    assert (answer.status_code, answer.content) == (202, b"")
    assert api.order(order)["cart"]["items"] == []


def test_a_hook_sees_the_order_as_it_would_become(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        seen.append((url, Answer(200, body).json(), headers))
        return Answer(200)

    monkeypatch.setattr(outside, "post", post)
    order = with_hooks(
        api,
        hook("of/{order_id}/and/{order.id}")
        | {"invoke": "{configuration.adapter.internalUrl}/of/{order_id}/and/{order.id}"},
    )
    api.put(f"{order}/reference", "R")
    ((url, body, headers),) = seen
    assert url == f"http://sandbox.invalid/checkout/adapters/nshift_adapter/of{order}/and{order}"
    assert (body["id"], body["reference"], body["cart"]["items"][0]["sku"]) == (order[1:], "R", "A1")
    assert headers == {"x-merchant": "norce", "x-channel": "se"}


def test_creating_an_order_asks_no_hook(api: Caller, asked: list[str]) -> None:
    with_hooks(api, hook("reject", ""))
    assert asked == []


def test_a_hook_that_is_added_later_is_asked_from_then_on(api: Caller) -> None:
    order = api.created()
    assert api.post(f"{order}/hooks", hook("reject", "")).status_code == 200
    assert api.order(order)["hooks"][0]["id"].startswith("oc_")
    refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
