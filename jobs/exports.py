"""Exports: jobs that write a file. What is to be read, a room of a higher floor says; the rest is here.

    exports.kind("orders.export", OrderSource(), words={"": _("Orders"), …}, may=may)
    exports.start("orders.export", who, Wanted(columns=[…], format="xlsx", …), arguments, private, total)

A source gives its rows portion by portion, each from the place where the last one ended; a portion is read anew where
its process died before it was committed, so reading it must change nothing. Portions that come fast are committed
several at a time.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from audit import log
from audit.actions import AuditAction
from audit.log import Who
from jobs import files, registry, services, spool
from jobs.formats import DECIMALS, FORMATS
from jobs.models import Job
from jobs.registry import May, Words
from jobs.running import Step
from jobs.spool import Part
from jobs.tables import Column, Format, Shape
from order_api.errors import ApiError
from ui import regions

READING, WRITING = "reading", "writing"
RENEW_EVERY = 2.0  # seconds
PIECE_TAKES = 1.0
"""Seconds after which no further portion is read before what was read is committed: the least that a stop takes, and
the most that a process which dies has read for nothing."""
PIECE_HOLDS = 1 << 20
"""Bytes of the file after which it is the same."""
WAS_GONE, MOVED, COMPLETE, UNPROVEN = "gone", "moved", "complete", "unproven"
"""Codes that the words of each kind have: some of what was named was not there; what matches moved while it was read;
it is all that matches; nobody could say how many match."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows, each with a value a column that was asked for; and where to go on: `cursor` is the source's own.

    `done` and `total` are of what is read (orders, say), and not of rows, of which one may give none or several.
    """

    rows: Iterable[Sequence[Any]]
    cursor: Mapping[str, Any]
    done: int
    total: int | None = None
    is_last: bool = False
    code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """With `is_last`: how it ended, in the words of the kind."""
    ended: Sequence[tuple[str, str, Mapping[str, Any]]] = ()
    """The channels that are at their end, each with its own `code` and `facts`."""


class Source(Protocol):
    """Where rows come from."""

    def columns(self, step: Step) -> Sequence[Column]:
        """Those that were asked for, in their order."""
        ...

    def read(self, step: Step, columns: Sequence[Column], cursor: Mapping[str, Any]) -> Portion:
        """The portion at that place; `cursor` is empty at first. Of seconds. May raise what a piece of a job may."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file is to be like. `columns` are names; `format` one of `formats.FORMATS`; `zone` a zone's name;
    `unmasked`: whether people stand in it as the API names them, for which `reason` says why. `called` is the file's
    name without its suffix, `filters` what the log says of what was asked for (it masks what names people)."""

    columns: Sequence[str]
    format: str
    zone: str
    called: str
    what: str = ""
    unmasked: bool = False
    reason: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)


_exports: set[str] = set()


def kind(name: str, source: Source, words: Mapping[str, Words], *, may: May) -> None:
    """Registers a kind of export. `words`: what it is by "", and how it ended by the codes above, which may name
    `rows` and what the source's `facts` have."""
    _exports.add(name)

    def run(step: Step) -> None:
        regions.activate(step.arguments["region"])
        try:
            with translation.override(step.arguments["language"]):
                _piece(source, step)
        finally:
            regions.activate("")

    registry.kind(name, run, words, may=may)


def kinds() -> tuple[str, ...]:
    """The kinds that make a file."""
    return tuple(sorted(_exports))


def start(  # noqa: PLR0913 - by name
    name: str,
    who: Who,
    wanted: Wanted,
    arguments: Mapping[str, Any],
    private: Mapping[str, Any],
    *,
    subject: log.Subject = log.NOTHING,
    total: int | None = None,
) -> Job:
    """Starts an export, and writes into the log who takes what and why; neither without the other. It speaks the
    language and region of whoever is active now. Raises TooManyError and AuditUnavailableError."""
    kept = asdict(wanted)
    told = {key: kept.pop(key) for key in ("filters", "reason")}
    speaks = {"language": translation.get_language() or settings.LANGUAGE_CODE, "region": regions.get_region()}
    with transaction.atomic():
        job = services.start(name, who, {**arguments, **kept, **speaks}, private={**private, **told}, total=total)
        log.event(who, AuditAction.EXPORT_START, subject, details={"job": str(job.pk), **_told(job), "orders": total})
    return job


def record_download(job: Job, who: Who) -> None:
    """That somebody takes the file: into the log, before it is handed out. Raises AuditUnavailableError."""
    details = {"job": str(job.pk), **_told(job), "rows": job.cursor.get("rows")}
    log.event(who, AuditAction.EXPORT_DOWNLOAD, subject_of(job), details=details)


def subject_of(job: Job) -> log.Subject:
    """The channel that it is of, where it is of one."""
    channels = job.arguments.get("channels", ())
    merchant, _slash, channel = channels[0].partition("/") if len(channels) == 1 else ("", "", "")
    return log.Subject(merchant=merchant, channel=channel)


def by_channel(job: Job) -> list[tuple[str, str]]:
    """The channels of an export of several, and how each came to its end, in words; empty while it has not."""
    channels, ended = job.arguments.get("channels", ()), job.cursor.get("ended", ())
    said = {name: registry.worded(job.kind, code, facts) for name, code, facts in ended}
    return [(name, said.get(name, "")) for name in channels] if len(channels) > 1 else []


def _told(job: Job) -> dict[str, Any]:
    names = ("what", "shape", "format", "columns", "unmasked")
    private = job.private
    told = {name: job.arguments[name] for name in names if job.arguments.get(name)}
    if len(channels := job.arguments.get("channels", ())) > 1:
        told["channels"] = channels
    return {"export": job.kind, **told, **{name: private[name] for name in ("filters", "reason") if private.get(name)}}


def _piece(source: Source, step: Step) -> None:
    cursor = step.cursor
    parts = [Part(*part) for part in cursor.get("parts", ())]
    shape = _shape(source, step)
    form = FORMATS[step.arguments["format"]]
    if cursor.get("phase") == WRITING:
        _put_together(step, shape, parts)
        return
    portion, rows, content = _read(source, step, shape, form)
    if content:
        parts = spool.append(step.job.pk, step.holder, parts, content)
    with step.committing() as job:
        job.done, job.total = portion.done, job.total if portion.total is None else portion.total
        job.cursor = {
            "phase": WRITING if portion.is_last else READING,
            "parts": parts,
            "rows": rows,
            "source": dict(portion.cursor),
            "ended": list(portion.ended),
            "end": [portion.code, dict(portion.facts)],
        }


def _read(source: Source, step: Step, shape: Shape, form: Format) -> tuple[Portion, int, bytes]:
    """Portions from where the last piece ended, as many as come fast: the last of them, how many rows there are then,
    and all as they stand in the file. An outage after the first of them is left to the next piece."""
    began, written, rows = time.monotonic(), list[bytes](), step.cursor.get("rows", 0)
    portion, place = None, step.cursor.get("source", {})
    while portion is None or not portion.is_last:
        try:
            found = source.read(step, shape.columns, place)
        except ApiError:
            if portion is None:
                raise
            break
        several = list(found.rows)
        written.append(form.written(shape, several, rows))
        rows += len(several)
        portion, place = replace(found, rows=()), found.cursor
        if time.monotonic() - began > PIECE_TAKES or sum(map(len, written)) > PIECE_HOLDS:
            break
    return portion, rows, b"".join(written)


def _shape(source: Source, step: Step) -> Shape:
    asked = step.arguments
    return Shape(
        source.columns(step),
        ZoneInfo(asked["zone"]),
        DECIMALS[asked["format"]],
        bool(asked["unmasked"]),
        sheet=registry.called(step.job),
    )


def _put_together(step: Step, shape: Shape, parts: Sequence[Part]) -> None:
    """The file from its parts. Where the process dies meanwhile, the next one begins it anew, under another name."""
    form = FORMATS[step.arguments["format"]]
    renewed = time.monotonic()

    def renew() -> None:
        nonlocal renewed
        if time.monotonic() - renewed > RENEW_EVERY:
            step.renew()
            renewed = time.monotonic()

    name = files.name_of(step.job.pk, f"{step.holder.hex}.{form.suffix}")
    with files.create(name, "w+b") as file:
        form.put_together(shape, spool.whole(parts), step.cursor["rows"], file, renew)
        files.to_disk(file)
        size = files.path_of(name).stat().st_size
    with step.committing() as job:
        code, facts = job.cursor["end"]
        job.file, job.file_size = name, size
        job.file_name = f"{job.arguments['called']}.{form.suffix}"
        step.finish(code, rows=job.cursor["rows"], **facts)
    files.forget(step.job.pk, but=name)


def is_there(job: Job) -> bool:
    """Whether its file can be taken: it is written, its time is not over, and it is on this machine's disk."""
    if not job.file or job.expires_at is None or job.expires_at <= timezone.now():
        return False
    return files.path_of(job.file).is_file()
