"""A file of orders taken apart: one document a line, pages as the list answers them, an array, or
one document over many lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sandbox.codec import NotJsonError, decode

BOM = b"\xef\xbb\xbf"
Line = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON value that should be an order, and where it stands, such as `line 12`."""

    where: str
    value: Any


@dataclass(frozen=True, slots=True)
class Bad:
    """What could not be read or must not be loaded, and why."""

    where: str
    reason: str


def orders_in(lines: Iterable[bytes]) -> Iterator[Found | Bad]:
    """Every order of a file, in its order. A file with a document a line is never in memory as a whole."""
    numbered = _with_numbers(lines)
    head = [line for _, line in zip(range(2), numbered, strict=False)]
    if head and not _is_line_by_line(head):
        yield from _whole(chain(head, numbered))
        return
    for number, text in chain(head, numbered):
        yield from _from_text(f"line {number}", text)


def _with_numbers(lines: Iterable[bytes]) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(BOM) if number == 1 else line
        if text.strip():
            yield number, text.strip()


def _is_line_by_line(head: list[Line]) -> bool:
    """Whether each line is a document: the first is whole, or broken but followed by one that looks whole."""
    texts = [text for _, text in head]
    if _is_json(texts[0]) or texts[0][:1] not in (b"{", b"["):
        return True
    return len(texts) > 1 and texts[1][:1] == b"{" and texts[1][-1:] == b"}"


def _is_json(text: bytes) -> bool:
    try:
        decode(text)
    except NotJsonError:
        return False
    return True


def _whole(numbered: Iterable[Line]) -> Iterator[Found | Bad]:
    lines = list(numbered)
    yield from _from_text(f"line {lines[0][0]}", b"\n".join(text for _, text in lines))


def _from_text(where: str, text: bytes) -> Iterator[Found | Bad]:
    try:
        value = decode(text)
    except NotJsonError as error:
        yield Bad(where, f"it is not JSON: {error}")
        return
    many = value.get("data") if isinstance(value, dict) and "id" not in value else value
    if not isinstance(many, list):
        yield Found(where, value)
        return
    for number, one in enumerate(many, 1):
        yield Found(f"{where}, order {number}", one)
