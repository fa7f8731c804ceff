"""Validations, hooks and notifications: added, changed and removed, and the hook that stands in the way."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User

from audit.models import Entry
from order_api import OrderApi
from order_api.errors import ApiError, Rejected
from order_api.schemas import Hook, Order
from orders.changes.hook_refusals import blockers_of
from tests.changes.calls import (
    ADAPTERS,
    HOOK,
    NOTIFICATION,
    VALIDATION,
    add_hook,
    add_notification,
    add_validation,
    again,
    url,
)
from tests.changes.conftest import Desk, logged
from tests.wire import answered_by

DeskOf = Callable[[User], Desk]


# Adding


def test_a_validation_is_added(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    response = desk_of(admin).send(url("validation-create", order), VALIDATION)
    assert response.status_code == 302 and response["Location"].endswith("#integrations")
    (added,) = again(api, order).validations
    assert (added.adapter_id, added.url) == (VALIDATION["adapter_id"], VALIDATION["url"])
    assert logged(order)[-1] == ("outcome", "order.validation.create", "done")


def test_a_hook_is_added(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    desk_of(admin).send(url("hook-create", order), HOOK)
    (added,) = again(api, order).hooks
    assert (added.adapter_id, added.subscribe_to, added.target) == ("awardit_adapter", "/state", "/payments")
    assert (added.invoke, added.version) == (HOOK["invoke"], "v0")


def test_a_notification_is_added_with_its_schema_and_delay(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk_of(admin).send(url("notification-create", order), NOTIFICATION)
    (added,) = again(api, order).notifications
    assert (added.scope, added.schema, added.delay) == ("/state/currentStatus", {"const": "completed"}, 1500)
    assert (added.reference, added.description, str(added.version)) == ("export", "Export on completion", "v0")


def test_a_notification_needs_neither_schema_nor_delay(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk_of(admin).send(url("notification-create", order), {**NOTIFICATION, "schema": "", "delay": ""})
    (added,) = again(api, order).notifications
    assert added.schema is None and added.delay is None


def test_a_second_click_adds_no_second_hook(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    desk = desk_of(admin)
    form = desk.open(url("hook-create", order))
    mark = form.content.decode().partition('name="once" value="')[2].partition('"')[0]
    for _ in range(2):
        assert desk.send(url("hook-create", order), {**HOOK, "once": mark}, form=form).status_code == 302
    assert len(again(api, order).hooks) == 1


@pytest.mark.parametrize(
    ("name", "base", "wrong", "says"),
    [
        ("validation-create", VALIDATION, {"url": "ftp://adapter.example/"}, "full address"),
        ("validation-create", VALIDATION, {"url": "adapter.example/hook"}, "full address"),
        ("validation-create", VALIDATION, {"url": "https://adapter.example:port/"}, "full address"),
        ("validation-create", VALIDATION, {"url": "https://adapter.example/a b"}, "full address"),
        ("validation-create", VALIDATION, {"adapter_id": ""}, "required"),
        ("hook-create", HOOK, {"subscribe_to": "state"}, "JSON pointer"),
        ("hook-create", HOOK, {"may_change": "/bad~2escape"}, "JSON pointer"),
        ("hook-create", HOOK, {"invoke": "javascript:alert(1)"}, "full address"),
        ("notification-create", NOTIFICATION, {"scope": "/cart/items/0"}, "inside a list"),
        ("notification-create", NOTIFICATION, {"schema": '{"const": '}, "not JSON"),
        ("notification-create", NOTIFICATION, {"schema": '["completed"]'}, "JSON object"),
        ("notification-create", NOTIFICATION, {"schema": '{"type": "nonsense"}'}, "no JSON Schema: at /type"),
        ("notification-create", NOTIFICATION, {"delay": "-1"}, "greater than or equal to 0"),
        ("notification-create", NOTIFICATION, {"delay": "86400001"}, "less than or equal to"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_said_beside_its_field(
    admin: User, desk_of: DeskOf, order: Order, name: str, base: dict[str, str], wrong: dict[str, str], says: str
) -> None:
    response = desk_of(admin).send(url(name, order), {**base, **wrong})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert logged(order) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://adapter.example/orders/{order_id}/validate?x={order.id}",
        "{configuration.adapter.internalUrl}/hooks/state",
        "http://adapter:8080/hook",
    ],
)  # fmt: skip
def test_addresses_with_templates_are_sent_as_they_are(
    admin: User, desk_of: DeskOf, order: Order, address: str
) -> None:
    with mock.patch("order_api.resources.Orders.create_hook") as create:
        desk_of(admin).send(url("hook-create", order), {**HOOK, "invoke": address})
    assert create.call_args.args[1].invoke == address


def test_an_address_that_the_api_refuses_is_said_beside_it(admin: User, desk_of: DeskOf, order: Order) -> None:
    away = {**VALIDATION, "url": "https://bücher.example/validate"}
    page = desk_of(admin).send(url("validation-create", order), away).content.decode()
    assert 'id="id_url_error"' in page and "bücher.example" in page
    assert logged(order)[-1] == ("outcome", "order.validation.create", "refused")


def test_a_hook_on_a_part_that_nobody_knows_is_asked_about(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    desk, data = desk_of(admin), {**HOOK, "subscribe_to": "/total"}
    asked = desk.send(url("hook-create", order), data)
    assert asked.status_code == 422 and "may never be called" in asked.content.decode()
    assert again(api, order).hooks == ()
    assert desk.send(url("hook-create", order), data, form=asked).status_code == 302


def test_an_outage_keeps_what_was_typed(admin: User, desk_of: DeskOf, order: Order) -> None:
    desk = desk_of(admin)
    form = desk.open(url("notification-create", order))
    with answered_by(TimeoutError):
        response = desk.send(url("notification-create", order), NOTIFICATION, form=form)
    assert response.status_code == 503 and "Export on completion" in response.content.decode()
    assert logged(order) == []


# Changing and removing


def test_a_validation_is_changed_and_keeps_what_we_do_not_know(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    validation = add_validation(api, order)
    now = again(api, order)
    strange = validation.changed()
    strange.__dict__["raw"] = {**validation.raw, "priority": 7}
    with (
        mock.patch("order_api.resources.Orders.get", return_value=now.changed(validations=(strange,))),
        mock.patch("order_api.resources.Orders.update_validation") as update,
    ):
        desk_of(admin).send(
            url("validation-edit", order, validation_id=validation.id), {**VALIDATION, "adapter_id": "qliro_adapter"}
        )
    sent = update.call_args.args[2].to_json()
    assert (sent["adapterId"], sent["priority"], sent["id"]) == ("qliro_adapter", 7, validation.id)


def test_a_changed_validation_stands_in_the_order(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    validation = add_validation(api, order)
    address = f"{ADAPTERS}/klarna_adapter/validations/fail"
    target = url("validation-edit", order, validation_id=validation.id)
    assert desk_of(admin).send(target, {"adapter_id": "klarna_adapter", "url": address}).status_code == 302
    assert [(each.id, each.url) for each in again(api, order).validations] == [(validation.id, address)]


def test_a_colleagues_change_of_a_validation_is_not_overwritten(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    validation, desk = add_validation(api, order), desk_of(admin)
    target = url("validation-edit", order, validation_id=validation.id)
    form = desk.open(target)
    api.orders.update_validation(order.id or "", validation.id or "", validation.changed(adapter_id="theirs_adapter"))
    conflict = desk.send(target, {**VALIDATION, "adapter_id": "mine_adapter"}, form=form)
    assert conflict.status_code == 409 and "theirs_adapter" in conflict.content.decode()
    assert again(api, order).validations[0].adapter_id == "theirs_adapter"


@pytest.mark.parametrize(
    ("name", "kind", "add"),
    [
        ("validation", "validations", add_validation),
        ("hook", "hooks", lambda api, order: add_hook(api, order, "awardit_adapter", "approve")),
        ("notification", "notifications", add_notification),
    ],
)
def test_each_kind_is_removed_after_it_was_shown(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi, name: str, kind: str, add: Any
) -> None:
    part, desk = add(api, order), desk_of(admin)
    target = url(f"{name}-delete", order, **{f"{name}_id": part.id})
    form = desk.open(target, htmx=True)
    assert part.adapter_id in form.content.decode()
    assert desk.send(target, {}, form=form).status_code == 302
    assert getattr(again(api, order), kind) == ()
    outcome = Entry.objects.filter(order_id=order.id).order_by("sequence").first()
    assert outcome is not None and part.adapter_id in outcome.changes_json
    assert logged(order)[-1][2] == "done"


def test_what_is_gone_already_is_not_found(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    hook, desk = add_hook(api, order, "awardit_adapter", "approve"), desk_of(admin)
    target = url("hook-delete", order, hook_id=hook.id)
    form = desk.open(target)
    api.orders.delete_hook(order.id or "", hook.id or "")
    assert desk.send(target, {}, form=form).status_code == 404
    assert logged(order) == []


def test_a_validation_that_became_another_one_is_removed_only_after_a_look(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    validation, desk = add_validation(api, order), desk_of(admin)
    target = url("validation-delete", order, validation_id=validation.id)
    form = desk.open(target)
    api.orders.update_validation(order.id or "", validation.id or "", validation.changed(adapter_id="other_adapter"))
    conflict = desk.send(target, {}, form=form)
    assert conflict.status_code == 409
    kept = desk.send(target, {"pick-adapter_id": "theirs"}, form=conflict)
    assert kept.status_code == 302
    assert len(again(api, order).validations) == 1
    assert desk.send(target, {"pick-adapter_id": "yours"}, form=conflict).status_code == 302
    assert again(api, order).validations == ()


def test_a_secret_in_an_address_is_not_shown_where_it_is_removed(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    address = f"{ADAPTERS}/awardit_adapter/hooks/approve?token=S3CRETVALUE"
    api.orders.create_hook(
        order.id or "", Hook(adapter_id="awardit_adapter", subscribe_to="/state", target="/state", invoke=address)
    )
    target = url("hook-delete", order, hook_id=again(api, order).hooks[0].id)
    assert "S3CRETVALUE" not in desk_of(admin).open(target).content.decode()


# A hook that stands in the way


@pytest.mark.parametrize("behaviour", ["reject", "error", "slow"])
def test_the_hook_that_blocks_an_order_is_named_and_can_be_removed(
    admin: User, desk_of: DeskOf, order: Order, api: OrderApi, behaviour: str
) -> None:
    add_hook(api, order, "innocent_adapter", "approve")
    hook, desk = add_hook(api, order, "awardit_adapter", behaviour), desk_of(admin)
    refused = desk.send(url("reference-edit", order), {"reference": "SE-2"})
    page, removal = refused.content.decode(), url("hook-delete", order, hook_id=hook.id)
    assert refused.status_code == 422 and 'value="SE-2"' in page
    assert "An adapter that is asked first refused this" in page
    assert removal in page and page.count("/remove/") == 1
    desk.send(removal, {})
    assert desk.send(url("reference-edit", order), {"reference": "SE-2"}).status_code == 302
    assert again(api, order).reference == "SE-2"


def test_who_may_not_remove_the_hook_is_told_who_can(
    support: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    add_hook(api, order, "awardit_adapter", "reject")
    page = desk_of(support).send(url("reference-edit", order), {"reference": "SE-2"}).content.decode()
    assert "awardit_adapter" in page and "somebody who may change integrations" in page and "/remove/" not in page


def test_only_the_hooks_that_a_refusal_names_stand_behind_it() -> None:
    hooks = tuple(
        Hook(id=f"oc_{at}", adapter_id=adapter, subscribe_to=part)
        for at, (adapter, part) in enumerate((("qliro", "/state"), ("qliro", "/cart"), ("qliro_checkout", "/state")))
    )
    order = Order(id="o_1", hooks=hooks)

    def behind(message: str, code: str = "order-hook-rejected") -> list[str | None]:
        return [hook.id for hook in blockers_of(order, Rejected(message, operation="PUT", status=400, code=code))]

    assert behind("The hook of qliro on /state refuses the change.") == ["oc_0"]
    assert behind("qliro said no.") == ["oc_0", "oc_1"]
    assert behind("The hook of qliro_checkout on /state refuses") == ["oc_2"]
    assert behind("Somebody said no.") == ["oc_0", "oc_1", "oc_2"]
    assert behind("The hook of qliro on /state refuses.", code="order-bad-request") == []
    assert blockers_of(order, ApiError("qliro", operation="PUT", code="order-hook-rejected")) == []


# Who may


def test_managers_see_callbacks_and_no_way_to_change_them(
    manager: User, desk_of: DeskOf, order: Order, api: OrderApi
) -> None:
    add_hook(api, order, "awardit_adapter", "approve")
    desk = desk_of(manager)
    page = desk.open(url("order-detail", order)).content.decode()
    assert "awardit_adapter" in page and url("order-validate", order) not in page and "/remove/" not in page
    for name in ("hook-create", "order-validate"):
        assert desk.client.post(url(name, order), HOOK).status_code == 403
    assert len(again(api, order).hooks) == 1


def test_the_orders_page_leads_to_every_change(admin: User, desk_of: DeskOf, order: Order, api: OrderApi) -> None:
    hook, validation = add_hook(api, order, "awardit_adapter", "approve"), add_validation(api, order)
    notification = add_notification(api, order)
    page = desk_of(admin).open(url("order-detail", order)).content.decode()
    for target in (
        url("hook-delete", order, hook_id=hook.id),
        url("validation-edit", order, validation_id=validation.id),
        url("validation-delete", order, validation_id=validation.id),
        url("notification-delete", order, notification_id=notification.id),
        *(url(name, order) for name in ("order-validate", "hook-create", "validation-create", "notification-create")),
    ):
        assert f'href="{target}"' in page
