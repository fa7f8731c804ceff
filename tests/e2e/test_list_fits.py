"""The list at every width, with whatever an order holds: nothing scrolls sideways, and the customer keeps a column."""

import pytest
from playwright.sync_api import Page

from tests.e2e.targets import too_small

WIDTHS = (320, 360, 390, 600, 768, 896, 897, 940, 1024, 1152, 1153, 1180, 1200, 1240, 1280, 1366, 1440, 1920)
LEAST_CUSTOMER, ON_THE_NARROWEST = 180, 160
DAY = "/norce/se/orders/?date_from=2026-11-20&date_to=2026-11-20"
"""Of the case documents."""


_WIDER = """new Promise((done) => requestAnimationFrame(
  () => done(document.documentElement.scrollWidth - document.documentElement.clientWidth)))"""


def sideways(page: Page) -> int:
    """Pixels that the page is wider than its window, once what listens for another size has heard of it."""
    return int(page.evaluate(_WIDER))


@pytest.mark.parametrize("address", ["/norce/se/orders/", DAY, "/norce/se/orders/?search=nothing-is-called-this"])
def test_no_width_scrolls_sideways_and_the_customer_keeps_their_column(sized: Page, address: str) -> None:
    wrong = []
    sized.goto(address)
    for width in WIDTHS:
        sized.set_viewport_size({"width": width, "height": 800})
        customer = sized.evaluate("document.querySelector('tbody .c-customer')?.getBoundingClientRect().width ?? 999")
        if sideways(sized) > 0 or customer < (ON_THE_NARROWEST if width == WIDTHS[0] else LEAST_CUSTOMER):
            wrong.append((width, sideways(sized), customer))
    assert wrong == []


@pytest.mark.parametrize(
    "size", [pytest.param(20, marks=pytest.mark.rest), pytest.param(24, marks=pytest.mark.rest), 32]
)
def test_a_bigger_font_of_the_browser_scrolls_nothing_sideways(sized: Page, size: int) -> None:
    sized.context.new_cdp_session(sized).send(
        "Page.setFontSizes",
        {"fontSizes": {"standard": size, "fixed": size}},  # as in the browser's preferences
    )
    wrong = []
    sized.goto(DAY)
    for width in (390, 640, 1024, 1280, 1440, 1920):
        sized.set_viewport_size({"width": width, "height": 800})
        assert sized.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{size}px"
        if sideways(sized) > 0:
            wrong.append((width, sideways(sized)))
    assert wrong == []


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.rest)])
@pytest.mark.parametrize(
    "address",
    [
        "/norce/se/orders/",
        "/norce/se/orders/?search=ek&status=completed",
        "/norce/se/orders/?search=nothing-is-called-this",
    ],
)
def test_what_is_pressed_is_big_enough(sized: Page, address: str, width: int) -> None:
    sized.set_viewport_size({"width": width, "height": 800})
    sized.goto(address)
    assert too_small(sized) == []
    sized.locator("#filter-open").click()
    assert too_small(sized) == []


def test_a_name_that_turns_the_line_round_turns_nothing_but_itself(sized: Page) -> None:
    sized.goto("/norce/se/orders/?search=CASE-BIDI")
    """A block is a paragraph of its own; what stands in a line has to be isolated."""
    of_its_own = """(each) => /^isolate/.test(getComputedStyle(each).unicodeBidi)
      || getComputedStyle(each).display === 'block'"""
    for selector in (".open bdi", ".who-name", ".chip-edit b", "td small"):
        found = sized.locator(selector).all()
        assert found and all(each.evaluate(of_its_own) for each in found), selector
