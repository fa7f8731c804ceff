"""The log as CSV, in a form that spreadsheets open and programs read: UTC, one line for each attempt or event."""

import csv
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from audit.models import Change, Entry
from audit.paging import batches
from audit.reading import Record, records

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BYTE_ORDER_MARK = "\ufeff"  # without it, Excel reads UTF-8 as something else
COLUMNS = (
    "sequence", "at_utc", "username", "user_id", "ip", "action", "merchant", "channel", "order_id", "target", "changes",
    "outcome", "status", "code", "message", "request_id", "details", "attempt", "intent_sequence", "user_agent", "hash",
)  # fmt: skip


class _Line:
    """What `csv.writer` writes to: hands back the line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


COMMA, SEMICOLON = ",", ";"


def separator_of(decimal: str) -> str:
    """What spreadsheets part columns by where that sign stands before decimals: a semicolon where it is a comma."""
    return SEMICOLON if decimal == "," else COMMA


def csv_lines(entries: "QuerySet[Entry]", separator: str = COMMA) -> Iterator[str]:
    """The file, piece by piece. `entries` are lines (`reading.lines`), newest first."""
    writer = csv.writer(_Line(), delimiter=separator)
    yield _BYTE_ORDER_MARK + str(writer.writerow(COLUMNS))
    for batch in batches(entries):
        yield "".join(str(writer.writerow([cell(value) for value in _row(record)])) for record in records(batch))


def cell(value: object) -> str:
    """A cell that no spreadsheet will run: what begins like a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(record: Record) -> tuple[object, ...]:
    entry, intent = record.entry, record.intent
    return (
        entry.sequence, _utc(record.at), entry.username, entry.user_id, entry.ip, entry.action, entry.merchant,
        entry.channel,
        entry.order_id, entry.target, "\n".join(_told(change) for change in record.changes),
        entry.outcome or "not recorded",
        entry.status, entry.code, entry.message, entry.request_id, _details(record), entry.attempt,
        intent.sequence if intent else None, entry.agent, entry.hash,
    )  # fmt: skip


def _details(record: Record) -> str:
    details = (record.intent.details if record.intent else {}) | record.entry.details
    return _json(details) if details else ""


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _told(change: Change) -> str:
    return f"{change.field}: {_json(change.old)} → {_json(change.new)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
