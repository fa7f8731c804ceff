"""A backup comes back: into nothing, or in the place of what is set aside; proved, and with everything in doubt of
which nobody can know what became of it since."""

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from accounts.session_store import Session
from audit import log
from audit.actions import AuditAction
from audit.models import Entry
from audit.verify import Verdict, verify
from operations import backup
from operations.backup import BackupError, Manifest
from operations.schema import unknown
from payments.alerts import heartbeat
from payments.executions.evidence import settle
from payments.models import OPEN, REQUESTED, WATCHED, Answer, Execution, Kind, State

WHO = log.Who.system("restore")
LOOKED_AT_AGAIN = dt.timedelta(hours=1)
"""What ended so shortly before the backup is read again at once."""


class Restored(NamedTuple):
    """What came back. `set_aside`: where the database that was there lies now."""

    manifest: Manifest
    verdict: Verdict
    in_doubt: int
    watched: int
    set_aside: Path | None


def restore(path: Path, *, replace: bool) -> Restored:
    """Puts the backup in the place of the desk's database. Nothing of the desk may run meanwhile.

    Raises BackupError, with everything as it was, where the backup is not whole, is of a newer release or of another
    kind of database, or where there is a database already, unless it is SQLite's and `replace` has it set aside.
    """
    with backup.opened(path) as (manifest, folder):
        _refuse_what_does_not_fit(manifest)
        set_aside = None
        if connection.vendor == "sqlite":
            set_aside = _put_sqlite(folder, replace=replace)
        else:
            _put_postgresql(folder)
        _put_files(folder, manifest)
    call_command("migrate", interactive=False, verbosity=0)
    heartbeat.accept_log()
    verdict = verify()
    _compare(manifest, verdict)
    Session.objects.all().delete()  # one that was ended since would be open again
    in_doubt, watched = doubt_what_is_open(), look_again_at_what_ended(manifest.made_at)
    details = {"made": manifest.at, "entries": manifest.entries, "in doubt": in_doubt, "file": path.name}
    log.event(WHO, AuditAction.DESK_RESTORE, details=details)
    return Restored(manifest, verdict, in_doubt, watched, set_aside)


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(f"It is of {manifest.vendor}, and DATABASE_URL names {connection.vendor}.")
    if newer := unknown(manifest.migrations):
        raise BackupError(
            f"It is of release {manifest.version}, which is newer than this one: this one does not know "
            f"{', '.join(newer)}."
        )


def _put_sqlite(folder: Path, *, replace: bool) -> Path | None:
    target = Path(connection.settings_dict["NAME"])
    connections.close_all()
    set_aside = None
    if target.exists() and _has_people(target):
        if not replace:
            raise BackupError(
                f"There is a database already, with people in it: {target.name}. --replace sets it aside."
            )
        set_aside = _aside(target)
        with closing(sqlite3.connect(target)) as old, closing(sqlite3.connect(set_aside)) as kept:
            old.backup(kept)
        set_aside.chmod(0o600)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.fresh")
    shutil.copyfile(folder / backup.SQLITE, fresh)
    fresh.chmod(0o600)
    for beside in ("-wal", "-shm"):
        target.with_name(target.name + beside).unlink(missing_ok=True)
    fresh.replace(target)
    return set_aside


def _aside(path: Path) -> Path:
    """Where what was there is kept, beside what comes in its place."""
    return path.with_name(f"{path.name}.{backup.stamp(timezone.now())}.set-aside")


def _has_people(target: Path) -> bool:
    with closing(sqlite3.connect(target)) as old:
        try:
            return bool(old.execute("SELECT 1 FROM auth_user LIMIT 1").fetchone())
        except sqlite3.DatabaseError:  # no tables yet, or no database at all
            return False


def _put_postgresql(folder: Path) -> None:
    if connection.introspection.table_names():
        raise BackupError("The database that DATABASE_URL names has tables. Make an empty one, and name that.")
    connections.close_all()
    backup.run_tool("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(folder / backup.DUMP))


def _put_files(folder: Path, manifest: Manifest) -> None:
    for name, path in backup.kept_files().items():
        if name not in manifest.files:
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() != (folder / name).read_bytes():
            path.replace(_aside(path))
        shutil.copyfile(folder / name, path)
        path.chmod(0o600)


def _compare(manifest: Manifest, verdict: Verdict) -> None:
    if verdict.broken:
        raise BackupError(f"It is back, but its log does not hold: {verdict.broken.says}.")
    head = Entry.objects.filter(sequence=manifest.entries).values_list("hash", flat=True).first() or ""
    if verdict.last < manifest.entries or head != manifest.head:
        raise BackupError("It is back, but its log is not the one that was backed up.")


def doubt_what_is_open() -> int:
    """Whatever was under way, or only waited for somebody's word, may have been sent since: it is in doubt, the payment
    is locked, and it is read again now. How many are."""
    count = 0
    for execution in _in_order(Execution.objects.filter(state__in=[*OPEN, *REQUESTED])):
        was, fields = State(execution.state), {"answer": Answer.SILENT, "next_check_at": timezone.now()}
        try:
            with transaction.atomic():
                settle(
                    execution, Kind.LOST, {"why": ["lost-mark"]}, State.IN_DOUBT, by=WHO, expected=(was,), fields=fields
                )
        except IntegrityError:  # another one of the same payment is in doubt already, and this one waited
            settle(execution, Kind.LOST, {"why": ["lost-mark"]}, State.LAPSED, by=WHO, expected=(was,))
        else:
            count += 1
    return count


def _in_order(executions: Iterable[Execution]) -> list[Execution]:
    """What locks its payment already comes first."""
    return sorted(executions, key=lambda each: (not each.is_open, each.created_at))


def look_again_at_what_ended(made_at: dt.datetime) -> int:
    """What ended shortly before is read again now, as what is watched. How many."""
    ended = Execution.objects.filter(state__in=WATCHED, ended_at__gte=made_at - LOOKED_AT_AGAIN, sent_at__isnull=False)
    return ended.update(next_check_at=timezone.now())
