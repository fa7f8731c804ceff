"""A backup: one file with the desk's database as it was at one moment, the anchors of its log with their key, and what
it was then, so that it can be proved that all of it came back.

A copy of the live SQLite file is none: what was written last stands in a second file. This asks the database for one.
"""

import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from audit.models import Entry
from operations.release import version
from operations.schema import been_through

FORM = 1
MANIFEST, SQLITE, DUMP = "manifest.json", "database.sqlite3", "database.dump"
SUFFIX = ".orderdesk-backup"
WHO = log.Who.system("backup")


class BackupError(Exception):
    """It was not made, or cannot be used, and why."""


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a backup is. `entries` and `head`: how many the log had, and the hash of the last; `files`: SHA-256 of each
    other part, by its name."""

    form: int
    at: str
    version: str
    vendor: str
    migrations: list[str]
    entries: int
    head: str
    files: Mapping[str, str]

    @property
    def made_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.at)

    @classmethod
    def read(cls, text: bytes) -> "Manifest":
        """Raises BackupError for anything else."""
        try:
            found = cls(**json.loads(text))
            is_known = found.form == FORM and bool(found.made_at)
        except (TypeError, ValueError):
            is_known = False
        if not is_known:
            raise BackupError("It is no backup that this release can read.")
        return found


def kept_files() -> dict[str, Path]:
    """What lies beside the database and is backed up with it, by its name there. The key of the index is not: without
    it nothing of people can be tried against what the index holds."""
    anchors = Path(settings.AUDIT_ANCHOR_DIR)
    return {
        "anchors/anchors.jsonl": anchors / "anchors.jsonl",
        "anchors/head.json": anchors / "head.json",
        "keys/audit-key.pem": Path(settings.AUDIT_KEY_FILE),
    }


def stamp(at: dt.datetime) -> str:
    """That moment as names of files have it, in UTC; they sort by it."""
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def make(folder: Path) -> Path:
    """Writes a backup into that folder, readable for this user alone, and says where. A file that is there is whole.
    Raises BackupError."""
    if not connection.introspection.table_names():
        raise BackupError("The database has no tables: are these the settings of the desk that serves?")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = timezone.now()
    target = folder / f"{stamp(now)}{SUFFIX}"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as part:
        whole = Path(part) / target.name
        _write(whole, Path(part), now)
        whole.rename(target)
    _sync(folder)
    log.event(WHO, AuditAction.DESK_BACKUP, details={"file": target.name, "size": target.stat().st_size})
    return target


def _write(whole: Path, part: Path, now: dt.datetime) -> None:
    # Before the database: an anchor must not be of an entry that the copy has not.
    parts = {name: path.read_bytes() for name, path in kept_files().items() if path.exists()}
    database = part / (SQLITE if connection.vendor == "sqlite" else DUMP)
    entries, head = _copy_sqlite(database) if connection.vendor == "sqlite" else _dump_postgresql(database)
    files = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    manifest = Manifest(
        FORM,
        now.astimezone(dt.UTC).isoformat(),
        version(),
        connection.vendor,
        been_through(),
        entries,
        head,
        {**files, database.name: digest_of(database)},
    )
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
            _add(archive, MANIFEST, json.dumps(dataclasses.asdict(manifest), indent=1).encode())
            for name, content in parts.items():
                _add(archive, name, content)
            archive.add(database, database.name)
        file.flush()
        os.fsync(file.fileno())


def _copy_sqlite(database: Path) -> tuple[int, str]:
    """SQLite's own online backup, which waits for nobody and keeps nobody waiting."""
    connection.ensure_connection()
    with closing(sqlite3.connect(database)) as copy:
        connection.connection.backup(copy, pages=2_000)
        copy.execute("PRAGMA journal_mode = DELETE")
        (sound,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise BackupError(f"The database is damaged: {sound}")
        last = copy.execute("SELECT sequence, hash FROM audit_entry ORDER BY sequence DESC LIMIT 1").fetchone()
    database.chmod(0o600)
    return last or (0, "")


def _dump_postgresql(database: Path) -> tuple[int, str]:
    """pg_dump of the moment at which the log's head was read."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        last = Entry.objects.order_by("-sequence").values_list("sequence", "hash").first()
        run_tool("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={database}")
    database.chmod(0o600)
    return last or (0, "")


def run_tool(name: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL on the desk's database. Raises BackupError with what it said."""
    around, environ = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *where, database = around[1:]
    command = [name, *arguments, *where, f"--dbname={database}"]
    try:
        subprocess.run(command, env={**os.environ, **(environ or {})}, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    except FileNotFoundError:
        raise BackupError(f"{name} is not installed on this machine: it comes with PostgreSQL's client.") from None
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{name}: {error.stderr.strip() or error.returncode}") from None


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _sync(folder: Path) -> None:
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, Path]]:
    """What a backup says of itself, and a folder with its parts, each as it was written. Raises BackupError."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(path, mode="r:gz") as archive:
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError, EOFError) as error:
            raise BackupError(f"It cannot be read: {error}") from None
        if not (folder / MANIFEST).is_file():
            raise BackupError("It is no backup of an order desk.")
        manifest = Manifest.read((folder / MANIFEST).read_bytes())
        for part, digest in manifest.files.items():
            if not (folder / part).is_file() or digest_of(folder / part) != digest:
                raise BackupError(f"{part} is missing in it, or is not as it was written.")
        yield manifest, folder


def last_made() -> dt.datetime | None:
    """When the last backup was made, in UTC; None where none ever was."""
    made = Entry.objects.filter(action=AuditAction.DESK_BACKUP).order_by("-at", "-sequence")
    return made.values_list("at", flat=True).first()


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Leaves the newest so many in that folder, and says which went."""
    made = sorted(folder.glob(f"*{SUFFIX}"), reverse=True)
    for path in made[keep:]:
        path.unlink()
    return made[keep:]
