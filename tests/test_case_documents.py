"""The orders of other people's bug reports (tests/documents/cases): each is found, opened, changed and copied."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gateway.connection import order_api
from sandbox.store import insert_documents
from tests import forms
from tests.conftest import ClientOf
from tests.orders.pages import text_of

pytestmark = pytest.mark.django_db
FILES = sorted(Path(__file__).parent.glob("documents/cases/*.json"))
PAGES = ("order-detail", "order-timeline", "order-raw", "payment-list", "shipping-list")
TOUCHED = {
    "billing-edit": ("phone", "070-174 06 99", ("customer", "billing", "phone")),
    "reference-edit": ("reference", "touched-1", ("reference",)),
}


@pytest.fixture(params=FILES, ids=[path.stem for path in FILES])
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    found = json.loads(request.param.read_text())
    document: dict[str, Any] = found[0] if isinstance(found, list) else found
    insert_documents([(document, {})])
    return document


@pytest.fixture
def desk(client_of: ClientOf, admin: User) -> Client:
    return client_of(admin)


def stored(order_id: str) -> Any:
    return order_api("norce", "se").orders.get(order_id).raw


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path, value


def test_it_stands_in_the_list_and_is_found_by_its_reference(desk: Client, case: dict[str, Any]) -> None:
    assert case["reference"] in text_of(desk.get("/norce/se/orders/", follow=True))
    found = desk.get(reverse("order-find", args=["norce/se"]), {"search": case["reference"]})
    assert found.status_code == 302, text_of(found)
    assert found["Location"] == reverse("order-detail", args=["norce/se", case["id"]])


def test_each_of_its_pages_opens(desk: Client, case: dict[str, Any]) -> None:
    for name in PAGES:
        assert desk.get(reverse(name, args=["norce/se", case["id"]])).status_code == 200, name


@pytest.mark.parametrize("name", TOUCHED)
def test_what_nobody_touched_stays_as_it_was(desk: Client, case: dict[str, Any], name: str) -> None:
    field, typed, place = TOUCHED[name]
    before = dict(leaves(stored(case["id"])))
    response = forms.send(desk, reverse(name, args=["norce/se", case["id"]]), {field: typed})
    if name == "billing-edit" and not case.get("customer", {}).get("billing"):
        pytest.skip("it has no billing address")
    assert response.status_code == 302, text_of(response)
    after = dict(leaves(stored(case["id"])))
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert {path for path in changed if path != place and path[0] not in ("lastModified", "consents")} <= {
        ("customer", "billing", "orderId"), ("customer", "type"),
    }  # fmt: skip
    assert after[place] == typed


def test_it_can_be_copied_as_it_is(desk: Client, case: dict[str, Any]) -> None:
    where = f"{reverse('order-create', args=['norce/se'])}?from={case['id']}"
    response = forms.send(desk, where, {"reference": f"copy of {case['reference']}"[:50]})
    assert response.status_code == 302, text_of(response)
