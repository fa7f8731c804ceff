"""Two people at one order, in two browsers: each is told of the other while it is so, and nobody is kept out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.paying import paid

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def astrid(browser: Browser, desk: Desk, admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, viewport=WIDE)  # type: ignore[arg-type]
    page = watch(context.new_page(), console)
    yield page
    page.goto("/queue/")  # as people leave: whose browser is shut down at once says nothing of it
    assert console == []
    context.close()


@pytest.fixture
def bo(browser: Browser, desk: Desk, second_admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, storage_state=second_admin_state, viewport=WIDE)  # type: ignore[arg-type]
    yield watch(context.new_page(), console)
    context.close()


def beats(page: Page) -> None:
    """As if 20 seconds had passed."""
    page.evaluate("presence.at = 0")


def opens(page: Page, dialog: str) -> None:
    page.locator("#payments").get_by_role("link", name=dialog).click()
    expect(page.locator("dialog[open] form")).to_be_visible()


def heard(page: Page) -> None:
    """Until what is open on the page now has been said."""
    place = "placesOf('word').pop() || placesOf('here')[0]"
    for _ in range(600):
        if page.evaluate(f"presence.said === String(new URLSearchParams(saidOf({place})))"):
            break
        page.wait_for_timeout(100)
    page.wait_for_load_state("networkidle")


def test_each_sees_what_the_other_does_and_may_do_the_same(astrid: Page, bo: Page, desk: Desk) -> None:
    what = paid(desk)
    astrid.goto(what.page)
    heard(astrid)
    bo.goto(what.page)
    expect(bo.locator(".order-head .here")).to_contain_text("Astrid Nyman looks at this order")
    assert violations(bo) == []
    opens(astrid, "Capture")
    heard(astrid)
    beats(bo)
    expect(bo.locator(".order-head .here")).to_contain_text("Astrid Nyman is preparing a capture")
    opens(bo, "Capture")
    word = bo.locator("dialog .here")
    expect(word).to_contain_text("Astrid Nyman is preparing a capture since")
    expect(word).to_contain_text("You can go on all the same.")
    assert violations(bo) == []
    expect(bo.locator("dialog").get_by_role("button", name="Capture 499.00 SEK")).to_be_enabled()
    heard(bo)
    beats(astrid)
    expect(astrid.locator("dialog .here"), "who was first hears of it too").to_contain_text("Bo Ek is preparing")
    astrid.keyboard.press("Escape")
    heard(astrid)
    beats(bo)
    expect(word).to_be_empty()
    expect(bo.locator("dialog[open] form")).to_be_visible()


@pytest.mark.rest
def test_who_leaves_is_gone_at_once_and_their_other_tab_is_not(astrid: Page, bo: Page, desk: Desk) -> None:
    what = paid(desk)
    second = astrid.context.new_page()
    for tab in (astrid, second):
        tab.goto(what.page)
        heard(tab)
    bo.goto(what.page)
    here = bo.locator(".order-head .says")
    expect(here).to_have_text("Astrid Nyman looks at this order")
    second.goto("/queue/")
    beats(bo)
    expect(here).to_have_text("Astrid Nyman looks at this order")
    astrid.goto("/queue/")
    beats(bo)
    expect(here).to_have_count(0)


def test_a_list_shows_who_has_an_order_open_and_asks_after_the_page(astrid: Page, bo: Page, desk: Desk) -> None:
    bo.goto("/norce/se/orders/")
    row = bo.locator(".orders tbody tr", has=bo.locator("a.open[href]")).first
    expect(row.locator(".viewer")).to_have_count(0)
    address = row.locator("a.open").get_attribute("href") or ""
    astrid.goto(address)
    heard(astrid)
    beats(bo)
    expect(row.locator(".viewer")).to_have_attribute("title", "Astrid Nyman looks at this order")
    assert violations(bo) == []
    for size in (NARROW, WIDE):
        bo.set_viewport_size(size)  # type: ignore[arg-type]
        assert bo.evaluate("document.documentElement.scrollWidth <= innerWidth")
    astrid.goto("/queue/")
    beats(bo)
    expect(row.locator(".viewer")).to_have_count(0)


@pytest.mark.rest
def test_a_page_that_nobody_sees_does_not_beat(astrid: Page, bo: Page, desk: Desk) -> None:
    what = paid(desk)
    astrid.add_init_script("Object.defineProperty(document, 'hidden', { get: () => true })")
    astrid.goto(what.page)
    bo.goto(what.page)
    heard(bo)
    beats(bo)
    astrid.wait_for_timeout(2500)
    assert astrid.evaluate("presence.said") == ""
    expect(bo.locator(".order-head .here")).to_be_empty()


@pytest.mark.rest
def test_what_is_a_minute_old_is_not_said_any_more(astrid: Page, bo: Page, desk: Desk, console: list[str]) -> None:
    what = paid(desk)
    astrid.goto(what.page)
    heard(astrid)
    bo.goto(what.page)
    expect(bo.locator(".order-head .here")).to_contain_text("Astrid Nyman")
    bo.route("**/presence/**", lambda route: route.fulfill(status=503))
    bo.evaluate("presence.good -= 60001")
    beats(bo)
    expect(bo.locator(".order-head .here")).to_be_empty()
    console.clear()  # the browser tells of what did not answer


@pytest.mark.rest
def test_without_a_script_nothing_is_said(
    astrid: Page, browser: Browser, desk: Desk, second_admin_state: StorageState
) -> None:
    what = paid(desk)
    astrid.goto(what.page)
    heard(astrid)
    context = browser.new_context(base_url=desk.url, storage_state=second_admin_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(what.page)
    expect(page.locator(".order-head .here")).to_be_empty()
    context.close()
