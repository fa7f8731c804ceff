"""The languages of the desk: which there are, what their catalogues lack, and the words that a merchant has otherwise.

A catalogue is `locale/<language>/LC_MESSAGES/django.po`; `locale/django.pot` has every message of the program (`make
messages` writes both). gettext reads a compiled form, which is made here as the program starts, where one of them has
changed: so there is no compiled file to keep beside its source, and nothing to install for it. A language whose
catalogue lacks a message, has one in doubt (fuzzy) or lost a placeholder in one is not offered.

settings.py asks before Django is there: nothing of it is imported.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

NAMES = {
    "en": "English",
    "sv": "Svenska",
    "nb": "Norsk",
    "da": "Dansk",
    "fi": "Suomi",
    "de": "Deutsch",
}
"""Those that are worked on, as their readers call them, in the order of the choice."""
WRITTEN_IN = "en"
"""The language of the messages themselves, which needs no catalogue."""
_MADE_BY = b"1"
"""Another number makes every catalogue be compiled anew."""
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
_MARKUP = re.compile(r"</?[a-z]+[^>]*>|#")
"""Tags of HTML, and the sign for which a script puts a number."""


class Entry(NamedTuple):
    """A message with its translation; of a plural one, all of its forms."""

    context: str | None
    ids: tuple[str, ...]
    strings: tuple[str, ...]
    is_fuzzy: bool = False
    line: int = 0

    @property
    def key(self) -> tuple[str | None, str]:
        """What tells it from the others, as gettext looks it up."""
        return self.context, self.ids[0]

    @property
    def is_translated(self) -> bool:
        return bool(self.strings) and all(self.strings)


def entries(path: Path) -> list[Entry]:
    """What a .po or .pot file holds, its obsolete entries left out. ValueError, in a sentence, where it is none."""
    return [
        Entry(each.context, _forms(each.id), _forms(each.string), bool(each.fuzzy), each.lineno or 0)
        for each in _read(path)
        if each.id
    ]


def lost(entry: Entry) -> str:
    """A placeholder or tag that an entry's translation lacks or has besides; nothing if all are there. A form of a
    plural for one may do without its number."""
    of_one, of_many = _marks(entry.ids[0]), _marks(entry.ids[-1])
    for index, text in enumerate(entry.strings):
        marks = _marks(text)
        if marks not in ((of_one, of_many) if index == 0 else (of_many,)):
            return next(iter(sorted({*of_many} ^ {*marks})), "") or next(iter(marks), "") or of_many[0]
    return ""


def gaps(catalogue: Path, template: Path) -> list[str]:
    """Why a catalogue is not complete: a line for each message."""
    there = {entry.key: entry for entry in entries(catalogue)} if catalogue.exists() else {}
    return [f"“{wanted.ids[0]}”: {why}" for wanted in entries(template) if (why := _gap(there.get(wanted.key), wanted))]


def _gap(entry: Entry | None, wanted: Entry) -> str:
    if entry is None or not entry.is_translated:
        return "is not translated"
    if entry.is_fuzzy:
        return "is fuzzy"
    if len(entry.ids) != len(wanted.ids):
        return "has a plural on one side only"
    if mark := lost(entry):
        return f"{mark} is not where it was"
    return ""


def words_file(words: str, language: str) -> Path | None:
    """The file with what a merchant says otherwise in that language, in the folder that `WORDS_DIR` names."""
    path = Path(words) / f"{language}.po" if words else None
    return path if path and path.exists() else None


def wrong_words(words: str, template: Path) -> Iterator[str]:
    """What is wrong with the words that a merchant has otherwise, a sentence each."""
    if not words:
        return
    if not Path(words).is_dir():
        yield f"WORDS_DIR: there is no folder {words}."
        return
    known = {entry.key: entry for entry in entries(template)}
    for path in sorted(Path(words).iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix != ".po" or path.stem not in NAMES:
            yield f"WORDS_DIR: {path.name} is no {', '.join(f'{language}.po' for language in NAMES)}."
            continue
        try:
            found = entries(path)
        except ValueError as error:
            yield f"WORDS_DIR: {error}"
            continue
        for entry in found:
            if why := _unfit(entry, known.get(entry.key)):
                yield f"WORDS_DIR: {path.name}, line {entry.line}: “{entry.ids[0]}” {why}."


def _unfit(entry: Entry, known: Entry | None) -> str:
    if known is None:
        return "is no message of this program (with that msgctxt); locale/django.pot has all of them"
    if not entry.is_translated:
        return "has no other words"
    if len(entry.ids) != len(known.ids):
        return "needs msgid_plural" if len(known.ids) > 1 else "has no msgid_plural"
    if mark := lost(entry):
        return f"has {mark} on one side only"
    return ""


def prepare(sources: Path, compiled: Path, words: str = "") -> list[tuple[str, str]]:
    """Compiles the catalogues that have changed into `compiled`, and gives the languages that are complete, with their
    names, as Django's LANGUAGES has them. A folder that cannot be written leaves English alone."""
    template = sources / "django.pot"
    offered = [(WRITTEN_IN, NAMES[WRITTEN_IN])]
    for language, name in NAMES.items():
        catalogue = sources / language / "LC_MESSAGES" / "django.po"
        theirs = words_file(words, language)
        if language == WRITTEN_IN and theirs is None:
            with suppress(OSError):  # what an earlier start made of words that are gone
                (compiled / language / "LC_MESSAGES" / "django.mo").unlink()
                _stamp_of(compiled, language).unlink()
            continue
        with suppress(OSError, ValueError):
            if _is_complete(language, catalogue, template, compiled, theirs) and language != WRITTEN_IN:
                offered.append((language, name))
    return offered


def _is_complete(language: str, catalogue: Path, template: Path, compiled: Path, words: Path | None) -> bool:
    """Whether a language can be offered; compiles it where what it is made of has changed."""
    made_of = [path.read_bytes() if path and path.exists() else b"" for path in (catalogue, template, words)]
    digest = hashlib.sha256(b"\0".join((_MADE_BY, *made_of))).hexdigest()
    with suppress(OSError, ValueError):
        stamp = json.loads(_stamp_of(compiled, language).read_text())
        if stamp["of"] == digest:
            return bool(stamp["complete"])
    complete = language == WRITTEN_IN or not gaps(catalogue, template)
    if complete:
        _compile(language, catalogue, words, compiled / language / "LC_MESSAGES" / "django.mo")
    _write(_stamp_of(compiled, language), json.dumps({"of": digest, "complete": complete}).encode())
    return complete


def _stamp_of(compiled: Path, language: str) -> Path:
    return compiled / language / "LC_MESSAGES" / "django.json"


def _compile(language: str, catalogue: Path, words: Path | None, target: Path) -> None:
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - only where a catalogue has changed
    from babel.messages.mofile import write_mo  # noqa: PLC0415

    made = _read(catalogue) if catalogue.exists() else Catalog(locale=language)
    for entry in entries(words) if words else []:
        if entry.is_translated:
            made.delete(entry.ids[0], context=entry.context)
            one = len(entry.ids) == 1
            made.add(
                entry.ids[0] if one else entry.ids, entry.strings[0] if one else entry.strings, context=entry.context
            )
    with tempfile.SpooledTemporaryFile() as buffer:
        write_mo(buffer, made)
        buffer.seek(0)
        _write(target, buffer.read())


def _write(target: Path, content: bytes) -> None:
    """All of it or nothing: several processes start at the same time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(target)


def _read(path: Path):  # type: ignore[no-untyped-def]  # Babel's Catalog; Babel is imported only where it is needed
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - as above

    try:
        with path.open("rb") as file:
            return read_po(
                file, locale=path.parent.parent.name if path.name == "django.po" else None, abort_invalid=True
            )
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from None


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _marks(text: str) -> list[str]:
    return sorted([*_PLACEHOLDER.findall(text.replace("%%", "")), *_MARKUP.findall(text)])
