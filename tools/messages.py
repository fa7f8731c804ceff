"""Catalogues of the desk's words: `python -m tools.messages` reads every message of the program into locale/django.pot
and brings each language's catalogue up to date. Needs no gettext on the machine.

Nothing that a translator wrote is lost: what the program says no more stands at the end of a catalogue behind `#~`,
and comes back with its message; `--drop` takes it out. Files name no lines and no dates, so a change of a catalogue is
a change of words.
"""

import argparse
import ast
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from ui import languages

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
WITHOUT_READERS = {"tests", "benchmarks", "sandbox", "tools"}
"""Packages that write no page of the desk; the sandbox's documents are for programmers, in English."""
ONE, PLURAL, OF_A_CONTEXT, PLURAL_OF_A_CONTEXT = (None, 0), (None, 0, 1), (0, 1), (0, 1, 2)
"""Which arguments are a call's context, if it has one, its message, and its plural."""
CALLS = {
    **dict.fromkeys(("_", "_g", "sentence", "gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), OF_A_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), PLURAL_OF_A_CONTEXT),
}
OF_TEMPLATES = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
"""The calls that Django makes of a template, as Babel wants them."""
FOR_TRANSLATORS = ("Translators:",)
Message = str | tuple[str, ...]
Key = tuple[str | None, str]


def of_module(text: str) -> Iterator[tuple[tuple[str | None, Message], list[str]]]:
    """The messages of a Python module, those within f-strings too, whatever the version of Python."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        named = CALLS.get(getattr(call.func, "attr", "") or getattr(call.func, "id", ""))
        if named is None:
            continue
        context, *forms = (None if place is None else _constant(call, place) for place in named)
        message = tuple(form for form in forms if form)
        if len(message) == len(forms):
            yield (context, message[0] if len(message) == 1 else message), []


def _constant(call: ast.Call, place: int) -> str | None:
    node = call.args[place] if place < len(call.args) else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def of_template(text: str, name: str) -> Iterator[tuple[tuple[str | None, Message], list[str]]]:
    """The messages of a template with what is said to translators of each: Django writes it anew as calls."""
    if not settings.configured:
        settings.configure()
    calls = "\n".join(line.strip() for line in templatize(text, origin=name).splitlines())
    for _line, message, comments, context in extract(
        "python", io.BytesIO(calls.encode()), OF_TEMPLATES, FOR_TRANSLATORS
    ):
        yield (context, message), comments


def files() -> Iterator[Path]:
    """What may hold words for people: the rooms of the desk, and its templates."""
    for package in sorted(ROOT.glob("*/__init__.py")):
        if package.parent.name not in WITHOUT_READERS:
            yield from sorted(each for each in package.parent.rglob("*.py") if "migrations" not in each.parts)
    yield from sorted((ROOT / "templates").rglob("*.html"))


def messages() -> Catalog:
    """Every message of the program with the files that say it, by file and message."""
    said: dict[Key, list[str]] = defaultdict(list)
    plurals: dict[Key, Message] = {}
    told: dict[Key, list[str]] = defaultdict(list)
    for path in files():
        name, text = path.relative_to(ROOT).as_posix(), path.read_text()
        for (context, message), comments in of_template(text, name) if path.suffix == ".html" else of_module(text):
            key: Key = (context, first(message))
            if name not in said[key]:
                said[key].append(name)
            told[key] += [each for each in comments if each not in told[key]]
            if isinstance(message, tuple) or key not in plurals:  # said alone and with a plural: one entry has both
                plurals[key] = message
    catalogue = Catalog(fuzzy=False)
    for key in sorted(said, key=lambda each: (said[each][0], str(each[1]), each[0] or "")):
        catalogue.add(
            plurals[key], context=key[0], locations=[(name, 0) for name in said[key]], auto_comments=told[key]
        )
    return catalogue


def written(catalogue: Catalog, header: str, *, drop: bool = False) -> bytes:
    """A catalogue as a file: header, messages in their order, what is obsolete."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, include_lineno=False, ignore_obsolete=drop)
    return header.encode() + b"\n" + out.getvalue()


def head(language: str = "") -> str:
    plural = f'"Plural-Forms: {Catalog(locale=language).plural_forms}\\n"\n' if language else ""
    return (
        f"# {languages.NAMES[language] if language else 'Every message of the order desk'}."
        " `make messages` writes this file from the program and keeps what is translated.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n{plural}'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    )


def brought_up_to_date(path: Path, language: str, template: Catalog) -> Catalog:
    """A language's catalogue with the messages of today. A message that was changed starts anew: what it was stands
    among the obsolete ones, to be copied from."""
    if not path.exists():
        before = Catalog(locale=language, fuzzy=False)
    else:
        with path.open("rb") as file:
            before = read_po(file, locale=language, abort_invalid=True)
    after = Catalog(locale=language, fuzzy=False)
    kept = {(each.context, each.id if isinstance(each.id, str) else each.id[0]): each for each in before if each.id}
    kept = {**{(each.context, first(each.id)): each for each in before.obsolete.values()}, **kept}
    for each in template:
        if not each.id:
            continue
        old = kept.pop((each.context, first(each.id)), None)
        fits = old is not None and isinstance(old.id, str) == isinstance(each.id, str)
        after.add(
            each.id,
            old.string if old is not None and fits else None,
            context=each.context,
            locations=each.locations,
            auto_comments=each.auto_comments,
            user_comments=old.user_comments if old is not None else (),
            flags={"fuzzy"} if old is not None and fits and old.fuzzy else (),
        )
        if old is not None and not fits:
            kept[each.context, first(each.id)] = old
    for key in sorted(kept, key=lambda each: (each[1], each[0] or "")):
        old = kept[key]
        if old.string and (isinstance(old.string, str) or any(old.string)):
            old.locations, old.auto_comments = [], []
            after.obsolete[f"{key[0] or ''}\4{key[1]}"] = old
    return after


def first(message: Message | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drop", action="store_true", help="take out what the program says no more")
    drop = parser.parse_args().drop
    template = messages()
    LOCALE.mkdir(exist_ok=True)
    (LOCALE / "django.pot").write_bytes(written(template, head()))
    for language in languages.NAMES:
        if language == languages.WRITTEN_IN:
            continue
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        catalogue = brought_up_to_date(path, language, template)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalogue, head(language), drop=drop))
        lacks = languages.gaps(path, LOCALE / "django.pot")
        print(f"{language}: {f'{len(lacks)} of {len(template)} to do' if lacks else 'complete'}")


if __name__ == "__main__":
    main()
