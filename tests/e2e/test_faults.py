"""The whole table of an Order API's faults (docs/operations.md), each seen by somebody at a desk: what the page says,
once, what stays on it, and that it is whole again by itself."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import RemoteDesk
from tests.faults.stub import FAULTS

pytestmark = pytest.mark.rest
SILENT = "The Order API does not answer."
STRANGE = "What answered is not the Order API, or its answer is broken."
SAYS = {
    "down": SILENT,
    "30 s": SILENT,
    "a byte at a time": SILENT,
    "headers a byte at a time": SILENT,
    "503": "The Order API is not working right now.",
    "500": "The Order API is not working right now.",
    "html": "The Order API is not working right now.",
    "html with 200": STRANGE,
    "cut": STRANGE,
    "broken off": STRANGE,
    "30 MB": STRANGE,
    "429": "The Order API is asked too much at the moment.",
    "401": "The Order API does not let this desk into",
}
QUICK = [fault for fault in SAYS if fault not in ("30 s", "a byte at a time", "headers a byte at a time")]
"""What is over at once. The others hold a page for as long as a call may take, a minute here; on a desk with the times
that are the default they are in tests/faults/test_api.py."""


def test_every_fault_is_said_in_its_words_and_the_order_comes_back_by_itself(
    remote_page: Page, remote_desk: RemoteDesk
) -> None:
    page = remote_page
    known = page.locator("table.orders tbody tr:first-child th a").get_attribute("href") or ""
    unknown = f"{known}timeline/"
    page.goto(known)
    expect(page.locator("#items")).to_be_visible()
    others = {"30 s", "9 s", "flapping", "changes lost", "ok"} | {each for each in FAULTS if "byte" in each}
    assert set(QUICK) | others == set(FAULTS)
    for fault in QUICK:
        remote_desk.faults.mode = fault
        page.goto(known)
        if fault == "401":
            expect(page.get_by_role("alert")).to_contain_text(SAYS[fault])
        else:
            expect(page.locator(".last-read")).to_contain_text(SAYS[fault])
            expect(page.locator(".last-read")).to_contain_text("What you see was read Today")
            expect(page.locator("#items")).to_be_visible()
            page.wait_for_load_state("networkidle")
            expect(page.locator(".alert").filter(has_text="The Order API")).to_have_count(1)
        page.goto(unknown)
        expect(page.get_by_role("alert").first).to_contain_text(SAYS[fault])
        page.goto("/queue/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto(known)
        remote_desk.faults.mode = "ok"
        expect(page.locator("[data-again]")).to_have_count(0)  # the page asks by itself, and loads itself anew
        expect(page.locator("#items")).to_be_visible()


def test_a_form_that_cannot_be_opened_says_so_once_and_can_be_put_away_without_a_keyboard(
    remote_page: Page, remote_desk: RemoteDesk
) -> None:
    page = remote_page
    page.locator("table.orders tbody tr:first-child th a").click()
    expect(page.locator("#items")).to_be_visible()
    remote_desk.faults.mode = "500"
    page.locator('.aside a[href$="/reference/"]').click()
    dialog = page.locator("#dialog[open]")
    expect(dialog.get_by_role("alert")).to_contain_text(SAYS["500"])
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_who_has_set_out_for_another_page_as_the_api_comes_back_gets_there(
    remote_page: Page, remote_desk: RemoteDesk
) -> None:
    page, held, answers = remote_page, list[Route](), list[int]()
    remote_desk.faults.mode = "500"
    page.reload()
    expect(page.locator(".last-read")).to_be_visible()
    page.route("**/queue/", lambda route: held.append(route))  # noqa: PLW0108 - as in test_order.py
    page.on("response", lambda response: answers.append(response.status) if "/api-answers/" in response.url else None)
    page.get_by_role("link", name="My queue").click(no_wait_after=True)
    remote_desk.faults.mode = "ok"
    for _ in range(200):  # what waits for the page would wait for the next one
        if 200 in answers:
            break
        page.wait_for_timeout(250)
    assert 200 in answers
    page.wait_for_timeout(1000)  # in which the page would load itself anew
    held[0].continue_()
    expect(page).to_have_url(re.compile("/queue/$"))


def test_a_change_that_nobody_answered_says_that_it_is_not_known_and_keeps_what_was_typed(
    remote_page: Page, remote_desk: RemoteDesk
) -> None:
    page = remote_page
    page.locator("table.orders tbody tr:first-child th a").click()
    page.locator('.aside a[href$="/reference/"]').click()
    remote_desk.faults.mode = "changes lost"
    field = page.get_by_label("Reference", exact=True)
    field.fill("SE-LOST-1")
    field.press("Control+Enter")
    dialog = page.locator("#dialog[open]")
    expect(dialog.get_by_role("alert")).to_contain_text("It is not known whether this was done.")
    expect(field).to_have_value("SE-LOST-1")
