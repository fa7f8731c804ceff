"""The order's page."""

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Desk


def ask(desk: Desk, path: str, channel: str = "se") -> dict[str, Any]:
    headers = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": channel}
    with urllib.request.urlopen(
        urllib.request.Request(f"{desk.url}/checkout/order/api/v0/checkout/{path}", headers=headers)
    ) as answer:
        return dict(json.load(answer))


@pytest.fixture(scope="module")
def captured(desk: Desk) -> dict[str, object]:
    """An order whose money was taken."""
    for order in ask(desk, "orders?limit=250&status=completed")["data"]:
        if any(p["state"] == "captured" for p in order["payments"]) and order.get("reference"):
            return dict(order)
    raise AssertionError("the seeds hold no captured order")


def test_the_page_says_at_a_glance_where_the_order_stands(page: Page, captured: dict[str, object]) -> None:
    page.goto(f"/norce/se/orders/{captured['id']}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(captured["reference"]))
    head = page.locator(".order-head")
    expect(head).to_contain_text("Completed")
    expect(head).to_contain_text("Captured")
    expect(head).to_contain_text("norce / se")


def test_transactions_load_when_they_are_opened(page: Page, captured: dict[str, object]) -> None:
    page.goto(f"/norce/se/orders/{captured['id']}/")
    fold = page.locator("details.fold").filter(has_text=re.compile("transactions", re.IGNORECASE)).first
    fold.locator("summary").first.click()
    expect(fold.locator(".tx").first).to_be_visible()
    expect(fold).to_contain_text(re.compile("capture", re.IGNORECASE))


@pytest.mark.parametrize("width", [1440, pytest.param(390, marks=pytest.mark.rest)])
def test_nothing_moves_when_the_payment_s_past_arrives(page: Page, captured: dict[str, object], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    held: list[Route] = []
    page.route("**/transactions/?*part=steps", lambda route: held.append(route))  # noqa: PLW0108 - a builtin takes no attributes, which Playwright sets
    with page.expect_request("**/transactions/?*part=steps"):
        page.goto(f"/norce/se/orders/{captured['id']}/")
    now = page.locator("#payment-steps [aria-current=step]")
    before = now.bounding_box(), page.locator("#items").bounding_box()
    held[0].continue_()
    expect(page.locator("#payment-steps .past").first).to_be_visible()
    after = now.bounding_box(), page.locator("#items").bounding_box()
    assert [(box["x"], box["y"]) for box in after if box] == [(box["x"], box["y"]) for box in before if box]


def test_paper_shows_no_ways_to_change_anything(page: Page, captured: dict[str, object]) -> None:
    page.goto(f"/norce/se/orders/{captured['id']}/")
    expect(page.get_by_role("link", name="Raw JSON").last).to_be_visible()
    page.emulate_media(media="print")
    for way in (
        page.locator("details.fold:not([open])"),
        page.locator("main [hx-target='#dialog']"),
        page.get_by_text("Raw JSON"),
    ):
        expect(way.filter(visible=True)).to_have_count(0)


def test_an_id_is_copied_and_that_is_said(page: Page, captured: dict[str, object]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/norce/se/orders/{captured['id']}/")
    page.locator(f'[data-copy="{captured["id"]}"]').first.click()
    assert page.evaluate("navigator.clipboard.readText()") == captured["id"]
    expect(page.locator("#live")).not_to_be_empty()


def test_the_way_back_leads_to_the_filtered_list(page: Page) -> None:
    page.goto("/norce/se/orders/?status=completed")
    page.locator("table.orders tbody tr:first-child th a").click()
    page.locator("a.back").first.click()
    expect(page).to_have_url(re.compile("status=completed"))


def test_an_order_of_nobody_says_so_and_offers_other_channels(page: Page, console: list[str]) -> None:
    page.goto("/norce/se/orders/o_doesnotexist/")
    expect(page.get_by_role("alert")).to_contain_text("norce/se")
    expect(page.get_by_role("link", name="All orders")).to_be_visible()
    console.clear()  # the browser reports the 404 that this is about
