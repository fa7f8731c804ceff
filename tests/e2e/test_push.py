"""What another program changes through the Order API stands in the index a moment later: the sandbox tells the desk, as
Norce would, over the desk's own address."""

from playwright.sync_api import Browser, StorageState, expect

from tests.e2e.conftest import Desk
from tests.e2e.paying import call, paid

AMOUNT = 7713
PATIENCE = 50
"""Tries, a second apart: less than a minute, after which the sweep would have looked at the newest."""


def test_a_change_by_another_program_stands_in_the_index_without_a_sweep(
    browser: Browser, desk: Desk, admin_state: StorageState
) -> None:
    what = paid(desk, amount=AMOUNT)
    page = browser.new_context(base_url=desk.url, storage_state=admin_state).new_page()
    captured = f"/norce/se/orders/?amount_from={AMOUNT}&amount_to={AMOUNT}&payment_state=captured"
    page.goto(captured)
    expect(page.locator(".index-notice")).to_be_visible()
    assert page.locator(f'a[href*="{what.order_id}"]').count() == 0
    made = call(desk, "GET", f"/{what.order_id}/payments/{what.payment_id}")
    call(desk, "PUT", f"/{what.order_id}/payments/{what.payment_id}", {**made, "state": "captured"})
    for _ in range(PATIENCE):
        page.goto(captured)
        if page.locator(f'a[href*="{what.order_id}"]').count():
            break
        page.wait_for_timeout(1000)
    expect(page.locator(f'a[href*="{what.order_id}"]').first).to_be_visible()
    said = desk.manage("index_status").partition("norce/se ")[2].partition("norce/no ")[0]
    assert "pushed never" not in said
    page.context.close()
