"""Each page, at a desk and on a phone, light and dark: no WCAG violation, nothing scrolls sideways,
a clean console under the CSP."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.targets import too_small
from tests.e2e.test_order import ask

READING = {
    "orders": "/orders/",
    "orders filtered": "/orders/?status=completed&status=declined&billing_countries=SE"
    "&date_from=31-31-2025&billing_names=Lind",
    "orders none": "/orders/?reference=there-is-none-of-this",
    "order": "/orders/{order}/",
    "order raw": "/orders/{order}/raw/",
    "timeline": "/orders/{order}/timeline/",
    "payments": "/orders/{order}/payments/",
    "payment": "/orders/{order}/payments/{payment}/",
    "transactions": "/orders/{order}/payments/{payment}/transactions/",
    "shippings": "/orders/{order}/shippings/",
    "shipping": "/orders/{order}/shippings/{shipping}/",
    "empty basket": "/orders/{basket}/",
    "order missing": "/orders/o_nobody/",
    "in doubt": "/payments/",
    "execution": "/payments/{execution}/",
    "proof": "/payments/{execution}/proof/",
    "contradicted": "/payments/{contradicted}/",
    "contradicted order": "/orders/{contradicted_order}/",
    "moved by others": "/payments/{moved}/",
    "moved order": "/orders/{moved_order}/",
    "locked payment": "/orders/{locked}/",
    "audit": "/audit/",
    "audit entry": "/audit/1/",
    "people": "/people/",
    "alerts": "/payments/alerts/",
    "approvals": "/payments/approvals/",
    "approval": "/payments/approvals/{approval}/",
    "limits": "/payments/limits/",
    "four eyes": "/payments/four-eyes/",
    "preferences": "/accounts/preferences/",
    "password": "/accounts/password/",
    "no such page": "/nowhere/",
    "api docs": "/checkout/order/docs",
}
CHANGING = {
    "new order": "/orders/new/",
    "copy of an order": "/orders/new/?from={order}",
    "state": "/orders/{order}/state/",
    "reference": "/orders/{order}/reference/",
    "billing": "/orders/{order}/billing/",
    "shipping address": "/orders/{basket}/shipping-address/",
    "cart": "/orders/{basket}/cart/",
    "consents": "/orders/{order}/consents/",
    "consent": "/orders/{order}/consents/new/",
    "attributes": "/orders/{order}/attributes/",
    "validation": "/orders/{order}/validations/new/",
    "validate": "/orders/{order}/validate/",
    "hook": "/orders/{order}/hooks/new/",
    "hook removed": "/orders/{order}/hooks/{hook}/remove/",
    "notification": "/orders/{order}/notifications/new/",
    "note": "/orders/{order}/notes/add/",
    "payment added": "/orders/{order}/payments/add/",
    "payment edited": "/orders/{order}/payments/{payment}/edit/",
    "payment removed": "/orders/{order}/payments/{payment}/remove/",
    "transaction": "/orders/{order}/payments/{payment}/transactions/add/",
    "actions": "/orders/{order}/payments/{payment}/actions/add/",
    "shipping added": "/orders/{order}/shippings/new/",
    "shipping edited": "/orders/{order}/shippings/{shipping}/edit/",
    "delete order": "/orders/{order}/delete/",
    "decide by hand": "/payments/{execution}/settle/",
    "say what happened": "/payments/{contradicted}/settle/",
    "acknowledge": "/payments/moved/{move}/acknowledge/",
    "locked payment edited": "/orders/{locked}/payments/{locked_payment}/edit/",
    "limit added": "/payments/limits/add/",
    "limit": "/payments/limits/{limit}/",
    "limit deleted": "/payments/limits/{limit}/delete/",
    "rule added": "/payments/four-eyes/add/",
    "rule": "/payments/four-eyes/{rule}/",
    "rule deleted": "/payments/four-eyes/{rule}/delete/",
    "invite": "/people/invite/",
}
SCREENS = {
    "desk light": (1440, "light"),
    "phone dark": (390, "dark"),
}
CASES = [
    pytest.param(pages, screen, id=f"{name}-{screen.replace(' ', '-')}", marks=[pytest.mark.rest] if left else [])
    for name, pages in {"reading": READING, "changing": CHANGING}.items()
    for screen, left in {"desk light": name == "changing", "phone dark": True}.items()
]


@pytest.fixture(scope="module")
def ids(desk: Desk) -> dict[str, str]:
    """An order with everything in it, and one with next to nothing."""
    orders: list[dict[str, Any]] = ask(desk, "orders?limit=250")["data"]
    parts = ("payments", "shippings", "hooks", "consents", "validations", "notifications")
    full = max(orders, key=lambda o: (all(o.get(part) for part in parts), len(str(o))))
    basket = min((o for o in orders if not o.get("customer")), key=lambda o: len(str(o)))
    of_full = {name: str(full[f"{name}s"][0]["id"]) for name in ("payment", "shipping", "hook")}
    return {"order": str(full["id"]), "basket": str(basket["id"]), **of_full, **desk.made}


@pytest.mark.parametrize(("pages", "screen"), CASES)
def test_every_page_is_accessible_fits_and_is_quiet(
    browser: Browser, desk: Desk, admin_state: StorageState, ids: dict[str, str], pages: dict[str, str], screen: str
) -> None:
    width, scheme = SCREENS[screen]
    context = browser.new_context(
        base_url=desk.url, storage_state=admin_state, viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    found: dict[str, object] = {}
    console: list[str] = []
    page = watch(context.new_page(), console)
    for name, path in pages.items():
        console.clear()
        answer = page.goto(path.format(**ids))
        assert answer is not None
        wrong = (
            [f"status {answer.status}"]
            if answer.status != (404 if "no" in name.split() or "missing" in name else 200)
            else []
        )
        complaints = [
            *wrong,
            *violations(page),
            *sideways(page),
            *too_small(page),
            *(c for c in console if "status of 404" not in c),
        ]
        if complaints:
            found[name] = complaints
    context.close()
    assert found == {}


def sideways(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return ["scrolls sideways"] if wide else []


def test_the_sign_in_page_is_accessible_and_says_what_went_wrong(browser: Browser, desk: Desk) -> None:
    context = browser.new_context(base_url=desk.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/orders/")
    assert "/accounts/login/?next=" in page.url
    assert violations(page) == [] and sideways(page) == []
    page.locator("input[name=login]").fill("nobody")
    page.locator("input[name=password]").fill("wrong")
    page.locator("main [type=submit]").click()
    assert page.locator("input[name=login]").input_value() == "nobody"
    assert page.locator("main [role=alert], main .error").count() > 0
    assert violations(page) == []
    context.close()
