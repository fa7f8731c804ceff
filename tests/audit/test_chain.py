import datetime as dt
import hashlib
import json
import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from audit import log
from audit.chain import GENESIS, append, digest, head
from audit.log import Subject, Who
from audit.models import Change, Entry
from audit.verify import verify
from tests.audit.conftest import SERVER
from tests.audit.helpers import draft, write

THREADS, ENTRIES = 8, 50


def test_entries_are_numbered_without_gaps_and_each_carries_the_hash_before_it(database: str) -> None:
    before = head(database)
    entries = write(database, 3)
    first = before.sequence + 1 if before else 1
    assert [entry.sequence for entry in entries] == [first, first + 1, first + 2]
    assert [entry.previous for entry in entries] == [
        before.hash if before else GENESIS,
        entries[0].hash,
        entries[1].hash,
    ]


def test_a_hash_can_be_recomputed_by_what_the_docs_say(database: str) -> None:
    """docs/audit.md: JSON of all columns but the hash, keys in order, no spaces, ASCII; SHA-256 of that."""
    entry = write(database, 1)[0]
    stored = Entry.objects.using(database).get(sequence=entry.sequence)
    columns = {
        "sequence": stored.sequence, "form": 1, "at": stored.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "kind": "event", "attempt": str(stored.attempt), "username": "signe", "user_id": 7, "ip": "", "agent": "",
        "action": "order.reference.update", "order_id": "o1", "merchant": "norce", "channel": "se", "target": "",
        "changes": "[]", "outcome": "", "status": None, "code": "", "message": "Åsa’s 0", "request_id": "",
        "details": "{}",
        "previous": stored.previous,
    }  # fmt: skip
    text = json.dumps(columns, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode("ascii")).hexdigest() == stored.hash


def test_the_hash_covers_every_column(database: str) -> None:
    entry = write(database, 1)[0]
    for field in Entry._meta.concrete_fields:
        if field.name == "hash":
            continue
        other = Entry.objects.using(database).get(sequence=entry.sequence)
        values = {"at": entry.at + dt.timedelta(microseconds=1), "attempt": None}
        setattr(
            other,
            field.attname,
            values.get(field.name, 99 if field.get_internal_type().endswith("IntegerField") else "x"),
        )
        if field.name == "sequence":
            other.sequence = entry.sequence + 1
        assert digest(other) != entry.hash, field.name


def all_at_once(work: Callable[[int], object], database: str) -> None:
    """Runs the work in threads that begin together; what goes wrong in one of them fails the test."""
    start, wrong = threading.Barrier(THREADS), []

    def body(number: int) -> None:
        try:
            start.wait()
            work(number)
        except Exception as error:
            wrong.append(error)
        finally:
            connections[database].close()

    threads = [threading.Thread(target=body, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_attempts_of_many_threads_make_one_chain(transactional_db: None, order: Subject) -> None:
    before = head()

    def work(number: int) -> None:
        for n in range(ENTRIES):
            change = Change("reference", None, f"{number}-{n}")
            attempt = log.begin(Who(f"thread {number}"), "order.reference.update", order, [change])
            attempt.done(status=200)

    all_at_once(work, "default")
    verdict = verify()
    assert verdict.broken is None
    assert verdict.last == (before.sequence if before else 0) + 2 * THREADS * ENTRIES
    theirs = Entry.objects.filter(order_id=order.order_id, kind="intent")
    assert len({entry.changes_json for entry in theirs}) == THREADS * ENTRIES


@pytest.mark.postgres
def test_entries_of_many_threads_make_one_chain_on_postgresql(postgres: str) -> None:
    before = head(postgres)
    all_at_once(lambda _number: [append(draft(), durable=True, using=postgres) for _ in range(ENTRIES)], postgres)
    verdict = verify(using=postgres)
    assert verdict.broken is None
    assert verdict.last == (before.sequence if before else 0) + THREADS * ENTRIES


@pytest.mark.postgres
def test_an_entry_is_written_although_postgresql_was_restarted_meanwhile(postgres: str) -> None:
    first = append(draft(), using=postgres)
    with connections[postgres].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(SERVER) as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    second = append(draft(), using=postgres)
    assert (second.sequence, second.previous) == (first.sequence + 1, first.hash)


def test_an_entry_in_a_transaction_that_is_rolled_back_leaves_no_gap(database: str) -> None:
    last = write(database, 1)[0]
    with transaction.atomic(using=database):
        append(draft(), using=database)
        transaction.set_rollback(True, using=database)
    following = append(draft(), using=database)
    assert (following.sequence, following.previous) == (last.sequence + 1, last.hash)


def test_a_durable_entry_is_seen_by_others_at_once(transactional_db: None, signe: Who, order: Subject) -> None:
    log.begin(signe, "order.reference.update", order)
    seen = []

    def look() -> None:
        seen.append(Entry.objects.filter(order_id=order.order_id).count())
        connections["default"].close()

    other = threading.Thread(target=look)
    other.start()
    other.join()
    assert seen == [1]


def test_a_durable_entry_is_on_the_disk_and_the_next_write_is_as_fast_as_before(
    transactional_db: None, signe: Who
) -> None:
    connection = connections["default"]
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL writes every commit to the disk by itself")
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA synchronous").fetchone()
        with CaptureQueriesContext(connection) as asked:
            log.begin(signe, "order.reference.update")
        assert cursor.execute("PRAGMA synchronous").fetchone() == before
    statements = [query["sql"] for query in asked]
    assert statements.index("PRAGMA synchronous = FULL") < next(
        n for n, sql in enumerate(statements) if sql.startswith("BEGIN")
    )
