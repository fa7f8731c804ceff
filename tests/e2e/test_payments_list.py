"""The list of payments as a person goes through it: tabs, filters, the switch, the way back, a phone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk
from tests.e2e.test_doubt import admin_page, capture

__all__ = ["admin_page"]


def test_a_walk_through_tabs_filters_and_the_switch(admin_page: Page, desk: Desk) -> None:
    page = admin_page
    done, doubt = capture(page, desk, ""), capture(page, desk, "timeout-before")
    page.goto("/norce/se/orders/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Payments")).click()
    rows = page.locator(".money tbody tr")

    def row_of(order_id: str) -> Locator:
        return rows.filter(has=page.locator(f"a[href='/norce/se/orders/{order_id}/']"))

    expect(row_of(done.order_id)).to_contain_text("Done")
    expect(row_of(doubt.order_id)).to_contain_text("In doubt")
    assert violations(page) == []

    page.locator("#tab-in-doubt").click()
    expect(page.locator("#tab-in-doubt")).to_have_attribute("aria-current", "page")
    expect(row_of(done.order_id)).to_have_count(0)
    expect(row_of(doubt.order_id)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?tab=in-doubt$"))
    page.go_back()
    expect(row_of(done.order_id)).to_have_count(1)

    page.locator("#filter-open").click()
    page.locator("#filter-panel summary", has_text="Amount").click()
    page.get_by_label("Amount from", exact=True).fill("1,234")
    page.locator("#filter-panel").get_by_role("button", name="Apply").click()
    expect(page.locator(".chip.is-bad")).to_contain_text("not applied")
    expect(row_of(done.order_id)).to_have_count(1)
    expect(page.get_by_label("Amount from", exact=True)).to_have_value("1,234")
    assert violations(page) == []
    page.get_by_label("Amount from", exact=True).fill("499.01")
    page.locator("#filter-panel").get_by_role("button", name="Apply").click()
    expect(row_of(done.order_id)).to_have_count(0)
    expect(page.locator(".chip")).to_contain_text("499.01")
    page.locator("#x-amount_from").click()
    expect(row_of(done.order_id)).to_have_count(1)

    page.locator("#others").click()
    expect(page.locator("#others")).to_have_attribute("aria-current", "true")
    expect(page.locator("#money p.muted", has_text=re.compile("What others did|looked through")).first).to_be_visible()
    page.get_by_role("searchbox", name="Order or reference").fill(done.order_id)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(page.locator(".sums")).to_contain_text("SEK Captured 499.00")
    expect(page).to_have_url(re.compile("others=1"))
    page.reload()
    expect(rows).to_have_count(1)
    rows.first.locator(".open").click()
    expect(page).to_have_url(re.compile(r"/norce/se/payments/[0-9a-f-]{36}/$"))

    page.goto(done.page)
    page.locator("#payments").get_by_role("link", name="1 payment action", exact=True).click()
    expect(rows).to_have_count(1)

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/payments/?others=1")
    expect(row_of(doubt.order_id)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []
