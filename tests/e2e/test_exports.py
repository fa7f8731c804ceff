"""A list is taken away: from the list over its form and its progress to the file on one's own disk."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.fit import misfits


def test_a_list_is_exported_and_downloaded(page: Page, tmp_path: Path) -> None:
    page.goto("/norce/se/orders/?status=completed")
    shown = re.search(r"of ([\d,]+)", page.locator(".list-foot").inner_text())
    assert shown
    size = int(shown[1].replace(",", ""))
    page.get_by_role("link", name="Export…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Export orders")
    expect(page.get_by_role("radio", name=re.compile(r"All [\d,]+ orders that match"))).to_be_checked()
    page.get_by_role("checkbox", name="Carrier").check()
    assert violations(page) == []
    assert misfits(page) == []
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_url(re.compile(r"/downloads/[0-9a-f-]{36}/$"))
    take = page.get_by_role("button", name="Download")
    expect(take).to_be_visible(timeout=30_000)  # by htmx alone: nobody loads the page again
    expect(page.locator(".job-says")).to_contain_text(f"Complete: {size:,} orders")
    expect(page.locator("#live")).to_contain_text("Complete")
    assert violations(page) == []
    assert misfits(page) == []
    with page.expect_download() as waiting:
        take.click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert re.fullmatch(r"orders-norce-se-[\d-]{10}\.csv", path.name)
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=_separator(path)))
    assert len(rows) == size
    assert {row["Order state"] for row in rows} == {"Completed"}
    assert "Carrier" in rows[0]
    page.goto("/downloads/")
    expect(page.get_by_role("link", name=path.name)).to_be_visible()
    page.get_by_role("link", name=path.name).click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("link", name=path.name)).to_have_count(0)


def test_the_list_over_all_channels_is_one_file_and_each_channel_says_how_it_ended(page: Page, tmp_path: Path) -> None:
    page.goto("/orders/?status=completed")
    page.get_by_role("link", name="Export…").click()
    page.wait_for_url(re.compile(r"/orders/export/\?status=completed$"))
    every = page.get_by_role("radio", name=re.compile(r"All [\d,]+ orders that match"))
    expect(every).to_be_checked()
    assert violations(page) == []
    assert misfits(page) == []
    page.get_by_role("button", name="Export", exact=True).click()
    take = page.get_by_role("button", name="Download")
    expect(take).to_be_visible(timeout=30_000)
    ended = page.locator(".job-channels dd").all_inner_texts()
    assert len(ended) > 1
    sizes = [
        int(found[1].replace(",", "")) for text in ended if (found := re.match(r"Complete: ([\d,]+) orders", text))
    ]
    assert len(sizes) == len(ended)
    expect(page.locator(".job-says")).to_contain_text(f"Complete: {sum(sizes):,} orders")
    assert violations(page) == []
    assert misfits(page) == []
    with page.expect_download() as waiting:
        take.click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=_separator(path)))
    assert len(rows) == sum(sizes)
    assert len({row["Channel"] for row in rows}) == len([size for size in sizes if size])
    page.get_by_role("button", name="Delete it").click()


def _separator(path: Path) -> str:
    return ";" if ";" in path.read_text("utf-8-sig").partition("\n")[0] else ","
