"""Every page in a language whose words are 40 % longer, and in one that is written from right to left: at a desk and on
a phone nothing sticks out, is cut or lies on something else, and axe finds nothing."""

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests import pseudo
from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.fit import misfits
from tests.e2e.test_every_page import CHANGING, READING
from tests.e2e.test_every_page import ids as addresses  # noqa: F401 - a fixture

WITHOUT_LANGUAGE = {"api docs"}
"""Documents for programmers, in English."""


def in_language(browser: Browser, desk: Desk, state: StorageState, language: str) -> Page:
    """A page of a person who has chosen no language, in a browser that asks for that one."""
    context = browser.new_context(
        base_url=desk.url, storage_state=state, locale=language, viewport={"width": 1440, "height": 900}
    )
    return watch(context.new_page(), [])


@pytest.mark.rest
@pytest.mark.parametrize("language", [pseudo.LONGER, pseudo.RIGHT_TO_LEFT])
def test_no_page_breaks_in_a_longer_language_or_from_right_to_left(
    browser: Browser, desk: Desk, admin_state: StorageState, request: pytest.FixtureRequest, language: str
) -> None:
    ids: dict[str, str] = request.getfixturevalue("addresses")
    page = in_language(browser, desk, admin_state, language)
    found: dict[str, list[str]] = {}
    for name, path in {**READING, **CHANGING}.items():
        if name in WITHOUT_LANGUAGE:
            continue
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(path.format(**ids))
        wrong = [*not_in(page, language), *misfits(page)]
        page.set_viewport_size({"width": 1440, "height": 4000})  # no row lies half below what sticks
        wrong += violations(page) if language == pseudo.RIGHT_TO_LEFT else []
        page.set_viewport_size({"width": 390, "height": 844})
        wrong += [f"on a phone: {each}" for each in misfits(page)]
        if wrong:
            found[name] = wrong
    page.context.close()
    assert found == {}


def not_in(page: Page, language: str) -> list[str]:
    """What shows that a page is not of that language: its head, or words of another one that a cache brought."""
    html = page.locator("html")
    said, direction = html.get_attribute("lang"), html.get_attribute("dir") or "ltr"
    wanted = "rtl" if language == pseudo.RIGHT_TO_LEFT else "ltr"
    others = "[áéíóúý]{2}" if language == pseudo.RIGHT_TO_LEFT else "[א-ת]"
    strange: list[str] = page.evaluate(
        "(others) => document.body.innerText.split('\\n').filter((line) => new RegExp(`⟦[^⟧]*${others}`).test(line))",
        others,
    )
    return [
        *([f"lang={said} dir={direction}"] if (said, direction) != (language, wanted) else []),
        *(f"of another language: {line[:80]}" for line in strange),
    ]
