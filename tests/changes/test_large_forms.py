"""A form is as large as the largest order that it is offered for; what is larger is told so, with nothing lost."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from gateway.connection import order_api
from sandbox.store import insert_documents
from tests import forms
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db
LINES_200 = json.loads((Path(__file__).parent.parent / "documents/cases/order-with-200-lines.json").read_text())[0]
KIND = "application/x-www-form-urlencoded"
HTMX = {"HX-Request": "true", "HX-Target": "dialog", "X-Problem-Target": "#change-problem"}


def put(lines: int) -> str:
    """The order with so many lines; gives its id."""
    one, cart = LINES_200["cart"]["items"][0], LINES_200["cart"]
    items = [one | {"id": f"ci_{place:028}", "name": f"Part {place}"} for place in range(lines)]
    insert_documents([(LINES_200 | {"cart": cart | {"items": items}}, {})])
    return str(LINES_200["id"])


@pytest.mark.parametrize("lines", [200, 400, pytest.param(settings.LARGEST_CART, marks=pytest.mark.rest)])
def test_a_cart_of_many_lines_can_be_copied(lines: int, admin: User, client_of: ClientOf) -> None:
    where = f"{reverse('order-create', args=['norce/se'])}?from={put(lines)}"
    answer = forms.send(client_of(admin), where, {"reference": "copy-1"})
    assert answer.status_code == 302
    copy = order_api("norce", "se").orders.get(answer.url.strip("/").split("/")[-1])
    assert copy.cart and len(copy.cart.items) == lines and copy.reference == "copy-1"


def test_one_line_of_many_can_be_changed(admin: User, client_of: ClientOf) -> None:
    document = LINES_200 | {"state": {"currentStatus": "checkout", "transitions": []}}
    items = [LINES_200["cart"]["items"][0] | {"id": f"ci_{place:028}"} for place in range(600)]
    insert_documents([(document | {"cart": LINES_200["cart"] | {"items": items}}, {})])
    where = reverse("cart-edit", args=["norce/se", LINES_200["id"]])
    answer = forms.send(client_of(admin), where, {f"quantity-ci_{7:028}": "3"})
    assert answer.status_code == 302
    cart = order_api("norce", "se").orders.get(LINES_200["id"]).cart
    assert cart and [item.quantity for item in cart.items[6:9]] == [1, 3, 1]


@pytest.mark.parametrize("name", ["order-create", "cart-edit"])
def test_a_cart_that_is_larger_than_a_form_is_not_put_into_one(name: str, admin: User, client_of: ClientOf) -> None:
    order_id = put(settings.LARGEST_CART + 1)
    where = (
        f"{reverse(name, args=['norce/se'])}?from={order_id}"
        if name == "order-create"
        else reverse(name, args=["norce/se", order_id])
    )
    page = client_of(admin).get(where)
    assert "5001 lines" in page.content.decode() and len(page.content) < 3_000_000
    assert 'class="btn btn-primary" type="submit"' not in page.content.decode()


@pytest.mark.parametrize("limit", ["DATA_UPLOAD_MAX_NUMBER_FIELDS", "DATA_UPLOAD_MAX_MEMORY_SIZE"])
def test_what_is_too_large_is_said_above_the_form_which_stays(
    limit: str, admin: User, client_of: ClientOf, settings: Any
) -> None:
    setattr(settings, limit, 5)
    client = client_of(admin)
    data = {f"f{place}": "x" for place in range(10)}
    answer = client.post(reverse("order-create", args=["norce/se"]), urlencode(data), KIND, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (413, "#change-problem")
    assert "too large to be sent" in answer.content.decode() and "<html" not in answer.content.decode()
    page = client.post(reverse("order-create", args=["norce/se"]), urlencode(data), KIND)
    assert page.status_code == 413 and "too large to be sent" in page.content.decode()
