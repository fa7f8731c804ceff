"""What the measure of a page's fit calls a fault, and what it knows to lie on top by design."""

import pytest
from playwright.sync_api import Page

from tests.e2e.fit import misfits

BOX = '<p><input type="checkbox" name="order" style="width: 44px; height: 44px"></p>'
CLOSES = '<button type="button" aria-label="Close" style="width: 44px; height: 44px"></button>'


@pytest.mark.parametrize(
    ("above", "found"),
    [
        (f'<div style="position: fixed; top: 0; left: 0">{CLOSES}</div>', []),
        (f'<div style="position: fixed; top: 0; left: 0"><a href="#">More</a>{CLOSES}</div>', []),
        (f'<div style="position: absolute; top: 0; left: 0">{CLOSES}</div>', ["Close lies on order"]),
        (f'<div style="margin-top: -60px">{CLOSES}</div>', ["order lies on Close"]),
    ],
    ids=["a message with a cross", "a message with more", "a cross laid on a box", "a cross drawn up over a box"],
)
def test_only_what_is_fixed_over_the_page_may_lie_on_its_controls(page: Page, above: str, found: list[str]) -> None:
    page.set_content(f"<body style='margin: 0'>{above if 'absolute' in above or 'fixed' in above else ''}{BOX}"
                     f"{above if 'margin' in above else ''}</body>")  # fmt: skip
    assert misfits(page) == found
