"""The documents are held to their word."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
DOCUMENTS += [ROOT / room / "README.md" for room in ("benchmarks", "deploy")]
INTERNAL = {"DJANGO_SETTINGS_MODULE", "PYTEST_VERSION"}


def settings_read() -> set[str]:
    code = "".join((ROOT / "dashboard" / name).read_text() for name in ("settings.py", "sign_in.py"))
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code)) - INTERNAL


def test_the_readme_lists_every_setting_and_no_other() -> None:
    table = (ROOT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert listed == settings_read()


def test_every_setting_that_is_to_be_copied_is_one_and_has_no_comment_behind_it() -> None:
    """systemd takes what stands behind a value for a part of it."""
    blocks = [block for path in DOCUMENTS for block in re.findall(r"^```\n(.*?)^```", path.read_text(), re.M | re.S)]
    blocks.append((ROOT / "deploy" / "orderdesk.env.example").read_text())
    lines = [line for block in blocks for line in re.findall(r"^([A-Z_]+)=(.*)$", block, re.M)]
    assert len(lines) > 20 and {name for name, _value in lines} <= settings_read()
    assert [name for name, value in lines if "#" in value] == []


def test_every_command_in_a_document_is_one_and_takes_its_options() -> None:
    commands = get_commands()
    texts = [path.read_text() for path in DOCUMENTS if path.name != "CHANGELOG.md"]  # which tells of what was, too
    named = {each for text in texts for each in re.findall(r"manage\.py ([a-z_]+)([^`\n#&|;]*)", text)}
    assert len(named) > 40
    for name, given in sorted(named):
        assert name in commands, name
        parser = load_command_class(str(commands[name]), name).create_parser("manage.py", name)
        assert {*re.findall(r"(?<=[ \[])--[a-z-]+", given)} <= {*parser._option_string_actions}, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_the_documents_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_names_a_path_of_somebodys_machine(document: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:work|home|root|tmp)/\w+", document.read_text()) == []
