"""Each write of the Order API in a browser: by the lowest role that may, from the order's page to its result.

That nobody below it may, and that no page offers it to them, is in tests/test_permissions.py.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from orders.changes.creation import OrderCreation
from tests.changes.test_every_change import PATTERNS
from tests.changes.test_every_change import WRITES as FORMS
from tests.e2e.conftest import Desk, StateOf, watch
from tests.e2e.writes import ADAPTERS, WRITES, Write, part


def call(desk: Desk, method: str, path: str, body: Any = None) -> Any:
    """What the sandbox answers; nothing where there is no such order."""
    headers = {
        "Authorization": "Bearer sandbox",
        "x-merchant": "norce",
        "x-channel": "se",
        "Content-Type": "application/json",
    }
    address = f"{desk.url}/checkout/order/api/v0/checkout/orders{path}"
    content = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, content, headers, method=method)) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        assert error.code == 404, error.read()
        return None


@pytest.fixture
def order_id(desk: Desk) -> str:
    """An order in checkout on which one of each hangs that can."""
    price = {"includingVat": 125, "excludingVat": 100}
    mug = {
        "name": "Mug",
        "sku": "M-1",
        "quantity": 1,
        "vatRate": 0.25,
        "price": price,
        "total": price,
        "originalTotal": price,
    }
    lives = {"givenName": "Åsa", "familyName": "Lind", "streetAddress": "Storgatan 1", "postalCode": "831 30",
             "city": "Östersund", "country": "SE", "email": "asa@example.se"}  # fmt: skip
    body = {
        "reference": "WALK", "currency": "SEK", "country": "SE", "culture": "sv-SE", "attributes": {"colour": "red"},
        "cart": {"items": [mug], "total": price}, "customer": {"type": "person", "billing": lives, "shipping": lives},
        "consents": [{"id": "terms", "text": "Terms", "required": True, "checked": True},
                     {"id": "news", "text": "News by e-mail", "checked": False},
                     {"id": "profiling/by age", "text": "Profiling", "checked": False}],
        "validations": [{"adapterId": "awardit_adapter", "url": f"{ADAPTERS}/awardit_adapter/validations/pass"}],
        "hooks": [{"adapterId": "awardit_adapter", "subscribeTo": "/customer", "target": "/customer",
        "invoke": f"{ADAPTERS}/awardit_adapter/hooks/approve"}],
        "notifications": [{"adapterId": "norce_adapter", "scope": "/state/currentStatus",
        "invoke": f"{ADAPTERS}/norce_adapter/notifications/accept"}],
    }  # fmt: skip
    order_id = str(call(desk, "POST", "", body)["id"])
    paid = {
        "adapterId": "klarna_checkout_adapter",
        "name": "Klarna",
        "currency": "SEK",
        "amount": 125,
        "state": "reserved",
    }
    free = {"includingVat": 0, "excludingVat": 0}
    call(desk, "POST", f"/{order_id}/payments", paid)
    call(
        desk,
        "POST",
        f"/{order_id}/shippings",
        {"adapterId": "nshift_adapter", "name": "Parcel", "total": free, "vatRate": 0.25, "state": "intent"},
    )
    return order_id


@pytest.fixture
def page(browser: Browser, desk: Desk, kept_state_of: StateOf, write: Write, console: list[str]) -> Iterator[Page]:
    """A page of the lowest role that may."""
    context = browser.new_context(base_url=desk.url, storage_state=kept_state_of(write.role))
    yield watch(context.new_page(), console)
    context.close()


def fill_in(page: Page, write: Write, start: str) -> None:
    """Goes the way to the form, fills it in and, where the desk asks first, lets it ask."""
    page.goto(start)
    write.opens(page)
    form = page.locator(".change-form")
    expect(form.locator("[type=submit].btn-primary, [type=submit].btn-danger")).to_be_visible()
    write.fills(page)
    if write.is_asked:
        press(page)
        expect(page.get_by_text("Please look at this before it is sent:")).to_be_visible()


def done(write: Write) -> str:
    """What the desk says once it is done; a validation that was run shows its answers instead."""
    form = OrderCreation if write.name == "order-create" else getattr(PATTERNS[write.name].callback, "form_class", None)
    return str(form.done) if form else ""


def press(page: Page) -> None:
    page.locator(".change-form footer [type=submit]").click()


def test_each_write_of_the_api_and_each_form_of_the_desk_is_walked() -> None:
    assert {write.operation for write in WRITES} == set(FORMS)
    assert {write.name for write in WRITES} == set().union(*FORMS.values())


FIRST = {
    "order-create", "state-edit", "billing-edit", "cart-edit", "consents-edit", "payment-edit", "transaction-create",
    "shipping-edit", "hook-create", "order-validate", "order-delete",
}  # fmt: skip
"""One of each kind of form; `make test-rest` walks through the others."""
CASES = [
    pytest.param(write, id=f"{write.operation}-{write.name}", marks=[] if write.name in FIRST else [pytest.mark.rest])
    for write in WRITES
]


def test_the_forms_that_are_walked_first_are_there() -> None:
    assert {write.name for write in WRITES} >= FIRST


@pytest.mark.parametrize("write", CASES)
def test_a_write_is_done_by_whoever_may_and_seen_where_it_belongs(
    write: Write, desk: Desk, order_id: str, page: Page, console: list[str]
) -> None:
    start = "/norce/se/orders/" if write.name == "order-create" else f"/norce/se/orders/{order_id}/"
    before = call(desk, "GET", f"/{order_id}"), call(desk, "GET", "?limit=1")
    fill_in(page, write, start)
    assert (call(desk, "GET", f"/{order_id}"), call(desk, "GET", "?limit=1")) == before
    press(page)
    if said := done(write):
        expect(page.locator(".messages")).to_contain_text(said)
    if write.folded:
        part(page, write.where).get_by_text(write.folded, exact=True).click()
    if write.sees:
        expect(part(page, write.where)).to_contain_text(write.sees, ignore_case=True)
    else:
        expect(part(page, write.where)).not_to_contain_text(write.gone)
    assert (
        call(desk, "GET", f"/{order_id}"),
        call(desk, "GET", "?limit=1"),
    ) != before or write.name in ("order-validate", "payment-refresh")
    assert [said for said in console if "status of 422" not in said] == []  # the desk's own question before it sends
