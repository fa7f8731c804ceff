"""An order goes from one colleague to another and back: assigned, mentioned in a note, answered, done. With the
keyboard alone, without a script, and by what a screen reader is told."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, StateOf, watch
from tests.e2e.paying import call
from tests.e2e.targets import too_small


@pytest.fixture
def mattias_state(kept_state_of: StateOf) -> StorageState:
    """Mattias Berg, a manager."""
    return kept_state_of("manager")


@pytest.fixture
def mattias(browser: Browser, desk: Desk, mattias_state: StorageState, console: list[str]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=desk.url, storage_state=mattias_state, viewport={"width": 1440, "height": 900}
    )
    yield watch(context.new_page(), console)
    assert console == []
    context.close()


@pytest.fixture
def order(desk: Desk, request: pytest.FixtureRequest) -> str:
    """The address of an order of its own, whose reference is the test's name."""
    reference = re.sub(r"\W+", "-", request.node.name)[5:45]
    body = {"reference": reference, "currency": "SEK", "country": "SE", "cart": {"items": []}}
    return f"/norce/se/orders/{call(desk, 'POST', '', body)['id']}/"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def in_queue(page: Page, order: str) -> str:
    """The row of the order in the queue, as text; empty where there is none."""
    page.goto("/queue/")
    rows = page.locator("table.queue tbody tr").filter(has=page.locator(f"a[href='{order}']"))
    return rows.first.inner_text() if rows.count() else ""


def assign(page: Page) -> None:
    """Signe assigns the order to Mattias."""
    press(page, "a")
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Assign the order")
    expect(page.get_by_label("Who", exact=True)).to_be_focused()
    page.keyboard.type("Mattias")
    press(page, "Tab")
    page.keyboard.type("Can you call them back about the tent?")
    assert violations(page) == []
    press(page, "Control+Enter")
    expect(page.locator("#holders")).to_have_text("With Mattias Berg")
    expect(page.locator("#tasks")).to_contain_text("Can you call them back about the tent?")
    assert violations(page) == []


def mention(page: Page) -> None:
    """Signe asks him once more, in a note."""
    note = page.locator("#note")
    note.focus()
    page.keyboard.type("Ask @mat")
    options = page.get_by_role("listbox", name="Colleagues")
    expect(options.get_by_role("option")).to_have_count(1)
    expect(note).to_have_attribute("aria-expanded", "true")
    expect(note).to_have_attribute("aria-activedescendant", "mention-0")
    assert violations(page) == []
    press(page, "Enter")
    expect(note).to_have_value("Ask @Mattias Berg ")
    expect(note).to_be_focused()
    page.keyboard.type("may we refund it?")
    press(page, "Control+Enter")
    expect(page.locator("#notes .says").filter(has_text="may we refund it?")).to_be_visible()
    expect(note).to_be_focused()


def waiting(page: Page) -> int:
    """The count beside My queue; what other tests left counts too."""
    said = page.locator("#queue-count").inner_text().split()
    return int(said[0]) if said else 0


def answer(mattias: Page, order: str, before: int) -> None:
    """He finds both in his queue, and answers them by one note."""
    said = in_queue(mattias, order)
    assert "Assigned" in said and "by Signe Lind" in said and "about the tent" in said
    assert waiting(mattias) == before + 2
    assert violations(mattias) == [] and too_small(mattias) == []
    mattias.locator(f"table.queue a[href='{order}']").first.focus()
    press(mattias, "Enter")
    expect(mattias.get_by_label("This answers Signe Lind").first).to_be_checked()
    mattias.locator("#note").focus()
    mattias.keyboard.type("Yes, all of it")
    press(mattias, "Control+Enter")
    expect(mattias.locator("#tasks")).to_have_count(0)
    expect(mattias.locator("#holders")).to_have_text("")
    assert waiting(mattias) == before
    assert in_queue(mattias, order) == ""


def test_assigned_mentioned_answered_and_done_with_the_keyboard_alone(page: Page, mattias: Page, order: str) -> None:
    mattias.goto("/queue/")
    before = waiting(mattias)
    page.goto(order)
    assign(page)
    mention(page)
    answer(mattias, order, before)
    said = in_queue(page, order)
    assert "Answered" in said and "by Mattias Berg" in said and "Yes, all of it" in said
    page.locator("tr").filter(has_text="Yes, all of it").get_by_role("button", name="Done").focus()
    press(page, "Enter")
    expect(page.get_by_text("It is done.")).to_be_visible()
    assert in_queue(page, order) == ""
    page.goto(f"{order}timeline/")
    expect(page.locator("#timeline")).to_contain_text("Signe Lind assigned the order to Mattias Berg")
    expect(page.locator("#timeline")).to_contain_text("Mattias Berg answered Signe Lind")


@pytest.mark.rest
def test_the_list_behind_an_at_is_closed_and_moved_in_as_any_combobox(page: Page, order: str) -> None:
    page.goto(order)
    note = page.locator("#note")
    note.focus()
    page.keyboard.type("a mail to x@y.example, and @")
    options = page.get_by_role("listbox", name="Colleagues").get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    press(page, "ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    press(page, "ArrowDown", "ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    press(page, "Escape")
    expect(options).to_have_count(0)
    expect(note).to_have_value("a mail to x@y.example, and @")
    expect(note).not_to_have_attribute("role", "combobox")
    page.keyboard.type("s")
    options.filter(has_text="Signe").click()
    expect(note).to_have_value("a mail to x@y.example, and @Signe Lind ")
    expect(note).to_be_focused()
    note.fill("")


@pytest.mark.rest
def test_a_typed_key_in_a_field_opens_nothing(page: Page, order: str) -> None:
    page.goto(order)
    page.locator("#note").focus()
    page.keyboard.type("aaa")
    expect(page.locator("#dialog")).not_to_be_visible()
    page.locator("#note").fill("")


def test_the_dialog_keeps_what_was_typed_and_says_what_is_missing(page: Page, console: list[str], order: str) -> None:
    page.goto(order)
    page.get_by_role("link", name="Assign…").click()
    page.get_by_label("What is to be done").fill("Call them")
    page.locator("#dialog").get_by_role("button", name="Assign").click()
    expect(page.locator("#dialog [role=alert]").first).to_contain_text("Choose a person or a role")
    expect(page.get_by_label("What is to be done")).to_have_value("Call them")
    assert len(console) == 1 and "422" in console.pop()
    page.get_by_label("Who", exact=True).select_option("Support")
    day = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1)
    page.get_by_label("Until").fill(day.isoformat())
    page.locator("#dialog").get_by_role("button", name="Assign").dblclick()
    expect(page.locator("#holders")).to_have_text("With Support")
    expect(page.locator("#tasks li")).to_have_count(1)
    page.locator("#tasks").get_by_role("button", name="Take it").click()
    expect(page.locator("#holders")).to_have_text("With Signe Lind")
    page.locator("#tasks").get_by_role("link", name="Hand over…").click()
    expect(page.locator("#dialog")).to_contain_text("with Signe Lind now")
    page.get_by_label("Who", exact=True).select_option("Bo Ek")
    page.locator("#dialog").get_by_role("button", name="Hand over").click()
    expect(page.locator("#holders")).to_have_text("With Bo Ek")
    page.goto("/norce/se/orders/?reference=" + page.locator("h1").inner_text())
    expect(page.locator(".orders .holder")).to_contain_text("With Bo Ek")
    assert violations(page) == []


@pytest.fixture
def without_script(browser: Browser, desk: Desk, signed_in_state: StorageState) -> Iterator[Page]:
    phone: ViewportSize = {"width": 390, "height": 844}
    context = browser.new_context(
        base_url=desk.url, storage_state=signed_in_state, java_script_enabled=False, viewport=phone
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.mark.rest
def test_all_of_it_works_without_a_script_on_a_phone(without_script: Page, mattias: Page, order: str) -> None:
    page = without_script
    page.goto(order)
    page.get_by_role("link", name="Assign…").click()
    page.get_by_label("Who", exact=True).select_option("Mattias Berg")
    page.get_by_label("What is to be done").fill("Call them")
    page.locator("main").get_by_role("button", name="Assign").click()
    expect(page.locator("#holders")).to_have_text("With Mattias Berg")
    page.locator("#note").fill("@Mattias and @nobodyatall, may we?")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Nobody who has this channel is called nobodyatall")).to_be_visible()
    assert "Mentioned" in in_queue(mattias, order) or "Assigned" in in_queue(mattias, order)
    mattias.goto(order)
    for _ in range(2):
        mattias.locator("#tasks").get_by_role("button", name="Done").first.click()
        expect(mattias.get_by_text("It is done.")).to_be_visible()
    expect(mattias.locator("#tasks")).to_have_count(0)
    page.goto(order)
    expect(page.locator("#holders")).to_have_text("")


def test_the_count_is_asked_for_while_the_page_is_seen(page: Page, mattias: Page, order: str) -> None:
    page.clock.install()
    page.goto("/queue/")
    before = page.locator("#queue-count").inner_text()
    mattias.goto(order)
    press(mattias, "a")
    mattias.get_by_label("Who", exact=True).select_option("Signe Lind")
    mattias.locator("#dialog").get_by_role("button", name="Assign").click()
    expect(mattias.locator("#holders")).to_have_text("With Signe Lind")
    page.clock.fast_forward(61_000)
    expect(page.locator("#queue-count")).not_to_have_text(before)
    mattias.goto(order)
    mattias.locator("#tasks").get_by_role("button", name="Done").click()
