"""Sixty pasted references, three unknown, one channel down: by the keyboard alone, on a phone, without script."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, RemoteDesk, ask_for, sign_in, watch
from tests.e2e.preparation import PASSWORD
from tests.e2e.targets import too_small

UNKNOWN = ("SE-900001", "SE-900002", "NO-900003")


def references(desk: Desk, channel: str, count: int) -> list[str]:
    """Of orders as they were seeded: other tests give theirs names."""
    orders = ask_for(desk, channel, "orders?limit=250")["data"]
    found = [order["reference"] for order in orders if re.fullmatch(r"[A-Z]{2}-\d{6}", order.get("reference") or "")]
    found = found[:count]
    assert len(found) == count
    return found


@pytest.fixture(scope="module")
def sixty(desk: Desk) -> list[str]:
    """40 of norce/se, 17 of norce/no, and three that nobody has, here and there among them."""
    ours, theirs = references(desk, "se", 40), references(desk, "no", 17)
    return [*ours[:10], UNKNOWN[0], *theirs, *ours[10:], UNKNOWN[1], UNKNOWN[2]]


@pytest.fixture
def remote_page(browser: Browser, remote_desk: RemoteDesk) -> Iterator[Page]:
    context = browser.new_context(base_url=remote_desk.desk.url, viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watch(context.new_page(), [])
    sign_in(page, remote_desk.desk.url, "ines", PASSWORD)
    yield page
    remote_desk.faults.gone.clear()
    context.close()


def paste(page: Page, lines: list[str]) -> None:
    """Puts the lines into the box as the clipboard would, and sends them with the keyboard."""
    page.goto("/pasted/")
    expect(page.get_by_role("textbox", name=re.compile("^A mail"))).to_be_focused()
    page.keyboard.insert_text("\n".join(lines))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pasted/[0-9a-f-]{36}/$"))


def to(page: Page, element_id: str) -> None:
    """Goes on with Tab until that element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == element_id:
            return
    raise AssertionError(f"the keyboard does not come to #{element_id}")


def test_sixty_references_are_found_while_one_channel_is_down_and_worked_through_with_the_keyboard_alone(
    remote_page: Page, remote_desk: RemoteDesk, sixty: list[str]
) -> None:
    page = remote_page
    remote_desk.faults.gone.add("no")
    began = time.monotonic()
    paste(page, sixty)
    expect(page.locator("h1")).to_have_text("60 pasted")
    expect(page.locator("#pasted-copy")).to_be_visible()
    assert time.monotonic() - began < 20
    state = page.locator("#pasted-state")
    expect(state).to_contain_text("60 of 60 looked up")
    expect(state).to_contain_text("40 found, 0 not found, 20 without an answer")
    expect(state).to_contain_text("norce/no did not answer to 20 lines")
    expect(page.locator("#live")).to_contain_text("20 without an answer")
    assert page.locator("table.pasted tbody bdi:first-of-type").count() >= 60
    assert [text.split()[1] for text in page.locator("table.pasted .p-text").all_inner_texts()] == sixty
    assert violations(page) == []

    remote_desk.faults.gone.clear()
    again = state.get_by_role("button", name="Try again")
    again.focus()
    page.keyboard.press("Enter")
    expect(state).to_contain_text("57 found, 3 not found")
    told = page.locator("table.pasted .p-told").all_inner_texts()
    assert told == ["Not found in 2 channels"] * 3

    page.locator("h1").click()
    to(page, "pasted-copy")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("The table was copied")
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert [line.split("\t")[0] for line in copied[1:]] == sixty
    assert {line.count("\t") for line in copied} == {7}

    to(page, "pasted-first")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(sixty[0])
    expect(page.locator(".order-head .pages")).to_contain_text("1 of 57")
    for n in (1, 2):
        to(page, "order-next")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(sixty[n])
    to_back(page)
    expect(page.locator("#row-3")).to_be_focused()
    expect(page.locator(".is-opened")).to_have_count(3)
    expect(page.locator("#pasted-state")).to_contain_text("3 of them opened")


def to_back(page: Page) -> None:
    page.locator(".order-head .back").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pasted/"))


@pytest.mark.rest
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_both_pages_are_for_everybody_at_any_width(
    browser: Browser, desk: Desk, admin_state: StorageState, sixty: list[str], width: int, scheme: str
) -> None:
    size = {"width": width, "height": 900}
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    console: list[str] = []
    page = watch(context.new_page(), console)
    page.goto("/pasted/")
    problems = [*violations(page), *too_small(page), *_scrolls(page)]
    paste(page, [*sixty[:12], "same as above", "811218-9876", "a-very-long-reference-" + "0123456789" * 3])
    expect(page.locator("#pasted-copy")).to_be_visible()
    page.locator(".pasted-left summary").click()
    problems += [*violations(page), *too_small(page), *_scrolls(page)]
    assert (problems, console) == ([], [])
    context.close()


def _scrolls(page: Page) -> list[str]:
    return ["scrolls sideways"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []


@pytest.mark.rest
def test_500_lines_are_looked_up_stopped_and_gone_on_with(page: Page, sixty: list[str]) -> None:
    lines = [*sixty, *(f"SE-{700000 + n}" for n in range(440))]
    paste(page, lines)
    state = page.locator("#pasted-state")
    page.get_by_role("button", name="Stop").click()
    expect(state.get_by_role("button", name="Go on")).to_be_visible()
    state.get_by_role("button", name="Go on").click()
    expect(state).to_contain_text(re.compile(r"[1-9]\d* of 500 looked up"))
    expect(page.locator("table.pasted tbody")).to_have_count(500)


@pytest.mark.rest
def test_without_a_script_a_button_looks_up_the_next_ones(
    browser: Browser, desk: Desk, signed_in_state: StorageState, sixty: list[str]
) -> None:
    context: BrowserContext = browser.new_context(
        base_url=desk.url, storage_state=signed_in_state, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/pasted/")
    page.locator("#id_text").fill("\n".join(sixty[:12]))
    page.get_by_role("button", name="Look up").click()
    for _ in range(5):
        if page.locator("#pasted-copy").count():
            break
        page.get_by_role("button", name="Look up the next ones").click()
    expect(page.locator("#pasted-state")).to_contain_text("11 found, 1 not found")
    context.close()
