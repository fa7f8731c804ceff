"""The timeline and its notes, as somebody writes them down while the caller is still talking."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, sign_in
from tests.e2e.test_order import ask


@pytest.fixture
def timeline(page: Page, desk: Desk) -> Page:
    """An order's page, scrolled to its timeline."""
    orders = ask(desk, "orders?limit=1&status=completed")["data"]
    assert isinstance(orders, list)
    page.goto(f"/norce/se/orders/{orders[0]['id']}/")
    page.locator("#timeline").scroll_into_view_if_needed()
    expect(page.locator("#timeline-entries .timeline").first).to_be_visible()
    return page


def test_a_note_is_kept_by_the_keyboard_and_stands_in_the_timeline_at_once(timeline: Page) -> None:
    box = timeline.get_by_role("textbox", name=re.compile("^Note"))
    box.fill("Wants the parcel at work")
    box.press("Control+Enter")
    expect(timeline.locator(".said").first).to_have_text("Wants the parcel at work")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    assert violations(timeline) == []


def test_a_word_without_an_end_breaks_and_the_focus_goes_back_to_the_box(timeline: Page) -> None:
    box = timeline.get_by_role("textbox", name=re.compile("^Note"))
    box.fill("v" * 400)
    timeline.get_by_role("button", name="Add note").click()
    expect(timeline.locator(".said").first).to_have_text("v" * 400)
    assert timeline.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(box).to_be_focused()


def test_a_filter_changes_the_list_and_leaves_what_is_being_typed(timeline: Page) -> None:
    box = timeline.get_by_role("textbox", name=re.compile("^Note"))
    box.fill("Half a sentence")
    timeline.locator("#timeline").get_by_role("link", name="Money").click()
    expect(timeline.locator("#show-money")).to_have_attribute("aria-current", "true")
    expect(timeline.get_by_text("Order created")).to_have_count(0)
    expect(box).to_have_value("Half a sentence")
    expect(timeline.locator("#show-money")).to_be_focused()


def test_leaving_with_half_a_note_asks_first(timeline: Page) -> None:
    timeline.get_by_role("textbox", name=re.compile("^Note")).fill("Half a sentence")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    timeline.on("dialog", stay)
    timeline.get_by_role("navigation", name="Main").get_by_role("link", name="Orders").click()
    expect(timeline).to_have_url(re.compile("/orders/$"))
    assert asked == ["beforeunload"]


def test_a_note_outlives_the_session_and_is_sent_after_signing_in_elsewhere(timeline: Page, console: list[str]) -> None:
    box = timeline.get_by_role("textbox", name=re.compile("^Note"))
    box.fill("Typed before the session ended")
    timeline.wait_for_timeout(1500)  # the page has said by now that it was opened
    timeline.context.clear_cookies(name="sessionid")
    box.press("Control+Enter")
    expect(timeline.get_by_role("alert")).to_contain_text("what you typed is kept")
    expect(box).to_have_value("Typed before the session ended")
    assert "403" in console[0]
    console.clear()
    with timeline.expect_popup() as opened:
        timeline.get_by_role("link", name="Sign in in another tab").click()
    tab = opened.value
    tab.get_by_label("Username").fill("support")
    tab.get_by_label("Password").fill("demo")
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="Orders")).to_be_visible()
    timeline.get_by_role("button", name="Add note").click()
    expect(timeline.locator(".said").first).to_have_text("Typed before the session ended")


def test_a_confirmed_change_of_a_payment_leaves_without_asking(page: Page, desk: Desk, console: list[str]) -> None:
    orders = ask(desk, "orders?limit=1&status=completed")["data"]
    assert isinstance(orders, list)
    page.context.clear_cookies()
    sign_in(page, desk.url, "admin", "demo")
    page.goto(f"/norce/se/orders/{orders[0]['id']}/")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_text("Details, correct the record").first.click()
    page.get_by_role("link", name="Correct the record").first.click()
    expect(page.locator("#dialog[open]")).to_contain_text("moves no money")
    assert violations(page) == []
    page.get_by_label("Amount", exact=True).fill("1,25")
    page.get_by_role("button", name="Save payment").click()
    page.get_by_role("button", name="Save payment anyway").click()
    expect(page.get_by_role("status").filter(has_text="The payment was saved")).to_be_visible()
    assert asked == []
    assert len(console) == 1 and "422" in console[0]  # the question
    console.clear()
