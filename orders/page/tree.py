"""JSON as a tree that folds: `<details>` inside lists, so that it works without a script and copies as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from itertools import islice

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from order_api.schemas import number
from privacy import PAGE, PAGE_WITH_PEOPLE, Masked, mask, mask_text

MAX_TEXT = 1_000_000  # characters; a longer document is not read, only counted
MAX_SHOWN = 20_000  # characters of a text that is no JSON
MAX_NODES = 3_000
MAX_FACTS = 200  # attributes of one free object
MAX_DEPTH = 40
MAX_VALUE = 2_000  # characters of one string
SMALL = 60  # values; a document with fewer is shown unfolded
OPEN_DEPTH = 2
LONG_LIST = 20
_TREE = replace(PAGE, most=2 * MAX_NODES, characters=100_000)
_FACTS = replace(PAGE_WITH_PEOPLE, most=2 * MAX_NODES, characters=100_000)
"""Nobody reads more of a document on a page, so no more of it is masked: that takes time."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A document that a provider sent or got: either `tree` (JSON) or `text` (what came instead), masked either way."""

    size: int
    tree: SafeString | None = None
    text: str = ""
    problem: str = ""


def payload(document: str | None) -> Payload | None:
    """The document as a folding tree, or, where it is no JSON, as text with a word about it; None
    where there is none."""
    if document is None or not document.strip():
        return None
    size = len(document.encode())
    if len(document) > MAX_TEXT:
        return too_large(document)
    try:
        value = json.loads(document, parse_float=number, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _no_json(document, size)
    return Payload(size, tree=render_tree(mask(value, _TREE)))


def too_large(document: str | None) -> Payload | None:
    """The document's size alone."""
    return Payload(len(document.encode()), problem=gettext("Too large to show.")) if document else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _no_json(document: str, size: int) -> Payload:
    text = mask_text(document, PAGE)
    said = gettext("This is not JSON; it is shown as it came, masked.")
    if len(text) > MAX_SHOWN:
        text, said = text[:MAX_SHOWN] + "…", gettext("This is not JSON; its beginning is shown, masked.")
    return Payload(size, text=text, problem=said)


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of a free object: its text, or, where it holds more than one value, a tree. Masked."""

    name: str
    text: str = ""
    tree: SafeString | None = None


def facts_of(attributes: Mapping[str, object] | None) -> list[Fact]:
    """A free object's attributes that hold something, secrets masked; of very many the first. Names and addresses stay
    readable: these pages show the customer anyway."""
    attributes = {name: value for name, value in (attributes or {}).items() if value is not None}
    masked = mask(dict(islice(attributes.items(), MAX_FACTS)), _FACTS)
    facts = [_fact(str(name), value) for name, value in masked.items()] if isinstance(masked, dict) else []
    left = len(attributes) - MAX_FACTS
    return [*facts, Fact("…", gettext("%(count)d more") % {"count": left})] if left > 0 else facts


def _fact(name: str, value: object) -> Fact:
    if isinstance(value, Mapping | list | tuple) and value:
        return Fact(name, tree=render_tree(value))
    return Fact(name, text=value if isinstance(value, str) else json.dumps(value, default=str))


def to_text(value: object) -> str:
    """A masked value as JSON text to copy, with amounts as numbers."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_number_as_text)


def _number_as_text(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    return str(value)


def render_tree(value: object) -> SafeString:
    """HTML of a JSON value, every part of it escaped. Beyond `MAX_NODES` values or `MAX_DEPTH`
    levels it says how much is left out."""
    writer = _Writer(open_depth=MAX_DEPTH if count_values(value, SMALL) < SMALL else OPEN_DEPTH)
    return mark_safe("".join(writer.node(value, "", "", 0)))  # noqa: S308 - the writer escapes


def count_values(value: object, enough: int) -> int:
    """How many values there are in it, counted no further than `enough`."""
    found, waiting = 0, [value]
    while waiting and found < enough:
        found += 1
        each = waiting.pop()
        waiting.extend(each.values() if isinstance(each, Mapping) else each if isinstance(each, list | tuple) else ())
    return found


class _Writer:
    """Writes one tree, and counts what it has written so that no document makes a page without end."""

    def __init__(self, open_depth: int) -> None:
        self.nodes = 0
        self.open_depth = open_depth

    def node(self, value: object, key: str, comma: str, depth: int) -> Iterator[str]:
        """One value with its name before it and its comma behind it."""
        self.nodes += 1
        if isinstance(value, Mapping | list | tuple) and value:
            yield from self._container(value, key, comma, depth)
        else:
            yield f"{key}{_scalar(value)}{comma}"

    def _container(
        self, value: Mapping[object, object] | Sequence[object], key: str, comma: str, depth: int
    ) -> Iterator[str]:
        start, end = ("{", "}") if isinstance(value, Mapping) else ("[", "]")
        if depth >= MAX_DEPTH:
            yield f"{key}{start} … {end}{comma}"
            return
        is_open = " open" if depth < self.open_depth and (depth == 0 or len(value) <= LONG_LIST) else ""
        yield f"<details{is_open}><summary>{key}{start}<span> … {len(value)} {end}{comma}</span></summary><ul>"
        yield from self._children(value, depth)
        yield f"</ul>{end}{comma}</details>"

    def _children(self, value: Mapping[object, object] | Sequence[object], depth: int) -> Iterator[str]:
        last = len(value) - 1
        pairs = value.items() if isinstance(value, Mapping) else ((None, item) for item in value)
        for place, (name, item) in enumerate(pairs):
            if self.nodes >= MAX_NODES:
                yield f"<li>… {escape(gettext('%(count)d more') % {'count': last - place + 1})}</li>"
                return
            key = "" if name is None else f"<i>{_quoted(str(name))}:</i> "
            yield "<li>"
            yield from self.node(item, key, "," if place < last else "", depth + 1)
            yield "</li>"


def _quoted(text: str) -> str:
    return escape(json.dumps(text, ensure_ascii=False), quote=False)


def _scalar(value: object) -> str:
    if isinstance(value, Masked):
        return f'<span class="masked">{_quoted(value)}</span>'
    if isinstance(value, str):
        shown = value if len(value) <= MAX_VALUE else value[:MAX_VALUE] + "…"
        return _quoted(shown)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    return escape(str(value))
