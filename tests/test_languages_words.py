"""Only complete languages are offered, and words that a merchant wants otherwise replace those of the program, or are
refused with a reason before anything starts."""

import gettext
import json
import shutil
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from ui import languages

SOURCES = Path(__file__).resolve().parent.parent / "locale"
TEMPLATE = SOURCES / "django.pot"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Catalogues of our own: all messages, and Swedish."""
    shutil.copytree(SOURCES / "sv", tmp_path / "sources" / "sv")
    shutil.copy(TEMPLATE, tmp_path / "sources")
    return tmp_path / "sources"


@pytest.fixture
def words(tmp_path: Path) -> Path:
    folder = tmp_path / "words"
    folder.mkdir()
    return folder


def swedish(sources: Path, old: str, new: str) -> None:
    path = sources / "sv" / "LC_MESSAGES" / "django.po"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def codes(offered: list[tuple[str, str]]) -> list[str]:
    return [code for code, _name in offered]


def made_of(compiled: Path, language: str) -> gettext.GNUTranslations:
    with (compiled / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def said(compiled: Path, language: str, message: str) -> str:
    return made_of(compiled, language).gettext(message)


def test_a_complete_language_is_offered_and_compiled(sources: Path, tmp_path: Path) -> None:
    assert languages.prepare(sources, tmp_path / "made") == [("en", "English"), ("sv", "Svenska")]
    assert said(tmp_path / "made", "sv", "Reserved") == "Reserverad"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('msgid "Reserved"\nmsgstr "Reserverad"', 'msgid "Reserved"\nmsgstr ""', "is not translated"),
        ('msgid "Reserved"\nmsgstr "Reserverad"', 'msgid "Other"\nmsgstr "Annat"', "is not translated"),
        ('msgid "Reserved"', '#, fuzzy\nmsgid "Reserved"', "is fuzzy"),
        ('msgstr "%s inte täckt"', 'msgstr "inte täckt"', "%s is not where it was"),
    ],
)
def test_a_language_that_lacks_anything_is_not_offered(
    sources: Path, tmp_path: Path, old: str, new: str, why: str
) -> None:
    assert "sv" in codes(languages.prepare(sources, tmp_path / "made"))
    swedish(sources, old, new)
    assert "sv" not in codes(languages.prepare(sources, tmp_path / "made"))
    assert languages.gaps(sources / "sv" / "LC_MESSAGES" / "django.po", sources / "django.pot") == [
        f"“{'%s not covered' if '%s' in why else 'Reserved'}”: {why}"
    ]


def test_a_message_that_the_program_did_not_have_yesterday_takes_the_language_away(
    sources: Path, tmp_path: Path
) -> None:
    with (sources / "django.pot").open("a") as file:
        file.write('\nmsgid "New today"\nmsgstr ""\n')
    assert codes(languages.prepare(sources, tmp_path / "made")) == ["en"]


def test_what_has_not_changed_is_not_compiled_again(sources: Path, tmp_path: Path) -> None:
    languages.prepare(sources, tmp_path / "made")
    made = tmp_path / "made" / "sv" / "LC_MESSAGES" / "django.mo"
    made.write_bytes(b"as it was")
    languages.prepare(sources, tmp_path / "made")
    assert made.read_bytes() == b"as it was"
    assert json.loads(made.with_suffix(".json").read_text())["complete"] is True


def test_a_folder_that_cannot_be_written_leaves_english_alone(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert codes(languages.prepare(sources, tmp_path / "file")) == ["en"]


def test_a_merchants_words_replace_the_programs_in_every_language(sources: Path, words: Path, tmp_path: Path) -> None:
    (words / "sv.po").write_text(
        'msgid "Reserved"\nmsgstr "Spärrad"\n\nmsgid "%(n)s entry"\nmsgid_plural "%(n)s entries"\n'
        'msgstr[0] "%(n)s anteckning"\nmsgstr[1] "%(n)s anteckningar"\n\n'
        'msgctxt "a time"\nmsgid "until"\nmsgstr "t.o.m."\n'
    )
    (words / "en.po").write_text('msgid "Reserved"\nmsgstr "On hold"\n')
    made = tmp_path / "made"
    assert list(languages.wrong_words(str(words), TEMPLATE)) == []
    languages.prepare(sources, made, str(words))
    assert (said(made, "sv", "Reserved"), said(made, "en", "Reserved")) == ("Spärrad", "On hold")
    assert said(made, "sv", "Captured") == "Debiterad"
    swedish_words = made_of(made, "sv")
    assert swedish_words.ngettext("%(n)s entry", "%(n)s entries", 2) == "%(n)s anteckningar"
    assert swedish_words.pgettext("a time", "until") == "t.o.m."
    (words / "sv.po").unlink()
    (words / "en.po").unlink()
    languages.prepare(sources, made, str(words))
    assert said(made, "sv", "Reserved") == "Reserverad"
    assert not (made / "en" / "LC_MESSAGES" / "django.mo").exists()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("sv.po", 'msgid "Reservd"\nmsgstr "x"\n', "sv.po, line 1: “Reservd” is no message of this program"),
        ("sv.po", 'msgid "%s refunded"\nmsgstr "åter"\n', "“%s refunded” has %s on one side only."),
        ("sv.po", 'msgid "Reserved"\nmsgstr ""\n', "“Reserved” has no other words."),
        ("sv.po", 'msgid "until"\nmsgstr "till"\n', "“until” is no message of this program (with that msgctxt)"),
        ("sv.po", 'msgid "%(n)s entry"\nmsgstr "%(n)s post"\n', "“%(n)s entry” needs msgid_plural."),
        ("sv.po", "Reserved = Spärrad\n", "WORDS_DIR: sv.po cannot be read:"),
        ("xx.po", 'msgid "Reserved"\nmsgstr "x"\n', "WORDS_DIR: xx.po is no en.po, sv.po,"),
        ("words.json", "{}", "WORDS_DIR: words.json is no en.po"),
    ],
)
def test_words_that_cannot_be_used_are_refused_before_anything_starts(
    settings: Settings, words: Path, name: str, text: str, says: str
) -> None:
    (words / name).write_text(text)
    settings.WORDS_DIR = str(words)
    found = [str(message.msg) for message in run_checks() if message.id == "ui.E001"]
    assert len(found) == 1 and says in found[0], found


def test_a_folder_of_words_has_to_be_there(settings: Settings, tmp_path: Path) -> None:
    settings.WORDS_DIR = str(tmp_path / "nowhere")
    assert [str(each.msg) for each in run_checks() if each.id == "ui.E001"] == [
        f"WORDS_DIR: there is no folder {tmp_path / 'nowhere'}."
    ]
