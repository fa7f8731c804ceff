"""Changing an order, as somebody with a caller on the line does it."""

import re
import urllib.request

import pytest
from playwright.sync_api import Browser, Dialog, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk
from tests.e2e.test_order import ask


@pytest.fixture
def order_id(desk: Desk) -> str:
    """An order that somebody has an address on."""
    orders = ask(desk, "orders?limit=50&status=accepted")["data"]
    assert isinstance(orders, list)
    return str(next(order["id"] for order in orders if order.get("customer", {}).get("billing")))


def put(desk: Desk, path: str, body: str) -> None:
    """What another program changes, beside the desk."""
    headers = {
        "Authorization": "Bearer sandbox",
        "x-merchant": "norce",
        "x-channel": "se",
        "Content-Type": "application/json",
    }
    address = f"{desk.url}/checkout/order/api/v0/checkout/{path}"
    urllib.request.urlopen(urllib.request.Request(address, data=body.encode(), headers=headers, method="PUT"))


def open_reference(page: Page, order_id: str) -> None:
    page.goto(f"/norce/se/orders/{order_id}/")
    page.locator(f'.aside a[href="/norce/se/orders/{order_id}/reference/"]').click()
    expect(page.locator("#dialog[open]")).to_be_visible()


def test_a_change_opens_in_a_dialog_is_saved_and_shown(page: Page, order_id: str) -> None:
    open_reference(page, order_id)
    field = page.get_by_label("Reference", exact=True)
    expect(field).to_be_focused()
    assert violations(page) == []
    field.fill("SE-E2E-1")
    field.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="The reference was saved")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SE-E2E-1")


def test_leaving_with_something_typed_asks_first(page: Page, order_id: str) -> None:
    open_reference(page, order_id)
    page.get_by_label("Reference", exact=True).fill("SE-TYPED")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog[open]")).to_be_visible()
    assert asked
    expect(page.get_by_label("Reference", exact=True)).to_have_value("SE-TYPED")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#dialog [data-closes]").last.click()
    expect(page.locator("#dialog[open]")).to_have_count(0)


def test_choosing_the_first_option_counts_as_typed_and_choosing_nothing_does_not(page: Page, order_id: str) -> None:
    page.goto(f"/norce/se/orders/{order_id}/")
    asked: list[str] = []

    def go(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", go)
    for choose in (False, True):
        page.locator(f'a[href="/norce/se/orders/{order_id}/billing/"]').first.click()
        country = page.locator("#dialog select[name=country]")
        expect(country).not_to_have_value("")
        if choose:
            country.select_option(index=0)
        page.locator("#dialog [data-closes]").last.click()
        expect(page.locator("#dialog[open]")).to_have_count(0)
        assert len(asked) == choose


def test_a_colleagues_change_is_shown_beside_ones_own(
    page: Page, desk: Desk, order_id: str, console: list[str]
) -> None:
    open_reference(page, order_id)
    put(desk, f"orders/{order_id}/reference", '"SE-THEIRS"')
    page.get_by_label("Reference", exact=True).fill("SE-MINE")
    page.locator("#dialog [type=submit]").last.click()
    conflict = page.locator("#dialog table.conflict")
    expect(conflict).to_contain_text("SE-THEIRS")
    expect(conflict).to_contain_text("SE-MINE")
    assert violations(page) == []
    conflict.locator("input[value=theirs]").check()
    page.locator("#dialog [type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SE-THEIRS")
    console.clear()  # the browser reports the 409 that this is about


def test_changes_work_without_javascript(
    browser: Browser, desk: Desk, signed_in_state: StorageState, order_id: str
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/norce/se/orders/{order_id}/")
    page.goto(f"/norce/se/orders/{order_id}/reference/")
    page.get_by_label("Reference", exact=True).fill("SE-NO-SCRIPT")
    page.locator("main [type=submit]").last.click()
    expect(page).to_have_url(re.compile(rf"/norce/se/orders/{order_id}/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("SE-NO-SCRIPT")
    context.close()


def test_a_session_that_ended_keeps_what_was_typed(
    browser: Browser, desk: Desk, signed_in_state: StorageState, order_id: str
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state)
    page = context.new_page()
    page.goto(f"/norce/se/orders/{order_id}/")
    page.locator(f'.aside a[href="/norce/se/orders/{order_id}/reference/"]').click()
    page.get_by_label("Reference", exact=True).fill("SE-KEPT")
    session = next(cookie for cookie in context.cookies() if cookie.get("name") == "sessionid")
    context.clear_cookies(name="sessionid")
    page.locator("#dialog [type=submit]").last.click()
    expect(page.locator("#change-problem")).to_contain_text("session has ended")
    expect(page.get_by_label("Reference", exact=True)).to_have_value("SE-KEPT")
    context.add_cookies([{"name": "sessionid", "value": session.get("value", ""), "url": desk.url}])
    page.locator("#dialog [type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SE-KEPT")
    context.close()
