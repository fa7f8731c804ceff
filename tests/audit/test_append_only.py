"""The database itself refuses to change the log, on SQLite and on PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import Error, connections, transaction
from django.db.migrations.exceptions import IrreversibleError

from audit.chain import append
from audit.models import Entry
from audit.verify import verify
from tests.audit.helpers import draft, run, write

NAMES = [str(field.column) for field in Entry._meta.concrete_fields]
COLUMNS = ", ".join(NAMES)


def refused(database: str, sql: str, *values: int) -> str:
    with pytest.raises(Error) as caught, transaction.atomic(using=database):
        run(database, sql, *values)
    return str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET message = 'nothing of the kind' WHERE sequence = %s",
        "UPDATE audit_entry SET hash = hash WHERE sequence = %s",
        "DELETE FROM audit_entry WHERE sequence = %s",
    ],
)
def test_an_entry_cannot_be_changed_or_removed(database: str, sql: str) -> None:
    entry = write(database, 2)[0]
    assert "append-only" in refused(database, sql, entry.sequence)
    assert Entry.objects.using(database).get(sequence=entry.sequence).message == entry.message


def test_the_log_cannot_be_emptied(database: str) -> None:
    write(database, 2)
    emptying = "TRUNCATE audit_entry" if connections[database].vendor == "postgresql" else "DELETE FROM audit_entry"
    assert "append-only" in refused(database, emptying)


def test_the_orm_is_refused_too(database: str) -> None:
    entry = write(database, 1)[0]
    entry.message = "nothing of the kind"
    with pytest.raises(Error, match="append-only"), transaction.atomic(using=database):
        entry.save()
    with pytest.raises(Error, match="append-only"), transaction.atomic(using=database):
        entry.delete()


def copied(columns: dict[str, str]) -> str:
    """An INSERT that copies an entry, with other values in some columns."""
    values = ", ".join(columns.get(name, name) for name in NAMES)
    return f"INSERT INTO audit_entry ({COLUMNS}) SELECT {values} FROM audit_entry WHERE sequence = %s"


@pytest.mark.parametrize("number", ["sequence", "sequence + 7", "0", "-1"])
def test_an_entry_cannot_be_slipped_in_anywhere_but_at_the_end(database: str, number: str) -> None:
    last = write(database, 3)[-1]
    refused(database, copied({"sequence": number, "attempt": "NULL", "previous": "hash"}), last.sequence)


def test_an_entry_cannot_be_put_at_the_end_without_the_hash_of_the_last(database: str) -> None:
    last = write(database, 2)[-1]
    refused(database, copied({"sequence": "sequence + 1", "attempt": "NULL"}), last.sequence)


def test_an_attempt_has_one_outcome(database: str) -> None:
    first, second = draft(), draft()
    second.attempt = first.attempt
    append(first, using=database)
    with pytest.raises(Error), transaction.atomic(using=database):
        append(second, using=database)


@pytest.mark.parametrize("columns", [{"sequence": "sequence"}, {"sequence": "sequence + 1", "previous": "hash"}])
def test_sqlite_cannot_replace_an_entry_either(db: None, columns: dict[str, str]) -> None:
    """REPLACE deletes what is in its way without asking the triggers on DELETE."""
    if connections["default"].vendor != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    last = write("default", 2)[-1]
    assert "append-only" in refused("default", copied(columns).replace("INSERT", "INSERT OR REPLACE"), last.sequence)
    assert verify().broken is None


def test_a_flush_of_all_tables_leaves_the_log(transactional_db: None) -> None:
    entry = write("default", 1)[0]
    call_command("flush", interactive=False, verbosity=0)
    assert Entry.objects.filter(hash=entry.hash).exists()


def test_the_log_cannot_be_migrated_away(transactional_db: None) -> None:
    try:
        with pytest.raises(IrreversibleError):
            call_command("migrate", "audit", "zero", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)  # what stands upon the log was taken back before it was refused
