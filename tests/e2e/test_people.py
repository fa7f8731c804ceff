"""From an invitation to the first order, and two tabs in two channels, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, sign_in, watch

PASSWORD = "correct horse battery staple"
LONG = "britta" + "a" * 60


@pytest.fixture
def admin(browser: Browser, desk: Desk) -> Iterator[BrowserContext]:
    """The browser of an admin."""
    context = browser.new_context(base_url=desk.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    sign_in(page, desk.url, "admin", "demo")
    page.close()
    yield context
    context.close()


def tab(context: BrowserContext, address: str, console: list[str]) -> Page:
    page = watch(context.new_page(), console)
    page.goto(address)
    return page


def invite(page: Page, username: str) -> str:
    """Somebody new, of support, in norce/se; the link that opens their account."""
    page.goto("/people/invite/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Role").select_option("support")
    page.get_by_label("norce/se").check()
    if (password := page.get_by_label("Your password")).count():
        password.fill("demo")
    page.locator("main").get_by_role("button", name="Invite").click()
    return page.locator("code.one-time-link").inner_text()


def test_somebody_invited_sets_a_password_and_works_in_their_channel_alone(
    admin: BrowserContext, browser: Browser, desk: Desk, console: list[str]
) -> None:
    link = invite(tab(admin, "/people/", console), LONG)
    theirs = browser.new_context(base_url=desk.url)
    page = tab(theirs, link, console)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, again").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    sign_in(page, desk.url, LONG, PASSWORD)
    expect(page.locator("table.orders tbody tr").first).to_be_visible()
    ends = "each => each.getBoundingClientRect().right"
    assert page.locator(".who .name").evaluate(ends) < page.locator(".side").evaluate(ends), "a long name stays in it"
    expect(page.locator("nav.side")).not_to_contain_text("People")
    page.locator(".who summary", has_text="norce / se").click()
    expect(page.get_by_role("navigation", name="Channels").get_by_role("link")).to_have_count(1)
    assert console == []
    theirs.close()


def test_a_link_for_a_colleague_is_told_to_them_until_they_have_read_it(
    admin: BrowserContext, browser: Browser, desk: Desk, console: list[str]
) -> None:
    page = tab(admin, "/people/", console)
    link = invite(page, "cecilia")
    theirs = browser.new_context(base_url=desk.url)
    colleague = tab(theirs, link, console)
    colleague.get_by_label("New password", exact=True).fill(PASSWORD)
    colleague.get_by_label("New password, again").fill(PASSWORD)
    colleague.get_by_role("button", name="Save the password").click()
    sign_in(colleague, desk.url, "cecilia", PASSWORD)

    page.goto("/people/")
    page.get_by_role("link", name="cecilia").click()
    page.locator("button[formaction$='/link/']").click()
    expect(page.locator("code.one-time-link")).to_be_visible()
    page.goto("/people/")
    page.get_by_role("link", name="Astrid Nyman").click()
    expect(page.locator("button[formaction$='/link/']")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Nobody makes a link for themselves.")

    colleague.goto("/norce/se/orders/")
    told = colleague.get_by_role("region", name="Changes to your account")
    expect(told).to_contain_text("Astrid Nyman made a one-time link for a new password")
    assert violations(colleague) == []
    told.get_by_role("button", name="I have read it").click()
    expect(told).to_have_count(0)
    colleague.goto("/accounts/preferences/")
    expect(colleague.locator("main")).to_contain_text("made a one-time link for a new password")
    assert console == []
    theirs.close()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [pytest.param(1440, "light", marks=pytest.mark.rest), (390, "dark")],  # test_every_page is at a desk
)
def test_the_pages_about_people_are_accessible_fit_and_are_quiet(
    admin: BrowserContext, browser: Browser, desk: Desk, console: list[str], width: int, scheme: str
) -> None:
    context = browser.new_context(
        base_url=desk.url,
        storage_state=admin.storage_state(),
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = tab(context, "/people/", console)
    link = invite(page, f"person-{width}-{scheme}-{'a' * 60}")
    mine = page.url
    found = {mine: (violations(page), overflow(page))}
    for address in ("/people/", "/people/invite/", mine, link, "/accounts/link/over/", "/audit/"):
        page.goto(address)
        found[address] = (violations(page), overflow(page))
        for table in page.locator(".people").all():
            assert table.evaluate("each => each.offsetWidth - each.parentElement.clientWidth") <= 0
    context.close()
    assert {address: flaws for address, flaws in found.items() if flaws != ([], 0)} == {}
    assert [line for line in console if "404" not in line] == []


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"))
