"""No answer, and what then: what turns out done, what does not, and a page that follows it by itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.paying import Paid, desk_looks, moves_of, paid, provider_finishes
from tests.e2e.test_execute import fill, open_dialog, press

FIRST_PAUSE = 4000
"""Milliseconds after which the page has renewed itself for the first time."""


@pytest.fixture
def second_page(browser: Browser, desk: Desk, second_admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    """Of another admin, who may say what became of what the first one asked for."""
    context = browser.new_context(
        base_url=desk.url, storage_state=second_admin_state, viewport={"width": 1440, "height": 900}
    )
    yield watch(context.new_page(), console)
    context.close()


@pytest.fixture
def admin_page(browser: Browser, desk: Desk, admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, viewport={"width": 1440, "height": 900})
    yield watch(context.new_page(), console)
    assert console == []
    context.close()


def capture(page: Page, desk: Desk, day: str) -> Paid:
    """Captures a new payment on that bad day of the provider, as an admin does."""
    what = paid(desk, day=day)
    open_dialog(page, what, "Capture")
    fill(page)
    press(page, "Capture 499.00 SEK")
    expect(page.locator("#outcome .badge")).to_be_visible()
    return what


def count(page: Page) -> int:
    return int((page.locator("#doubt-count").inner_text() or "0").split()[0])


def row_of(page: Page, what: Paid, table: str = "doubts") -> Locator:
    return page.locator(f".{table} tbody tr").filter(has=page.locator(f"a[href='{what.page}']"))


def test_a_timeout_that_turns_out_done_is_done_and_says_by_what(admin_page: Page, desk: Desk) -> None:
    page = admin_page
    what = capture(page, desk, "timeout-after")
    expect(page.locator("#outcome")).to_contain_text("499.00 SEK was captured.")
    page.get_by_role("link", name="What was found").click()
    evidence = page.get_by_role("region", name="What was found, in order of time")
    expect(evidence).to_contain_text("No answer that says what happened")
    expect(evidence).to_contain_text("There is a new transaction that says it was done.")
    page.goto(what.page)
    expect(page.locator("#payments")).to_contain_text("1 payment action through this desk")
    page.locator("#payments summary", has_text="Transactions").click()
    expect(page.locator(".tx").first).to_contain_text("through this desk by Astrid Nyman")
    assert moves_of(desk, what) == ["capture"]


def test_a_timeout_that_turns_out_not_done_is_settled_by_hand_and_can_be_tried_again(
    admin_page: Page, second_page: Page, desk: Desk, console: list[str]
) -> None:
    page = admin_page
    page.goto("/payments/in-doubt/")
    before = count(page)
    what = capture(page, desk, "timeout-before")
    expect(page.locator("#outcome")).to_contain_text("It is not known whether 499.00 SEK was captured.")

    page.goto(what.page)
    assert count(page) == before + 1
    band = page.locator(".alert", has_text="It is not known whether 499.00 SEK was captured.")
    expect(band).to_contain_text("nothing is sent again")
    expect(page.locator("#payments").get_by_role("link", name=re.compile("^Capture "))).to_have_count(0)
    assert violations(page) == []
    band.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("status").filter(has_text="Nothing new.")).to_be_visible()

    page.goto("/payments/in-doubt/")
    expect(row_of(page, what)).to_contain_text("You asked for it: somebody else has to look.")
    page = second_page
    page.goto("/payments/in-doubt/")
    row = row_of(page, what)
    expect(row).to_contain_text("The payment is as it was before.")
    row.get_by_role("link", name="Decide by hand…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("No, and it will not any more").check()
    dialog.get_by_label("Where did you look?").select_option("The provider's portal")
    dialog.get_by_role("button", name="Settle it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("What did you find there?")
    expect(dialog.get_by_label("No, and it will not any more")).to_be_checked()
    assert violations(page) == []
    dialog.get_by_label("What did you find there?").fill("Only the reservation, under psp-1")
    if dialog.get_by_label("Your password").count():
        dialog.get_by_label("Your password").fill("demo")
    dialog.get_by_role("button", name="Settle it").click()
    expect(page.locator("main")).to_contain_text("499.00 SEK was not captured: Bo Ek looked and said so.")
    assert count(page) == before
    assert moves_of(desk, what) == []

    page.goto(what.page)
    expect(page.locator("#payments").get_by_role("link", name=re.compile("^Capture "))).to_be_visible()
    expect(page.locator(".alert", has_text="It is not known")).to_have_count(0)
    console.clear()  # the browser reports the 422 of the form that was not filled in


def test_the_page_follows_what_is_pending_until_it_ends_and_is_still_then(admin_page: Page, desk: Desk) -> None:
    page = admin_page
    what = capture(page, desk, "pending")
    page.goto("/payments/in-doubt/")
    row = row_of(page, what)
    expect(row).to_contain_text("Pending at the provider")
    before = count(page)
    expect(page.locator(".updated")).to_contain_text(re.compile(r"\d+ s ago"))
    provider_finishes(desk, what)
    while not moves_of(desk, what):
        page.wait_for_timeout(100)
    desk_looks(desk, what)
    expect(row).to_have_count(0)
    expect(page.locator("#doubt-count")).to_have_text(re.compile(rf"^\s*{before - 1}\b" if before > 1 else r"^\s*$"))
    page.goto("/payments/")
    expect(row_of(page, what, "money")).to_contain_text("Done")
    assert moves_of(desk, what) == ["capture"]


def test_the_band_on_the_order_follows_what_is_pending_and_then_says_how_it_ended(admin_page: Page, desk: Desk) -> None:
    page = admin_page
    what = capture(page, desk, "pending")
    page.goto(what.page)
    band = page.locator("#bands")
    expect(band).to_contain_text("the provider has taken it on")
    expect(band.locator(".updated")).to_contain_text(re.compile(r"\d+ s ago"))
    provider_finishes(desk, what)
    while not moves_of(desk, what):
        page.wait_for_timeout(100)
    desk_looks(desk, what)
    expect(band).to_contain_text("499.00 SEK was captured.")
    expect(band.locator(".updated")).to_have_count(0)
    band.get_by_role("link", name="Show the order as it is now").click()
    expect(page.locator("#payments")).to_contain_text("Paid 499.00 of 499.00 SEK")


def test_the_reader_can_stop_it_and_let_it_go_on(admin_page: Page, desk: Desk) -> None:
    page = admin_page
    capture(page, desk, "timeout-before")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "hx-request" in request.headers else None)
    page.clock.install()
    page.goto("/payments/in-doubt/")
    with page.expect_request("**/payments/in-doubt/"):
        page.clock.run_for(FIRST_PAUSE)
    page.get_by_role("button", name="Stop").click()
    page.clock.run_for(FIRST_PAUSE)
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    before = len(asked)
    page.clock.run_for(10 * FIRST_PAUSE)
    assert len(asked) == before
    page.get_by_role("button", name="Go on").click()
    with page.expect_request("**/payments/in-doubt/"):
        page.clock.run_for(FIRST_PAUSE)


def test_support_sees_the_doubt_but_neither_the_count_nor_a_way_to_settle(
    admin_page: Page, page: Page, desk: Desk
) -> None:
    what = capture(admin_page, desk, "timeout-before")
    page.goto(what.page)
    expect(page.locator(".alert", has_text="It is not known whether 499.00 SEK was captured.")).to_be_visible()
    expect(page.get_by_role("link", name="Decide by hand…")).to_have_count(0)
    expect(page.locator("#doubt-count")).to_have_count(0)
    page.get_by_role("link", name="Details").click()
    page.get_by_role("link", name="Proof", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Proof: Capture 499.00 SEK")
    assert violations(page) == []
