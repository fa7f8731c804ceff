"""From the person's menu to what is amiss, and to what to do about it."""

from playwright.sync_api import Browser, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch


def test_an_admin_finds_what_is_amiss_and_what_to_do_about_it(
    browser: Browser, desk: Desk, admin_state: StorageState, console: list[str]
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, viewport={"width": 390, "height": 844})
    page = watch(context.new_page(), console)
    page.goto("/queue/")
    page.get_by_text("Your account").locator("..").click()
    page.get_by_role("link", name="Status").click()
    expect(page.get_by_role("heading", name="Status", level=1)).to_be_visible()
    backup = page.get_by_role("row").filter(has_text="Backup")
    expect(backup).to_contain_text("None yet")
    backup.get_by_role("link", name="What to do").click()
    section = page.locator("h2:target")
    expect(section).to_have_text("backup")
    expect(section).to_be_in_viewport()
    assert violations(page) == []
    context.close()
