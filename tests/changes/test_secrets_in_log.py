"""No secret that goes through a form is in the log, which cannot be corrected."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from audit.models import Entry
from order_api import OrderApi
from tests.changes.conftest import Desk, MakeOrder
from tests.privacy.test_both import JWT

DeskOf = Callable[[User], Desk]
FIELDS = (
    "jwt", "bankgiro", "privateKey", "signature", "passport", "pin", "ipAddress", "sessionData", "otp", "auth",
    "shopperName", "buyerName",
    "payerName", "taxpayerId", "driverslicense", "my-api-key", "CARD_NUMBER",
)  # fmt: skip


def rows_of(order_id: str) -> str:
    """Every column of every entry about the order."""
    return json.dumps(list(Entry.objects.filter(order_id=order_id).values()), default=str, ensure_ascii=False)


@pytest.mark.parametrize("field", FIELDS)
def test_a_secret_attribute_that_is_changed_is_in_no_column_of_the_log(
    manager: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi, field: str
) -> None:
    old, new = "Old-s3cr3t-Zx81", "New-s3cr3t-Zx82"
    order = make_order(attributes={field: old, "note": "before"})
    typed = {"mode": "rows", "key": [field, "note"], "value": [new, f"Authorization: Bearer {new} and {JWT}"]}
    assert desk_of(manager).send(reverse("attributes-edit", args=["norce/se", order.id]), typed).status_code == 302
    assert api.orders.get(order.id or "").raw["attributes"][field] == new
    written = rows_of(order.id or "")
    assert field in written and "before" in written
    assert not [secret for secret in (old, new, JWT, "s3cr3t") if secret in written]


def test_a_secret_in_the_name_of_an_attribute_is_in_no_column_of_the_log(
    manager: User, desk_of: DeskOf, make_order: MakeOrder
) -> None:
    order = make_order(attributes={"colour": "red"})
    typed = {"mode": "rows", "key": ["colour", "19850709-9805", f"token={JWT}"], "value": ["red", "hers", "x"]}
    assert desk_of(manager).send(reverse("attributes-edit", args=["norce/se", order.id]), typed).status_code == 302
    assert "hers" in rows_of(order.id or "")
    assert "19850709-9805" not in rows_of(order.id or "") and JWT not in rows_of(order.id or "")


def test_a_value_of_forty_thousand_characters_is_changed_with_its_beginning_in_the_log(
    manager: User, desk_of: DeskOf, make_order: MakeOrder, api: OrderApi
) -> None:
    order = make_order(attributes={"colour": "red", "long": "a" * 40_000})
    for value in ("4" * 40_000, "f0" * 20_000, json.dumps({"a": "a" * 40_000}), "b@" * 20_000):
        typed = {"mode": "rows", "key": ["colour", "long"], "value": ["red", value]}
        assert desk_of(manager).send(reverse("attributes-edit", args=["norce/se", order.id]), typed).status_code == 302
    assert len(rows_of(order.id or "")) < 100_000
    assert "characters)" in rows_of(order.id or "")
