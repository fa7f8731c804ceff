"""What the database does by itself whenever an order is written: it keeps the tallies and what text is looked for in.

Triggers do it, in the transaction of the write, so that no way of writing can forget it. Tallies are
`sandbox.models.Tally`, and `SearchTally` for searches that find very many; text is found by trigrams: those of
PostgreSQL's extension pg_trgm (where the database's owner may create it; without it a search reads the channel's rows),
or an FTS5 table of SQLite.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Func, Index, Q
from django.db.models.lookups import Exact

from sandbox.models import Order, SearchTally
from sandbox.upkeep import postgresql, sqlite

GRAM = sqlite.GRAM
"""Shorter texts are in no index."""


def _here() -> ModuleType:
    return sqlite if connection.vendor == "sqlite" else postgresql


def mend(**_: Any) -> None:
    """Put in place whatever is not there, and count anew what was written without it. Called after every migration."""
    with connection.cursor() as cursor:
        if SearchTally._meta.db_table not in connection.introspection.table_names(cursor):
            return  # migrated to a time before them
        _check_what_waits()
        for index in _indexes(cursor, are_there=False):
            cursor.execute(str(index.create_sql(Order, _editor())))
        if not _here().is_whole(cursor):
            with transaction.atomic():
                _here().install(cursor)
            if not connection.in_atomic_block:
                _here().tidy(cursor)


def remove() -> None:
    """Take it all away, and with it the indexes that only lists need; `mend` brings it back."""
    _check_what_waits()
    with connection.cursor() as cursor:
        _here().remove(cursor)
        for index in _indexes(cursor, are_there=True):
            cursor.execute(str(index.remove_sql(Order, _editor())))


def _check_what_waits() -> None:
    """Inside a transaction, PostgreSQL changes no table of which something is still to be checked."""
    if connection.in_atomic_block:
        connection.check_constraints()


def _indexes(cursor: Any, *, are_there: bool) -> list[Index]:
    there = connection.introspection.get_constraints(cursor, Order._meta.db_table)
    return [index for index in Order._meta.indexes if (index.name in there) == are_there]


def _editor() -> Any:
    editor = connection.SchemaEditorClass(connection)  # not entered: SQLite's refuses that inside a transaction
    editor.deferred_sql = []
    return editor


@contextmanager
def set_aside() -> Iterator[None]:
    """Inside, very many orders can be written or deleted quickly. Lists are right all the while, and slow.

    It is brought back afterwards, also where the work failed; where the process was killed, `migrate` does it.
    """
    with connection.cursor() as cursor, _here().hurrying(cursor):
        remove()
        try:
            yield
        finally:
            mend()


def settle() -> None:
    """Fold changes of tallies that other transactions left, where the database keeps some."""
    _here().fold()


def holding(texts: list[str]) -> Q | None:
    """A condition that narrows a search for any of these folded texts down to what an index of its own holds; None
    where there is none for them, or none of its own."""
    return _here().holding(texts)  # type: ignore[no-any-return]


def containing(text: str) -> Q:
    """The condition that the folded text is contained in what is searched."""
    return _here().containing(text)  # type: ignore[no-any-return]


def containing_unhelped(text: str) -> Q:
    """The same, with no index of texts used for it: where very many contain the text, a page is soon full."""
    return _here().containing_unhelped(text)  # type: ignore[no-any-return]


@contextmanager
def held_still() -> Iterator[None]:
    """Inside is a transaction during which nobody else writes an order. Raises OperationalError where others write all
    the while."""
    with connection.cursor() as cursor, _here().held_still(cursor):
        yield


def unhelped(columns: dict[str, str]) -> Q:
    """That these columns are so, and no index is used for it: beside `holding` it would be the wrong one."""
    return Q(*(Exact(Func(F(name), template="+%(expressions)s"), value) for name, value in columns.items()))
