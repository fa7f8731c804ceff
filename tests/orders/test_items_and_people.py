"""What a page links to and shows of items and addresses, where the API's text cannot be trusted."""

from typing import Any

import pytest

from order_api.schemas import Order
from order_api.schemas.base import read
from orders.page.items import MAX_INDENT, Picture, picture, present_items, safe_link
from orders.page.people import identity_number, present_people
from tests.orders import documents

SOURCES = {"https://media.example", "/checkout/images/"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example/x", "/\\evil.example",
        "ftp://x.example/",
        "https://", "http://[::1", "mailto:a@b.se", "relative/path", "", None,
    ],
)  # fmt: skip
def test_an_address_that_a_browser_should_not_follow_is_no_link(address: str | None) -> None:
    assert safe_link(address) == ""
    assert picture(address, SOURCES) == Picture()


@pytest.mark.parametrize(
    "address",
    [
        "/checkout/images/a.svg",
        "/checkout/images/88-20417-38.svg",
        "https://media.example/a.jpg",
        "HTTPS://Media.Example/a",
    ],
)
def test_a_picture_of_the_sandbox_or_an_allowed_host_is_shown(address: str) -> None:
    assert picture(address, SOURCES) == Picture(src=address)


@pytest.mark.parametrize(
    "address",
    [
        "https://media.example.evil.example/a.jpg",
        "https://evil.example/media.example",
        "https://media.example@evil.example/",
    ],
)
def test_a_picture_of_another_host_is_only_linked(address: str) -> None:
    assert picture(address, SOURCES) == Picture(link=address)


@pytest.mark.parametrize(
    "address",
    [
        "/audit/export/",
        "/norce/se/orders/?remember=size&size=100",
        "/norce/se/orders/o_1/identity/billing/",
        "/checkout/images",
        "/checkout/images/",
        "/checkout/images/../../audit/export/",
        "/checkout/images/..",
        "/checkout/images/.",
        "/checkout/images/%2e%2e/%2e%2e/audit/export/",
        "/checkout/images/%2e%2e",
        "/checkout/images/..%2faudit",
        "/checkout/images/..\\..\\audit\\export\\",
        "/checkout/images\\..\\..\\audit/export/",
        "/checkout/images//audit/export/",
        "/checkout/./images/a.svg",
        "/checkout//images/a.svg",
        "/Checkout/Images/a.svg",
        "/checkout/images/a.svg?next=/audit/export/",
        "/checkout/images/a.svg#x",
        "/checkout/images/a.svg/../../../audit/export/",
        "/checkout/images/\t../a.svg",
        "/checkout/images/a.svg\n",
        "/checkout/order/docs",
        "http://desk.example/audit/export/",
        "http://desk.example:8000/checkout/images/a.svg",
        "https://desk.example:443/audit/export/",
        "https://DESK.example./audit/export/",
        "https://media.example@desk.example/audit/export/",
        "https://media.example:443@desk.example/",
        "https://media.example\\@desk.example/",
        "https:///audit/export/",
        "///audit/export/",
    ],
)
def test_no_address_of_this_site_but_a_picture_is_loaded(address: str) -> None:
    shown = picture(address, SOURCES).src
    assert shown in ("", "/checkout/images/a.svg")
    assert shown == "" or address.strip() == shown


def test_parts_of_bundles_follow_them_at_any_depth_and_stop_indenting_before_the_page_ends() -> None:
    item: dict[str, Any] = {"name": "0"}
    for depth in range(1, 12):
        item = {"name": str(depth), "items": [item, {"name": "beside"}]}
    order = read({"cart": {"items": [item]}}, Order)
    assert order.cart
    lines = present_items(order.cart.items, set())
    assert [line.depth for line in lines][:12] == list(range(12))
    assert max(line.indent for line in lines) == MAX_INDENT
    assert [line.item.name for line in lines].count("beside") == 11


def people(billing: dict[str, Any] | None = None, shipping: dict[str, Any] | None = None) -> Order:
    return read({"customer": {"billing": billing, "shipping": shipping}}, Order)


def test_addresses_that_differ_only_in_case_and_spaces_are_the_same() -> None:
    found = present_people(
        people({"city": "Östersund ", "postalCode": "831 62"}, {"city": "ÖSTERSUND", "postalCode": "831 62"})
    )
    assert found.same


def test_an_organisation_goes_before_its_contact() -> None:
    found = present_people(people({"organizationName": "Fjäll AB", "givenName": "Bo", "familyName": "Ek"}))
    assert found.name == "Fjäll AB"


@pytest.mark.parametrize(
    ("billing", "shipping", "only"), [({"city": "Åre"}, None, "billing"), (None, {"city": "Åre"}, "shipping")]
)
def test_one_address_alone_is_not_compared(billing: Any, shipping: Any, only: str) -> None:
    found = present_people(people(billing, shipping))
    assert (found.only, found.different) == (only, 0)


@pytest.mark.parametrize("email", ["a@b.se?bcc=x@evil.example", "a@b.se,c@d.se", "a b@c.se", "nobody"])
def test_an_e_mail_that_would_do_more_than_address_somebody_is_no_link(email: str) -> None:
    (row,) = present_people(people({"email": email})).rows
    assert row.billing
    assert (row.billing.text, row.billing.href) == (email, "")


def test_a_phone_is_dialled_without_its_spaces_and_the_zero_for_calls_within_the_country() -> None:
    (row,) = present_people(people({"phone": "+46 (0)70-174 06 41"})).rows
    assert row.billing
    assert row.billing.href == "tel:+46701740641"


def test_an_identity_number_is_nowhere_in_what_the_page_is_given() -> None:
    order = read(documents.order(), Order)
    assert documents.PERSONAL_NUMBER not in repr(present_people(order))
    assert identity_number(order, "billing") == documents.PERSONAL_NUMBER
    assert identity_number(read({}, Order), "shipping") is None
