"""Impatient hands: two clicks, two Enters, a reload and the back button send a form once, in the
dialog and without a script."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.e2e.conftest import Desk
from tests.e2e.test_order import ask


class Form(NamedTuple):
    """A form of the desk, the operation that it sends, and what is typed into it; RANDOM is another text each time."""

    address: str
    operation: str
    typed: Mapping[str, str]


RANDOM = ""
ITEM = {
    "Name of item 1": "Tent",
    "Quantity of item 1": "1",
    "Unit price of item 1, with VAT": "100",
    "VAT of item 1 in percent": "25",
}
FORMS = {
    "sets": Form("/norce/se/orders/{id}/reference/", "PUT orders/{order_id}/reference", {"Reference": RANDOM}),
    "adds": Form(
        "/norce/se/orders/{id}/consents/new/", "POST orders/{order_id}/consents", {"Text": "Letters", "Id": RANDOM}
    ),
    "creates": Form("/norce/se/orders/new/", "POST orders", {"Currency": "SEK", **ITEM, "Cart reference": RANDOM}),
}


class Hand(NamedTuple):
    """Somebody in front of one form."""

    page: Page
    desk: Desk
    form: Form
    order_id: str

    def sent(self) -> int:
        """How often the desk has sent this form's operation, by its own log."""
        log = (self.desk.data_dir / "serve.log").read_text()
        return len(re.findall(rf"order_api \S+: {re.escape(self.form.operation)} \d", log))

    def open(self, *, in_dialog: bool) -> None:
        address = self.form.address.format(id=self.order_id)
        if not in_dialog:
            self.page.goto(address)
            return
        self.page.goto(
            "/norce/se/orders/" if address == "/norce/se/orders/new/" else f"/norce/se/orders/{self.order_id}/"
        )
        self.page.locator(f'a[href="{address}"]:visible').first.click()

    def fill_in(self) -> Locator:
        """Gives the field that was typed into last."""
        for name, text in self.form.typed.items():
            field = self.page.locator(".change-form").get_by_label(name, exact=True)
            field.fill(text or f"once-{secrets.token_hex(4)}")
        return field

    def button(self) -> Locator:
        return self.page.locator(".change-form footer [type=submit]")

    def arrives(self) -> None:
        """What was sent is done, and the person is where it shows and is told."""
        expect(self.page).to_have_url(re.compile(r"/norce/se/orders/(?!new/)[^/]+/$"))
        expect(self.page.locator(".messages")).to_be_visible()


def click_twice(hand: Hand, field: Locator) -> None:
    hand.button().dblclick(no_wait_after=True)
    hand.arrives()


def press_enter_twice(hand: Hand, field: Locator) -> None:
    field.focus()
    for _ in range(2):
        hand.page.keyboard.press("Enter")
    hand.arrives()


def press_and_reload(hand: Hand, field: Locator) -> None:
    hand.button().click()
    hand.arrives()
    hand.page.reload()


def press_and_press_again_on_the_way_back(hand: Hand, field: Locator) -> None:
    hand.button().click()
    hand.arrives()
    hand.page.go_back()
    if hand.button().is_visible():
        hand.button().click()
        expect(hand.page.locator(".messages, .change-form .alert").first).to_be_visible()


IMPATIENCE = [click_twice, press_enter_twice, press_and_reload, press_and_press_again_on_the_way_back]


@pytest.fixture(params=[True, pytest.param(False, marks=pytest.mark.rest)], ids=["with-script", "without-script"])
def script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def hands(browser: Browser, desk: Desk, admin_state: StorageState, script: bool) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, storage_state=admin_state, java_script_enabled=script)
    yield context.new_page()
    context.close()


CASES = [
    pytest.param(
        kind, impatient, id=f"{kind}-{impatient.__name__}",
        marks=[] if kind == "creates" or impatient is click_twice else [pytest.mark.rest],  # one script guards them all
    )
    for kind in FORMS
    for impatient in IMPATIENCE
]  # fmt: skip


@pytest.mark.parametrize(("kind", "impatient"), CASES)
def test_a_form_is_sent_once_by_impatient_hands(
    kind: str, impatient: Callable[[Hand, Locator], None], hands: Page, desk: Desk, script: bool
) -> None:
    order_id = str(ask(desk, "orders?limit=1&status=accepted")["data"][0]["id"])
    hand = Hand(hands, desk, FORMS[kind], order_id)
    before = hand.sent()
    hand.open(in_dialog=script)
    impatient(hand, hand.fill_in())
    assert hand.sent() == before + 1
