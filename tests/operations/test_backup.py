"""A backup is made while the desk works and comes back on an empty machine, proved; what may have gone on since is in
doubt."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.backup import SUFFIX
from tests.programs import MIGRATE
from tests.test_serve import LEFT_BEHIND, ROOT, manage

pytestmark = [pytest.mark.slow, pytest.mark.django_db]  # of which the first desk is a copy
SERVER = os.environ.get("TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/")

LIVED_IN = (
    """
import datetime as dt
from django.contrib.auth.models import User
from accounts.session_store import SessionStore
from audit import log
User.objects.create_user("bo", "bo@example.com", "x")
SessionStore().create()
for n in range(34):
    log.event(log.Who.system("test"), "sign-in")
"""
    + LEFT_BEHIND
    + """
def another(state, payment, **more):
    made = dict(
        created_at=now, merchant="norce", channel="se", order_id="o_1", payment_id=payment, action_id="a_1",
        action_type="capture", asked_by_name="admin", reason="other", baseline=payment, seen_json=seen,
        before_json=seen, state=state,
    )
    record(Execution.objects.create(**{**made, **more}))
def record(e):
    if e.sent_at:
        subject = log.Subject(e.order_id, e.merchant, e.channel, target=e.payment_id)
        said = {"execution": str(e.pk)}
        with log.begin(log.Who.system("test"), "payment.action.execute", subject, details=said) as attempt:
            attempt.done(status=202)
record(Execution.objects.get())
another("waiting", "p_1")
another("waiting", "p_2")
another("prepared", "p_3")
another("done", "p_4", sent_at=now, ended_at=now, next_check_at=now + dt.timedelta(days=1))
another("done", "p_5", sent_at=now, ended_at=now - dt.timedelta(hours=3), next_check_at=now + dt.timedelta(days=1))
"""
)
TOLD = """
import json
from accounts.session_store import Session
from django.utils import timezone
from audit.models import Entry
from payments.models import Execution
rows = {f"{e.payment_id} {n}": [e.state, bool(e.next_check_at and e.next_check_at <= timezone.now())]
        for n, e in enumerate(Execution.objects.order_by("payment_id", "created_at"))}
print("TOLD" + json.dumps([rows, Session.objects.count(), [e.action for e in Entry.objects.order_by("sequence")]]))
"""


REFUSED = """
import json
from django.core.management import CommandError, call_command
said = {{}}
for name, file in {files}.items():
    try:
        call_command("restore", file)
    except CommandError as error:
        said[name] = str(error)
print("TOLD" + json.dumps(said))
"""


def told(folder: Path, script: str, **settings: str) -> Any:
    """What the script says to a desk's shell."""
    done = manage("shell", "-v0", "-c", script, folder=folder, **settings)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("TOLD")] or [done.stderr]
    return json.loads(line.removeprefix("TOLD"))


def lived_in(folder: Path, **settings: str) -> Path:
    """A desk with people, a session, a log, and payment actions in all stages."""
    folder.mkdir(exist_ok=True)
    done = manage("shell", "-v0", "-c", MIGRATE + LIVED_IN, folder=folder, **settings)
    assert done.returncode == 0, done.stderr
    return folder


def another(desk: Path, folder: Path) -> Path:
    """A desk of its own that is like it, without its backups."""
    return shutil.copytree(desk, folder, ignore=shutil.ignore_patterns("backups"))


def backed_up(folder: Path, **settings: str) -> Path:
    done = manage("backup", folder=folder, **settings)
    assert done.returncode == 0, done.stderr
    (made,) = (folder / "backups").glob(f"*{SUFFIX}")
    return made


@pytest.fixture(scope="module")
def desk(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(migrated, folder)
    return lived_in(folder)


@pytest.fixture(scope="module")
def made(desk: Path) -> Path:
    return backed_up(desk)


IN_DOUBT, LAPSED = ["in_doubt", True], ["lapsed", False]


def expect_restored(folder: Path, **settings: str) -> None:
    rows, sessions, actions = told(folder, TOLD, **settings)
    assert rows == {
        "p_1 0": IN_DOUBT,  # was in flight
        "p_1 1": LAPSED,  # waited for approval, and its payment is in doubt
        "p_2 2": IN_DOUBT,  # waited, and may have been approved and sent since
        "p_3 3": IN_DOUBT,  # was about to be sent
        "p_4 4": ["done", True],  # had ended a moment before: read again now
        "p_5 5": ["done", False],
    }
    assert sessions == 0 and actions[:34] == ["sign-in"] * 34 and actions[-1] == "desk.restore"


def test_it_comes_back_on_an_empty_machine_with_what_was_open_in_doubt(made: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    done = manage("restore", str(made), folder=empty)
    assert done.returncode == 0, done.stderr
    assert "The log is whole" in done.stdout and "3 payment actions are in doubt" in done.stdout
    expect_restored(empty)
    verified = manage("audit_verify", folder=empty)
    assert verified.returncode == 0, verified.stderr
    assert all(path.stat().st_mode & 0o077 == 0 for path in [made, empty / "orderdesk.sqlite3", *empty.glob("*key*")])


def test_what_is_written_while_it_is_made_is_in_it_or_comes_after_it_whole(desk: Path, tmp_path: Path) -> None:
    desk = another(desk, tmp_path / "desk")
    writes = "from audit import log\nwhile True: log.event(log.Who.system('test'), 'sign-out')"
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(desk)}
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", writes]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as writer:
        try:
            wait_for_entries(desk, 80)
            assert writer.poll() is None
            made = backed_up(desk)
        finally:
            writer.kill()
    done = manage("restore", str(made), folder=tmp_path / "empty")
    assert done.returncode == 0, done.stderr


def wait_for_entries(desk: Path, count: int) -> None:
    with closing(sqlite3.connect(desk / "orderdesk.sqlite3", timeout=20)) as database:
        for _ in range(1_200):
            if database.execute("SELECT max(sequence) FROM audit_entry").fetchone()[0] >= count:
                return
            time.sleep(0.1)
    raise AssertionError("nothing was written")


def test_people_are_not_written_over_but_set_aside(desk: Path, made: Path, tmp_path: Path) -> None:
    there = another(desk, tmp_path / "there")
    refused = manage("restore", str(made), folder=there)
    assert refused.returncode == 1 and "There is a database already" in refused.stderr
    done = manage("restore", "--replace", str(made), folder=there)
    assert done.returncode == 0 and ".set-aside" in done.stdout
    assert len(list(there.glob("*.sqlite3.*.set-aside"))) == 1
    expect_restored(there)


def test_of_a_database_that_is_not_the_desk_s_none_is_made(tmp_path: Path) -> None:
    """As by hand, without the settings of the desk that serves."""
    done = manage("backup", folder=tmp_path)
    assert done.returncode == 1 and not list(tmp_path.rglob(f"*{SUFFIX}"))
    assert done.stderr.startswith("CommandError: No backup was made. The database has no tables")


def test_the_newest_so_many_are_kept(desk: Path, tmp_path: Path) -> None:
    old = tmp_path / f"20200101T000000Z{SUFFIX}"
    old.touch()
    done = manage("backup", "--to", str(tmp_path), "--keep", "1", folder=desk)
    assert f"removed {old.name}" in done.stdout
    assert len(list(tmp_path.iterdir())) == 1


def rewritten(made: Path, target: Path, change: Callable[[Path], object]) -> Path:
    """A backup that somebody took apart and put together again."""
    parts = target / "parts"
    with tarfile.open(made) as archive:
        archive.extractall(parts, filter="data")
    change(parts)
    with tarfile.open(target / made.name, "w:gz") as archive:
        for path in parts.iterdir():
            archive.add(path, path.name)
    return target / made.name


def of_tomorrow(parts: Path) -> None:
    manifest = json.loads((parts / "manifest.json").read_text())
    manifest["migrations"].append("payments.9999_of_tomorrow")
    (parts / "manifest.json").write_text(json.dumps(manifest))


def of_postgresql(parts: Path) -> None:
    manifest = json.loads((parts / "manifest.json").read_text())
    (parts / "manifest.json").write_text(json.dumps({**manifest, "vendor": "postgresql"}))


def damaged(parts: Path) -> None:
    with (parts / "database.sqlite3").open("r+b") as file:
        file.seek(5000)
        file.write(b"x")


REFUSALS: dict[str, tuple[Callable[[Path], object], str]] = {
    "newer": (of_tomorrow, "newer than this one"),
    "of PostgreSQL": (of_postgresql, "It is of postgresql"),
    "damaged": (damaged, "database.sqlite3 is missing in it, or is not as it was written"),
    "unreadable": (lambda parts: (parts / "manifest.json").write_text("{}"), "no backup that this release can read"),
    "of something else": (lambda parts: (parts / "manifest.json").unlink(), "no backup of an order desk"),
}


def test_what_is_no_whole_backup_of_this_desk_is_refused_and_leaves_nothing(made: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    files = {name: str(rewritten(made, tmp_path / name, change)) for name, (change, _says) in REFUSALS.items()}
    said = told(empty, REFUSED.format(files=files))
    assert [name for name, (_change, says) in REFUSALS.items() if says not in said.get(name, "")] == [], said
    assert not (empty / "orderdesk.sqlite3").exists()


def test_half_a_file_is_refused(made: Path, tmp_path: Path) -> None:
    half = tmp_path / made.name
    half.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    done = manage("restore", "--check", str(half), folder=tmp_path / "empty")
    assert done.returncode == 1 and "It cannot be read" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def databases() -> Iterator[list[str]]:
    """Addresses of two databases with nothing in them."""
    names = [f"backup_{uuid.uuid4().hex}" for _ in range(2)]
    try:
        server = psycopg.connect(f"{SERVER}postgres", autocommit=True)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL: {error}")
    with server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        yield [f"{SERVER}{name}" for name in names]
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.rest
@pytest.mark.postgres
def test_it_comes_back_in_an_empty_postgresql(databases: list[str], tmp_path: Path) -> None:
    full, empty = databases
    made = backed_up(lived_in(tmp_path / "full", DATABASE_URL=full), DATABASE_URL=full)
    done = manage("restore", str(made), folder=tmp_path / "empty", DATABASE_URL=empty)
    assert done.returncode == 0, done.stderr
    expect_restored(tmp_path / "empty", DATABASE_URL=empty)
    again = manage("restore", str(made), folder=tmp_path / "empty", DATABASE_URL=empty)
    assert again.returncode == 1 and "has tables" in again.stderr
