"""Tallies and trigrams on SQLite, where one transaction writes at a time: tallies are changed in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from sandbox.models import CELL, COUNTRIES
from sandbox.text import telling

# ruff: noqa: S608 - made of names that stand here
GRAM = 3

_KINDS = ("status", *COUNTRIES)
_BEGINNING = {"day": "substr({row}.created, 1, 10)", "month": "substr({row}.created, 1, 7) || '-01'"}
_COUNTED = ("merchant", "channel", "created", "total", *_KINDS)
_PATIENCE_MS = 500
MOST_GRAMS = 6
"""What a search narrows down by; the rest of a long text is compared in the rows that are left."""
_IN_A_HURRY = {"cache_size": -131_072, "wal_autocheckpoint": 16_000}
"""KiB of pages kept in memory (negative, as SQLite has it), and after how many pages the log is copied."""


def _add(row: str) -> str:
    kinds = ", ".join(f"{row}.{kind}" for kind in _KINDS)
    values = ", ".join(
        f"({row}.merchant, {row}.channel, '{span}', {begin.format(row=row)}, {kinds}, 1, {row}.total, 0)"
        for span, begin in _BEGINNING.items()
    )
    return f"""INSERT INTO sandbox_tally ({", ".join(CELL)}, orders, value, fresh) VALUES {values}
        ON CONFLICT ({", ".join(CELL)}) WHERE NOT fresh
        DO UPDATE SET orders = orders + 1, value = value + excluded.value;"""


def _take(row: str) -> str:
    same = " AND ".join(f"{name} = {row}.{name}" for name in ("merchant", "channel", *_KINDS))
    return "\n".join(
        f"""UPDATE sandbox_tally SET orders = orders - 1, value = value - {row}.total
        WHERE {same} AND span = '{span}' AND begin = {begin.format(row=row)} AND NOT fresh;"""
        for span, begin in _BEGINNING.items()
    )


def _tell(row: str, sign: str) -> str:
    """What an order changes in the tallies of searches. No case in ASCII, as LIKE has none."""
    return f"""UPDATE sandbox_searchtally SET orders = orders {sign} 1, value = value {sign} {row}.total
        WHERE merchant = {row}.merchant AND channel = {row}.channel AND instr(lower(CASE field WHEN 'search'
        THEN {row}.search WHEN 'billing_name' THEN {row}.billing_name ELSE {row}.shipping_name END), lower(text));"""


_FIND = "INSERT INTO sandbox_grams (rowid, search) VALUES (NEW.number, NEW.search);"
_LOSE = "INSERT INTO sandbox_grams (sandbox_grams, rowid, search) VALUES ('delete', OLD.number, OLD.search);"
_SEARCHED = ("merchant", "channel", "total", "search", "billing_name", "shipping_name")


def _when_changed(names: tuple[str, ...]) -> str:
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in names)
    return f"AFTER UPDATE OF {', '.join(names)} ON sandbox_order WHEN {differs}"


_TRIGGERS = {
    "sandbox_order_added": ("AFTER INSERT ON sandbox_order", _add("NEW") + _FIND),
    "sandbox_order_deleted": ("AFTER DELETE ON sandbox_order", _take("OLD") + _LOSE),
    "sandbox_order_counted_anew": (_when_changed(_COUNTED), _take("OLD") + _add("NEW")),
    "sandbox_order_text_changed": (_when_changed(("search",)), _LOSE + _FIND),
    "sandbox_search_added": ("AFTER INSERT ON sandbox_order", _tell("NEW", "+")),
    "sandbox_search_deleted": ("AFTER DELETE ON sandbox_order", _tell("OLD", "-")),
    "sandbox_search_changed": (_when_changed(_SEARCHED), _tell("OLD", "-") + _tell("NEW", "+")),
}
_RECOUNT = [
    f"""INSERT INTO sandbox_tally ({", ".join(CELL)}, orders, value, fresh)
    SELECT merchant, channel, '{span}', {begin.format(row="sandbox_order")}, {", ".join(_KINDS)}, count(*), sum(total),
    0 FROM sandbox_order GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""
    for span, begin in _BEGINNING.items()
]
# Which rows hold a trigram, and no more: the text itself stands in the orders, and positions would double it.
_GRAMS = """CREATE VIRTUAL TABLE IF NOT EXISTS sandbox_grams USING fts5(search, content='sandbox_order',
    content_rowid='number', tokenize='trigram', detail=none, columnsize=0)"""


def is_whole(cursor: Any) -> bool:
    """Whether nothing is missing."""
    cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE 'sandbox\\_%' ESCAPE '\\'")
    return {*_TRIGGERS, "sandbox_grams"} <= {name for (name,) in cursor.fetchall()}


def install(cursor: Any) -> None:
    """Put all of it in place for the orders that are there; inside a transaction."""
    remove(cursor)
    cursor.execute(_GRAMS)
    cursor.execute("INSERT INTO sandbox_grams (sandbox_grams) VALUES ('rebuild')")
    for statement in _RECOUNT:
        cursor.execute(statement)
    for name, (when, what) in _TRIGGERS.items():
        cursor.execute(f"CREATE TRIGGER {name} {when} BEGIN {what} END")


@contextmanager
def hurrying(cursor: Any) -> Iterator[None]:
    """Inside, there is more memory, and the write-ahead log is copied into the database less often."""
    before = {name: _setting(cursor, name) for name in _IN_A_HURRY}
    for name, value in _IN_A_HURRY.items():
        _setting(cursor, f"{name} = {value}")
    try:
        yield
    finally:
        for name, value in before.items():
            _setting(cursor, f"{name} = {value}")


def _setting(cursor: Any, name: str) -> Any:
    cursor.execute(f"PRAGMA {name}")
    return (cursor.fetchone() or [None])[0]


def tidy(_cursor: Any) -> None:
    """SQLite asks for nothing."""


def remove(cursor: Any) -> None:
    """Take it away."""
    for name in _TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    cursor.execute("DROP TABLE IF EXISTS sandbox_grams")
    cursor.execute("DELETE FROM sandbox_tally")
    cursor.execute("DELETE FROM sandbox_searchtally")


def fold() -> None:
    """Nothing is left to fold."""


@contextmanager
def held_still(cursor: Any) -> Iterator[None]:
    """A transaction, waited for no longer than _PATIENCE_MS: nobody else writes while one does."""
    before = _setting(cursor, "busy_timeout")
    _setting(cursor, f"busy_timeout = {_PATIENCE_MS}")
    try:
        with transaction.atomic():
            yield
    finally:
        _setting(cursor, f"busy_timeout = {before}")


def holding(texts: list[str]) -> Q | None:
    """Orders with the trigrams of one of the texts; of one that is shorter than three characters, none is known."""
    if min(map(len, texts)) < GRAM:
        return None
    asked = " OR ".join(f"({_grams(text)})" for text in texts)
    return Q(number__in=RawSQL("SELECT rowid FROM sandbox_grams WHERE sandbox_grams MATCH %s", [asked]))


def containing(text: str) -> Q:
    """That the text is contained in what is searched."""
    return Q(search__contains=text)


def containing_unhelped(text: str) -> Q:
    """The same: LIKE uses no index here."""
    return containing(text)


def _grams(text: str) -> str:
    text = telling(text)
    starts = [*range(0, len(text) - GRAM, GRAM), len(text) - GRAM][:MOST_GRAMS]
    grams = dict.fromkeys(text[at : at + GRAM] for at in starts)
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
