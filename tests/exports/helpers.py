"""Exports in tests: started as a person does, run to their end here, and read as a spreadsheet would."""

import csv
import io
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree as ET

from django.test import Client

from gateway.in_process import Headers, answer
from jobs import files, running
from jobs.models import Job
from orders.exports.columns import Row, usual
from tests.wire import answered_by

LIST = "/norce/se/orders/export/"
Reply = tuple[int, Headers, bytes]
Answer = Callable[[str, str, str, Headers, bytes], Reply]


def start(client: Client, query: str = "", row: Row = Row.ORDER, address: str = LIST, **said: Any) -> Job:
    """The job that sending the form at that address leads to."""
    fields = {"what": "all", "columns": usual(row), "format": "csv-comma", "zone": "UTC", "start": "1", **said}
    answer = client.post(f"{address}?row={row}&{query}", fields)
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.get(pk=uuid.UUID(answer["Location"].rstrip("/").rpartition("/")[2]))


def run(job: Job) -> Job:
    """To its end, or as far as it comes."""
    while running.go_on(str(job.pk)):
        pass
    return Job.objects.get(pk=job.pk)


def content_of(job: Job) -> bytes:
    return files.path_of(job.file).read_bytes()


def rows_of(job: Job, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file by their headings."""
    return list(csv.DictReader(io.StringIO(content_of(job).decode("utf-8-sig")), delimiter=separator))


def download(client: Client, job: Job) -> bytes:
    answer = client.post(f"/downloads/{job.pk}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def sheet_of(job: Job) -> list[list[Any]]:
    """The cells of the first sheet of a workbook: text, or a number."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(content_of(job))) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [[_cell(cell, name) for cell in row] for row in sheet.iter(f"{name}row")]


def _cell(cell: ET.Element, name: str) -> Any:
    assert cell.find(f"{name}f") is None, "a formula"
    if (text := cell.find(f"{name}is")) is not None:
        return "".join(text.itertext())
    value = cell.find(f"{name}v")
    return float(value.text or "") if value is not None else ""


@contextmanager
def answering(answers: Answer) -> Iterator[None]:
    """What the Order API answers in here."""
    with answered_by(answers):
        yield


def as_ever(*asked: Any) -> Reply:
    """As the sandbox answers."""
    return answer(*asked)


def is_list(method: str, path: str) -> bool:
    return method == "GET" and path.rstrip("/").endswith("/orders")
