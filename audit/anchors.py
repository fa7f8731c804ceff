"""What is known of the log outside of its table, so that it is seen when somebody cuts it off or writes it anew.

    head.json       the last entry that was written, as of each commit, without a signature
    anchors.jsonl   once an hour the head, signed (`audit.signing`); lines are only ever added, each with the digest of
                    the one before it. By settings it goes to syslog and to a mail address as well

Nothing here ever stops an entry from being written. `audit.verify` compares.
"""

import datetime as dt
import fcntl
import hashlib
import json
import logging
import logging.handlers
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.core.mail import send_mail
from django.db import DEFAULT_DB_ALIAS

from audit import signing
from audit.models import Entry
from ui.said import sentence

logger = logging.getLogger(__name__)
GENESIS = "0" * 64
_NO_KEY = sentence("the key %(file)s that signed the anchors is not there")
_NO_ANCHOR = sentence("line %(number)s of %(file)s is no anchor")
_NOT_FOLLOWING = sentence(
    "the anchor of %(at)s (line %(number)s of %(file)s, entry %(entry)s) does not follow the line before it: lines "
    "were taken out or changed"
)
_NOT_SIGNED = sentence(
    "the anchor of %(at)s (line %(number)s of %(file)s, entry %(entry)s) is not signed with this desk's key"
)
_ANCHOR_OF = sentence("the anchor of %(at)s")
_NOTED = sentence("what was noted outside of it as its last entry")
HEAD, ANCHORS = "head.json", "anchors.jsonl"
MOST = 200
"""Bytes that the file of the head has at most."""
DUE, BY_HAND, LOST = "due", "by hand", "lost"
"""Why an anchor was written. Lost: this entry was the last one, and the next entry did not follow it."""
LOOKS_AGAIN = 60.0
"""Seconds for which a process does not look whether an anchor is due."""
_looked_at = -LOOKS_AGAIN


@dataclass(frozen=True, slots=True)
class Anchor:
    """An entry that was the last one at that time, and what vouches for it."""

    sequence: int
    hash: str
    at: str
    why: str
    previous: str
    key: str
    signature: str = ""

    def signed(self) -> dict[str, Any]:
        """What the signature is of."""
        return {name: value for name, value in asdict(self).items() if name != "signature"}

    @property
    def line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def read(cls, line: str) -> Self:
        """Raises ValueError."""
        try:
            return cls(**json.loads(line))
        except TypeError as error:
            raise ValueError(str(error)) from error


def committed(entry: Entry) -> None:
    """To be called after each commit. Never raises."""
    global _looked_at  # noqa: PLW0603 - one clock a process
    try:
        remember(entry)
        if time.monotonic() - _looked_at >= LOOKS_AGAIN:
            _looked_at = time.monotonic()
            anchor_if_due()
    except Exception:
        logger.exception("The head of the audit log could not be written down outside of it")


def remember(entry: Entry) -> None:
    """This entry is the head now. Where the one that was the head before is not in the log any more, it gets an anchor,
    so that it is not forgotten."""
    with _folder() as (folder, file):
        last = _parsed(os.pread(file, MOST, 0))
        if last is not None and entry.previous != last[1]:
            is_there = Entry.objects.filter(sequence=last[0], hash=last[1]).exists()
            if is_there and entry.sequence <= last[0]:
                return  # others were quicker to say so
            if not is_there:
                logger.error("Entry %s of the audit log was the last one and is gone", last[0])
                _add(folder, *last, LOST)
        os.ftruncate(file, os.pwrite(file, json.dumps([entry.sequence, entry.hash]).encode(), 0))


def anchor_if_due(now: dt.datetime | None = None) -> Anchor | None:
    """Anchor the head if the last anchor is older than AUDIT_ANCHOR_MINUTES and the log has grown since; None if not.
    Raises OSError and `signing.KeyUnusableError`."""
    now = now or dt.datetime.now(dt.UTC)
    with _folder() as (folder, _file):
        last = _last(folder)
        if last and now - dt.datetime.fromisoformat(last.at) < settings.AUDIT_ANCHOR_TIME:
            return None
        return _of_head(folder, DUE, last)


def anchor_now() -> Anchor | None:
    """Anchor the head; None where the log is empty or the head has one already."""
    with _folder() as (folder, _file):
        return _of_head(folder, BY_HAND, _last(folder))


def read() -> tuple[list[Anchor], list[str]]:
    """The anchors that hold by themselves, oldest first, and what is wrong with the others, in words."""
    path = _path() / ANCHORS
    lines = path.read_text().splitlines() if path.exists() else []
    key, good, wrong = signing.public_key(), [], []
    if lines and not key:
        wrong.append(_NO_KEY % {"file": settings.AUDIT_KEY_FILE})
    previous = GENESIS
    for number, line in enumerate(lines, start=1):
        try:
            anchor = Anchor.read(line)
        except ValueError:
            wrong.append(_NO_ANCHOR % {"number": number, "file": path.name})
        else:
            which = {"at": anchor.at, "number": number, "file": path.name, "entry": anchor.sequence}
            if anchor.previous != previous:
                wrong.append(_NOT_FOLLOWING % which)
            elif key and not (anchor.key == key and signing.is_signed(anchor.signed(), anchor.signature, key)):
                wrong.append(_NOT_SIGNED % which)
            else:
                good.append(anchor)
        previous = _digest(line)
    return good, wrong


def promised() -> list[tuple[int, str, str]]:
    """Entries that have to be in the log: number, hash, and who says so."""
    good, _wrong = read()
    of_anchors = [(each.sequence, each.hash, _ANCHOR_OF % {"at": each.at}) for each in good]
    last = _remembered(_path())
    return [*of_anchors, (*last, _NOTED)] if last else of_anchors


def _of_head(folder: Path, why: str, last: Anchor | None) -> Anchor | None:
    head = Entry.objects.using(DEFAULT_DB_ALIAS).order_by("-sequence").first()
    if head is None or (last and (last.sequence, last.hash) == (head.sequence, head.hash)):
        return None
    return _add(folder, head.sequence, head.hash, why)


def _add(folder: Path, sequence: int, own: str, why: str) -> Anchor:
    line = _last_line(folder)
    signing.sign({})  # so that there is a key
    draft = Anchor(
        sequence=sequence,
        hash=own,
        at=dt.datetime.now(dt.UTC).isoformat(),
        why=why,
        previous=_digest(line) if line else GENESIS,
        key=signing.public_key(),
    )
    anchor = Anchor(**draft.signed(), signature=signing.sign(draft.signed()))
    with (folder / ANCHORS).open("a") as file:
        file.write(f"{anchor.line}\n")
        file.flush()
        os.fsync(file.fileno())
    if settings.AUDIT_ANCHOR_SYSLOG or settings.AUDIT_ANCHOR_MAIL:
        threading.Thread(target=tell, args=(anchor,), name="audit-anchor", daemon=True).start()
    return anchor


def under_way() -> list[threading.Thread]:
    """The threads that send anchors somewhere."""
    return [thread for thread in threading.enumerate() if thread.name == "audit-anchor"]


def tell(anchor: Anchor) -> None:
    """Send the anchor where settings say. Never raises: it stands in the file."""
    for send, where in ((_to_syslog, settings.AUDIT_ANCHOR_SYSLOG), (_by_mail, settings.AUDIT_ANCHOR_MAIL)):
        try:
            if where:
                send(anchor, where)
        except Exception:
            logger.exception("The anchor of entry %s did not get to %s", anchor.sequence, where)


class _Syslog(logging.handlers.SysLogHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name in logging
        """Inside of an `except`: whoever sends has to know that it did not get there."""
        raise  # noqa: PLE0704


def _to_syslog(anchor: Anchor, where: str) -> None:
    host, _colon, port = where.rpartition(":")
    handler = _Syslog((host, int(port)) if host else where)
    try:
        handler.emit(logging.makeLogRecord({"msg": f"order-desk audit anchor {anchor.line}", "levelno": logging.INFO}))
    finally:
        handler.close()


def _by_mail(anchor: Anchor, where: str) -> None:
    send_mail(f"Order desk: audit log, entry {anchor.sequence}", f"{anchor.line}\n", None, [where])


def _path() -> Path:
    return Path(settings.AUDIT_ANCHOR_DIR)


@contextmanager
def _folder() -> Iterator[tuple[Path, int]]:
    """The folder, and the file of the head, for one thread of one process at a time."""
    folder = _path()
    try:
        file = _opened(folder)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _opened(folder)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield folder, file
    finally:
        os.close(file)


def _opened(folder: Path) -> int:
    return os.open(folder / HEAD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _remembered(folder: Path) -> tuple[int, str] | None:
    path = folder / HEAD
    return _parsed(path.read_bytes()) if path.exists() else None


def _parsed(text: bytes) -> tuple[int, str] | None:
    try:
        sequence, own = json.loads(text)
    except ValueError:
        return None
    return int(sequence), str(own)


def _last_line(folder: Path) -> str:
    path = folder / ANCHORS
    lines = path.read_text().splitlines() if path.exists() else []
    return lines[-1] if lines else ""


def _last(folder: Path) -> Anchor | None:
    try:
        return Anchor.read(_last_line(folder))
    except ValueError:
        return None


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
