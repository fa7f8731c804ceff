"""What does not fit on a page: words that stick out of what they stand in or are cut off, and what is pressed lying on
top of something else that is."""

from playwright.sync_api import Page

_STICKS_OUT = """() => {
  const found = [], seen = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const box = (each) => { while (getComputedStyle(each).display.startsWith("inline") &&
    !getComputedStyle(each).display.includes("-")) each = each.parentElement; return each; };
  const scrolls = (each) => { for (; each; each = each.parentElement)
    if (/auto|scroll/.test(getComputedStyle(each).overflowX)) return true; return false; };
  while (texts.nextNode()) {
    const node = texts.currentNode, parent = node.parentElement;
    if (!node.data.trim() || !seen(parent)) continue;
    if (parent.closest(".sr, .skip, script, style, option, dialog:not([open])")) continue;
    const range = document.createRange(); range.selectNodeContents(node);
    const around = box(parent), outer = around.getBoundingClientRect(), style = getComputedStyle(around);
    if (style.textOverflow === "ellipsis" || style.clipPath !== "none" || !outer.width || scrolls(around)) continue;
    for (const line of range.getClientRects())
      if (line.right > outer.right + 1.5 || line.left < outer.left - 1.5) {
        found.push(`sticks out by ${Math.round(Math.max(line.right - outer.right, outer.left - line.left))}: ` +
          `${node.data.trim().slice(0, 50)} (${around.tagName.toLowerCase()}.${around.className})`);
        break;
      }
  }
  return found;
}"""
_ON_TOP = """() => {
  const isAbove = (each) => { for (let part = each; part && part !== document.body; part = part.parentElement) {
    const { position } = getComputedStyle(part);
    if (position === "fixed" && part !== each) return true;
    if (position.match(/absolute|fixed/) && part.querySelector("a, button, input") !== each) return true; }
    return false; };
  const all = [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden]), textarea")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !each.closest(".sr, .skip, dialog:not([open])") && !each.matches(".sr, .skip, .open") &&
      !each.closest("nav.side"))
    .filter((each) => !isAbove(each))
    .map((each) => [each, each.getBoundingClientRect()]).filter(([, rect]) => rect.width > 2 && rect.height > 2);
  const found = [], called = (each) =>
    (each.textContent.trim() || each.ariaLabel || each.name || each.id || each.outerHTML).slice(0, 40);
  all.forEach(([one, a], index) => all.slice(index + 1).forEach(([other, b]) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const isInline = [one, other].some((each) => getComputedStyle(each).display === "inline");
    const isWithin = one.contains(other) || other.contains(one) ||
      one.closest("details[open]") !== other.closest("details[open]");
    if (across > 2 && down > 2 && !isInline && !isWithin)
      found.push(`${called(one)} lies on ${called(other)}`);
  }));
  return found;
}"""


_WIDER = """() => [...document.body.querySelectorAll("*")].filter((each) => each.checkVisibility())
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.right > document.documentElement.clientWidth + 1 || box.left < -1).slice(-3)
  .map(([each]) => `${each.tagName.toLowerCase()}.${each.className}`).join(", ")"""


def misfits(page: Page) -> list[str]:
    """All of it, at the size that the page has now."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    sideways = [f"scrolls sideways by {wide}: {page.evaluate(_WIDER)}"] if wide > 0 else []
    return [*sideways, *sorted({*page.evaluate(_STICKS_OUT), *page.evaluate(_ON_TOP)})]
