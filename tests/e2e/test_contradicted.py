"""An end that was none, and money that others moved: loud until a person has looked and said what it was."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.paying import desk_looks, moves_of
from tests.e2e.test_doubt import capture, count, row_of, second_page
from tests.e2e.test_execute import open_dialog

__all__ = ["second_page"]  # a fixture


@pytest.fixture
def admin_page(browser: Browser, desk: Desk, admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, viewport={"width": 1440, "height": 900})
    yield watch(context.new_page(), console)
    assert console == []
    context.close()


def give_password(page: Page) -> None:
    password = page.locator("#dialog").get_by_label("Your password")
    if password.count():
        password.fill("demo")


def test_a_late_success_after_a_refusal_is_contradicted_until_a_person_has_looked(
    admin_page: Page, second_page: Page, desk: Desk
) -> None:
    page = admin_page
    page.goto("/payments/in-doubt/")
    before = count(page)
    what = capture(page, desk, "refuse-but-do+done-minutes-later")
    expect(page.locator("#outcome")).to_contain_text("499.00 SEK was not captured: it was refused.")
    page.goto(what.page)
    assert count(page) == before

    desk.manage("sandbox_pass", "--minutes", "5")
    desk_looks(desk, what)
    page.goto(what.page)
    assert count(page) == before + 1
    band = page.locator(".alert.is-bad", has_text="499.00 SEK was not captured: it was refused.")
    expect(band).to_contain_text("It came through after all: there is evidence that it was done.")
    assert violations(page) == []

    page = second_page
    page.goto("/payments/in-doubt/")
    row = row_of(page, what, "contradicted")
    expect(row).to_contain_text("Refused")
    expect(row).to_contain_text("It came through after all")
    assert violations(page) == []
    row.get_by_role("link", name="Look and say what happened…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Yes, it moved").check()
    dialog.get_by_label("Where did you look?").select_option("The provider's portal")
    dialog.get_by_label("What did you find there?").fill("Captured three minutes later, under psp-1")
    give_password(page)
    assert violations(page) == []
    dialog.get_by_role("button", name="Settle it").click()
    main = page.locator("main")
    expect(main).to_contain_text("499.00 SEK was captured: Bo Ek looked and said so.")
    expect(main).to_contain_text("What was concluded first: 499.00 SEK was not captured: it was refused.")
    assert count(page) == before
    assert moves_of(desk, what) == ["capture"]


def test_what_others_moved_is_acknowledged_and_told_before_the_same_is_done(
    admin_page: Page, desk: Desk, console: list[str]
) -> None:
    page, what = admin_page, capture(admin_page, desk, "")
    page.goto("/payments/in-doubt/")
    before = count(page)
    desk.manage("sandbox_portal", what.payment_id, "refund", "300.00")
    desk_looks(desk, what)

    page.goto(what.page)
    assert count(page) == before + 1
    expect(page.locator(".alert.is-bad", has_text="was refunded, and not through this desk.")).to_be_visible()
    payments = page.locator("#payments")
    expect(payments).to_contain_text("nobody has said yet what that was")
    expect(payments.get_by_role("link", name=re.compile("^Refund "))).to_have_count(0)
    assert violations(page) == []

    page.goto("/payments/in-doubt/")
    row = row_of(page, what, "moved")
    expect(row).to_contain_text("199.00 SEK")
    row.get_by_role("link", name="Acknowledge…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="Acknowledge it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say in a few words what it was.")
    assert violations(page) == []
    dialog.get_by_label("What was it?").fill("Goodwill for a scratch, by Eva in the portal")
    give_password(page)
    dialog.get_by_role("button", name="Acknowledge it").click()
    expect(page.locator("main")).to_contain_text("Goodwill for a scratch, by Eva in the portal")
    assert count(page) == before

    open_dialog(page, what, "Refund")
    expect(dialog).to_contain_text("Refund up to 300.00 SEK")
    expect(dialog).to_contain_text("It was done on this payment before, and not through this desk")
    assert violations(page) == []
    console.clear()  # the browser reports the 422 of the form that was not filled in
