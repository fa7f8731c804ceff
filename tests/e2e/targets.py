"""What is pressed, and whether it is big enough: 24 pixels (WCAG 2.2, 2.5.8), and 44 on a phone."""

from playwright.sync_api import Page

PHONE = 900  # pixels: below that, fingers
_TOO_SMALL = """(least) =>
  [...document.querySelectorAll("main :is(a, button, select, summary, input:not([type=hidden]))")]
  .filter((each) => each.checkVisibility() && !each.closest(".sr, table.orders thead, .json, .hits"))
  .map((each) => each.closest("label") ?? (each.matches(".open") ? each.closest("tr") : each))
  .filter((each) => getComputedStyle(each).display !== "inline")
  .filter((each) => Math.min(each.getBoundingClientRect().height, each.getBoundingClientRect().width) < least - .5)
  .map((each) => each.id || each.textContent.trim().replace(/\\s+/g, " "))"""
"""Left out: links within a sentence, as the criterion does; the label of a field is pressed too, and so is a row. The
tree of a document has lines as an editor has them, and the days of a drawing stand in the table below it as well."""


def too_small(page: Page) -> list[str]:
    """What is smaller than it has to be at this width."""
    size = page.viewport_size
    least = 44 if size and size["width"] < PHONE else 24
    found: list[str] = page.evaluate(_TOO_SMALL, least)
    return [f"smaller than {least}: {each}" for each in found]
