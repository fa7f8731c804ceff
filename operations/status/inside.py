"""The desk itself: what goes on beside the pages, its log, its backups, its database, and the machine."""

import datetime as dt
import sqlite3
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit import anchors
from audit.chain import head
from index.models import ChannelState
from index.sweeping import worker as index_worker
from jobs import worker as jobs_worker
from jobs.models import OPEN, Job
from operations import backup, beats, standing
from operations.models import Beat
from operations.release import version
from operations.schema import been_through, fits, schema
from operations.standing import Mark
from operations.status.line import Line
from payments.alerts import heartbeat
from payments.executions import worker as payments_worker
from ui.said import said

BACKUP_IS_OLD = dt.timedelta(hours=36)
LOG_UNREAD = 3 * heartbeat.LOG_CHECK_EVERY
JOB_WAITS_LONG = dt.timedelta(minutes=5)
RUNS, STANDS_STILL = gettext_lazy("Runs"), gettext_lazy("Stands still")
FINE, ANSWERS = gettext_lazy("Fine"), gettext_lazy("Answers")


def workers(now: dt.datetime) -> list[Line]:
    """Each of what goes on beside the pages, wherever it does, and the processes that do it."""
    alive = beats.alive(now)
    looked, swept = heartbeat.row().looked_at, ChannelState.objects.aggregate(at=Max("newest_at"))["at"]
    found = [
        _worker(_("Payment actions"), payments_worker.NAME, "no-heartbeat", alive, _if_after(looked, now)),
        _worker(_("Index"), index_worker.NAME, "index-worker", alive, _if_after(swept, now)),
        _worker(_("Jobs"), jobs_worker.NAME, "jobs-worker", alive),
    ]
    return [*found, _jobs(now), _releases(alive)]


def _if_after(done_at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """When it was done, if that was a short while ago: by a command from cron, perhaps, which beats nowhere."""
    return done_at if done_at and done_at > now - settings.PAYMENT_ALERT_HEARTBEAT else None


def _worker(name: str, what: str, runbook: str, alive: list[Beat], done_at: dt.datetime | None = None) -> Line:
    mine = [beat for beat in alive if beat.what == what]
    if mine:
        says = ngettext("In %(n)s process; last", "In %(n)s processes; last", len(mine)) % {"n": len(mine)}
        return Line(name, Mark.OK, RUNS, says, max(beat.at for beat in mine), runbook)
    if done_at:
        return Line(name, Mark.OK, RUNS, _("Last"), done_at, runbook)
    last = beats.last(what)
    return Line(name, Mark.DOWN, STANDS_STILL, _("Last") if last else _("Nobody does it."), last, runbook)


def _jobs(now: dt.datetime) -> Line:
    """Those that should go on and that nobody works on."""
    name, held = _("Jobs that wait"), Q(until__gt=now)
    late = Job.objects.filter(Q(next_at=None) | Q(next_at__lte=now), state__in=OPEN).exclude(held)
    late = late.filter(created_at__lt=now - JOB_WAITS_LONG).order_by("created_at")
    if oldest := late.first():
        says = _("%(n)s, the oldest since") % {"n": late.count()}
        return Line(name, Mark.AMISS, _("Wait for long"), says, oldest.created_at, "jobs-worker")
    n = Job.objects.filter(state__in=OPEN).count()
    says = ngettext("%(n)s is under way.", "%(n)s are under way.", n) % {"n": n} if n else ""
    return Line(name, Mark.OK, FINE, says, None, "jobs-worker")


def _releases(alive: list[Beat]) -> Line:
    """This one's, and whether the others that do something beside the pages are of the same."""
    name, others = _("Release"), sorted({beat.version for beat in alive} - {version()})
    if others:
        says = _("Here %(here)s; other processes are of %(others)s.") % {"here": version(), "others": ", ".join(others)}
        return Line(name, Mark.AMISS, _("Mixed"), says, None, "releases")
    return Line(name, Mark.OK, version(), "", None, "releases")


def log_and_backups(now: dt.datetime) -> list[Line]:
    return [_log(now), _anchors(now), _backup(now)]


def _log(now: dt.datetime) -> Line:
    name, runbook, seen, last = _("Audit log"), "broken-log", heartbeat.row(), head()
    if seen.log_broken_at:
        says = _("It does not hold: %(why)s, since") % {"why": said(seen.log_says)}
        return Line(name, Mark.DOWN, _("Broken"), says, seen.log_broken_at, runbook)
    of = {"n": last.sequence if last else 0}
    if seen.log_checked_at is None or seen.log_checked_at < now - LOG_UNREAD:
        says = _("Up to entry %(n)s; read through last") % of if seen.log_checked_at else _("Nobody has read it yet.")
        return Line(name, Mark.AMISS, _("Not looked at"), says, seen.log_checked_at, "no-heartbeat")
    return Line(name, Mark.OK, _("Holds"), _("Up to entry %(n)s; read through last") % of, seen.log_checked_at, runbook)


def _anchors(now: dt.datetime) -> Line:
    """Late where the log has grown since the last one, and the next was due long ago."""
    name, runbook, last = _("Anchors of the log"), "anchors", head()
    path = Path(settings.AUDIT_ANCHOR_DIR) / anchors.ANCHORS
    if not path.exists():
        return Line(name, Mark.AMISS if last else None, _("None yet"), "", None, runbook)
    anchored = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    is_late = last is not None and last.at > anchored and anchored < now - 2 * settings.AUDIT_ANCHOR_TIME
    word = _("Late") if is_late else FINE
    return Line(name, Mark.AMISS if is_late else Mark.OK, word, _("Last written"), anchored, runbook)


def _backup(now: dt.datetime) -> Line:
    name, runbook, made = _("Backup"), "backup", backup.last_made()
    if made is None:
        return Line(name, Mark.AMISS, _("None yet"), _("No backup was ever made by the desk."), None, runbook)
    is_old = made < now - BACKUP_IS_OLD
    return Line(name, Mark.AMISS if is_old else Mark.OK, _("Old") if is_old else FINE, _("Last made"), made, runbook)


def database_and_machine() -> list[Line]:
    return [_database(), _tables(), _disk()]


def _database() -> Line:
    """It answers, or nobody would read this."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        files = [path, path.with_name(f"{path.name}-wal")]
        size = sum(file.stat().st_size for file in files if file.exists())
        kind = f"SQLite {sqlite3.sqlite_version}"
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
            number, size = cursor.fetchone()
        kind = f"PostgreSQL {number}"
    says = _("%(kind)s, %(size)s MB") % {"kind": kind, "size": round(size / 1_000_000)}
    return Line(_("Database"), Mark.OK, ANSWERS, says, None, "database")


def _tables() -> Line:
    name, runbook = _("Tables"), "tables"
    if fits():
        says = _("All %(n)s migrations are done.") % {"n": len(been_through())}
        return Line(name, Mark.OK, FINE, says, None, runbook)
    found = schema()
    if found.missing:
        says = _("Missing: %(names)s") % {"names": ", ".join(found.missing)}
        return Line(name, Mark.DOWN, _("Of an older release"), says, None, runbook)
    says = _("Not known here: %(names)s") % {"names": ", ".join(found.unknown)}
    return Line(name, Mark.DOWN, _("Of a newer release"), says, None, runbook)


def _disk() -> Line:
    found = standing.room()
    name, runbook = _("Disk"), "disk"
    if not found.is_writable:
        return Line(name, Mark.DOWN, _("Cannot be written to"), str(settings.DATA_DIR), None, runbook)
    free = f"{found.free / found.total:.0%}"
    says = _("%(share)s of the disk of DATA_DIR is free: %(size)s GB.") % {
        "share": free,
        "size": round(found.free / 1e9, 1),
    }
    return Line(name, found.mark, FINE if found.mark is Mark.OK else _("Nearly full"), says, None, runbook)
