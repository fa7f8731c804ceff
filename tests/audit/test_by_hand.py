"""The log in a real file, changed by somebody with a shell and sqlite3, and proved by the command
as an operator runs it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.test_serve import manage

WRITE = "from audit import log\nfor n in range(5): log.event(log.Who('signe'), 'sign-in', message=f'the {n}th')"


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The desk's database as the sqlite3 shell opens it; what is done in here is committed."""
    with closing(sqlite3.connect(f"file:{folder / 'orderdesk.sqlite3'}?mode=rw", uri=True)) as database, database:
        yield database


@pytest.fixture
def folder(data_dir: Path) -> Path:
    """The data of a desk with five entries in its log, which the command finds whole."""
    done = manage("shell", "--verbosity=0", "-c", WRITE, folder=data_dir)
    assert done.returncode == 0, done.stderr
    proved = manage("audit_verify", folder=data_dir)
    assert (proved.returncode, proved.stdout.splitlines()[0]) == (0, "The log is whole: 5 entries.")
    return data_dir


def test_a_row_changed_by_hand_in_the_file_is_refused_and_found_once_the_trigger_is_gone(folder: Path) -> None:
    change = "UPDATE audit_entry SET username = 'somebody else' WHERE sequence = 3"
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), opened(folder) as database:
        database.execute(change)
    with opened(folder) as database:
        database.execute("DROP TRIGGER audit_entry_no_update")
        database.execute(change)
    found = manage("audit_verify", folder=folder)
    assert found.returncode == 1
    assert "BROKEN (changed): entry 3 was changed" in found.stderr
    assert "2 entries before it hold" in found.stderr
