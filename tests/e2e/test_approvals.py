"""Two people and one payment: asked for by one, approved by another, and what stands in the way, in two browsers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, StateOf, sign_in, watch
from tests.e2e.paying import Paid, call, moves_of, paid
from tests.e2e.preparation import PASSWORD


@pytest.fixture
def petra_state(kept_state_of: StateOf) -> StorageState:
    """A manager who may execute up to 100 SEK alone."""
    return kept_state_of("petra", PASSWORD)


def context_of(browser: Browser, desk: Desk, state: StorageState) -> BrowserContext:
    return browser.new_context(base_url=desk.url, storage_state=state, viewport={"width": 1440, "height": 900})


@pytest.fixture
def petra(browser: Browser, desk: Desk, petra_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = context_of(browser, desk, petra_state)
    yield watch(context.new_page(), console)
    context.close()


@pytest.fixture
def admin(browser: Browser, desk: Desk, admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = context_of(browser, desk, admin_state)
    yield watch(context.new_page(), console)
    assert console == []
    context.close()


@pytest.fixture
def colleague(browser: Browser, desk: Desk, second_admin_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = context_of(browser, desk, second_admin_state)
    yield watch(context.new_page(), console)
    context.close()


def give_password(page: Page, password: str) -> None:
    """If they are asked for it: only who has not given it for a while is."""
    field = page.get_by_label("Your password")
    if field.count():
        field.fill(password)


def ask_for(page: Page, what: Paid) -> str:
    """Petra asks for a capture above her limit; gives the address of the request."""
    page.goto(what.page)
    page.locator("#payments").get_by_role("link", name=re.compile("^Capture ")).click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("A second person must approve this.")
    expect(dialog).to_contain_text("More than the limit of 100.00 SEK for one action.")
    page.get_by_label("Reason").select_option("Goods were sent")
    give_password(page, PASSWORD)
    dialog.get_by_role("button", name="Ask for approval: Capture 499.00 SEK").click()
    expect(dialog).to_contain_text("Waits for approval")
    return dialog.get_by_role("link", name="Open the request").get_attribute("href") or ""


def test_a_second_person_approves_and_it_is_done_once(petra: Page, admin: Page, desk: Desk) -> None:
    what = paid(desk)
    request = ask_for(petra, what)
    assert moves_of(desk, what) == []
    admin.goto("/norce/se/orders/")
    admin.locator("nav.side").get_by_role("link", name="Approvals").click()
    admin.locator(f"a[href='{request}']").click()
    expect(admin.locator("main")).to_contain_text("The payment is as petra saw it.")
    assert violations(admin) == []
    button = admin.get_by_role("button", name="Approve and capture 499.00 SEK")
    expect(button).not_to_be_focused()
    give_password(admin, "demo")
    button.dblclick()
    expect(admin.locator("main")).to_contain_text("499.00 SEK was captured")
    assert moves_of(desk, what) == ["capture"]
    petra.goto(request)
    expect(petra.locator("main")).to_contain_text("Astrid Nyman approved it. 499.00 SEK was captured")


def test_enter_in_the_password_does_not_approve(petra: Page, admin: Page, desk: Desk) -> None:
    what = paid(desk)
    request = ask_for(petra, what)
    admin.context.clear_cookies()
    sign_in(admin, desk.url, "admin", "demo")
    admin.goto(request)
    admin.locator("form[action$='/approve/']").evaluate(
        """(form) => {
            const field = document.createElement("input");
            form.append(field);
            field.focus();
        }"""
    )
    admin.keyboard.press("Enter")
    admin.reload()
    expect(admin.get_by_role("button", name="Approve and capture 499.00 SEK")).to_be_visible()
    assert moves_of(desk, what) == []


def test_the_same_person_is_refused(petra: Page, desk: Desk) -> None:
    what = paid(desk)
    request = ask_for(petra, what)
    petra.goto(request)
    expect(petra.locator("main")).to_contain_text("You asked for this, so somebody else has to approve it.")
    expect(petra.get_by_role("button", name="Approve and")).to_have_count(0)
    assert violations(petra) == []
    form = petra.locator("form[action$='/withdraw/']")
    form.evaluate("(form) => form.setAttribute('action', form.action.replace('withdraw', 'approve'))")
    with petra.expect_response(lambda answer: answer.url.endswith("/approve/")) as refusal:
        petra.get_by_role("button", name="Take the request back").click()
    assert refusal.value.status == 403
    assert moves_of(desk, what) == []
    petra.goto(request)
    expect(petra.locator("h1 + .badge")).to_have_text("Waits for approval")


def test_a_request_lapses_before_the_eyes_of_the_approver(petra: Page, admin: Page, desk: Desk) -> None:
    what = paid(desk)
    request = ask_for(petra, what)
    admin.goto(request)
    give_password(admin, "demo")
    made = call(desk, "GET", f"/{what.order_id}/payments/{what.payment_id}")
    call(desk, "PUT", f"/{what.order_id}/payments/{what.payment_id}", {**made, "state": "cancelled"})
    admin.get_by_role("button", name="Approve and capture 499.00 SEK").click()
    expect(admin.locator("main")).to_contain_text("The request has lapsed.")
    expect(admin.locator("main")).to_contain_text("State of the payment: reserved → cancelled")
    assert violations(admin) == []
    assert moves_of(desk, what) == []


def test_what_is_turned_down_tells_the_asker_why(petra: Page, admin: Page, desk: Desk, console: list[str]) -> None:
    what = paid(desk)
    request = ask_for(petra, what)
    admin.goto(request)
    admin.get_by_text("Turn down…").click()
    admin.get_by_role("button", name="Turn down").click()
    expect(admin.locator("main [role=alert]")).to_contain_text("Say in a few words why not.")
    assert ["422" in line for line in console] == [True]
    console.clear()
    admin.get_by_label("Why not?").fill("The goods are not packed yet")
    admin.get_by_role("button", name="Turn down").click()
    expect(admin.locator("main")).to_contain_text("Astrid Nyman turned it down.")
    petra.goto(request)
    expect(petra.locator("main")).to_contain_text("The goods are not packed yet")
    assert moves_of(desk, what) == []


def test_four_eyes_ask_for_two_people_and_only_the_second_sends(
    petra: Page, admin: Page, colleague: Page, desk: Desk
) -> None:
    admin.goto("/payments/limits/")
    admin.get_by_role("link", name="Four eyes").click()
    admin.get_by_role("link", name="Add a rule").click()
    assert violations(admin) == []
    admin.get_by_role("combobox", name="Channels").select_option("norce/se")
    admin.get_by_label("A second person approves").select_option("Always")
    admin.get_by_label("Two people above").fill("400")
    admin.get_by_label("Currency").fill("sek")
    give_password(admin, "demo")
    admin.get_by_role("button", name="Save").click()
    row = admin.locator("tbody tr", has_text="norce/se")
    expect(row).to_contain_text("400.00 SEK")
    assert violations(admin) == []
    what = paid(desk)
    request = ask_for(petra, what)
    admin.goto(request)
    expect(admin.locator("main")).to_contain_text("above 400.00 SEK it takes two people besides whoever asks")
    expect(admin.locator("main")).to_contain_text("none has approved yet")
    give_password(admin, "demo")
    admin.get_by_role("button", name="Approve as the first of two").click()
    expect(admin.locator("main")).to_contain_text("You have approved it.")
    expect(admin.get_by_role("button", name="Approve")).to_have_count(0)
    assert violations(admin) == [] and moves_of(desk, what) == []
    colleague.goto(request)
    expect(colleague.locator("main")).to_contain_text("One of two has approved: Astrid Nyman,")
    assert violations(colleague) == []
    give_password(colleague, "demo")
    colleague.get_by_role("button", name="Approve and capture 499.00 SEK").click()
    expect(colleague.locator("main")).to_contain_text("499.00 SEK was captured")
    assert moves_of(desk, what) == ["capture"]
    petra.goto(request)
    expect(petra.locator("main")).to_contain_text("Astrid Nyman approved it first. Bo Ek approved it.")
    admin.goto("/payments/four-eyes/")
    row.get_by_role("link", name="Delete").click()
    assert violations(admin) == []
    give_password(admin, "demo")
    admin.get_by_role("button", name="Delete the rule").click()
    expect(row).to_have_count(0)
