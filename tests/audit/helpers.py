from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connections, transaction

from audit import log
from audit.chain import append
from audit.models import Entry, Kind
from audit.reading import Record, entries_of

TRIGGERS = {
    "sqlite": ("audit_entry_no_update", "audit_entry_no_delete", "audit_entry_next"),
    "postgresql": ("audit_entry_no_change", "audit_entry_no_truncate", "audit_entry_next"),
}


def draft(action: str = "order.reference.update", message: str = "") -> Entry:
    """An entry that is not in the log yet."""
    return Entry(
        kind=Kind.EVENT.value, attempt=uuid4(), username="signe", user_id=7, action=action, order_id="o1",
        merchant="norce", channel="se", message=message, changes_json="[]", details_json="{}",
    )  # fmt: skip


def write(database: str, count: int) -> list[Entry]:
    return [append(draft(message=f"Åsa’s {n}"), using=database) for n in range(count)]


def run(database: str, sql: str, *values: str | int) -> None:
    """SQL as somebody with a shell would type it."""
    with connections[database].cursor() as cursor:
        cursor.execute(sql, values)


def drop_triggers(database: str) -> None:
    vendor = connections[database].vendor
    for name in TRIGGERS[vendor]:
        run(database, f"DROP TRIGGER {name}" + (" ON audit_entry" if vendor == "postgresql" else ""))


def begin_a_new_log(database: str) -> None:
    """Takes every entry out, as only a test may, and leaves the table's triggers as they were."""
    with transaction.atomic(using=database), connections[database].cursor() as cursor:
        if connections[database].vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM audit_entry")
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("DELETE FROM audit_entry")
        for _, sql in triggers:
            cursor.execute(sql)


@contextmanager
def log_out_of_reach() -> Iterator[None]:
    """Nothing can be written or read: the table is not there."""
    run("default", "ALTER TABLE audit_entry RENAME TO audit_elsewhere")
    try:
        yield
    finally:
        run("default", "ALTER TABLE audit_elsewhere RENAME TO audit_entry")


def of(order: log.Subject) -> list[Record]:
    return list(entries_of(order.order_id, order.merchant, order.channel))


def the_one(order: log.Subject) -> Record:
    (record,) = of(order)
    return record
