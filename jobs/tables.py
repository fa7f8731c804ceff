"""Tables that people take away, and CSV, parted as spreadsheets of their region want it; `jobs.workbooks` has XLSX.

A file is written twice over: first, portion by portion, into parts (`jobs.spool`), so that a process may die at any
moment; then, in one go and in constant memory, into the file.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from privacy import PAGE, Kind, mask_as
from ui.sheets import BYTE_ORDER_MARK, cell


class Cell(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    AMOUNT = "amount"
    """A Decimal in major units; as many decimals as it has, and two at least."""
    COUNT = "count"
    SHARE = "share"
    """A fraction, such as a VAT rate."""
    MOMENT = "moment"
    """An aware datetime, shown in the file's zone."""


class Column(NamedTuple):
    """`masks`: what of a person it says; hidden as on a page, unless the file may say it."""

    name: str
    word: str | Promise
    cell: Cell = Cell.TEXT
    masks: Kind | None = None


class Shape(NamedTuple):
    """How a file is to look: its columns in their order, its zone, and whether people stand in it unmasked. `decimal`
    is what stands before decimals in a CSV file; XLSX leaves that to whoever opens it."""

    columns: Sequence[Column]
    zone: ZoneInfo
    decimal: str = "."
    unmasked: bool = False
    sheet: str = ""

    def headings(self) -> list[str]:
        """Moments name the zone that they are in."""
        return [f"{c.word} ({self.zone.key})" if c.cell is Cell.MOMENT else str(c.word) for c in self.columns]

    def hidden(self, column: Column, value: Any) -> Any:
        """The value as the file may say it."""
        if column.masks is None or self.unmasked or not value:
            return value
        return str(mask_as(column.masks, str(value), PAGE))

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.zone)


Renew = Callable[[], None]


class Format(Protocol):
    """A form of file. `renew` is called now and then while the file is put together."""

    suffix: str
    content_type: str
    is_packed: bool

    def written(self, shape: Shape, rows: Iterable[Sequence[Any]], first: int) -> bytes:
        """The rows as they stand in a part; `first` is how many there were before."""
        ...

    def put_together(
        self, shape: Shape, parts: Sequence[tuple[Path, int]], rows: int, to: IO[bytes], renew: Renew
    ) -> None:
        """The file from all parts, which have so many rows."""
        ...


_BLOCK = 1 << 20  # bytes


class Csv:
    """`separator` is a comma or a semicolon. UTF-8 with a byte order mark; lines end as RFC 4180 wants it."""

    suffix = "csv"
    content_type = "text/csv; charset=utf-8"
    is_packed = False

    def __init__(self, separator: str) -> None:
        self.separator = separator

    def written(self, shape: Shape, rows: Iterable[Sequence[Any]], first: int) -> bytes:
        lines = StringIO()
        written = [map(_as_text(shape, column), values) for column, values in by_column(shape, rows)]
        csv.writer(lines, delimiter=self.separator).writerows(zip(*written, strict=True))
        return lines.getvalue().encode("utf-8", "replace")

    def put_together(
        self, shape: Shape, parts: Sequence[tuple[Path, int]], rows: int, to: IO[bytes], renew: Renew
    ) -> None:
        lines = StringIO()
        csv.writer(lines, delimiter=self.separator).writerow(map(cell, shape.headings()))
        to.write((BYTE_ORDER_MARK + lines.getvalue()).encode())
        for block in blocks(parts):
            to.write(block)
            renew()


def _as_text(shape: Shape, column: Column) -> Callable[[Any], str]:
    if column.cell is Cell.TEXT and (column.masks is None or shape.unmasked):
        return cell

    def text(value: Any) -> str:
        return cell(shape.hidden(column, value))

    # A number of ours may begin with a minus: it is no formula.
    def number(value: Any) -> str:
        return "" if value is None else digits(value).replace(".", shape.decimal)

    def amount(value: Any) -> str:
        if value is None:
            return ""
        whole, _point, decimals = digits(value).partition(".")
        return f"{whole}{shape.decimal}{decimals if len(decimals) > 1 else decimals.ljust(2, '0')}"

    def moment(value: Any) -> str:
        return "" if value is None else shape.local(value).isoformat(" ")[:_SECONDS]

    return {Cell.TEXT: remembered(text), Cell.MOMENT: remembered(moment), Cell.AMOUNT: amount}.get(column.cell, number)


def remembered(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Writes what stands in several rows of a portion once: an order's own values beside each of its items, say. Not
    for numbers, of which equal ones may be written apart (1 and 1.00)."""
    return lru_cache(maxsize=256)(write)


_SECONDS = len("2026-11-29 12:00:00")


def by_column(shape: Shape, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Column, tuple[Any, ...]]]:
    """Each column with its values: what is the same for all of them is found out once."""
    found = list(zip(*rows, strict=True))
    return zip(shape.columns, found, strict=True) if found else iter(())


def digits(number: Any) -> str:
    """A number without an exponent."""
    text = str(number)
    return f"{number:f}" if "E" in text else text


def blocks(parts: Sequence[tuple[Path, int]]) -> Iterator[bytes]:
    """All that counts of the parts, block by block."""
    for path, length in parts:
        left = length
        with path.open("rb") as part:
            while left and (block := part.read(min(_BLOCK, left))):
                left -= len(block)
                yield block
