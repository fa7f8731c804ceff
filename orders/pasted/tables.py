"""A sheet's cells or the lines of a CSV file, and which of their columns names orders."""

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from orders.pasted.scan import Kind, Read, scan

_SEPARATORS = ("\t", ";", ",", "|")
_MOST_LINES_OF_SAMPLE = 60
_SHARE = 0.6
"""Of the lines, or of the cells of a column, from which on it holds for all of them."""
_ORDERS = re.compile(
    r"(?:order|ordre|beställnings?|bestillings?|bestell(?:ungs)?|tilaus)s?[ _-]?"
    r"(?:nummer|number|numero|nro|no|nr|num|id|ref|reference|referens|#)?\.?",
    re.IGNORECASE,
)
_REFERENCES = re.compile(r"(?:order[ _-]?)?(?:reference|referens|referanse|referenz|viite|ref)\.?", re.IGNORECASE)
_RULE = re.compile(r"[\s|:+=-]{3,}")


class Table(NamedTuple):
    """The cells of its lines; `header` is empty where the first line is none."""

    header: tuple[str, ...]
    rows: list[list[str]]


class Column(NamedTuple):
    """`number` from 0; `called` is what its header says, empty where it has none."""

    number: int
    called: str
    others: int


def table_of(lines: Sequence[str]) -> Table | None:
    """The lines as a table, where they are one: at least two, nearly all of them with as many cells, and in no cell a
    sentence."""
    lines = [line for line in lines if line.strip() and not _RULE.fullmatch(line)]
    if len(lines) < 2:
        return None
    for separator in _SEPARATORS:
        sample = [len(cells_of(line, separator)) for line in lines[:_MOST_LINES_OF_SAMPLE]]
        most = max(set(sample), key=sample.count)
        if most >= 2 and sample.count(most) >= _SHARE * len(sample):
            rows = [cells_of(line, separator) for line in lines]
            if separator == "," and _holds_sentences(rows):
                continue
            return _headed([row for row in rows if any(row)])
    return None


def cells_of(line: str, separator: str) -> list[str]:
    """The line's cells, without quotes around them; a line that is broken off within one is taken as it is."""
    if separator == "|":
        return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.count("|") > 1 else [line]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return [cell.strip() for cell in line.split(separator)]


def column_of(table: Table, prefixes: tuple[str, ...]) -> Column | None:
    """The column that names the orders, if one does: by its header, else by what stands in it, the surest first."""
    wide = max(map(len, table.rows), default=0)
    for pattern in (_ORDERS, _REFERENCES):
        for number, name in enumerate(table.header):
            if pattern.fullmatch(name.strip(" .:")):
                return Column(number, name, wide - 1)
    scores = [(_score(table.rows[:_MOST_LINES_OF_SAMPLE], n, prefixes), -n) for n in range(wide)]
    best, place = max(scores, default=(0.0, 0))
    if not best or _names_orders_beside(table, -place, prefixes):
        return None
    return Column(-place, _name(table, -place), wide - 1)


def _names_orders_beside(table: Table, number: int, prefixes: tuple[str, ...]) -> bool:
    """Whether orders are named in other columns as well, for sure: then it is no table, or one whose rows are about
    several."""
    here = {item.text for row in table.rows if number < len(row) for item in scan(row[number], prefixes).items}
    beside = (scan(cell, prefixes) for row in table.rows for n, cell in enumerate(row) if n != number and cell)
    strong = (item for read in beside for item in read.items if item.is_sure and item.kind is Kind.REFERENCE)
    return any(re.search(r"[A-Za-z]", item.text) and item.text not in here for item in strong)


def _score(rows: Sequence[Sequence[str]], number: int, prefixes: tuple[str, ...]) -> float:
    """How much of the column are orders: 2 for one that is sure by its form, 1 for a number of its own."""
    cells = [row[number] for row in rows if number < len(row) and row[number]]
    found = [_worth(scan(cell, prefixes), cell) for cell in cells]
    are = [each for each in found if each]
    return sum(are) / len(cells) if cells and len(are) >= _SHARE * len(rows) else 0.0


def _worth(read: Read, cell: str) -> float:
    if not read.is_alone or len(read.items) != 1 or read.items[0].kind not in (Kind.ORDER, Kind.REFERENCE):
        return 0.0
    item = read.items[0]
    if item.kind is Kind.ORDER:
        return 3.0
    return 2.0 if re.search(r"[A-Za-z]", item.text) or cell.startswith("#") else 1.0 if len(item.text) >= 5 else 0.0


def _name(table: Table, number: int) -> str:
    return table.header[number] if number < len(table.header) else ""


def _headed(rows: list[list[str]]) -> Table:
    """A first line of words alone, above figures, is the header."""
    first = rows[0]
    is_header = not any(re.search(r"\d{3}|@", cell) for cell in first) and any(
        re.search(r"\d", cell) for row in rows[1:] for cell in row
    )
    return Table(tuple(first), rows[1:]) if is_header else Table((), rows)


def _holds_sentences(rows: Sequence[Sequence[str]]) -> bool:
    """Commas part cells, and clauses as well."""
    cells = [cell for row in rows for cell in row]
    return sum(len(cell.split()) > 4 for cell in cells) > (1 - _SHARE) * len(cells)
