"""Orders in which something does not fit the contract: one of them spoils no page, and it can still be seen."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, payment, put
from tests.orders.pages import text_of


def with_item(**item: Any) -> dict[str, Any]:
    return {"cart": {"items": [{"name": "Thing", "quantity": 1}, {"name": "Rope", **item}]}}


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "a quantity with decimals": (
        with_item(quantity=1.5),
        "cart.items[1].quantity: a number with decimals instead of a whole number",
    ),
    "text for a number": (with_item(quantity="2"), "cart.items[1].quantity: text instead of a whole number"),
    "a number for a name": (with_item(sku=17), "cart.items[1].sku: a whole number instead of text"),
    "text for an amount": (
        {"payments": [payment("p_unfit", 100) | {"upperLimitAmount": "a lot"}]},
        "payments[0].upperLimitAmount: a value that cannot be read",
    ),
    "an object for a list": ({"consents": {"news": True}}, "consents: an object instead of a list"),
    "text for yes or no": (
        {"consents": [{"id": "news", "checked": "yes"}]},
        "consents[0].checked: text instead of true or false",
    ),
}


@pytest.fixture
def desk(client_of: ClientOf, admin: User) -> Client:
    return client_of(admin)


@pytest.fixture(params=UNFIT)
def why(request: pytest.FixtureRequest, db: None) -> str:
    """Three orders, the middle one of which does not fit; why not."""
    changed, why = UNFIT[request.param]
    put(
        an_order("before", reference="BEFORE"),
        an_order("unfit", reference="UNFIT") | changed,
        an_order("after", reference="AFTER"),
    )
    return why


def test_the_row_says_what_cannot_be_read_and_the_others_are_there(desk: Client, why: str) -> None:
    answer = desk.get("/norce/se/orders/")
    assert answer.status_code == 200
    text = text_of(answer)
    assert f"o_unfit Cannot be read {why}" in text
    assert {"BEFORE", "AFTER"} <= set(text.split())
    assert 'href="/norce/se/orders/o_unfit/"' in answer.content.decode()


def test_its_page_is_the_document_as_it_came_with_the_reason(desk: Client, why: str) -> None:
    answer = desk.get("/norce/se/orders/o_unfit/")
    assert answer.status_code == 200
    text = text_of(answer)
    assert why in text
    assert "nothing can be changed in it from here" in text
    assert "UNFIT" in text, "the document"
    assert why in text_of(desk.get("/norce/se/orders/o_unfit/raw/"))


@pytest.mark.parametrize("part", ["state/", "cart/", "delete/"])
def test_what_needs_it_says_so_and_leads_to_the_document(desk: Client, why: str, part: str) -> None:
    answer = desk.get(f"/norce/se/orders/o_unfit/{part}")
    assert answer.status_code == 502
    assert why.partition(":")[0] in text_of(answer)
    assert 'href="/norce/se/orders/o_unfit/raw/"' in answer.content.decode()


@pytest.mark.parametrize("typed", ["o_unfit", "UNFIT"])
def test_it_is_found(desk: Client, why: str, typed: str) -> None:
    assert desk.get("/norce/se/orders/find/", {"search": typed})["Location"] == "/norce/se/orders/o_unfit/"


def test_its_payments_are_shown_where_they_fit(desk: Client, db: None) -> None:
    put(an_order("unfit", **with_item(quantity=1.5)))
    assert "Klarna" in text_of(desk.get("/norce/se/orders/o_unfit/payments/"))


def test_what_is_personal_stays_masked_in_it(desk: Client, db: None) -> None:
    unfit = an_order("unfit", **with_item(quantity=1.5))
    unfit["customer"]["billing"]["nationalIdentificationNumber"] = "19900101-2385"
    put(unfit)
    for path in ("/norce/se/orders/", "/norce/se/orders/o_unfit/", "/norce/se/orders/o_unfit/raw/"):
        assert "2385" not in desk.get(path).content.decode()


def test_a_number_for_an_identity_number_is_masked_too(desk: Client, db: None) -> None:
    unfit = an_order("unfit")
    unfit["customer"]["billing"]["nationalIdentificationNumber"] = 199001012385
    put(unfit)
    for path in (
        "/norce/se/orders/",
        "/norce/se/orders/o_unfit/",
        "/norce/se/orders/o_unfit/raw/",
        "/norce/se/orders/o_unfit/state/",
    ):
        page = desk.get(path).content.decode()
        assert "2385" not in page
        assert "nationalIdentificationNumber" in page


def test_a_list_with_nothing_else_is_a_list(desk: Client, db: None) -> None:
    put(an_order("unfit", **with_item(quantity=1.5)))
    assert "1–1 of 1" in text_of(desk.get("/norce/se/orders/"))
