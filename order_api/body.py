"""Bodies are read up to a size, and what is packed is unpacked up to that size: a few kilobytes can
stand for gigabytes."""

import zlib
from collections.abc import Iterable, Iterator

from order_api.words import sentence

ACCEPTED = "gzip"
"""The one packing that is asked for. Others are not negotiated, whatever libraries happen to be installed."""
_PACKED_AS = sentence("a body packed as “%(encoding)s”, which was not asked for,")
_NO_GZIP = sentence("a body that is no gzip, though it says so,")
_STEP = 1_000_000
"""Bytes that are unpacked at a time."""


class TooLargeError(Exception):
    """There is more of it than is read."""


class PackedError(Exception):
    """It is packed in a way that was not asked for, or not packed as it says; str() says what came."""


class BrokenOffError(Exception):
    """It ends before what is packed does."""


def read(chunks: Iterable[bytes], encoding: str, largest: int) -> Iterator[bytes]:
    """The body's bytes, unpacked. Raises TooLargeError once there are more than `largest` of them,
    PackedError and BrokenOffError.

    At no time are more than `largest` bytes, one chunk and one step held.
    """
    size = 0
    for part in _unpacked(chunks, encoding.strip().lower()):
        size += len(part)
        if size > largest:
            raise TooLargeError
        yield part


def _unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in {"", "identity"}:
        return iter(chunks)
    if encoding in {"gzip", "x-gzip"}:
        return _unzipped(chunks)
    raise PackedError(_PACKED_AS % {"encoding": encoding[:40]})


def _unzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    for chunk in chunks:
        waiting = chunk
        while waiting and not unzip.eof:
            try:
                part = unzip.decompress(waiting, _STEP)
            except zlib.error as error:
                raise PackedError(_NO_GZIP) from error
            yield part
            waiting = unzip.unconsumed_tail
    yield unzip.flush()
    if not unzip.eof:
        raise BrokenOffError
