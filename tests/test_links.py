"""What the documents lead to is there: files, and headings in them."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APART = {".venv", "node_modules", ".git"}
CODE = re.compile(r"```.*?```", re.DOTALL)


def documents() -> list[Path]:
    return [path for path in ROOT.rglob("*.md") if not APART & set(path.relative_to(ROOT).parts)]


@cache
def headings(path: Path) -> set[str]:
    """As they are named in an address, in the manner of GitHub."""
    text = CODE.sub("", path.read_text())
    said = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", each[1]) for each in re.finditer(r"^#+ (.+)$", text, re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", re.sub("[`*_]", "", each.strip().lower())).replace(" ", "-") for each in said}


def leads_nowhere(path: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    there = (path.parent / name).resolve() if name else path
    return not there.exists() or bool(heading and there.suffix == ".md" and heading not in headings(there))


def test_every_link_of_a_document_leads_somewhere() -> None:
    links = [
        (path, found[1])
        for path in documents()
        for found in re.finditer(r"\]\(([^)\s]+)\)", CODE.sub("", path.read_text()))
        if not re.match(r"[a-z]+:", found[1])
    ]
    assert len(links) > 100
    assert [(str(path.relative_to(ROOT)), link) for path, link in links if leads_nowhere(path, link)] == []
