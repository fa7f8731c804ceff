"""What pages say in the words of those who use them: docs/glossary.md has them, and those that it replaces are gone."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "audit", "dashboard", "domain", "gateway", "orders", "payments", "privacy", "ui")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
_TAG = re.compile(r'\{% translate (["\'])(.*?)\1')
_BLOCK = re.compile(r"\{% blocktranslate.*?%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)
_GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


@cache
def said() -> list[tuple[str, str]]:
    """Every sentence of the desk, with where it stands."""
    return [*of_templates(), *of_modules()]


def of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text()
        for found in (*(match[2] for match in _TAG.finditer(text)), *(match[1] for match in _BLOCK.finditer(text))):
            yield str(path.relative_to(ROOT)), " ".join(found.split())


def of_modules() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _GETTEXT:
                    for each in node.args:
                        if isinstance(each, ast.Constant) and isinstance(each.value, str):
                            yield str(path.relative_to(ROOT)), each.value


def replaced() -> list[str]:
    """The words that the glossary says stand nowhere any more."""
    section = GLOSSARY.partition("## Words that are not used")[2]
    return [row[1] for row in re.finditer(r"^\| ([^|]+?) \| [^|]+ \|$", section, re.MULTILINE)][1:]


def test_the_glossary_names_words_that_it_replaces() -> None:
    assert len(replaced()) > 10


@pytest.mark.parametrize("word", replaced())
def test_a_word_that_the_glossary_replaces_stands_on_no_page(word: str) -> None:
    whole = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    assert [(where, text) for where, text in said() if whole.search(text)] == []
