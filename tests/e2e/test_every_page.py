"""Each page, at a desk and on a phone, light and dark: no WCAG violation, nothing scrolls sideways,
a clean console under the CSP."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.e2e.axe import violations
from tests.e2e.conftest import Desk, watch
from tests.e2e.targets import too_small
from tests.e2e.test_order import ask

pytestmark = pytest.mark.slow
READING = {
    "orders": "/norce/se/orders/",
    "orders filtered": "/norce/se/orders/?status=completed&status=declined&billing_countries=SE"
    "&date_from=31-31-2025&billing_names=Lind",
    "orders none": "/norce/se/orders/?reference=there-is-none-of-this",
    "order": "/norce/se/orders/{order}/",
    "customer": "/norce/se/orders/{order}/customer/",
    "all of a customer": "/norce/se/orders/{order}/customer/?all",
    "payments of a customer": "/norce/se/orders/{order}/customer/?all&show=payments",
    "order raw": "/norce/se/orders/{order}/raw/",
    "timeline": "/norce/se/orders/{order}/timeline/",
    "payments": "/norce/se/orders/{order}/payments/",
    "payment": "/norce/se/orders/{order}/payments/{payment}/",
    "transactions": "/norce/se/orders/{order}/payments/{payment}/transactions/",
    "shippings": "/norce/se/orders/{order}/shippings/",
    "shipping": "/norce/se/orders/{order}/shippings/{shipping}/",
    "empty basket": "/norce/se/orders/{basket}/",
    "order missing": "/norce/se/orders/o_nobody/",
    "overview": "/overview/",
    "overview of a channel": "/norce/se/overview/",
    "what is not captured": "/overview/not-captured/",
    "what is set aside": "/overview/stuck/?aside",
    "orders of a day": "/overview/day/2026-11-27/",
    "notifications that nobody took": "/overview/undelivered/",
    "queue": "/queue/",
    "team's queue": "/queue/team/",
    "mail about the queue": "/queue/mail/",
    "colleagues": "/norce/se/colleagues/",
    "downloads": "/downloads/",
    "all payments": "/payments/?others=1",
    "in doubt": "/payments/in-doubt/",
    "execution": "/norce/se/payments/{execution}/",
    "proof": "/norce/se/payments/{execution}/proof/",
    "contradicted": "/norce/se/payments/{contradicted}/",
    "contradicted order": "/norce/se/orders/{contradicted_order}/",
    "moved by others": "/norce/se/payments/{moved}/",
    "moved order": "/norce/se/orders/{moved_order}/",
    "locked payment": "/norce/se/orders/{locked}/",
    "audit": "/audit/",
    "audit entry": "/audit/1/",
    "people": "/people/",
    "status": "/status/",
    "runbook": "/status/runbook/",
    "alerts": "/payments/alerts/",
    "approvals": "/payments/approvals/",
    "approval": "/norce/se/payments/approvals/{approval}/",
    "asked for": "/norce/se/payments/approvals/{asked}/",
    "asked for, as an execution": "/norce/se/payments/{asked}/",
    "order of what is asked for": "/norce/se/orders/{asked_order}/",
    "jobs": "/bulk/jobs/",
    "limits": "/payments/limits/",
    "four eyes": "/payments/four-eyes/",
    "preferences": "/accounts/preferences/",
    "sessions": "/accounts/sessions/",
    "data protection": "/data-protection/",
    "password": "/accounts/password/",
    "second factor": "/accounts/second-factor/",
    "no such page": "/nowhere/",
    "api docs": "/checkout/order/docs",
}
CHANGING = {
    "export": "/norce/se/orders/export/?status=completed",
    "export over all channels": "/orders/export/?status=completed",
    "new order": "/norce/se/orders/new/",
    "copy of an order": "/norce/se/orders/new/?from={order}",
    "state": "/norce/se/orders/{order}/state/",
    "reference": "/norce/se/orders/{order}/reference/",
    "billing": "/norce/se/orders/{order}/billing/",
    "shipping address": "/norce/se/orders/{basket}/shipping-address/",
    "cart": "/norce/se/orders/{basket}/cart/",
    "consents": "/norce/se/orders/{order}/consents/",
    "consent": "/norce/se/orders/{order}/consents/new/",
    "attributes": "/norce/se/orders/{order}/attributes/",
    "validation": "/norce/se/orders/{order}/validations/new/",
    "validate": "/norce/se/orders/{order}/validate/",
    "hook": "/norce/se/orders/{order}/hooks/new/",
    "hook removed": "/norce/se/orders/{order}/hooks/{hook}/remove/",
    "notification": "/norce/se/orders/{order}/notifications/new/",
    "note": "/norce/se/orders/{order}/notes/add/",
    "taken": "/norce/se/orders/{order}/attention/stuck/take/",
    "set aside": "/norce/se/orders/{order}/attention/stuck/aside/",
    "assigned": "/norce/se/orders/{order}/assign/",
    "payment added": "/norce/se/orders/{order}/payments/add/",
    "payment edited": "/norce/se/orders/{order}/payments/{payment}/edit/",
    "payment removed": "/norce/se/orders/{order}/payments/{payment}/remove/",
    "transaction": "/norce/se/orders/{order}/payments/{payment}/transactions/add/",
    "actions": "/norce/se/orders/{order}/payments/{payment}/actions/add/",
    "shipping added": "/norce/se/orders/{order}/shippings/new/",
    "shipping edited": "/norce/se/orders/{order}/shippings/{shipping}/edit/",
    "delete order": "/norce/se/orders/{order}/delete/",
    "decide by hand": "/norce/se/payments/{execution}/settle/",
    "say what happened": "/norce/se/payments/{contradicted}/settle/",
    "acknowledge": "/norce/se/payments/moved/{move}/acknowledge/",
    "locked payment edited": "/norce/se/orders/{locked}/payments/{locked_payment}/edit/",
    "limit added": "/payments/limits/add/",
    "limit": "/payments/limits/{limit}/",
    "limit deleted": "/payments/limits/{limit}/delete/",
    "rule added": "/payments/four-eyes/add/",
    "rule": "/payments/four-eyes/{rule}/",
    "rule deleted": "/payments/four-eyes/{rule}/delete/",
    "invite": "/people/invite/",
    "app with codes": "/accounts/second-factor/app/",
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
    page.goto("/norce/se/orders/")
    assert "/accounts/login/?next=" in page.url
    assert violations(page) == [] and sideways(page) == []
    page.locator("input[name=login]").fill("nobody")
    page.locator("input[name=password]").fill("wrong")
    page.locator("main [type=submit]").click()
    assert page.locator("input[name=login]").input_value() == "nobody"
    assert page.locator("main [role=alert], main .error").count() > 0
    assert violations(page) == []
    context.close()
