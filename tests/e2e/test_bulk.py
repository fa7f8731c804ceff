"""Many orders at once: chosen with Shift, looked at beforehand, captured one after the other; approved by a second
person; and a job that goes on after `kill -9`."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, serve, sign_in, state_of, watch
from tests.e2e.paying import Paid, moves_of, paid
from tests.e2e.preparation import PASSWORD
from tests.e2e.targets import too_small


@pytest.fixture
def admin_page(browser: Browser, desk: Desk, admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=desk.url, storage_state=admin_state, viewport={"width": 1440, "height": 900}, color_scheme="dark"
    )
    yield watch(context.new_page(), console)
    context.close()
    assert console == []


def choose_first(page: Page, count: int) -> None:
    """The first rows of the list, by a click and one more with Shift."""
    boxes = page.locator(".orders tbody .pick input")
    boxes.first.click()
    boxes.nth(count - 1).click(modifiers=["Shift"])
    expect(page.locator(".bulk-count")).to_have_text(f"{count} orders chosen")
    expect(page.locator("#live")).to_have_text(f"{count} orders chosen")


def confirm_capture(page: Page) -> None:
    page.get_by_label("Reason").select_option("delivered")
    if page.locator(".bulk-confirm [name=known]").count():
        page.locator(".bulk-confirm [name=known]").check()
    if page.locator(".bulk-confirm [name=password]").count():
        page.locator(".bulk-confirm [name=password]").fill("demo")
    page.locator(".bulk-confirm .btn-primary").click()


def fits(page: Page) -> None:
    """At a desk and on a phone: no violation, nothing too small for a finger, nothing sideways."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert too_small(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def test_five_are_chosen_two_are_not_possible_and_one_stays_in_doubt(admin_page: Page, desk: Desk) -> None:
    page = admin_page
    made = [paid(desk), paid(desk, "captured"), paid(desk, day="timeout-before"), paid(desk, "captured"), paid(desk)]
    page.goto("/norce/se/orders/")
    expect(page.locator(f'.pick input[value$="{made[0].page}"]')).to_be_visible()
    choose_first(page, 5)
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator(".bulk-bar")).to_be_hidden()
    page.locator("[data-pick-all] input").check()
    expect(page.locator(".bulk-count")).to_have_text("25 orders chosen")
    page.locator("[data-pick-all] input").uncheck()
    choose_first(page, 5)
    fits(page)
    page.get_by_role("button", name="Capture…").click()
    expect(page.locator(".bulk-verdict")).to_have_text("Possible for 3 of 5")
    expect(page.locator("main")).to_contain_text("2 · It is captured already")
    expect(page.locator("main")).to_contain_text("1,497.00 SEK")
    fits(page)
    confirm_capture(page)
    page.wait_for_url(re.compile("/bulk/jobs/"))
    expect(page.locator("main")).to_contain_text("2 of 5 done")
    results = page.locator(".bulk-results tbody")
    expect(results).to_contain_text("In doubt: the payment is locked until it is settled")
    expect(page.locator("#r-passed-over")).to_contain_text("2")
    fits(page)
    assert [moves_of(desk, each) for each in made] == [["capture"], [], [], [], ["capture"]]
    page.locator("#r-in-doubt").click()
    expect(results.locator("tr")).to_have_count(1)
    page.get_by_role("link", name="Proof").click()
    expect(page.locator("h1")).to_contain_text("499.00 SEK")
    page.goto("/bulk/jobs/")
    expect(page.get_by_role("link", name="Captures").first).to_be_visible()
    fits(page)


def test_without_a_script_boxes_and_buttons_do_the_same(
    browser: Browser, desk: Desk, admin_state: StorageState
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, java_script_enabled=False)
    page = context.new_page()
    page.goto("/norce/se/orders/")
    boxes = page.locator(".orders tbody .pick input")
    boxes.nth(1).check()
    boxes.nth(2).check()
    page.get_by_role("button", name="Note…").click()
    page.get_by_role("button", name="Look at the next ones").click()
    expect(page.locator(".bulk-verdict")).to_have_text("Possible for 2 of 2")
    page.locator(".bulk-confirm [name=text]").fill("Without a script")
    page.locator(".bulk-confirm .btn-primary").click()
    page.wait_for_url(re.compile("/bulk/jobs/"))
    context.close()


def test_a_second_person_approves_them_all_at_once(
    browser: Browser, desk: Desk, second_admin_state: StorageState, console: list[str]
) -> None:
    made: list[Paid] = [paid(desk), paid(desk)]
    context = browser.new_context(base_url=desk.url, storage_state=state_of(desk, browser, "petra", PASSWORD))
    page = watch(context.new_page(), console)
    page.goto("/norce/se/orders/")
    choose_first(page, 2)
    page.get_by_role("button", name="Capture…").click()
    expect(page.locator("main")).to_contain_text("A second person must approve all of it at once.")
    page.get_by_label("Reason").select_option("delivered")
    if page.locator(".bulk-confirm [name=known]").count():
        page.locator(".bulk-confirm [name=known]").check()
    page.locator(".bulk-confirm .btn-primary").click()
    expect(page.locator("main")).to_contain_text("It waits for a second person. Nothing was sent.")
    where = page.url
    other = browser.new_context(base_url=desk.url, storage_state=second_admin_state)
    theirs = watch(other.new_page(), console)
    theirs.goto("/payments/approvals/")
    theirs.get_by_role("row").filter(has_text="2 orders").first.get_by_role("link").first.click()
    expect(theirs.locator("main")).to_contain_text("998.00 SEK")
    fits(theirs)
    if theirs.locator("[name=password]").count():
        theirs.locator("[name=password]").fill("demo")
    theirs.get_by_role("button", name="Approve 2 captures").click()
    expect(theirs.locator("main")).to_contain_text("2 of 2 done")
    page.goto(where)
    expect(page.locator("main")).to_contain_text("approved by")
    assert [moves_of(desk, each) for each in made] == [["capture"], ["capture"]]
    for each in (context, other):
        each.close()
    assert console == []


def workers_of(desk: Desk) -> list[int]:
    """The processes that serve that desk, and work on its jobs: the children of the one that was started."""
    ours = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and f"DATA_DIR={desk.data_dir}".encode() in (entry / "environ").read_bytes():
                ours.append(int(entry.name))
        except OSError:
            continue
    parents = {pid: int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1]) for pid in ours}
    return [pid for pid, parent in parents.items() if parent in parents]


@pytest.mark.rest
def test_a_job_goes_on_after_kill_9_of_what_serves_and_works(
    browser: Browser, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = shutil.copytree(prepared, tmp_path_factory.mktemp("killed") / "data")
    desks = serve(data, JOBS_LEASE_SECONDS="3")
    desk = next(desks)
    context = browser.new_context(base_url=desk.url)
    page = context.new_page()
    sign_in(page, desk.url, "admin", "demo")
    page.goto("/norce/se/orders/?size=100")
    page.locator("[data-pick-all] input").check()
    page.get_by_role("button", name="Note…").click()
    expect(page.locator(".bulk-verdict")).to_be_visible()
    page.locator(".bulk-confirm [name=text]").fill("A note")
    page.locator(".bulk-confirm .btn-primary").click()
    page.wait_for_url(re.compile("/bulk/jobs/"))
    expect(page.locator("#bulk-job progress")).not_to_have_attribute("value", "0")
    for pid in workers_of(desk):
        os.kill(pid, signal.SIGKILL)
    page.wait_for_timeout(1000)
    page.goto(page.url)
    expect(page.locator("main")).to_contain_text(re.compile(r"(\d+) of \1 done"))
    numbers = page.locator("#r-done .n").inner_text()
    assert int(numbers) > 50
    context.close()
    for _ in desks:
        pass
