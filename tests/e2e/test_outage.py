"""The Order API goes away while people work: what is known stays, and the next step is said."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import RemoteDesk


def test_a_desk_over_the_network_shows_the_same_orders_and_names_its_environment(remote_page: Page) -> None:
    expect(remote_page.locator("table.orders tbody tr")).to_have_count(25)
    expect(remote_page.locator(".env")).to_contain_text("Stage")


def test_an_outage_keeps_the_rows_and_says_what_to_do(remote_page: Page, remote_desk: RemoteDesk) -> None:
    expect(remote_page.locator("table.orders tbody tr")).to_have_count(25)
    remote_desk.faults.mode = "down"
    remote_page.get_by_role("link", name="Accepted").click()
    problem = remote_page.locator("#problem")
    expect(problem.get_by_role("alert")).to_contain_text("does not answer")
    expect(remote_page.locator("table.orders tbody tr")).to_have_count(25)
    expect(remote_page).not_to_have_url(re.compile("status=accepted"))
    expect(problem.get_by_role("link", name="Try again")).to_be_visible()


def test_a_proxys_error_page_is_not_taken_for_orders(remote_page: Page, remote_desk: RemoteDesk) -> None:
    remote_desk.faults.mode = "html"
    remote_page.goto("/norce/se/orders/?status=accepted")
    expect(remote_page.get_by_role("alert")).to_be_visible()
    assert "Bad gateway" not in remote_page.content()


def test_a_log_that_fails_leaves_the_order_alone_and_is_tried_again_in_its_place(
    remote_page: Page, remote_desk: RemoteDesk
) -> None:
    remote_page.goto("/norce/se/orders/?status=completed")
    remote_page.locator("table.orders tbody tr:first-child th a").click()
    expect(remote_page.locator("#payment-steps .past").first).to_be_visible()
    fold = remote_page.locator("#payments details.fold").first
    remote_desk.faults.mode = "html"
    fold.locator("summary").first.click()
    expect(fold.get_by_role("alert")).to_be_visible()
    expect(remote_page.locator("#items")).to_be_visible()
    remote_desk.faults.mode = "ok"
    fold.get_by_role("link", name="Try again").click()
    expect(fold.locator(".tx").first).to_be_visible()
    expect(fold.get_by_role("alert")).to_have_count(0)
    expect(remote_page).to_have_url(re.compile(r"/norce/se/orders/[^/]+/$"))


def test_a_page_read_before_stays_with_its_time_and_is_read_again_by_itself(
    remote_page: Page, remote_desk: RemoteDesk
) -> None:
    remote_page.locator("table.orders tbody tr:first-child th a").click()
    expect(remote_page.locator("#items")).to_be_visible()
    remote_desk.faults.mode = "down"
    remote_page.reload()
    expect(remote_page.locator(".last-read")).to_contain_text("What you see was read Today")
    expect(remote_page.locator("#items")).to_be_visible()
    remote_page.get_by_role("textbox", name=re.compile("^Note")).fill("Half a sentence")
    remote_desk.faults.mode = "ok"
    expect(remote_page.locator(".last-read .outage")).to_contain_text("answers again", timeout=40_000)
    expect(remote_page.get_by_role("textbox", name=re.compile("^Note"))).to_have_value("Half a sentence")
    remote_page.get_by_role("textbox", name=re.compile("^Note")).fill("")
    remote_page.locator(".last-read").get_by_role("link", name="Try again").click()
    expect(remote_page.locator(".last-read")).to_have_count(0)
