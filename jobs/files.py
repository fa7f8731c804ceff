"""The folder of what jobs write (EXPORTS_DIR), which belongs to the desk alone: files of mode 0600 by names that say
nothing. Where several machines serve, it has to be one folder for all of them (docs/jobs.md)."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

_YOUNG = 3600.0  # seconds
_OURS = re.compile(r"(?P<job>[0-9a-f]{32})\.[\w.-]+")


class LostFileError(Exception):
    """A file is not there, or shorter than it was: somebody cleared the folder, or it is another machine's."""


def folder() -> Path:
    """The folder, made if need be."""
    path = Path(settings.EXPORTS_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(name: str) -> Path:
    """Where the file of that name is, which is one of ours."""
    if not _OURS.fullmatch(name):
        raise ValueError(f"{name!r} is not a file of a job")
    return Path(settings.EXPORTS_DIR) / name


def name_of(job: UUID, rest: str) -> str:
    """The name of a file of that job."""
    return f"{job.hex}.{rest}"


def create(name: str, mode: str = "wb") -> IO[bytes]:
    """The file, empty and readable for the desk alone."""
    folder()
    return open(path_of(name), mode, opener=_for_the_desk_alone)


def _for_the_desk_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def of_job(job: UUID) -> list[Path]:
    """All files of that job."""
    return sorted(folder().glob(f"{job.hex}.*"))


def forget(job: UUID, *, but: str = "") -> None:
    """Deletes its files, all but the one of that name."""
    for path in of_job(job):
        if path.name != but:
            path.unlink(missing_ok=True)


def to_disk(file: IO[bytes]) -> None:
    """All that was written to it lies on the disk then."""
    file.flush()
    os.fsync(file.fileno())


def tidy(known: Callable[[set[UUID]], set[UUID]]) -> None:
    """Deletes what belongs to no job any more; `known` says which of some jobs there are. Young files stay: their job
    may not be committed yet."""
    young = time.time() - _YOUNG
    found: dict[UUID, list[Path]] = {}
    for path in folder().iterdir():
        named = _OURS.fullmatch(path.name)
        if named and path.stat().st_mtime < young:
            found.setdefault(UUID(hex=named["job"]), []).append(path)
    for job in found.keys() - (known(set(found)) if found else set()):
        for path in found[job]:
            path.unlink(missing_ok=True)
