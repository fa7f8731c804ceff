"""“You charged me twice”: from the caller's order to the answer, with a mouse, with the keyboard alone, on a phone,
without a script, and while a channel is down."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, StorageState, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, RemoteDesk, sign_in, watch
from tests.e2e.preparation import PASSWORD
from tests.e2e.targets import too_small
from tests.e2e.test_every_page import sideways
from tests.e2e.test_order import ask


def state_of_payment(order: dict[str, Any]) -> str:
    return str(order["payments"][0]["state"])


def email_of(order: dict[str, Any]) -> str:
    return str(order.get("customer", {}).get("billing", {}).get("email"))


@pytest.fixture(scope="module")
def twice(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two orders of one customer of the same amount, both captured: the newer one is the caller's."""
    orders = ask(desk, "orders?limit=250&status=completed")["data"]
    for newer, older in combinations((each for each in orders if each.get("payments")), 2):
        if email_of(newer) == email_of(older) and newer["total"] == older["total"]:
            assert state_of_payment(newer) == state_of_payment(older) == "captured"
            return newer, older
    raise AssertionError("the seeds hold nobody who was charged twice")


Twice = tuple[dict[str, Any], dict[str, Any]]


def test_a_double_charge_is_found_from_the_callers_order_in_two_clicks(page: Page, twice: Twice) -> None:
    newer, older = twice
    page.goto(f"/norce/se/orders/{newer['id']}/")
    page.locator("#customer-line a").filter(has_text="in this shop").click()
    expect(page.get_by_text("looking…")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Charged twice? There is 1 group of equal amounts to look at")).to_be_visible()
    page.get_by_role("link", name="Show the payments").click()
    twins = page.locator("tbody.twins")
    expect(twins).to_contain_text("Same amount, 4 min apart: Both captured.")
    expect(twins).to_contain_text("The orders are for the same items.")
    expect(twins.get_by_text("this order")).to_have_count(1)
    twins.get_by_text(f"Transactions of {older['reference']}").click()
    expect(twins.locator(".tx").first).to_be_visible()
    twins.get_by_role("link", name=older["reference"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(older["reference"])


def test_the_orders_of_all_channels_are_there_whoever_answers_last(page: Page, twice: Twice) -> None:
    page.goto(f"/norce/se/orders/{twice[0]['id']}/customer/")
    expect(page.get_by_text("looking…")).to_have_count(0)
    table = page.locator("table.customer-orders")
    expect(table.locator("tbody tr")).to_have_count(4)
    expect(table).to_contain_text("norce/dk")
    for _ in range(5):
        page.reload()
        expect(page.get_by_text("looking…")).to_have_count(0)
        expect(table.locator("tbody tr")).to_have_count(4)


@pytest.mark.rest
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_when_the_line_arrives(page: Page, twice: Twice, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    held: list[Route] = []
    page.route("**/customer/line/", lambda route: held.append(route))  # noqa: PLW0108 - a builtin takes no attributes, which Playwright sets
    with page.expect_request("**/customer/line/"):
        page.goto(f"/norce/se/orders/{twice[0]['id']}/")
    below = page.locator("#h-refs")
    before = below.bounding_box()
    held[0].continue_()
    expect(page.locator("#customer-line")).to_contain_text("in this shop")
    assert below.bounding_box() == before


def test_it_goes_with_the_keyboard_alone(page: Page, twice: Twice) -> None:
    page.goto(f"/norce/se/orders/{twice[0]['id']}/")
    line = page.locator("#customer-line a").filter(has_text="in this shop")
    expect(line).to_be_visible()
    tab_to(page, "#customer-line a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("looking…")).to_have_count(0)
    tab_to(page, "#tab-payments")
    page.keyboard.press("Enter")
    expect(page.locator("tbody.twins")).to_contain_text("Both captured.")
    expect(page.locator("#tab-payments")).to_be_focused()
    tab_to(page, "tbody.twins a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/norce/se/orders/o_\w+/$"))


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until that has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not come to {selector}")


@pytest.mark.rest
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_both_tabs_are_accessible_and_fit(
    browser: Browser, desk: Desk, signed_in_state: StorageState, twice: Twice, width: int, scheme: Any
) -> None:
    context = browser.new_context(
        base_url=desk.url, storage_state=signed_in_state, viewport={"width": width, "height": 844}, color_scheme=scheme
    )
    console: list[str] = []
    page = watch(context.new_page(), console)
    page.goto(f"/norce/se/orders/{twice[0]['id']}/customer/")
    expect(page.get_by_text("looking…")).to_have_count(0)
    for tab in ("#tab-orders", "#tab-payments"):
        page.locator(tab).click()
        expect(page.locator(f"{tab}[aria-current]")).to_be_visible()
        assert [*violations(page), *too_small(page), *sideways(page)] == []
    context.close()
    assert console == []


@pytest.mark.rest
def test_without_a_script_one_page_asks_all(
    browser: Browser, desk: Desk, signed_in_state: StorageState, twice: Twice
) -> None:
    context = browser.new_context(base_url=desk.url, storage_state=signed_in_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/norce/se/orders/{twice[0]['id']}/")
    page.get_by_role("link", name="Other orders of this customer").click()
    expect(page.locator("table.customer-orders tbody tr")).to_have_count(4)
    page.get_by_role("link", name="All payments in time").click()
    expect(page.locator("tbody.twins")).to_contain_text("Both captured.")
    context.close()


@pytest.mark.rest
def test_what_breaks_off_is_asked_for_once_more_as_a_whole(page: Page, twice: Twice, console: list[str]) -> None:
    page.route("**/customer/channel/", lambda route: route.abort())
    page.goto(f"/norce/se/orders/{twice[0]['id']}/customer/")
    expect(page).to_have_url(re.compile(r"\?all$"))
    expect(page.locator("table.customer-orders tbody tr")).to_have_count(4)
    console.clear()  # the browser says that the request failed


@pytest.mark.rest
def test_who_leaves_while_channels_are_asked_gets_where_they_go(page: Page, twice: Twice, console: list[str]) -> None:
    page.route("**/customer/channel/", lambda route: None)
    page.goto(f"/norce/se/orders/{twice[0]['id']}/customer/")
    page.locator(".back").click()
    expect(page.locator("#customer")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/orders/{twice[0]['id']}/#customer$"))
    console.clear()


def test_what_is_copied_is_for_the_customer(page: Page, twice: Twice) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/norce/se/orders/{twice[0]['id']}/customer/?all&show=payments")
    page.get_by_role("button", name="Copy for the customer").click()
    expect(page.locator("#live")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.count(twice[0]["reference"]) == 1
    assert "o_" not in text


@pytest.fixture
def remote_page(browser: Browser, remote_desk: RemoteDesk) -> Iterator[Page]:
    context = browser.new_context(base_url=remote_desk.desk.url)
    page = watch(context.new_page(), [])
    sign_in(page, remote_desk.desk.url, "ines", PASSWORD)
    yield page
    remote_desk.faults.gone.clear()
    context.close()


def test_a_channel_that_is_down_is_named_and_can_be_asked_again(
    remote_page: Page, remote_desk: RemoteDesk, twice: Twice
) -> None:
    remote_desk.faults.gone.add("no")
    remote_page.goto(f"/norce/se/orders/{twice[0]['id']}/customer/")
    asked = remote_page.locator("ul.asked li")
    expect(asked.filter(has_text="norce/no")).to_contain_text("did not answer")
    expect(asked.filter(has_text="norce/se")).to_contain_text("2 orders")
    expect(remote_page.locator("table.customer-orders tbody tr")).to_have_count(2)
    remote_desk.faults.gone.clear()
    remote_page.get_by_role("link", name="Try again norce/no").click()
    expect(asked.filter(has_text="norce/no")).to_contain_text("none")
