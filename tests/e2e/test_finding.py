"""From a caller's words to the order and back, with the keyboard and with the mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Desk
from tests.e2e.test_order import ask


@pytest.fixture(scope="module")
def phone(desk: Desk) -> str:
    """A phone number that one order alone has, as nobody stored it."""
    orders = ask(desk, "orders?limit=250")["data"]
    phones = [
        re.sub(r"\D", "", phone)[-9:]
        for order in orders
        for side in ("billing", "shipping")
        if (phone := ((order.get("customer") or {}).get(side) or {}).get("phone") or "").startswith("+467")
    ]
    return "0" + next(each for each in phones if len(each) == 9)


def in_the_box(page: Page, text: str) -> None:
    page.locator("#q").click()
    page.keyboard.type(text, delay=10)


def test_typing_finds_a_phone_in_another_form_than_the_stored_one(page: Page, phone: str) -> None:
    page.goto("/norce/se/orders/")
    in_the_box(page, f"{phone[:3]}-{phone[3:6]} {phone[6:8]} {phone[8:]}")
    expect(page.locator(".found-as")).to_contain_text("phone")
    expect(page.locator("table.orders tbody tr").first).to_be_visible()
    expect(page.locator("#q")).to_be_focused()


def test_down_goes_into_the_rows_enter_opens_and_escape_returns_to_the_box(page: Page) -> None:
    page.goto("/norce/se/orders/")
    links = page.locator("table.orders .open")
    page.locator("#q").focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    href = links.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{href}$"))


def test_after_enter_the_focus_is_on_what_was_found(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.locator("#q").fill("SE-1")
    page.keyboard.press("Enter")
    expect(page.locator("table.orders .open").first).to_be_focused()
    page.locator("#q").fill("nothing is called this")
    page.keyboard.press("Enter")
    expect(page.locator(".empty h2")).to_be_focused()
    expect(page.locator("#q")).to_have_value("nothing is called this")


def test_what_is_typed_is_kept_by_a_tab_that_is_clicked_at_once(page: Page) -> None:
    page.goto("/norce/se/orders/")
    page.locator("#q").click()
    page.keyboard.type("SE-1")
    page.locator("#tab-completed").click()
    expect(page).to_have_url(re.compile("search=SE-1.*status=completed|status=completed.*search=SE-1"))
    expect(page.locator("#q")).to_have_value("SE-1")
    expect(page.locator('[aria-label="Order states"] [aria-current]')).to_have_text("Completed")
    assert set(page.locator("td.c-state").all_inner_texts()) == {"Completed"}
    for select, value, text in (("#sort", "created", "SE-10"), ("#size", "50", "SE-100"), ("#size", "25", "SE-1")):
        page.locator("#q").fill(text)
        page.locator(select).select_option(value)
        expect(page).to_have_url(re.compile(f"search={text}(&|$)"))
        expect(page.locator("#q")).to_have_value(text)
    page.locator("#q").fill("SE-2")
    page.locator("#clear").click()
    expect(page.locator("#q")).to_have_value("")
    expect(page).to_have_url(re.compile("/orders/$"))


def test_a_paste_of_many_lines_is_said_and_nothing_of_it_is_cut_off(page: Page) -> None:
    page.goto("/norce/se/orders/")
    for count in (3, 200):
        page.locator("#q").fill("")
        page.evaluate(
            """([count]) => {
              const lines = [...Array(count).keys()].map((n) => `SE-${100000 + n}`).join("\\r\\n");
              const data = new DataTransfer();
              data.setData("text", lines);
              const box = document.getElementById("q");
              box.focus();
              box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
            }""",
            [count],
        )
        said = page.locator(".empty" if count == 3 else "#q-long")
        expect(said).to_contain_text(f"There are {count} order numbers" if count == 3 else "1999 characters")
        assert len(page.locator("#q").input_value().split()) == count


def test_text_of_a_row_can_be_marked_and_a_click_on_it_opens_the_order(page: Page) -> None:
    page.goto("/norce/se/orders/?status=completed&sort=created")
    row = page.locator("table.orders tbody tr").first
    for words in (row.locator(".who-name"), row.locator(".c-customer small"), row.locator(".open bdi")):
        page.evaluate("getSelection().removeAllRanges()")
        box = words.bounding_box()
        assert box
        page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=5)
        page.mouse.up()
        marked = page.evaluate("String(getSelection())").strip()
        assert len(marked) > 3 and marked in words.inner_text()
        page.evaluate("getSelection().removeAllRanges()")
        words.dblclick()
        page.wait_for_timeout(400)  # longer than a click waits for a second one
        assert page.evaluate("String(getSelection())").strip()
        assert "/norce/se/orders/?" in page.url
    page.evaluate("getSelection().removeAllRanges()")
    href = row.locator(".open").get_attribute("href")
    row.locator(".who-name").click()
    expect(page).to_have_url(re.compile(f"{href}$"))


def test_back_leads_to_the_row_and_its_neighbours_are_one_key_away(page: Page) -> None:
    page.goto("/norce/se/orders/?status=completed&size=50")
    link = page.locator("table.orders .open").nth(40)
    link.scroll_into_view_if_needed()
    before, href = page.evaluate("scrollY"), link.get_attribute("href")
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{href}$"))
    expect(page.locator(".order-head .pages")).to_contain_text("41 of")
    page.locator(".back").click()
    expect(page.locator(f'a.open[href="{href}"]')).to_be_focused()
    expect(page.locator(f'a.open[href="{href}"]')).to_be_in_viewport()
    page.wait_for_function("y => Math.abs(scrollY - y) < 60", arg=before)
    page.locator("a.open:focus").press("Enter")
    page.wait_for_url(re.compile(f"{href}$"))
    page.go_back()
    expect(page.locator(f'a.open[href="{href}"]')).to_be_focused()  # by the browser's own way back, too
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Next order").click()
    expect(page.locator(".order-head .pages")).to_contain_text("42 of")
    after = page.url
    page.locator(".back").click()
    expect(page.locator("a.open:focus")).to_have_attribute("href", re.sub(r"^https?://[^/]+", "", after))


def test_the_copy_button_of_the_heading_copies_the_reference(page: Page) -> None:
    page.goto("/norce/se/orders/?status=completed&sort=created")
    reference = page.locator("table.orders .open").first.inner_text()
    page.locator("table.orders .open").first.click()
    button = page.get_by_role("button", name="Copy the order reference")
    expect(button).to_have_attribute("data-copy", reference)


def test_the_shortcut_of_one_key_can_be_switched_off(page: Page) -> None:
    page.goto("/accounts/preferences/")
    page.get_by_label("Shortcuts of one key").uncheck()
    page.get_by_role("button", name="Save preferences").click()
    page.goto("/norce/se/orders/")
    page.keyboard.press("/")
    expect(page.locator("#box-q")).not_to_be_focused()
    expect(page.locator(".box > kbd")).to_have_count(0)
    page.goto("/accounts/preferences/")
    page.get_by_label("Shortcuts of one key").check()
    page.get_by_role("button", name="Save preferences").click()
    page.goto("/norce/se/orders/")
    page.keyboard.press("/")
    expect(page.locator("#box-q")).to_be_focused()
