"""Forms in a real browser: where the focus goes, what asks before it is dropped, what stays behind."""

import json
import re

import pytest
from playwright.sync_api import Browser, Dialog, Page, StorageState, expect

from tests.e2e.conftest import Desk
from tests.e2e.test_changes import put
from tests.e2e.test_order import ask


@pytest.fixture
def order(desk: Desk) -> dict[str, object]:
    """An order with an address, and a payment that is reserved."""
    orders = ask(desk, "orders?limit=50&status=accepted&payment_status=reserved")["data"]
    assert isinstance(orders, list)
    has_both = (o for o in orders if o.get("customer", {}).get("billing") and o["payments"][0]["state"] == "reserved")
    return dict(next(has_both))


def test_the_focus_goes_back_to_the_menu_that_a_dialog_was_opened_from(page: Page, order: dict[str, object]) -> None:
    page.goto(f"/norce/se/orders/{order['id']}/")
    more = page.locator(".order-head summary", has_text="More")
    more.click()
    page.get_by_role("link", name="Change reference…").click()
    expect(page.get_by_label("Reference", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_the_focus_goes_back_to_a_link_that_was_renewed_meanwhile(page: Page, order: dict[str, object]) -> None:
    page.goto(f"/norce/se/orders/{order['id']}/")
    address = f"/norce/se/orders/{order['id']}/billing/"
    page.locator(f'a[href="{address}"]').first.click()
    expect(page.locator("#dialog[open]")).to_be_visible()
    renew = "a => { const one = document.querySelector(`a[href='${a}']`); one.replaceWith(one.cloneNode(true)); }"
    page.evaluate(renew, address)
    page.locator("#dialog [data-closes]").last.click()
    expect(page.locator(f'a[href="{address}"]').first).to_be_focused()


def test_every_kind_of_field_asks_before_its_change_is_dropped(
    browser: Browser, desk: Desk, admin_state: StorageState, order: dict[str, object]
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state)
    page = context.new_page()
    payment = order["payments"][0]["id"]  # type: ignore[index]
    asked: list[str] = []

    def go(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", go)
    changes = [
        (f"/norce/se/orders/{order['id']}/payments/{payment}/edit/", "select[name=state]", 0),
        (f"/norce/se/orders/{order['id']}/payments/{payment}/edit/", "textarea[name=attributes]", "{}"),
        (f"/norce/se/orders/{order['id']}/billing/", "input[name=type][value=organization]", None),
        (f"/norce/se/orders/{order['id']}/consents/", "input[type=checkbox]", None),
    ]
    for times, (address, field, value) in enumerate(changes, 1):
        page.goto(f"/norce/se/orders/{order['id']}/")
        page.evaluate("a => htmx.ajax('GET', a, {target: '#dialog', swap: 'innerHTML'})", address)
        one = page.locator(f"#dialog {field}").first
        expect(one).to_be_attached()
        if isinstance(value, int):
            one.select_option(index=value)
        elif value:
            one.fill(str(value))
        else:
            one.click()
        page.keyboard.press("Escape")
        expect(page.locator("#dialog[open]")).to_have_count(0)
        assert len(asked) == times, address
    context.close()


def test_a_line_break_outlives_a_change_of_another_field(page: Page, desk: Desk, order: dict[str, object]) -> None:
    address = {"type": "person", "givenName": "Rad", "streetAddress": "Storgatan 1\nLgh 1203", "country": "SE"}
    put(desk, f"orders/{order['id']}/customer/billing", json.dumps(address))
    page.goto(f"/norce/se/orders/{order['id']}/billing/")
    page.get_by_label("Phone").fill("070-174 06 05")
    page.locator("main [type=submit]").last.click()
    page.wait_for_url(f"**/orders/{order['id']}/**")
    now = ask(desk, f"orders/{order['id']}")["customer"]["billing"]
    assert (now["streetAddress"], now["phone"]) == ("Storgatan 1\nLgh 1203", "070-174 06 05")


def test_signing_out_leaves_no_addresses_in_the_tab(
    browser: Browser, desk: Desk, signed_in_state: StorageState
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state)
    page = context.new_page()
    page.goto("/norce/se/orders/?search=Mikaela")
    page.goto("/norce/se/orders/")
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert re.search(r'"scroll:-?\d+"', kept) and "Mikaela" not in kept, "a place, and no word of its address"
    page.goto("/accounts/login/")
    context.clear_cookies(name="sessionid")
    page.goto("/norce/se/orders/?search=Astrid")
    page.goto("/accounts/login/")
    assert page.evaluate("sessionStorage.length") == 0
    context.close()
