"""Documents in the shape in which Norce's own clients write them, on the pages."""

from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client

from domain.adapters import adapter_name, called
from order_api import OrderApi
from order_api.schemas import Order
from order_api.schemas.base import read
from orders.page.items import present_items
from sandbox.codec import Document, encode
from tests.conftest import ClientOf
from tests.documents import EXAMPLES, example
from tests.order_api.servers import Prepared
from tests.orders.orders_in_the_sandbox import an_order, payment, put
from tests.orders.pages import text_of
from tests.sandbox.conftest import Caller, api

__all__ = ["api"]


@pytest.fixture
def desk(client_of: ClientOf, admin: User) -> Client:
    return client_of(admin)


def shown(desk: Client, order: str) -> str:
    """The words of the order's page, and of the list on the way to it."""
    assert order[1:] in text_of(desk.get("/norce/se/orders/"))
    answer = desk.get(f"/norce/se/orders{order}/")
    assert answer.status_code == 200
    return text_of(answer)


@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES.glob("create-*.json")])
def test_an_order_as_it_is_created_is_a_page(desk: Client, api: Caller, name: str) -> None:
    text = shown(desk, api.created(example(name)))
    assert example(name)["cart"]["items"][0]["name"] in text


MADE = {"made-order-nulls": {}, "made-order-double-dust": {"id": "oAaBbCcD", "merchant": "norce", "channel": "se"}}


@pytest.mark.parametrize("name", MADE)
def test_an_order_that_was_made_is_a_page(desk: Client, name: str) -> None:
    put(an_order("x") | example(name) | MADE[name])
    assert "Thing" in shown(desk, "/oAaBbCcD")


def test_a_document_full_of_nulls_is_read_as_one_without_them(desk: Client) -> None:
    put(example("made-order-nulls"))
    text = shown(desk, "/oAaBbCcD")
    assert "null" not in text
    assert "Walley" in text and "Reserved" in text and "Testgatan 1" in text


def test_attributes_that_hold_nothing_are_no_rows(desk: Client, api: Caller) -> None:
    order = api.created(an_order("x"))
    for side in ("billing", "shipping"):
        assert api.put(f"{order}/customer/{side}", example("address-null-attributes")).status_code == 200
    text = shown(desk, order)
    assert "Testroad 10" in text
    assert not {"null", "vatId", "dateOfBirth"} & set(text.split())
    assert "vatId" in text_of(desk.get(f"/norce/se/orders{order}/raw/")), "the document is whole"


def test_a_payment_of_an_older_document_is_called_by_its_provider(desk: Client) -> None:
    put(an_order("old", payments=[example("payment-walley-2024") | {"state": "reserved"}]))
    text = shown(desk, "/o_old")
    assert "Walley" in text_of(desk.get("/norce/se/orders/")) and "Walley" in text
    assert "checkout" in text, "a type that is in no list"


def test_what_is_not_the_order_apis_payment_is_no_page(desk: Client) -> None:
    put(an_order("odd", payments=[payment("p_odd", 100) | example("payment-nonpsp-answer")]))
    assert "Klarna" in shown(desk, "/o_odd")


def test_an_event_of_the_notification_service_is_read() -> None:
    service = Prepared(httpx.Response(200, json={"data": [example("event")]})).connection
    (event,) = OrderApi(service, "norce", "se", events=service).events.list("oAaBbCcD")
    assert (event.adapter_id, event.attempts) == ("norce-commerce-adapter", ())
    assert event.created_at is not None


def test_what_a_provider_pushes_later_is_readable_in_the_log(desk: Client, api: Caller) -> None:
    _, payment = api.paid("reserved", adapterId="qliro_checkout_adapter")
    pushed = encode(example("made-qliro-status-push")).decode()
    api.post(f"{payment}/transactions", {"event": "capture", "amount": 966, "isSuccess": True, "responseJson": pushed})
    text = text_of(desk.get(f"/norce/se/orders{payment}/transactions/"))
    assert "PaymentTransactionId" in text and "7301" in text


@pytest.mark.parametrize(
    ("adapter_id", "name"),
    [
        ("klarna_checkout_adapter", "Klarna"),
        ("walley-checkout", "Walley"),
        ("klarna-checkout", "Klarna"),
        ("walley_checkout_adapter", "Walley"),
        ("ingrid-shipping-adapter", "Ingrid"),
        ("norce-commerce-adapter", "Norce"),
        ("svea_adapter", "Svea"),
        ("nonpsp_adapter", "Non-PSP"),
        ("paypal_adapter", "PayPal"),
        ("onhand_verify", "onhand_verify"),
        ("adyen", "adyen"),
        ("", ""),
    ],
)
def test_an_adapters_id_becomes_the_name_of_the_provider(adapter_id: str, name: str) -> None:
    assert adapter_name(adapter_id) == name


@pytest.mark.parametrize(
    ("name", "adapter_id", "what"),
    [
        ("Faktura", "walley_checkout_adapter", "Faktura"),
        ("walley_checkout_adapter", "walley-checkout", "Walley"),
        ("Self-checkout", "walley-checkout", "Self-checkout"),
        (None, "ingrid-shipping-adapter", "Ingrid"),
        (None, None, ""),
    ],
)
def test_a_name_that_somebody_gave_is_kept(name: str | None, adapter_id: str | None, what: str) -> None:
    assert called(name, adapter_id) == what


def measures(logistics: Document) -> dict[str, str]:
    item = read({"cart": {"items": [{"logistics": logistics}]}}, Order)
    assert item.cart is not None
    (line,) = present_items(item.cart.items, set())
    return {name: value.replace("\xa0", " ") for name, value in line.logistics}


def test_weights_are_grams_and_lengths_millimetres() -> None:
    assert measures(
        {"weight": 2500, "length": 200, "width": 1050, "height": 0, "tags": ["bulky", "toxicLevel:high"]}
    ) == {
        "weight": "2,500 g",
        "length": "200 mm",
        "width": "1,050 mm",
        "height": "0 mm",
        "tags": "bulky, toxicLevel:high",
    }


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-12-24T00:00:00+00:00", "Dec 24, 2026"), ("2026-12-24T00:00:00+01:00", "Dec 24, 2026"),
     ("2026-12-24", "Dec 24, 2026"), ("2026-12-24T23:30:00Z", "Dec 24, 2026")],
)  # fmt: skip
def test_the_day_of_shipping_is_a_day(moment: str, day: str) -> None:
    assert measures({"shippingDate": moment}) == {"shippingDate": day}


V1: dict[str, Any] = {
    "validations": [{"id": "oc_v", "adapterId": "onhand_verify", "invoke": "https://hooks.example.com/validate"}],
    "hooks": [{"id": "oc_h", "scope": "/state", "description": "Reserves stock", "invoke": "https://hooks.example.com/r"}],
}  # fmt: skip


def test_hooks_and_validations_in_version_1s_shape_are_shown(desk: Client) -> None:
    put(an_order("v1", state="checkout", **V1))
    text = shown(desk, "/o_v1")
    assert "https://hooks.example.com/validate" in text
    assert "on /state" in text and "Reserves stock" in text and "on –" not in text
    assert "Asked first, and able to refuse" in text_of(desk.get("/norce/se/orders/o_v1/state/"))


def test_a_notification_whose_id_is_part_of_no_address_is_shown_without_a_way_to_remove_it(desk: Client) -> None:
    called = {"id": "eu/1", "scope": "/cart", "invoke": "https://erp.example.com/told", "description": "Tells the ERP"}
    put(an_order("told", notifications=[called]))
    page = desk.get("/norce/se/orders/o_told/")
    assert page.status_code == 200 and "Tells the ERP" in text_of(page)
    assert "/notifications/new/" in page.content.decode() and "eu/1" not in page.content.decode()


def test_a_validation_in_version_1s_shape_can_be_edited(desk: Client) -> None:
    put(an_order("v1", state="checkout", **V1))
    page = desk.get("/norce/se/orders/o_v1/validations/oc_v/").content.decode()
    assert 'value="https://hooks.example.com/validate"' in page
