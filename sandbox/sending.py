"""One POST over the network that ends in time, whatever the other side does: its name may take long
to look up, its answer may drip."""

import http.client
import io
import socket
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult

LARGEST_ANSWER = 1_000_000
_SLICE = 16_384
"""Bytes handed to the system in one step, less than what has to be free before it says that there is room."""


def post(parts: SplitResult, body: bytes, headers: Mapping[str, str], seconds: float) -> tuple[int, bytes]:
    """Status and body, of which no more is read than LARGEST_ANSWER; redirects are not followed, proxies not used.

    Raises TimeoutError after so many seconds in all, OSError and http.client.HTTPException for what else goes wrong.
    """
    kind: type[_InTime] = _Secure if parts.scheme == "https" else _InTime
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    connection.until = time.monotonic() + seconds
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read(LARGEST_ANSWER)
    finally:
        connection.close()
        if connection.timed:
            connection.timed.end()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed:
    """What http.client needs of a socket, each step of it within the time that is left for all."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def sendall(self, data: Any) -> None:
        content = memoryview(data)
        for start in range(0, len(content), _SLICE):
            self._sock.settimeout(_left(self._until))
            self._sock.sendall(content[start : start + _SLICE])

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._until))

    def close(self) -> None:
        """http.client lets go of the socket before it has read the body; `end` is when it is closed."""

    def end(self) -> None:
        self._sock.close()


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._until))
        return self._sock.recv_into(buffer)


class _InTime(http.client.HTTPConnection):
    """A connection whose socket is a timed one, once it is there."""

    until = 0.0
    timed: _Timed | None = None

    def connect(self) -> None:
        super().connect()
        self.timed = _Timed(self.sock, self.until)
        self.sock = self.timed


class _Secure(_InTime, http.client.HTTPSConnection):
    pass
