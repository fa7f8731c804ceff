"""The log as CSV, in a form that spreadsheets open and programs read: UTC, one line for each attempt or event."""

import csv
import datetime as dt
import json
from collections.abc import Collection, Iterator
from itertools import compress
from typing import Any

from django.db.models import QuerySet

from audit.models import Change, Entry
from audit.paging import batches
from audit.reading import Record, records
from ui.sheets import BYTE_ORDER_MARK, COMMA, Line, cell

COLUMNS = (
    "sequence", "at_utc", "username", "user_id", "ip", "action", "merchant", "channel", "order_id", "target", "changes",
    "outcome", "status", "code", "message", "request_id", "details", "attempt", "intent_sequence", "user_agent", "hash",
)  # fmt: skip


OF_THE_PERSON = frozenset({"ip", "user_agent"})
"""The columns that say where somebody was, which concerns nobody who reads of money alone."""


def csv_lines(
    entries: "QuerySet[Entry]", separator: str = COMMA, *, without: Collection[str] = frozenset()
) -> Iterator[str]:
    """The file, piece by piece. `entries` are lines (`reading.lines`), newest first; `without` names columns to leave
    out."""
    writer = csv.writer(Line(), delimiter=separator)
    kept = [column not in without for column in COLUMNS]
    yield BYTE_ORDER_MARK + str(writer.writerow(compress(COLUMNS, kept)))
    for batch in batches(entries):
        rows = (compress(_row(record), kept) for record in records(batch))
        yield "".join(str(writer.writerow([cell(value) for value in row])) for row in rows)


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
