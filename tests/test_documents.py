"""The documents are held to their word."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "README.md"]
INTERNAL = {"DJANGO_SETTINGS_MODULE", "PYTEST_VERSION"}


def test_the_readme_lists_every_setting_and_no_other() -> None:
    code = "".join((ROOT / "dashboard" / name).read_text() for name in ("settings.py", "sign_in.py"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code)) - INTERNAL
    table = (ROOT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert listed == read


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_the_documents_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_names_a_path_of_somebodys_machine(document: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:work|home|root|tmp)/\w+", document.read_text()) == []
