"""The list of orders, as somebody with a caller on the line uses it."""

import re

from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import Desk

SHIFT = """() => new Promise(done => { let s = 0; new PerformanceObserver(l => { for (const e of l.getEntries())
 if (!e.hadRecentInput) s += e.value }).observe({type: 'layout-shift', buffered: true});
 setTimeout(() => done(s), 300) })"""


def rows(page: Page) -> int:
    return page.locator("table.orders tbody tr").count()


def first_reference(page: Page) -> str:
    return page.locator("table.orders tbody tr:first-child th a").inner_text()


def test_a_tab_swaps_the_table_alone_and_becomes_a_link(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.evaluate("window.stayed = true")
    page.get_by_role("navigation", name="Order states").get_by_role("link", name="Completed").click()
    expect(page).to_have_url(re.compile("status=completed"))
    expect(page.locator('[aria-label="Order states"] [aria-current]')).to_have_text("Completed")
    states = page.locator("table.orders tbody td.c-state").all_inner_texts()
    assert states and set(states) == {"Completed"}
    assert page.evaluate("window.stayed") is True


def test_the_back_button_returns_to_the_list_as_it_was_and_to_the_same_place(page: Page) -> None:
    page.goto("/norce/se/orders/?size=50")
    page.get_by_role("link", name="Completed").click()
    expect(page.locator('[aria-label="Order states"] [aria-current]')).to_have_text("Completed")
    page.locator("table.orders tbody tr:nth-child(40) th a").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0
    page.locator("table.orders tbody tr:nth-child(40) th a").click()
    expect(page).to_have_url(re.compile(r"/norce/se/orders/o_"))
    page.go_back()
    expect(page.locator('[aria-label="Order states"] [aria-current]')).to_have_text("Completed")
    page.wait_for_function("y => Math.abs(scrollY - y) < 60", arg=before)
    page.go_back()
    expect(page.locator('[aria-label="Order states"] [aria-current]')).to_have_text("Any state")


def test_paging_goes_on_without_repeating_an_order(page: Page) -> None:
    page.goto("/norce/se/orders/")
    links = page.locator("table.orders tbody th a")
    first = links.evaluate_all("links => links.map((link) => link.href)")
    page.get_by_role("link", name="Next page").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.locator(".list-foot")).to_contain_text("26–50")
    second = links.evaluate_all("links => links.map((link) => link.href)")
    assert len(first) == len(second) == 25
    assert not set(first) & set(second)
    assert page.evaluate("document.activeElement.id") == "page-next"


def test_typing_filters_the_rows_and_keeps_the_cursor_in_the_box(page: Page) -> None:
    page.goto("/norce/se/orders/?sort=created")  # the oldest are the seeds', whose references are unlike
    reference = page.locator("table.orders tbody tr:nth-child(7) th a").inner_text()
    page.locator("#q").focus()
    page.keyboard.type(reference, delay=15)
    expect(page.locator("table.orders tbody tr")).to_have_count(1)
    assert first_reference(page) == reference
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value(reference)


def test_enter_on_a_reference_opens_the_order(page: Page) -> None:
    page.goto("/norce/se/orders/?sort=created")  # the oldest are the seeds', whose references are unlike
    reference = page.locator("table.orders tbody tr:nth-child(3) th a").inner_text()
    page.locator("#q").fill(reference)
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile(r"/norce/se/orders/o_\w+/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)


def test_a_chip_says_what_is_filtered_and_its_cross_takes_it_away(page: Page) -> None:
    page.goto("/norce/se/orders/?billing_countries=SE&status=completed")
    chips = page.locator(".chip")
    expect(chips.filter(has_text="Sweden")).to_have_count(1)
    chips.filter(has_text="Sweden").get_by_label(re.compile("Remove the filter")).click()
    expect(page).not_to_have_url(re.compile("billing_countries"))
    expect(page.locator(".chip").filter(has_text="Sweden")).to_have_count(0)


def test_a_date_that_cannot_be_read_is_said_and_does_not_filter(page: Page) -> None:
    page.goto("/norce/se/orders/?date_from=31-31-2025")
    expect(page.locator(".list-problems")).to_contain_text("not filtered by everything")
    assert rows(page) == 25


def test_a_second_click_overtakes_the_first_and_no_fault_is_reported(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.evaluate(
        "['completed', 'completed', 'accepted'].forEach((tab) => document.getElementById(`tab-${tab}`).click())"
    )
    expect(page.locator('[aria-label="Order states"] [aria-current]')).to_have_text("Accepted")
    expect(page.locator("#orders:not(.htmx-request):not([aria-busy])")).to_have_count(1)


def test_the_panel_stays_open_at_what_cannot_be_read_and_closes_by_its_button(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/norce/se/orders/")
    page.locator("#filter-open").click()
    page.locator(".filter-field > summary", has_text="Billing phone").click()
    expect(page.locator("#f-billing_phones")).to_be_focused()
    page.locator("#f-billing_phones").fill("not a phone")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#f-billing_phones-error")).to_be_in_viewport()
    expect(page.locator("#f-billing_phones")).to_be_focused()
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#filter-form")).to_be_hidden()
    expect(page.locator("#filter-open")).to_be_focused()


def test_a_filter_is_chosen_from_a_menu_and_opens_alone(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.locator("#filter-open").click()
    fields = page.locator(".filter-field > summary:visible")
    assert fields.count() == 23
    assert page.locator("#filter-form :is(input, select):visible").count() == 0
    fields.nth(6).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#f-billing_names")).to_be_focused()
    assert page.locator("#filter-form :is(input, select):visible").count() == 1
    page.keyboard.type("Lind")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("billing_names=Lind"))
    page.locator("#e-billing_names").click()
    expect(page.locator("#f-billing_names")).to_be_focused()
    expect(page.locator("#f-billing_names")).to_have_value("Lind")
    page.keyboard.press("Escape")
    expect(page.locator("#filter-open")).to_be_focused()
    page.locator("#filter-open").click()
    expect(page.locator("#f-billing_names")).to_be_hidden()  # the menu begins anew
    expect(fields).to_have_count(23)


def test_choosing_the_rows_on_a_page_is_no_step_to_go_back_over(page: Page) -> None:
    page.goto("/norce/se/orders/?status=completed")
    before = page.evaluate("history.length")
    with page.expect_response(lambda answer: "/preferences/rows/" in answer.url):
        page.locator("#size").select_option("50")
    expect(page.locator("table.orders tbody tr")).to_have_count(50)
    with page.expect_response(lambda answer: "/preferences/rows/" in answer.url):
        page.locator("#size").select_option("25")
    expect(page.locator("table.orders tbody tr")).to_have_count(25)
    assert page.evaluate("history.length") == before


def test_everything_works_without_javascript(browser: Browser, desk: Desk, signed_in_state: StorageState) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state, java_script_enabled=False)
    page = context.new_page()
    page.goto("/norce/se/orders/")
    page.get_by_role("link", name="Completed").click()
    assert "status=completed" in page.url
    page.get_by_role("link", name="Next page").click()
    assert "page=2" in page.url and "status=completed" in page.url
    page.locator("#filter-open").click()
    page.locator(".filter-field > summary", has_text="Order country").click()
    page.locator("#f-countries").fill("Sweden")
    page.get_by_role("button", name="Apply").click()
    assert "countries=SE" in page.url and "status=completed" in page.url
    page.locator("#e-countries").click()
    expect(page.locator("#f-countries")).to_be_visible()
    reference = first_reference(page)
    page.locator("#q").fill(reference)
    page.locator("#q").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)
    page.get_by_role("link", name="Orders", exact=True).and_(page.locator(".back")).click()
    expect(page.locator(":target")).to_be_in_viewport()
    context.close()


def test_a_cold_load_is_small_and_nothing_moves(browser: Browser, desk: Desk, signed_in_state: StorageState) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state)
    page = context.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda r: sizes.append(r.sizes()["responseBodySize"] + r.sizes()["responseHeadersSize"]))
    page.goto("/norce/se/orders/?size=50", wait_until="networkidle")
    assert len(sizes) <= 8  # two of them count what is behind the tabs, after the paint
    assert sum(sizes) < 100_000
    assert page.evaluate(SHIFT) < 0.01  # nothing that an eye could see; 0.1 is what the field calls good
    context.close()
