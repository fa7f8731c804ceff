"""The one box, in a real browser: from a caller's words to the order of whatever channel, with the keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import PATIENCE, Desk, RemoteDesk, sign_in, watch
from tests.e2e.preparation import PASSWORD
from tests.e2e.targets import too_small
from tests.e2e.test_order import ask

PAGES = ("/norce/se/orders/", "/accounts/preferences/", "/find/", "/keys/")


def phones_of(desk: Desk, channel: str) -> list[str]:
    """Of those who pay for the newest orders of a channel."""
    customers = [order.get("customer") or {} for order in ask(desk, "orders?limit=250", channel)["data"]]
    return [(each.get("billing") or {}).get("phone", "").replace(" ", "") for each in customers]


@pytest.fixture(scope="module")
def caller(desk: Desk) -> str:
    """The phone number, as nobody stored it, of somebody who bought once, and not in the channel of who works here."""
    numbers = phones_of(desk, "dk")
    everybody = [tail for channel in ("se", "no", "dk") for tail in {each[-8:] for each in phones_of(desk, channel)}]
    often = {tail for tail in everybody if everybody.count(tail) > 1}  # other tests make orders, also of one customer
    found = [
        each for each in numbers
        if each.startswith("+45") and len(each) == 11 and numbers.count(each) == 1 and each[-8:] not in often
    ]  # fmt: skip
    assert found, numbers
    return str(found[0]).replace("+", "00")


@pytest.fixture
def counted(page: Page) -> Iterator[list[str]]:
    """The keys that were pressed."""
    pressed: list[str] = []

    def press(key: str) -> None:
        pressed.append(key)

    page.expose_function("pressed", press)
    page.add_init_script("addEventListener('keydown', (event) => window.pressed(event.key), true)")
    yield pressed


def box(page: Page) -> str:
    """The option that is chosen, in words."""
    return page.locator("#box-list [aria-selected=true]").inner_text()


def test_an_order_of_an_unknown_shop_opens_from_a_phone_number_without_enter(
    page: Page, caller: str, counted: list[str]
) -> None:
    page.goto("/accounts/preferences/")
    page.keyboard.press("/")
    page.keyboard.type(caller, delay=30)
    page.wait_for_url(re.compile(r"/norce/dk/orders/o_\w+/"))
    assert len(counted) <= 15
    assert "Enter" not in counted


def test_each_answer_stands_in_its_place_and_arrows_choose(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.keyboard.press("Control+k")
    expect(page.locator("#box-q")).to_be_focused()
    page.keyboard.type("Anders", delay=20)
    expect(page.locator("#box-sum[data-all]")).to_contain_text("order")
    expect(page.locator("#box-found .box-group")).to_have_count(3)
    expect(page.locator("#box-found [data-looking]")).to_have_count(0)
    rows = page.locator("#box-list [role=option]:visible")
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("End", -1), ("Home", 0), ("ArrowUp", -1)):
        page.keyboard.press(key)
        chosen = rows.nth(at if at >= 0 else rows.count() - 1)
        expect(chosen).to_have_attribute("aria-selected", "true")
        expect(page.locator("#box-q")).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    expect(page.locator("#box-q")).to_be_focused()
    page.keyboard.press("Home")
    href = rows.nth(0).get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{href}$"))


@pytest.mark.rest
def test_control_enter_opens_what_is_chosen_in_a_new_tab(page: Page, context: BrowserContext) -> None:
    page.goto("/norce/se/orders/")
    page.keyboard.press("/")
    page.keyboard.type("In doubt", delay=10)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("Pref", delay=10)
    page.keyboard.press("ArrowDown")
    assert "Preferences" in box(page)
    with context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    expect(opened.value).to_have_url(re.compile("/preferences/"))
    expect(page).to_have_url(re.compile("/norce/se/orders/$"))


def test_escape_returns_to_where_one_was_and_nothing_is_left_in_the_box(page: Page) -> None:
    page.goto("/norce/se/orders/")
    link = page.locator("table.orders .open").nth(2)
    link.focus()
    page.keyboard.press("/")
    page.keyboard.type("somebody", delay=10)
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(page.locator("#box-q")).to_have_value("")
    expect(page.locator(".box-list")).to_be_hidden()


def test_what_was_typed_is_in_no_address(page: Page) -> None:
    page.goto("/norce/se/orders/")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.keyboard.press("/")
    page.keyboard.type("nobody@example.se", delay=10)
    page.keyboard.press("Enter")
    expect(page.locator("#box-sum[data-all]")).to_contain_text("Nothing. Looked in 3 channels as e-mail")
    assert any("/find/answers/" in each for each in addresses)
    assert not any("nobody" in each for each in [*addresses, page.url])


def test_an_order_that_was_opened_stands_in_the_empty_box_with_what_can_be_done(page: Page) -> None:
    page.goto("/norce/se/orders/?status=completed")
    reference = page.locator("table.orders .open").first.inner_text()
    with page.expect_response("**/find/opened/"):
        page.locator("table.orders .open").first.click()
    page.wait_for_url(re.compile(r"/orders/o_\w+/$"))
    page.keyboard.press("/")
    expect(page.locator("#box-recent [role=option]").first).to_contain_text(reference)
    expect(page.locator("#box-acts")).to_contain_text("Write a note")
    page.keyboard.type("note", delay=10)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_be_focused()


def test_an_action_of_the_order_opens_its_dialog(page: Page) -> None:
    page.goto("/norce/se/orders/?status=accepted")
    page.locator("table.orders .open").first.click()
    page.wait_for_url(re.compile(r"/orders/o_\w+/$"))
    page.keyboard.press("/")
    page.keyboard.type("edit shipping", delay=10)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("ship", delay=10)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()


def test_letters_lead_to_places_and_a_question_mark_shows_the_keys(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.keyboard.press("?")
    expect(page.locator("#dialog")).to_contain_text("On every page")
    expect(page.locator("#dialog")).to_contain_text("On the list of orders")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/preferences/")
    page.locator("main select").first.focus()
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_timeout(300)
    expect(page).to_have_url(re.compile("/preferences/"))


def test_one_channel_that_is_down_is_named_and_can_be_asked_again(remote_desk: RemoteDesk, browser: Browser) -> None:
    context = browser.new_context(base_url=remote_desk.desk.url)
    page = watch(context.new_page(), [])
    try:
        sign_in(page, remote_desk.desk.url, "ines", PASSWORD)
        remote_desk.faults.gone = {"no"}
        page.keyboard.press("/")
        page.keyboard.type("Hansen", delay=20)
        expect(page.locator("#box-sum[data-all]")).to_contain_text("did not answer")
        expect(page.locator("#box-norce-no")).to_contain_text("did not answer")
        remote_desk.faults.gone = set()
        page.wait_for_timeout(1200)
        page.locator("#box-norce-no [data-asks]").click()
        expect(page.locator("#box-norce-no")).not_to_contain_text("did not answer")
        expect(page.locator("#box-sum[data-all]")).not_to_contain_text("did not answer")
    finally:
        remote_desk.faults.gone = set()
        context.close()


@pytest.mark.rest
@pytest.mark.parametrize("size", [(1440, 900), (1000, 800), (390, 844)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_box_is_in_order_at_every_size(sized: Page, size: tuple[int, int], theme: str) -> None:
    page = sized
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto("/norce/se/orders/")
    page.locator("#box-q").focus()
    expect(page.locator("#box-places")).to_be_visible()
    assert violations(page) == []
    page.keyboard.type("Anders", delay=10)
    expect(page.locator("#box-sum[data-all]")).to_contain_text("order", timeout=PATIENCE)
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    least = 44 if size[0] < 900 else 24
    heights = page.locator("#box-list [role=option]:visible, #box-q").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= least - 0.5


@pytest.mark.rest
@pytest.mark.parametrize("path", PAGES)
def test_its_pages_are_in_order(sized: Page, path: str) -> None:
    for width in (1440, 390):
        sized.set_viewport_size({"width": width, "height": 844})
        sized.goto(path)
        assert violations(sized) == []
        assert too_small(sized) == []


def test_a_pasted_text_goes_to_where_texts_are_read(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.keyboard.press("/")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text", "SE-100001\\nSE-100002\\nNO-999999");
          const box = document.getElementById("box-q");
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.wait_for_url(re.compile(r"/pasted/[0-9a-f-]+/"))
    expect(page.locator("main")).to_contain_text("NO-999999")


def test_without_a_script_a_page_asks_all_channels(
    browser: Browser, desk: Desk, signed_in_state: StorageState, caller: str
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state, java_script_enabled=False)
    page = context.new_page()
    page.goto("/norce/se/orders/")
    page.locator("#box-q").fill("nobody at all")
    page.locator("#box-q").press("Enter")
    expect(page.locator("main")).to_contain_text("Nothing. Looked in 3 channels")
    page.locator("#find-said").fill(caller)
    page.get_by_role("button", name="Find").last.click()
    expect(page).to_have_url(re.compile(r"/norce/dk/orders/o_\w+/$"))
    context.close()
