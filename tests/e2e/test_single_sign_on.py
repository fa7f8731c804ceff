"""Signing in at a provider, in a real browser: there and back under the Content-Security-Policy, confirming in a second
tab while a form waits in the first, and out with the last group."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, serve, watch
from tests.single_sign_on.provider import Provider, running

GROUPS = {"desk-admin": {"role": "admin", "channels": ["*/*"]}}
SIGNE = {"preferred_username": "signe.lind", "given_name": "Signe", "family_name": "Lind"}
AN_HOUR_AGO = int(time.time()) - 3600


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="module")
def company_desk(provider: Provider, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk at which nobody has a password but `admin2`."""
    yield from serve(
        shutil.copytree(prepared, tmp_path_factory.mktemp("company") / "data"),
        SSO_ISSUER=provider.issuer,
        SSO_CLIENT_ID="order-desk",
        SSO_CLIENT_SECRET="a secret",
        SSO_NAME="Company",
        SSO_GROUPS=json.dumps(GROUPS),
        LOCAL_PASSWORDS="0",
        BREAK_GLASS_ACCOUNT="admin2",
    )


def browser_of(browser: Browser, desk: Desk) -> BrowserContext:
    """Somebody's browser, which goes to no other machine; the provider's page would have a style from one."""
    context = browser.new_context(base_url=desk.url, viewport={"width": 1440, "height": 900})
    context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.fulfill(body=""))
    return context


def at_the_provider(page: Page) -> None:
    page.get_by_placeholder("sub").fill("s-1")
    page.get_by_role("button", name="Authorize", exact=True).click()


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Sign in with Company").click()
    at_the_provider(page)


def test_there_and_back_once_more_for_a_form_and_out_with_the_last_group(
    company_desk: Desk, provider: Provider, browser: Browser
) -> None:
    console: list[str] = []
    provider.knows("s-1", **SIGNE, groups=["desk-admin"], auth_time=AN_HOUR_AGO)
    context = browser_of(browser, company_desk)
    page = watch(context.new_page(), console)
    page.goto("/people/invite/")
    assert violations(page) == []
    sign_in(page, "/people/invite/")
    expect(page.get_by_label("Username")).to_be_visible()

    page.get_by_label("Username").fill("bo.ek")
    page.get_by_label("Role").select_option("support")
    provider.knows("s-1", **SIGNE, groups=["desk-admin"])
    with context.expect_page() as opened:
        page.get_by_role("link", name="Confirm with Company, in a new tab").click()
    second = opened.value
    at_the_provider(second)
    expect(second.get_by_role("heading", name="Confirmed")).to_be_visible()
    second.close()
    page.locator("main").get_by_role("button", name="Invite").click()
    expect(page.locator("code.one-time-link")).to_be_visible()
    assert [text for text in console if company_desk.url in text or "Content" in text] == []

    provider.knows("s-1", **SIGNE, groups=[])
    other = browser_of(browser, company_desk)
    refused = other.new_page()
    sign_in(refused, "/accounts/login/")
    expect(refused.get_by_role("heading", name="You have no access to this desk")).to_be_visible()
    assert violations(refused) == []
    page.goto("/people/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    other.close()
    context.close()
