"""Support asks for what they may not do, and somebody else does it or turns it down: two browsers, one payment."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, StateOf, watch
from tests.e2e.paying import Paid, call, moves_of, paid
from tests.e2e.preparation import PASSWORD


@pytest.fixture
def ines_state(kept_state_of: StateOf) -> StorageState:
    """Somebody from support."""
    return kept_state_of("ines", PASSWORD)


@pytest.fixture
def petra_state(kept_state_of: StateOf) -> StorageState:
    """A manager who may execute up to 100 SEK alone."""
    return kept_state_of("petra", PASSWORD)


def context_of(browser: Browser, desk: Desk, state: StorageState) -> BrowserContext:
    return browser.new_context(base_url=desk.url, storage_state=state, viewport={"width": 1440, "height": 900})


@pytest.fixture
def ines(browser: Browser, desk: Desk, ines_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = context_of(browser, desk, ines_state)
    yield watch(context.new_page(), console)
    context.close()


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


def give_password(page: Page, password: str) -> None:
    """If they are asked for it: only who has not given it for a while is."""
    field = page.get_by_label("Your password")
    if field.count():
        field.fill(password)


class Clicks:
    """A hand at the mouse that counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, what: Locator) -> None:
        self.count += 1
        what.click()


def ask_for(page: Page, what: Paid, click: Clicks | None = None) -> str:
    """Ines asks for a refund; gives the address of the request. The reason has the focus, and the note comes after
    it."""
    click = click or Clicks()
    page.goto(what.page)
    click(page.locator("#payments").get_by_role("link", name="Ask for a refund…"))
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Ask for 499.00 SEK to be refunded")).to_be_visible()
    expect(dialog.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("Customer ret")
    page.keyboard.press("Tab")
    page.keyboard.type("Broken on arrival")
    expect(dialog.get_by_label("Your password")).to_have_count(0)
    click(dialog.get_by_role("button", name="Ask for 499.00 SEK to be refunded"))
    expect(dialog).to_contain_text("Nothing was sent: whoever may do it decides.")
    return dialog.get_by_role("link", name="Open the request").get_attribute("href") or ""


def done(page: Page) -> Locator:
    """The row of the queue, of whoever asked, that says what became of it."""
    page.goto("/queue/")
    return page.locator("table.queue tbody tr")


def test_support_asks_an_executor_refunds_and_the_asker_is_told_in_seven_clicks_at_most(
    ines: Page, admin: Page, desk: Desk
) -> None:
    what, click = paid(desk, "captured"), Clicks()
    request = ask_for(ines, what, click)
    assert moves_of(desk, what) == [] and violations(ines) == []
    ines.locator("#dialog").get_by_role("link", name="Back to the order").click()
    expect(ines.locator("#bands")).to_contain_text("Refund 499.00 SEK: asked for by ines, waits for whoever may do it.")
    assert violations(ines) == []
    admin.goto("/norce/se/orders/")
    click(admin.locator("nav.side").get_by_role("link", name=re.compile("^My queue")))
    assert violations(admin) == []
    click(admin.locator(f"a[href='{request}']"))
    expect(admin.locator("main")).to_contain_text("The payment is as ines saw it.")
    expect(admin.locator("main")).to_contain_text("Broken on arrival")
    assert violations(admin) == []
    give_password(admin, "demo")
    button = admin.get_by_role("button", name="Refund 499.00 SEK")
    expect(button).not_to_be_focused()
    click(button)
    expect(admin.locator("main")).to_contain_text("499.00 SEK was refunded")
    assert moves_of(desk, what) == ["refund"] and violations(admin) == []
    expect(done(ines).filter(has_text="What you asked for was done.").first).to_be_visible()
    ines.goto(request)
    expect(ines.locator("main")).to_contain_text("Astrid Nyman took it up. 499.00 SEK was refunded")
    assert violations(ines) == [] and click.count <= 7


@pytest.mark.rest
def test_a_double_click_refunds_once(ines: Page, admin: Page, desk: Desk) -> None:
    what = paid(desk, "captured")
    admin.goto(ask_for(ines, what))
    give_password(admin, "demo")
    admin.get_by_role("button", name="Refund 499.00 SEK").dblclick()
    expect(admin.locator("main")).to_contain_text("499.00 SEK was refunded")
    assert moves_of(desk, what) == ["refund"]


def test_what_is_turned_down_tells_the_asker_why(ines: Page, admin: Page, desk: Desk) -> None:
    what = paid(desk, "captured")
    request = ask_for(ines, what)
    admin.goto(request)
    admin.get_by_text("Turn down…").click()
    admin.get_by_label("Why not?").fill("The goods are not back yet")
    assert violations(admin) == []
    admin.get_by_role("button", name="Turn down").click()
    expect(admin.locator("main")).to_contain_text("Astrid Nyman turned it down.")
    row = done(ines).filter(has=ines.locator(f"a[href='{request}']"))
    expect(row).to_contain_text("What you asked for was turned down.")
    expect(row).to_contain_text("The goods are not back yet")
    row.get_by_role("link", name="Open the request").click()
    expect(ines.locator("main")).to_contain_text("The goods are not back yet")
    assert moves_of(desk, what) == [] and violations(ines) == []


def test_a_payment_that_moved_meanwhile_is_not_refunded_and_the_asker_is_told(
    ines: Page, admin: Page, desk: Desk
) -> None:
    what = paid(desk, "captured")
    request = ask_for(ines, what)
    admin.goto(request)
    give_password(admin, "demo")
    made = call(desk, "GET", f"/{what.order_id}/payments/{what.payment_id}")
    call(desk, "PUT", f"/{what.order_id}/payments/{what.payment_id}", {**made, "state": "refunded"})
    admin.get_by_role("button", name="Refund 499.00 SEK").click()
    expect(admin.locator("main")).to_contain_text("The request has lapsed.")
    expect(admin.locator("main")).to_contain_text("State of the payment: captured → refunded")
    assert violations(admin) == [] and moves_of(desk, what) == []
    row = done(ines).filter(has=ines.locator(f"a[href='{request}']"))
    expect(row).to_contain_text("The payment has changed, so what you asked for was not done.")


@pytest.mark.rest
def test_above_the_limits_of_who_takes_it_up_a_third_person_approves(
    ines: Page, petra: Page, admin: Page, desk: Desk
) -> None:
    what = paid(desk, "captured")
    request = ask_for(ines, what)
    petra.goto(request)
    expect(petra.locator("main")).to_contain_text("A third person must approve this, as it is above your limits.")
    expect(petra.locator("main")).to_contain_text("More than the limit of 100.00 SEK for one action.")
    assert violations(petra) == []
    give_password(petra, PASSWORD)
    petra.get_by_role("button", name="Ask for approval: Refund 499.00 SEK").click()
    expect(petra.locator("main")).to_contain_text("You took it up.")
    assert violations(petra) == [] and moves_of(desk, what) == []
    admin.goto(request)
    expect(admin.locator("main")).to_contain_text("Taken up by")
    give_password(admin, "demo")
    admin.get_by_role("button", name="Approve and refund 499.00 SEK").click()
    expect(admin.locator("main")).to_contain_text("499.00 SEK was refunded")
    assert moves_of(desk, what) == ["refund"]
    ines.goto(request)
    expect(ines.locator("main")).to_contain_text("petra took it up. Astrid Nyman approved it. 499.00 SEK was refunded")


@pytest.mark.rest
def test_whoever_asked_cannot_do_it_and_can_take_it_back(ines: Page, desk: Desk) -> None:
    what = paid(desk, "captured")
    request = ask_for(ines, what)
    ines.goto(request)
    expect(ines.locator("main")).to_contain_text("You asked for this, so somebody else has to do it.")
    form = ines.locator("form[action$='/withdraw/']")
    form.evaluate("(form) => form.setAttribute('action', form.action.replace('withdraw', 'take-up'))")
    with ines.expect_response(lambda answer: answer.url.endswith("/take-up/")) as refusal:
        ines.get_by_role("button", name="Take the request back").click()
    assert refusal.value.status == 403 and moves_of(desk, what) == []
    ines.goto(request)
    ines.get_by_role("button", name="Take the request back").click()
    expect(ines.locator("main")).to_contain_text("who had asked for it, took it back.")


def tab_to(page: Page, what: Locator) -> None:
    """As somebody without a mouse gets there."""
    for _ in range(80):
        if what.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("the keyboard does not get there")


def test_it_goes_with_the_keyboard_alone(ines: Page, admin: Page, desk: Desk) -> None:
    what = paid(desk, "captured")
    ines.goto(what.page)
    tab_to(ines, ines.locator("#payments").get_by_role("link", name="Ask for a refund…"))
    ines.keyboard.press("Enter")
    dialog = ines.locator("#dialog")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    ines.keyboard.type("Customer ret")
    ines.keyboard.press("Tab")
    ines.keyboard.type("Broken on arrival")
    tab_to(ines, dialog.get_by_role("button", name="Ask for 499.00 SEK to be refunded"))
    ines.keyboard.press("Enter")
    expect(dialog).to_contain_text("Nothing was sent: whoever may do it decides.")
    request = dialog.get_by_role("link", name="Open the request").get_attribute("href") or ""
    admin.goto("/queue/")
    tab_to(admin, admin.locator(f"a[href='{request}']"))
    admin.keyboard.press("Enter")
    expect(admin.locator("main")).to_contain_text("The payment is as ines saw it.")
    if admin.get_by_label("Your password").count():
        tab_to(admin, admin.get_by_label("Your password"))
        admin.keyboard.type("demo")
    tab_to(admin, admin.get_by_role("button", name="Refund 499.00 SEK"))
    admin.keyboard.press("Enter")
    expect(admin.locator("main")).to_contain_text("499.00 SEK was refunded")
    assert moves_of(desk, what) == ["refund"]


@pytest.mark.rest
def test_it_works_as_pages_without_javascript(
    browser: Browser, desk: Desk, ines_state: StorageState, admin: Page
) -> None:
    what = paid(desk, "captured")
    context = browser.new_context(base_url=desk.url, storage_state=ines_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(what.page)
    page.locator("#payments").get_by_role("link", name="Ask for a refund…").click()
    page.get_by_label("Reason").select_option("Customer returned the goods")
    page.get_by_label("Note").fill("Broken on arrival")
    page.get_by_role("button", name="Ask for 499.00 SEK to be refunded").click()
    page.get_by_role("link", name="Open the request").click()
    expect(page.locator("main")).to_contain_text("You asked for this")
    admin.goto(page.url)
    give_password(admin, "demo")
    admin.get_by_role("button", name="Refund 499.00 SEK").click()
    expect(admin.locator("main")).to_contain_text("499.00 SEK was refunded")
    assert moves_of(desk, what) == ["refund"]
    context.close()
