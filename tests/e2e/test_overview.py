"""A manager begins at the board, and works off what stands there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, RemoteDesk, sign_in, watch
from tests.e2e.fit import misfits
from tests.e2e.preparation import PASSWORD
from tests.e2e.targets import too_small

READ = """
from django.utils import timezone
from accounts.channels import all_channels
from gateway.connection import order_api
from index import writing
for channel in all_channels():
    offset, api = 0, order_api(*channel)
    while found := api.orders.list(limit=100, offset=offset).data:
        writing.see(found, at=timezone.now())
        offset += len(found)
"""


@pytest.fixture(scope="module")
def known(desk: Desk) -> None:
    """The desk has read every order once, as it does by itself in a while."""
    desk.manage("shell", "-c", READ)


@pytest.fixture
def mattias(browser: Browser, desk: Desk, known: None, console: list[str]) -> Iterator[Page]:
    """A manager, who has just signed in."""
    context = browser.new_context(base_url=desk.url, viewport={"width": 1440, "height": 900})
    page = watch(context.new_page(), console)
    sign_in(page, desk.url, "manager", "demo")
    yield page
    assert console == []
    context.close()


def test_from_signing_in_to_what_is_old_and_not_captured_is_one_click_and_it_is_worked_off(
    mattias: Page, console: list[str]
) -> None:
    expect(mattias).to_have_url(re.compile(r"/overview/$"))
    mattias.get_by_role("link", name=re.compile("older than 7 days")).click()
    rows = mattias.locator("#rows tbody tr")
    expect(mattias.locator("#rows:not([hx-get])")).to_be_visible()  # each was read again
    first = rows.first.locator("th a").inner_text()
    second = rows.nth(1).locator("th a").inner_text()
    rows.first.get_by_role("button", name="Take it").click()
    expect(mattias.get_by_role("status").filter(has_text="You have it now.")).to_be_visible()
    row = mattias.locator("#rows tr").filter(has_text=first)
    expect(row).to_contain_text("Mattias Berg")
    mattias.locator("#rows tr").filter(has_text=second).get_by_role("link", name="Not a problem").click()
    mattias.get_by_role("button", name="Not a problem").click()
    expect(mattias.get_by_role("alert")).to_contain_text("Say in a few words")
    console.clear()  # Chromium notes that the form was refused (422)
    mattias.get_by_label("Why is it not a problem?").fill("Paid in the shop")
    mattias.get_by_role("button", name="Not a problem").click()
    expect(mattias.locator("#rows tr").filter(has_text=second)).to_have_count(0)
    mattias.get_by_role("link", name=re.compile("Set aside")).click()
    expect(mattias.locator("#rows")).to_contain_text("Paid in the shop")
    mattias.get_by_role("link", name=re.compile("Why it is set aside")).click()
    mattias.get_by_role("button", name="Look at it again").click()
    expect(mattias.get_by_role("status").filter(has_text="It is looked at again.")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [pytest.param(1440, "light", marks=pytest.mark.rest), (390, "dark")],  # test_every_page is at a desk
)
def test_the_board_and_its_rows_fit_and_can_be_used_by_everybody(mattias: Page, width: int, scheme: str) -> None:
    mattias.set_viewport_size({"width": width, "height": 900})
    mattias.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for address in ("/overview/", "/norce/se/overview/", "/overview/not-captured/", "/overview/trend/?days=90"):
        mattias.goto(address)
        expect(mattias.locator("[aria-busy], #rows[hx-get]")).to_have_count(0)
        mattias.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true })")
        assert (violations(mattias), too_small(mattias), misfits(mattias)) == ([], [], []), address


def test_a_channel_that_is_down_is_seen_and_the_board_stands(browser: Browser, remote_desk: RemoteDesk) -> None:
    context = browser.new_context(base_url=remote_desk.desk.url)
    page = watch(context.new_page(), [])
    remote_desk.faults.gone = {"no"}
    try:
        sign_in(page, remote_desk.desk.url, "ines", PASSWORD)
        page.goto("/overview/")
        expect(page.locator("#today")).to_contain_text("One channel did not answer: the figures are without it.")
        expect(page.locator("#today tbody tr").filter(has_text="norce/no")).to_contain_text("did not answer")
        expect(page.locator("#attention")).to_be_visible()
    finally:
        remote_desk.faults.gone = set()
        context.close()
