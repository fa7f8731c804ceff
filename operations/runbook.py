"""docs/runbook.md as a page of the desk: what to do at three in the morning has to be where one is."""

from functools import cache
from itertools import pairwise

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt


@cache
def runbook() -> SafeString:
    """The page's body. Headings have the anchors that they have where the file is read elsewhere. Raises OSError."""
    text = (settings.BASE_DIR / "docs" / "runbook.md").read_text(encoding="utf-8")
    made = MarkdownIt("commonmark", {"html": False})
    tokens = made.parse(text.partition("\n")[2])  # without its title, which the page has
    for heading, content in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", content.content.lower().replace(" ", "-"))
    page: str = made.renderer.render(tokens, made.options, {})
    return mark_safe(page)  # noqa: S308 - our own file, and no HTML in it
