"""Somebody with the database's password drops the triggers and changes the log by hand: `audit_verify` says where."""

import re
import tracemalloc
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit import verify as verify_module
from audit.chain import digest, head
from audit.models import Entry
from audit.verify import How, verify
from tests.audit.helpers import drop_triggers, run, write


def prove(database: str, *arguments: str) -> str:
    out = StringIO()
    call_command("audit_verify", *arguments, f"--database={database}", stdout=out)
    return out.getvalue()


def broken(database: str, *arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        prove(database, *arguments)
    assert caught.value.returncode == 1
    return str(caught.value)


@pytest.fixture
def entries(database: str) -> list[Entry]:
    """Nine entries, in a log that is open to everybody."""
    written = write(database, 9)
    drop_triggers(database)
    return written


def test_a_whole_log_is_proved_and_its_head_is_told(database: str, entries: list[Entry]) -> None:
    last = entries[-1]
    assert f"whole: {last.sequence} entries" in prove(database)
    assert f"head {last.sequence} {last.hash}" in prove(database)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("message", "'nothing'"),
        ("username", "'somebody'"),
        ("details", "'{ }'"),
        ("status", "201"),
        ("user_id", "NULL"),
    ],
)
def test_a_changed_entry_is_named(database: str, entries: list[Entry], column: str, value: str) -> None:
    run(database, f"UPDATE audit_entry SET {column} = {value} WHERE sequence = %s", entries[4].sequence)
    assert f"BROKEN (changed): entry {entries[4].sequence} was changed" in broken(database)


def test_a_missing_entry_is_named(database: str, entries: list[Entry]) -> None:
    run(database, "DELETE FROM audit_entry WHERE sequence = %s", entries[4].sequence)
    assert f"BROKEN (missing): entry {entries[4].sequence} is missing" in broken(database)


def test_a_missing_stretch_is_named(database: str, entries: list[Entry]) -> None:
    first, last = entries[2].sequence, entries[5].sequence
    run(database, "DELETE FROM audit_entry WHERE sequence BETWEEN %s AND %s", first, last)
    assert f"entries {first} to {last} are missing" in broken(database)


def test_a_missing_beginning_is_named(database: str, entries: list[Entry]) -> None:
    run(database, "DELETE FROM audit_entry WHERE sequence <= %s", entries[0].sequence)
    assert "BROKEN (missing)" in broken(database)
    assert verify(using=database).broken is not None


def test_two_entries_that_changed_places_are_out_of_order(database: str, entries: list[Entry]) -> None:
    one, other = entries[3].sequence, entries[6].sequence
    for now, then in ((one, -1), (other, one), (-1, other)):
        run(database, "UPDATE audit_entry SET sequence = %s WHERE sequence = %s", then, now)
    says = broken(database)
    assert f"BROKEN (out of order): entry {one}" in says
    assert f"written as entry {other}" in says


def test_a_gap_that_was_closed_by_renumbering_is_out_of_order(database: str, entries: list[Entry]) -> None:
    run(database, "DELETE FROM audit_entry WHERE sequence = %s", entries[4].sequence)
    for entry in entries[5:]:
        run(database, "UPDATE audit_entry SET sequence = %s WHERE sequence = %s", entry.sequence - 1, entry.sequence)
    verdict = verify(using=database)
    assert verdict.broken is not None
    assert (verdict.broken.sequence, verdict.broken.how) == (entries[4].sequence, How.OUT_OF_ORDER)


def test_an_entry_that_was_rewritten_with_a_hash_of_its_own_does_not_fit_the_next(
    database: str, entries: list[Entry]
) -> None:
    forged = Entry.objects.using(database).get(sequence=entries[4].sequence)
    forged.message = "nothing of the kind"
    run(
        database,
        "UPDATE audit_entry SET message = %s, hash = %s WHERE sequence = %s",
        forged.message,
        digest(forged),
        forged.sequence,
    )
    assert f"entry {entries[5].sequence} does not follow entry {entries[4].sequence}" in broken(database)


def test_an_entry_of_an_unknown_form_does_not_pass(database: str, entries: list[Entry]) -> None:
    run(database, "UPDATE audit_entry SET form = 2 WHERE sequence = %s", entries[4].sequence)
    assert "form 2" in broken(database)


def test_a_tail_that_was_cut_off_is_seen_only_against_what_was_noted(database: str, entries: list[Entry]) -> None:
    noted = entries[-1]
    run(database, "DELETE FROM audit_entry WHERE sequence > %s", entries[5].sequence)
    assert "whole" in prove(database)
    assert "cut off" in broken(database, f"--count={noted.sequence}")
    assert "carries the hash" in broken(database, f"--expect={noted.hash}")


def test_a_log_that_was_written_anew_is_seen_against_the_noted_hash(database: str, entries: list[Entry]) -> None:
    noted = entries[-1]
    run(database, "DELETE FROM audit_entry WHERE sequence >= %s", entries[4].sequence)
    write(database, 9)
    assert "whole" in prove(database, f"--count={noted.sequence}")
    assert "written anew" in broken(database, f"--count={noted.sequence}", f"--expect={noted.hash}")


def test_what_was_noted_holds_while_the_log_grows(database: str, entries: list[Entry]) -> None:
    noted = entries[4]
    assert "whole" in prove(database, f"--count={noted.sequence}", f"--expect={noted.hash.upper()}")


def test_a_proof_may_begin_in_the_middle(database: str, entries: list[Entry]) -> None:
    run(database, "UPDATE audit_entry SET message = 'x' WHERE sequence = %s", entries[2].sequence)
    since = entries[5].sequence
    assert f"{len(entries) - 5} entries from {since} on" in prove(database, f"--from={since}")
    assert "changed" in broken(database, f"--from={entries[2].sequence}")


def test_a_proof_that_begins_in_the_middle_sees_a_link_that_is_broken_there(
    database: str, entries: list[Entry]
) -> None:
    run(database, "UPDATE audit_entry SET hash = %s WHERE sequence = %s", "f" * 64, entries[4].sequence)
    assert "does not follow" in broken(database, f"--from={entries[5].sequence}")


def test_an_empty_log_is_whole(database: str, entries: list[Entry]) -> None:
    run(database, "DELETE FROM audit_entry")
    assert re.search(r"whole: 0 entries.\nhead 0 0{64}", prove(database))


def test_a_long_log_is_read_in_batches(database: str, entries: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_module, "BATCH", 4)
    last = head(database)
    assert last is not None
    assert verify(using=database).last == last.sequence


@pytest.mark.slow
def test_the_memory_of_a_proof_does_not_grow_with_the_log(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_module, "BATCH", 100)

    def peak() -> int:
        tracemalloc.start()
        try:
            assert verify().broken is None
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    write("default", 200)
    verify()
    short = peak()
    write("default", 1400)
    assert peak() < short * 1.5
