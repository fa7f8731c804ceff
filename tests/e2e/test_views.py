"""Views of the list in a real browser: kept, shared, put in order and given columns, by hand, by keys and by drag."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import PATIENCE, Desk, watch

LIST = "/norce/se/orders/"


@pytest.fixture(scope="module")
def known(desk: Desk) -> None:
    """The index has been through all channels."""
    desk.manage("index_rebuild")


@pytest.fixture
def manager(
    desk: Desk, browser: Browser, manager_state: StorageState, known: None, console: list[str]
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=desk.url, storage_state=manager_state, viewport={"width": 1440, "height": 900}
    )
    yield watch(context.new_page(), console)
    context.close()
    assert console == []


def keys_of(page: Page) -> list[str]:
    return list(page.locator("#views [data-view]").evaluate_all("links => links.map((link) => link.dataset.view)"))


def saved(page: Page, name: str, audience: str = "") -> None:
    """Keeps the list that is there, in the dialog."""
    page.locator("#view-save").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill(name)
    if audience:
        dialog.get_by_label(audience, exact=True).check()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#views [aria-current]")).to_contain_text(name)


def test_a_payment_state_over_all_channels_is_kept_shared_seen_by_a_colleague_and_moved_by_keys(
    manager: Page, page: Page
) -> None:
    manager.goto("/orders/?sort=created")  # the oldest are the seeds', of every channel
    manager.locator("#filter-open").click()
    manager.locator("summary").filter(has_text="Payment state").click()
    manager.locator("#filter-form").get_by_label("Reserved").check()
    manager.get_by_role("button", name="Apply").click()
    expect(manager).to_have_url(re.compile("payment_state=reserved"))
    expect(manager.locator(".index-notice")).to_contain_text("Answered by the index")
    assert len(set(manager.locator(".c-channel").all_inner_texts())) > 2
    assert "Not read" not in manager.locator("table.orders").inner_text()
    saved(manager, "All reserved", "Everybody")
    assert violations(manager) == []

    page.goto(LIST)
    tab = page.locator("#views").get_by_role("link", name="All reserved")
    before = keys_of(page)
    tab.focus()
    with page.expect_response("**/views/order/"):
        page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#live")).to_contain_text("All reserved is tab")
    assert page.evaluate("document.activeElement.dataset.view") == before[-1]
    page.reload()
    assert keys_of(page) == [*before[:-2], before[-1], before[-2]]
    tab.click()
    expect(page.locator("h1")).to_have_text("Orders in all channels")
    expect(page.locator("#view-update")).to_have_count(0)
    page.goto("/views/")
    assert violations(page) == []


def test_tabs_are_dragged_and_counted_after_the_page_is_there(page: Page, known: None) -> None:
    with page.expect_response(re.compile("/orders/counts/")) as answer:
        page.goto(LIST)
    counts = json.loads(answer.value.body())["counts"]
    expect(page.locator("#v-to-capture .n")).to_have_text(counts["to-capture"])
    with page.expect_response("**/views/order/"):
        page.locator("#v-stuck").drag_to(page.locator("#v-to-capture"), target_position={"x": 4, "y": 10})
    assert keys_of(page)[:3] == ["all", "stuck", "to-capture"]
    page.reload()
    assert keys_of(page)[:3] == ["all", "stuck", "to-capture"]


def test_what_does_not_fit_stands_under_more(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(LIST)
    expect(page.locator("#v-in-doubt")).to_be_hidden()
    page.locator("#views-more > summary").click()
    page.locator(".views-rest").get_by_role("link", name="In doubt").click()
    expect(page).to_have_url(re.compile("finding=in-doubt"))
    expect(page.locator("#v-in-doubt")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_filters_that_are_changed_show_a_dot_until_the_view_is_updated_or_reset(page: Page) -> None:
    page.goto(f"{LIST}?status=completed")
    saved(page, "Finished")
    page.get_by_role("navigation", name="Order states").get_by_role("link", name="Accepted").click()
    expect(page.locator("#views .dot")).to_have_count(1)
    page.locator("#view-reset").click()
    expect(page.locator("#views .dot")).to_have_count(0)
    page.get_by_role("navigation", name="Order states").get_by_role("link", name="Accepted").click()
    page.locator("#view-update").click()
    expect(page.locator(".messages")).to_contain_text("The view “Finished” is saved.")
    expect(page.locator("#views .dot")).to_have_count(0)
    assert "status=accepted" in page.url


def test_columns_are_moved_by_keys_and_chosen(page: Page) -> None:
    page.goto(LIST)
    page.locator("#views-more > summary").click()
    page.locator("#views-more").get_by_role("link", name="Columns").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Columns")
    assert violations(page) == []
    for name in ("Country", "Shipping", "Items"):
        dialog.get_by_label(name, exact=True).uncheck()
    dialog.get_by_label("Age", exact=True).check()
    total = dialog.get_by_label("Total", exact=True)
    total.focus()
    for _step in range(5):
        page.keyboard.press("Alt+ArrowUp")
    dialog.get_by_role("button", name="Use for this list").click()
    expect(page).to_have_url(re.compile("columns="))
    names = page.locator("table.orders thead th").evaluate_all("cells => cells.map((cell) => cell.className)")
    assert names[0].startswith("c-ref") and "c-age" in " ".join(names) and "c-ship" not in " ".join(names)
    assert [name.split()[0] for name in names].index("total") < [name.split()[0] for name in names].index("c-pay")
    page.locator("table.orders tbody tr:first-child th a").click()
    expect(page).to_have_url(re.compile(r"/orders/o_"))


def test_a_view_that_cannot_be_read_any_more_says_so_and_shows_the_list(page: Page) -> None:
    page.goto(f"{LIST}?status=dispatched")
    saved(page, "Dispatched")
    page.goto(LIST)
    page.locator("#views").get_by_role("link", name="Dispatched").or_(
        page.locator(".views-rest").get_by_role("link", name="Dispatched")
    ).first.evaluate("link => location.assign(link.href)")
    expect(page.locator(".list-problems")).to_contain_text("is not a state of an order", timeout=PATIENCE)
    expect(page.locator("table.orders tbody tr")).to_have_count(25)


@pytest.mark.rest
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_of_views_are_clean(
    browser: Browser, desk: Desk, manager_state: StorageState, known: None, scheme: str, width: int
) -> None:
    context = browser.new_context(
        base_url=desk.url,
        storage_state=manager_state,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two
    )
    page = watch(context.new_page(), [])
    for address in (
        "/orders/",
        f"{LIST}?finding=stuck&status=accepted&view=stuck",
        "/views/",
        "/views/columns/",
        "/views/new/",
    ):
        page.goto(address)
        assert (address, violations(page)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    context.close()
