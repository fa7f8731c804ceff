"""The chain: how an entry is hashed, and the one way in which it gets into the log.

Each entry's hash covers all its columns and the hash of the entry before it, so that none can be changed,
taken out or put in without breaking every hash that follows. docs/audit.md describes the form, so that it
can be checked without this program.
"""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit import anchors
from audit.models import Entry

logger = logging.getLogger(__name__)

FORM = 1  # how `digest` writes an entry down; entries of an older form stay as they are
GENESIS = "0" * 64
_LOCK = 0x6175646974  # the word "audit", as the number of PostgreSQL's advisory lock
_WAIT = "20s"


def canonical(value: Any) -> str:
    """A JSON value as the one text that stands for it: keys in order, no spaces, ASCII alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(entry: Entry) -> str:
    """SHA-256, in hex, over every column of the entry but the hash itself."""
    columns = {
        field.column: field.value_from_object(entry) for field in Entry._meta.concrete_fields if field.name != "hash"
    }
    columns["at"] = entry.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    columns["attempt"] = str(entry.attempt) if entry.attempt else None
    return hashlib.sha256(canonical(columns).encode("ascii")).hexdigest()


def head(using: str = DEFAULT_DB_ALIAS) -> Entry | None:
    """The last entry of the log; None while there is none."""
    return Entry.objects.using(using).order_by("-sequence").first()


def append(draft: Entry, *, durable: bool = False, using: str = DEFAULT_DB_ALIAS) -> Entry:
    """Write a draft as the next entry: with its number, time and hashes. Raises `django.db.Error`
    if it cannot be written.

    Durable: committed, and on the disk, before this returns; RuntimeError inside a transaction, which could still roll
    it back. Otherwise it joins the caller's transaction, if there is one, and stands or falls with it. Until that ends
    nobody else can write to the log, so let it be the last thing in there.
    """
    connection = connections[using]
    began_with = connection.connection
    try:
        return _append(draft, connection, durable)
    except (OperationalError, InterfaceError):
        # Leaving `atomic`, Django may have thrown a broken connection away and made another.
        is_same = connection.connection is began_with and connection.is_usable()
        if began_with is None or is_same or connection.in_atomic_block:
            raise
        # The database was restarted since this thread last spoke to it. An outcome has no second chance,
        # so it gets it here.
        connection.close()
        return _written(draft, using) or _append(draft, connection, durable)


def _append(draft: Entry, connection: BaseDatabaseWrapper, durable: bool) -> Entry:
    with synced(connection) if durable else nullcontext(), transaction.atomic(using=connection.alias, durable=durable):
        _wait_for_turn(connection)
        last = head(connection.alias)
        draft.form = FORM
        draft.sequence = last.sequence + 1 if last else 1
        draft.previous = last.hash if last else GENESIS
        draft.at = dt.datetime.now(dt.UTC)
        draft.hash = digest(draft)
        draft.save(force_insert=True, using=connection.alias)
        if connection.alias == DEFAULT_DB_ALIAS:
            transaction.on_commit(partial(anchors.committed, draft), using=connection.alias, robust=True)
    return draft


def _written(draft: Entry, using: str) -> Entry | None:
    """The entry, if the connection broke between its commit and the news of it."""
    return Entry.objects.using(using).filter(attempt=draft.attempt, kind=draft.kind).first() if draft.attempt else None


def _wait_for_turn(connection: BaseDatabaseWrapper) -> None:
    """One writer at a time. On SQLite the transaction is IMMEDIATE (settings), so it is alone already.

    Should a writer get past this all the same, the primary key and the trigger refuse its entry: the chain never forks.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_WAIT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])


@contextmanager
def synced(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """What is committed in here is on the disk then. SQLite, as we run it (WAL, synchronous=NORMAL), may lose its last
    commits with the power otherwise. To be entered outside of a transaction: inside of one it does nothing."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA synchronous").fetchone()
        cursor.execute("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous = {int(before)}")
