"""The channel in the address: two tabs in two shops, links for a colleague, and the menu that keeps filters."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.e2e.conftest import Desk, ask_for


def of_channel(desk: Desk, channel: str) -> dict[str, Any]:
    found: dict[str, Any] = ask_for(desk, channel, "orders?limit=1&status=completed")["data"][0]
    return found


def test_two_tabs_in_two_shops_each_stay_in_theirs(context: BrowserContext, page: Page, desk: Desk) -> None:
    page.goto("/norce/se/orders/")
    other = context.new_page()
    other.goto("/norce/no/orders/")
    page.get_by_role("navigation", name="Order states").get_by_role("link", name="Completed").click()
    expect(page).to_have_url(re.compile("/norce/se/orders/.*status=completed"))
    expect(page.locator("table.orders tbody tr .total").first).to_contain_text("SEK")
    other.get_by_role("navigation", name="Order states").get_by_role("link", name="Completed").click()
    expect(other).to_have_url(re.compile("/norce/no/orders/.*status=completed"))
    expect(other.locator("table.orders tbody tr .total").first).to_contain_text("NOK")
    page.locator("table.orders a.open").first.click()
    page.wait_for_url(re.compile("/norce/se/orders/o_"))  # the script answers a click only once it is there
    page.locator("a[href$='/reference/']").first.dispatch_event("click")
    page.get_by_label("Reference", exact=True).fill("SE-two-tabs")
    page.locator("#dialog [type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text("SE-two-tabs")
    assert ask_for(desk, "se", "orders?references=SE-two-tabs")["data"]


def test_a_link_opens_what_its_sender_saw_whichever_shop_the_reader_is_in(
    browser: Browser, desk: Desk, admin_state: StorageState
) -> None:
    norwegian = of_channel(desk, "no")
    reader = browser.new_context(base_url=desk.url, storage_state=admin_state)
    page = reader.new_page()
    page.goto("/norce/se/orders/")
    for address in (f"/norce/no/orders/{norwegian['id']}/", f"/orders/{norwegian['id']}/"):
        page.goto(address)
        expect(page).to_have_url(re.compile(f"/norce/no/orders/{norwegian['id']}/$"))
        expect(page.locator("h1")).to_contain_text(norwegian["reference"])
    reader.close()


def test_the_menu_leads_to_the_same_list_in_another_shop(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.get_by_role("navigation", name="Order states").get_by_role("link", name="Declined").click()
    expect(page).to_have_url(re.compile("status=declined"))
    page.locator("summary", has_text="norce / se").click()
    page.get_by_role("navigation", name="Channels").get_by_role("link", name="no", exact=True).click()
    expect(page).to_have_url(re.compile(r"/norce/no/orders/\?status=declined"))
    expect(page.locator('[aria-label="Order states"] [aria-current]')).to_have_text("Declined")
