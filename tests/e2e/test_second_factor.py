"""A passkey in a real browser, whose authenticator is Chromium's virtual one: set up, signed in with, and asked for
before money moves."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.paying import moves_of, paid
from tests.e2e.test_execute import open_dialog, press

NORA = """
from django.contrib.auth.models import Group, User
from accounts.models import ChannelGrant
user = User.objects.create_user("nora", password="a quiet morning in the harbour")
user.groups.add(Group.objects.get(name="admin"))
ChannelGrant.objects.create(user=user, merchant="*", channel="*")
"""
AGE = """
from accounts.session_store import Session
from accounts.session_store import SessionStore
for row in Session.objects.all():
    store = SessionStore(row.session_key)
    records = store.get("account_authentication_methods", [])
    if any(each["method"] == "mfa" for each in records):
        store["account_authentication_methods"] = [each | {"at": each["at"] - 3600} for each in records]
        store.save()
"""
"""That they said who they are was an hour ago."""


@pytest.fixture
def nora(browser: Browser, desk: Desk, console: list[str]) -> Iterator[Page]:
    """Somebody of their own, as others sign in as the people of the demo, at a name for which browsers have
    passkeys."""
    desk.manage("shell", "-v0", "-c", NORA)
    context = browser.new_context(
        base_url=desk.url.replace("127.0.0.1", "localhost"), viewport={"width": 390, "height": 844}, color_scheme="dark"
    )
    page = watch(context.new_page(), console)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    yield page
    assert console == []
    context.close()


def give_password(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("nora")
    page.locator("input[name=password]").fill("a quiet morning in the harbour")
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_set_up_signs_in_and_confirms_a_refund(nora: Page, desk: Desk) -> None:
    page = nora
    give_password(page)
    page.wait_for_url(re.compile("/overview/"))

    page.goto("/accounts/second-factor/")
    page.locator("main").get_by_role("link", name="Passkey").click()
    page.get_by_label("Name").fill("Nora's phone")
    assert violations(page) == []
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    assert violations(page) == []
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("Passkey: Nora's phone")
    assert violations(page) == []

    page.context.clear_cookies()
    give_password(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/overview/"))

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/queue/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile("/queue/"))

    desk.manage("shell", "-v0", "-c", AGE)
    what = paid(desk, state="captured")
    open_dialog(page, what, "Refund")
    page.get_by_label("Reason").select_option(index=1)
    expect(page.locator("#dialog")).to_contain_text("Your browser asks for it as you send this.")
    assert violations(page) == []
    press(page, "Refund 499.00 SEK")
    expect(page.locator("#dialog")).to_contain_text("499.00 SEK was refunded")
    assert moves_of(desk, what) == ["refund"]
