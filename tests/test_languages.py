"""Every word that people read is in the catalogues, and every language that is promised is complete."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tests import unmarked
from tests.test_sheet import SCRIPTS
from tools import messages
from ui import languages

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "locale" / "django.pot"
PROMISED = ["sv", "nb", "da", "fi", "de"]
"""Languages that a release has. One that is not among them may be under way."""
FOR_OPERATORS = {
    "operations/backup.py", "operations/figures.py", "operations/metrics.py", "operations/restore.py",
    "operations/probes.py", "operations/standing.py", "operations/tracing.py",
    "operations/data_protection/colleagues.py",
    "operations/data_protection/customers.py", "operations/data_protection/named.py", "ui/log_lines.py",
    "accounts/checks.py", "accounts/single_sign_on/calls.py", "accounts/single_sign_on/configuration.py",
    "accounts/single_sign_on/mapping.py", "accounts/single_sign_on/protocol.py",
    "dashboard/buffering.py", "dashboard/settings.py", "dashboard/storage.py",
    "gateway/checks.py", "payments/alerts/checks.py", "payments/checks.py", "teamwork/checks.py", "ui/languages.py",
}  # fmt: skip
"""Modules that say something to whoever starts the program, in English like its settings."""
NO_WORDS = {
    "domain/countries.py", "domain/typed.py", "index/models.py", "index/rollups.py", "index/sums.py",
    "index/united.py",
    "index/walking.py", "index/words.py", "orders/pasted/noise.py", "payments/listing/counting.py",
    "payments/listing/words.py", "ui/regions.py",
}  # fmt: skip
"""Modules with tables of codes and letters, names for programmers, and statements in SQL."""
NOT_READ = {
    "No channel for this person.": "an error between programs",
    "The session was ended while this was asked for.": "as the last",
    "This address speaks HTTPS alone.": "an error between programs",
    "Order desk ": "the desk's name, before its host, in people's apps",
    "Order desk, ": "as the last, in the file of recovery codes",
    "asked by": "a name in the log's details",
    "approved by": "as the last",
    "bulk capture by ": "the name of a lease",
    "index push ": "what a key is derived for",
    "Order desk reads the order again": "what a notification is called at Norce",
    "The calls of this minute are spent.": "an error between programs",
    "yyyy-mm-dd hh:mm:ss": "a format of spreadsheets",
    "id, name, query, is_everywhere, owner_id, audience, version": "columns",
    "taken up by": "as the last",
    "by hand": "why an anchor was made, in its file",
    "Order desk: audit log, entry ": "the subject of an anchor's mail, which programs keep",
    "not recorded": "a value in the log's export",
    "last read": "a name of the gateway's",
    "known orders": "as the last",
    "the time for the whole call is over": "an error of the transport, which words for it are found for",
    "it was held up before it could be sent": "as the last",
    "no connection in time": "as the last",
    "input mono": "classes of a field",
    "a look for a place": "what was asked of the API, as in GET orders",
    "looked at ": "a row, for programmers",
    "order-desk receipt, form 1": "a name in what is signed",
    "not named yet": "as the last",
    "openid profile email": "what a provider is asked for",
    "does not match": "as the last",
    "Can view audit entries about money": "the name of a permission, for Django alone",
}


def catalogue(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


@cache
def of_today() -> Catalog:
    """Every message of the program."""
    return messages.messages()


def catalogues() -> list[str]:
    return sorted(path.name for path in (ROOT / "locale").iterdir() if path.is_dir())


def test_no_template_says_a_word_outside_of_gettext() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for line, words in unmarked.of_template(path.read_text())
    ]
    assert found == []


def test_no_module_says_a_sentence_outside_of_gettext() -> None:
    found = []
    for path in messages.files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".html" or "management" in path.parts or name in FOR_OPERATORS | NO_WORDS:
            continue
        for line, words in unmarked.of_module(path.read_text()):
            if words not in NOT_READ and not words.startswith(("</", "<")):
                found.append(f"{name}:{line}: {words}")
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "<p>Some words</p>",
        '<img alt="A drawing">',
        '<button aria-label="Close">×</button>',
        '<div data-says="Saved at last"></div>',
        '<input placeholder="Type here">',
        '{{ name|default:"Nobody at all" }}',
        '{% include "x.html" with title="Nothing" %}',
        "{% if a %}{% translate 'b' %}{% else %}Something{% endif %}",
    ],
)
def test_a_word_in_a_template_is_found(text: str) -> None:
    assert list(unmarked.of_template(text))


@pytest.mark.parametrize(
    "text",
    [
        'messages.success(request, "Your preferences are saved.")',
        'raise ValidationError("This is no number.")',
        'field = forms.CharField(label="Name")',
        'says = f"The order {name} is gone."',
    ],
)
def test_a_sentence_in_a_module_is_found(text: str) -> None:
    assert list(unmarked.of_module(text))


def test_a_script_says_nothing_but_what_the_page_gives_it() -> None:
    script = re.sub(r"^\s*//.*$|/\*.*?\*/|\s//\s.*$", "", "\n".join(map(Path.read_text, SCRIPTS)), flags=re.MULTILINE)
    said = [text for _quote, text in re.findall(r"([\"'`])((?:(?!\1).)*)\1", script)]
    assert [text for text in said if re.fullmatch(r"[A-Z][a-z]+.*|[a-z]+( [a-z]+){3,}", text) and " " in text] == []


def test_the_catalogue_of_all_messages_is_what_the_program_says() -> None:
    assert TEMPLATE.read_bytes() == messages.written(of_today(), messages.head()), "run: make messages"


@pytest.mark.parametrize("language", catalogues())
def test_a_catalogue_has_the_messages_of_today(language: str) -> None:
    updated = messages.brought_up_to_date(catalogue(language), language, of_today())
    text = messages.written(updated, messages.head(language))
    assert catalogue(language).read_bytes() == text, "run: make messages"


@pytest.mark.parametrize("language", PROMISED)
def test_a_promised_language_lacks_nothing(language: str) -> None:
    assert languages.gaps(catalogue(language), TEMPLATE) == []


@pytest.mark.parametrize("language", PROMISED)
def test_a_promised_language_keeps_nothing_that_is_said_no_more(language: str) -> None:
    left = [line for line in catalogue(language).read_text().splitlines() if line.startswith("#~")]
    assert left == [], "run: make messages DROP=1"


@pytest.mark.parametrize("language", catalogues())
def test_no_translation_has_other_placeholders_than_its_message(language: str) -> None:
    done = [entry for entry in languages.entries(catalogue(language)) if entry.is_translated]
    assert [(entry.ids[0], mark) for entry in done if (mark := languages.lost(entry))] == []


@pytest.mark.parametrize("language", catalogues())
def test_spaces_and_ends_of_lines_are_where_they_are_in_english(language: str) -> None:
    done = [entry for entry in languages.entries(catalogue(language)) if entry.is_translated]
    assert [
        entry.ids[0]
        for entry in done
        if any((text[:1].isspace(), text[-1:].isspace()) != _ends(entry.ids[0]) for text in entry.strings)
    ] == []


def _ends(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()
