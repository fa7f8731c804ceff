"""An order's page at every width, with whatever an order holds, and on paper."""

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.targets import too_small
from tests.e2e.test_list_fits import sideways

WIDTHS = (320, 390, 600, 768, 896, 897, 1024, 1152, 1153, 1280, 1440, 1920)
LONG, MANY, RETRIED = "o_CaseLongWordsAbcdefghijklm", "o_CaseTwoHundredLinesAbcdefg", "o_CaseFailedThenPaidAbcdefgh"
A4: ViewportSize = {"width": 703, "height": 1000}
"""Pixels between margins of 12 mm."""


@pytest.mark.parametrize("order", [LONG, MANY, RETRIED])
def test_no_width_scrolls_an_order_sideways(sized: Page, order: str) -> None:
    wrong = []
    sized.goto(f"/norce/se/orders/{order}/")
    for width in WIDTHS:
        sized.set_viewport_size({"width": width, "height": 800})
        if sideways(sized) > 0:
            wrong.append((width, sideways(sized)))
    assert wrong == []


@pytest.mark.parametrize("size", [pytest.param(24, marks=pytest.mark.rest), 32])
def test_a_bigger_font_of_the_browser_scrolls_no_order_sideways(sized: Page, size: int) -> None:
    sized.context.new_cdp_session(sized).send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
    wrong = []
    sized.goto(f"/norce/se/orders/{LONG}/")
    for width in (390, 1024, 1280, 1440):
        sized.set_viewport_size({"width": width, "height": 800})
        if sideways(sized) > 0:
            wrong.append((width, sideways(sized)))
    assert wrong == []


def test_many_lines_are_folded_and_unfold_with_a_key(sized: Page) -> None:
    sized.goto(f"/norce/se/orders/{MANY}/")
    rows = sized.locator(".items tbody tr").filter(visible=True)
    expect(rows).to_have_count(11)
    sized.locator("#all-lines").focus()
    sized.keyboard.press("Space")
    expect(rows).to_have_count(201)
    expect(sized.locator("#all-lines")).to_be_focused()


def test_what_is_pressed_on_an_order_is_big_enough(sized: Page) -> None:
    sized.goto(f"/norce/se/orders/{RETRIED}/")
    found = {}
    for width in (390, 1280):
        sized.set_viewport_size({"width": width, "height": 800})
        found[width] = too_small(sized)
    assert found == {390: [], 1280: []}


def printed(page: Page) -> Any:
    """What the page noted down when it was printed; it is, once everything is there."""
    for _ in range(100):
        if (noted := page.evaluate("window.printed")) is not None:
            return noted
        page.wait_for_timeout(100)
    raise AssertionError("nothing was printed")


def test_paper_has_every_heading_dates_with_a_year_and_what_was_not_scrolled_to(sized: Page) -> None:
    sized.add_init_script(
        "window.print = () => { window.printed = document.querySelectorAll('#timeline .timeline li').length; };"
    )
    sized.goto(f"/norce/se/orders/{RETRIED}/")
    sized.locator("main summary").filter(has_text="More").click()
    sized.get_by_role("button", name="Print…", exact=True).click()
    assert printed(sized) > 0
    sized.emulate_media(media="print")
    sized.set_viewport_size(A4)
    for heading in ("Items", "Payments", "Shipping", "Timeline", "Customer"):
        expect(sized.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    papers = sized.locator("main time").evaluate_all(
        "all => all.map((each) => getComputedStyle(each, '::after').content)"
    )
    assert papers and all("2026" in paper for paper in papers)
    assert sideways(sized) == 0


def test_notes_of_staff_are_on_paper_only_where_asked_for(sized: Page) -> None:
    sized.add_init_script("window.print = () => { window.printed = document.body.className; };")
    sized.goto(f"/norce/se/orders/{RETRIED}/")
    sized.get_by_role("textbox", name="Note. Only staff can read it.").fill("Between us")
    sized.get_by_role("button", name="Add note").click()
    expect(sized.locator("#notes .says").first).to_have_text("Between us")
    sized.emulate_media(media="print")
    expect(sized.locator("#notes")).to_be_hidden()
    sized.emulate_media(media="screen")
    sized.locator("main summary").filter(has_text="More").click()
    sized.get_by_role("button", name="Print with staff notes…").click()
    assert printed(sized) == "prints-notes"


def test_the_list_on_paper_is_a_table_with_all_its_columns(sized: Page) -> None:
    sized.goto("/norce/se/orders/?date_from=2026-11-20&date_to=2026-11-20")
    sized.emulate_media(media="print")
    sized.set_viewport_size(A4)
    row = sized.locator("table.orders tbody tr").filter(has_text="CASE-RETRY-1")
    for words in ("Fors Igen", "fors.igen@example.com", "SE", "Completed", "Captured", "Invoice", "200.00"):
        expect(row.get_by_text(words).first).to_be_visible()
    assert row.evaluate("each => getComputedStyle(each).display") == "table-row"
    assert sideways(sized) == 0
