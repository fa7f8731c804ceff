"""The whole table of an Order API's faults (docs/operations.md), each seen by somebody at a desk: what the page says,
what stays on it, and that it is whole again by itself."""

import re

import pytest
from playwright.sync_api import Page, expect

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
    assert set(QUICK) | {"30 s", "9 s", "flapping", "ok"} | {each for each in FAULTS if "byte" in each} == set(FAULTS)
    for fault in QUICK:
        remote_desk.faults.mode = fault
        page.goto(known)
        if fault == "401":
            expect(page.get_by_role("alert")).to_contain_text(SAYS[fault])
        else:
            expect(page.locator(".last-read")).to_contain_text(SAYS[fault])
            expect(page.locator(".last-read")).to_contain_text("What you see was read Today")
            expect(page.locator("#items")).to_be_visible()
        page.goto(unknown)
        expect(page.get_by_role("alert").first).to_contain_text(re.compile(f"{re.escape(SAYS[fault])}|{SILENT}"))
        page.goto("/queue/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        remote_desk.faults.mode = "ok"
        page.goto(known)
        if page.get_by_role("alert").count() or page.locator(".last-read").count():
            again = page.locator("[data-again]")
            expect(again).to_have_count(0)  # the page asks by itself, and loads itself anew
        expect(page.locator("#items")).to_be_visible()
