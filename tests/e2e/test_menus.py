"""The menus of the frame, over whatever is on the page."""

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.rest)])
def test_all_of_a_persons_menu_can_be_reached_and_its_icons_stand_upright(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/queue/")
    menu = page.locator("details.menu", has=page.locator("form[action='/accounts/logout/']"))
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="Sign out")).to_be_visible()
    hidden = menu.locator("a, button").evaluate_all("""(all) => all.filter((each) => {
      const box = each.getBoundingClientRect();
      return !each.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); })
      .map((each) => each.textContent.trim())""")
    assert hidden == []
    assert set(
        menu.locator("form .icon").evaluate_all("(all) => all.map((each) => getComputedStyle(each).rotate)")
    ) == {"none"}
