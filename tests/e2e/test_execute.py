"""Moving money with a browser: the dialog becomes its own result, and one press is one move."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.paying import Paid, call, moves_of, paid, provider_finishes, state_of


@pytest.fixture
def admin_page(browser: Browser, desk: Desk, admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, viewport={"width": 1440, "height": 900})
    yield watch(context.new_page(), console)
    assert console == []
    context.close()


def open_dialog(page: Page, what: Paid, kind: str) -> None:
    page.goto(what.page)
    page.locator("#payments").get_by_role("link", name=re.compile(f"^{kind} ")).click()
    expect(page.locator("#dialog[open]")).to_be_visible()


def fill(page: Page) -> None:
    page.get_by_label("Reason").select_option(index=1)
    password = page.get_by_label("Your password")
    if password.count():
        password.fill("demo")


def press(page: Page, words: str) -> None:
    page.locator("#dialog").get_by_role("button", name=words).click()


def left_of(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box
    return box["x"]


def test_a_capture_and_then_a_refund(admin_page: Page, desk: Desk) -> None:
    page, what = admin_page, paid(desk)
    open_dialog(page, what, "Capture")
    expect(page.get_by_label("Reason")).to_be_focused()
    assert violations(page) == []
    fill(page)
    press(page, "Capture 499.00 SEK")
    expect(page.locator("#dialog")).to_contain_text("499.00 SEK was captured")
    assert violations(page) == []
    page.locator("#dialog").get_by_role("link", name="Back to the order").click()
    expect(page.locator("#payments")).to_contain_text("Captured")
    open_dialog(page, what, "Refund")
    fill(page)
    press(page, "Refund 499.00 SEK")
    expect(page.locator("#dialog")).to_contain_text("499.00 SEK was refunded")
    assert moves_of(desk, what) == ["capture", "refund"]


def test_a_refusal_says_why_and_frees_the_payment(admin_page: Page, desk: Desk) -> None:
    page, what = admin_page, paid(desk, day="decline")
    open_dialog(page, what, "Capture")
    fill(page)
    press(page, "Capture 499.00 SEK")
    expect(page.locator("#dialog")).to_contain_text("499.00 SEK was not captured: it was refused")
    expect(page.locator("#dialog")).to_contain_text("The provider declined to capture this payment")
    assert left_of(page, "#outcome b") - left_of(page, "#dialog") >= 16
    open_dialog(page, what, "Capture")
    expect(page.locator("#dialog").get_by_role("button", name="Capture 499.00 SEK")).to_be_enabled()
    assert (state_of(desk, what), moves_of(desk, what)) == ("reserved", [])


def test_what_is_pending_ends_in_the_dialog_that_watches_it(admin_page: Page, desk: Desk) -> None:
    page, what = admin_page, paid(desk, day="pending")
    open_dialog(page, what, "Capture")
    fill(page)
    press(page, "Capture 499.00 SEK")
    expect(page.locator("#dialog")).to_contain_text("Pending at the provider")
    provider_finishes(desk, what)
    expect(page.locator("#outcome .badge")).to_have_text("Done")
    expect(page.locator("#outcome b")).to_have_text("499.00 SEK was captured.")
    assert moves_of(desk, what) == ["capture"]


def test_enter_and_control_enter_send_nothing_and_a_double_click_sends_once(admin_page: Page, desk: Desk) -> None:
    page, what = admin_page, paid(desk, day="duplicate")
    open_dialog(page, what, "Capture")
    fill(page)
    page.get_by_role("textbox", name="Note", exact=True).press("Control+Enter")
    page.locator("#dialog form").evaluate(
        """(form) => {
            const field = document.createElement("input");
            form.querySelector(".stack").append(field);
            field.focus();
        }"""
    )
    page.keyboard.press("Enter")  # in a field of one line, where Enter would send any other form
    expect(page.locator("#dialog").get_by_role("button", name="Capture 499.00 SEK")).to_be_enabled()
    assert moves_of(desk, what) == []
    page.locator("#dialog").get_by_role("button", name="Capture 499.00 SEK").dblclick()
    expect(page.locator("#dialog")).to_contain_text("499.00 SEK was captured")
    assert moves_of(desk, what) == ["capture"]


def test_a_payment_that_moved_behind_the_dialog_is_shown_as_it_is_now(
    admin_page: Page, desk: Desk, console: list[str]
) -> None:
    page, what = admin_page, paid(desk)
    open_dialog(page, what, "Capture")
    fill(page)
    other = page.context.new_page()
    open_dialog(other, what, "Cancel")
    fill(other)
    press(other, "Cancel 499.00 SEK")
    expect(other.locator("#dialog")).to_contain_text("499.00 SEK was cancelled")
    press(page, "Capture 499.00 SEK")
    expect(page.locator("#dialog")).to_contain_text("The payment has changed since you looked at it. Nothing was sent.")
    assert violations(page) == []
    assert moves_of(desk, what) == ["cancel"]
    console.clear()  # the browser reports the 409 that this is about


def test_it_works_as_a_page_without_javascript(browser: Browser, desk: Desk, admin_state: StorageState) -> None:
    what = paid(desk)
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(what.page)
    page.locator("#payments").get_by_role("link", name=re.compile("^Capture ")).click()
    fill(page)
    page.get_by_role("button", name="Capture 499.00 SEK").click()
    expect(page.locator("main")).to_contain_text("499.00 SEK was captured")
    page.go_back()
    page.reload()
    assert moves_of(desk, what) == ["capture"]
    context.close()


def test_support_sees_no_button_and_cannot_post_one(page: Page, desk: Desk, console: list[str]) -> None:
    what = paid(desk)
    page.goto(what.page)
    expect(page.locator("#payments")).to_contain_text("Ask for a capture…")
    expect(page.locator("a[href*='/execute/']")).to_have_count(0)
    action = ask_for_action(desk, what)
    url = f"{what.page}payments/{what.payment_id}/actions/{action}/execute/"
    assert page.goto(url).status == 403  # type: ignore[union-attr]
    status = page.evaluate(
        """async (url) => {
            const token = document.cookie.split("csrftoken=")[1].split(";")[0];
            const body = new URLSearchParams({reason: "returned", case: "x", csrfmiddlewaretoken: token});
            return (await fetch(url, {method: "POST", body})).status;
        }""",
        url,
    )
    assert status == 403
    assert moves_of(desk, what) == []
    console.clear()  # the browser reports the 403s


def ask_for_action(desk: Desk, what: Paid) -> str:
    return str(call(desk, "GET", f"/{what.order_id}/payments/{what.payment_id}")["actions"][0]["id"])
