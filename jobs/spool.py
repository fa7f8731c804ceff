"""What a job has written so far, in parts, so that a process may die at any moment.

Each process that takes the job over begins a part of its own, and how much of each counts stands in the job's cursor:
what a process wrote and did not commit, before it died or after it lost the job, is behind that length, or in no part
that counts.
"""

import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jobs import files


class Part(NamedTuple):
    """The name of its file, and how many bytes of it count."""

    name: str
    length: int


def append(job: uuid.UUID, holder: uuid.UUID, parts: Sequence[Part], content: bytes) -> list[Part]:
    """Writes it behind what counts, to disk. The parts as they are then, to be committed. Raises LostFileError."""
    name = files.name_of(job, f"{holder.hex}.part")
    last = parts[-1] if parts else None
    if last is None or last.name != name:
        with files.create(name) as part:
            _write(part.fileno(), content)
        return [*parts, Part(name, len(content))]
    try:
        opened = os.open(files.path_of(name), os.O_RDWR)
    except FileNotFoundError:
        raise files.LostFileError(name) from None
    try:
        if os.fstat(opened).st_size < last.length:
            raise files.LostFileError(name)
        os.ftruncate(opened, last.length)
        os.lseek(opened, last.length, os.SEEK_SET)
        _write(opened, content)
    finally:
        os.close(opened)
    return [*parts[:-1], Part(name, last.length + len(content))]


def whole(parts: Sequence[Part]) -> list[tuple[Path, int]]:
    """Where the parts are, and how much of each counts. Raises LostFileError where one is gone, or too short."""
    found = [(files.path_of(part.name), part.length) for part in parts]
    for path, length in found:
        if not path.is_file() or path.stat().st_size < length:
            raise files.LostFileError(path.name)
    return found


def _write(opened: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(opened, left) :]
    os.fsync(opened)
