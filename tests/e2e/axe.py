"""What axe finds against WCAG 2.2, levels A and AA."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    if page.evaluate("!window.axe"):  # of half a megabyte, once a page
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(options) => axe.run(document, options).then((all) => all.violations)", OPTIONS)
    return [f"{v['id']}: {v['help']} ({', '.join(str(node['target'][0]) for node in v['nodes'][:3])})" for v in found]
