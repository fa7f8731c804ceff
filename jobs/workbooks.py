"""Excel workbooks, written row by row: XlsxWriter makes the workbook with its headings, widths and formats, and the
rows are put into its sheets as XML that was written portion by portion. So the rows cost about what they cost in CSV,
and however many there are, no more than a block of them is in memory."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from jobs.tables import Cell, Column, Renew, Shape, blocks, by_column, digits, remembered

MOST_IN_A_SHEET = 1_048_575
"""Rows below the headings (Excel's specifications and limits); what is more goes on in another sheet."""
LONGEST_CELL = 32_767
"""Characters of a cell (the same)."""
LONGEST_NAME = 31
"""Of a sheet."""
_FORMATS = {
    Cell.MOMENT: {"num_format": "yyyy-mm-dd hh:mm:ss"},
    Cell.AMOUNT: {"num_format": "#,##0.00##"},
    Cell.SHARE: {"num_format": "0.##%"},
}
_DAY_0 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's calendar knows no zones
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_x[0-9A-Fa-f]{4}_")
_NOT_PLAIN = re.compile("[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x")
"""What cannot stand in XML as it is, or not in Excel's."""
_AS_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
_RENEW_EVERY = 5_000  # rows
_PACKED = 1
"""zlib's level: what is gained by a higher one is hardly worth its time."""


class Xlsx:
    """As `tables.Format`. A part has a row of a sheet, as XML, a line."""

    suffix = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    is_packed = True

    def written(self, shape: Shape, rows: Iterable[Sequence[Any]], first: int) -> bytes:
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - as below

        styles = _numbers_of_styles(tuple(column.cell for column in shape.columns))
        columns, numbers = [], list[int]()
        for at, (column, values) in enumerate(by_column(shape, rows)):
            numbers = numbers or [n % MOST_IN_A_SHEET + 2 for n in range(first, first + len(values))]
            opens = f'<c r="{xl_col_to_name(at)}'
            written = map(_writer(shape, column, styles.get(at)), values)
            columns.append([f'{opens}{n}"{rest}' if rest else "" for n, rest in zip(numbers, written, strict=True)])
        lines = zip(numbers, map("".join, zip(*columns, strict=True)), strict=True)
        return "".join([f'<row r="{n}">{cells}</row>\n' for n, cells in lines]).encode()

    def put_together(
        self, shape: Shape, parts: Sequence[tuple[Path, int]], rows: int, to: IO[bytes], renew: Renew
    ) -> None:
        with (
            zipfile.ZipFile(io.BytesIO(_empty(shape, rows))) as empty,
            zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED) as book,
        ):
            lines = _lines(parts) if rows > MOST_IN_A_SHEET else None
            for name in empty.namelist():
                content = empty.read(name)
                if not name.startswith("xl/worksheets/sheet"):
                    book.writestr(name, content)
                    continue
                head, tail = _around_rows(content)
                with book.open(name, "w", force_zip64=True) as sheet:
                    sheet.write(head)
                    for n, written in enumerate(blocks(parts) if lines is None else _some(lines, MOST_IN_A_SHEET)):
                        sheet.write(written)
                        if lines is None or not n % _RENEW_EVERY:
                            renew()
                    sheet.write(tail)


def _empty(shape: Shape, rows: int) -> bytes:
    """The workbook with headings alone, and of each sheet a last row, so that it says how large it is. In XlsxWriter's
    mode of constant memory its texts stand in the cells themselves, as ours do."""
    import xlsxwriter  # noqa: PLC0415 - most programs make no workbook, and need not wait for it as they start

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    bold = book.add_format({"bold": True})
    styles = {kind: book.add_format(said) for kind, said in _FORMATS.items()}
    left, number, last = rows, 0, len(shape.columns) - 1
    while not number or left > 0:
        number += 1
        here = min(left, MOST_IN_A_SHEET)
        left -= here
        name = re.sub(r"[\[\]:*?/\\']", " ", shape.sheet)[: LONGEST_NAME - 4].strip() or "1"
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
        for at, (heading, column) in enumerate(zip(shape.headings(), shape.columns, strict=True)):
            width = 20 if column.cell is Cell.MOMENT else max(10, min(40, len(heading) + 2))
            sheet.set_column(at, at, width, styles.get(column.cell))
            sheet.write_string(0, at, heading, bold)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, here, last)
        if here:
            sheet.write_blank(here, last, None, bold)
    book.close()
    return content.getvalue()


@lru_cache(maxsize=64)
def _numbers_of_styles(cells: tuple[Cell, ...]) -> dict[int, str]:
    """By which numbers the cells of columns such as these name their format in the workbook that `_empty` makes: read
    off there, once, as making one costs as much as a page of orders."""
    shape = Shape([Column(str(at), str(at), cell) for at, cell in enumerate(cells)], ZoneInfo("UTC"))
    with zipfile.ZipFile(io.BytesIO(_empty(shape, 0))) as made:
        sheet = made.read("xl/worksheets/sheet1.xml").decode()
    columns = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]* style="(\d+)"', sheet)
    return {at: number for first, last, number in columns for at in range(int(first) - 1, int(last))}


def _around_rows(sheet: bytes) -> tuple[bytes, bytes]:
    """What stands in a sheet's document up to the end of the headings, and from the end of its rows on."""
    end = sheet.index(b"</row>") + len(b"</row>")
    return sheet[:end] + b"\n", sheet[sheet.index(b"</sheetData>") :]


def _lines(parts: Sequence[tuple[Path, int]]) -> Iterator[bytes]:
    for path, length in parts:
        left = length
        with path.open("rb") as part:
            while left and (line := part.readline(left)):
                left -= len(line)
                yield line


def _some(lines: Iterator[bytes], most: int) -> Iterator[bytes]:
    for _, line in zip(range(most), lines, strict=False):
        yield line


def _writer(shape: Shape, column: Column, style: str | None) -> Callable[[Any], str]:
    """Writes the rest of a cell, behind its place; nothing where it is empty."""
    is_plain = column.masks is None or shape.unmasked
    styled = f' s="{style}"' if style else ""

    def text(value: Any) -> str:
        # An inline string: nothing in it is a formula, whatever it begins with.
        if value is None or value == "":
            return ""
        shown = _as_xml(str(value if is_plain else shape.hidden(column, value)))
        return f' t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>' if shown else ""

    def number(value: Any) -> str:
        return "" if value is None else f"{styled}><v>{digits(value)}</v></c>"

    def moment(value: Any) -> str:
        if value is None:
            return ""
        days = (shape.local(value).replace(tzinfo=None) - _DAY_0).total_seconds() / 86_400
        return f"{styled}><v>{days:.10f}</v></c>"

    return {Cell.TEXT: remembered(text), Cell.MOMENT: remembered(moment)}.get(column.cell, number)


def _as_xml(text: str) -> str:
    if len(text) <= LONGEST_CELL and not _NOT_PLAIN.search(text):
        return text
    plain = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text[:LONGEST_CELL])
    # Excel reads _x0041_ as an A (ECMA-376, ST_Xstring): what looks so and is meant as it stands is escaped itself.
    if "_x" in plain:
        plain = _ESCAPE_LIKE.sub(r"_x005F\g<0>", plain)
    return plain.translate(_AS_XML)
