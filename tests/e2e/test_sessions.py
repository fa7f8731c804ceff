"""Somebody finds another browser in the list of their sessions and ends it, and takes away what is stored of them."""

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Desk, sign_in, watch

ELSEWHERE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_another_browser_is_found_and_ended_and_ones_own_data_taken_away(
    browser: Browser, desk: Desk, console: list[str], tmp_path: Path
) -> None:
    here, there = browser.new_context(base_url=desk.url), browser.new_context(base_url=desk.url, user_agent=ELSEWHERE)
    page, forgotten = watch(here.new_page(), console), there.new_page()
    sign_in(forgotten, desk.url, "admin2", "demo")
    sign_in(page, desk.url, "admin2", "demo")
    page.locator(".who summary", has_text="Your account").click()
    page.get_by_role("link", name="Where you are signed in").click()
    expect(page.locator("tbody tr").first).to_contain_text("This one")
    page.get_by_role("button", name="End: Firefox on Windows").click()
    expect(page.get_by_role("status").first).to_contain_text("The session is ended.")
    expect(page.locator("tbody")).not_to_contain_text("Firefox on Windows")
    forgotten.goto("/queue/")
    expect(forgotten.get_by_label("Password")).to_be_visible()

    page.goto("/data-protection/")
    with page.expect_download() as loading:
        page.get_by_role("button", name="Take my data").click()
    loading.value.save_as(tmp_path / "mine.json")
    mine = json.loads((tmp_path / "mine.json").read_text())
    assert mine["account"]["username"] == "admin2" and mine["sessions"]
    assert console == []
    here.close()
    there.close()
