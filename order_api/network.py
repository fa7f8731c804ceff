"""The network as the client uses it: every step of a call, from the look-up of the name to the last
byte, ends with the call's deadline."""

import socket
import ssl
import urllib.request
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from order_api.deadline import Deadline, begin, within

_SLICE = 16_384
"""Bytes handed to the system in one step, less than what has to be free before it says that there is room."""


def network(base_url: str, at_once: int, kept: int | None = None, *, through_proxy: bool = True) -> httpx.HTTPTransport:
    """The way out, with as many connections as there may be calls at once, of which `kept` (all, unless told) are kept
    open for the next call, through the proxy that the environment names for the address (httpx looks there only for
    transports of its own)."""
    url = urlsplit(base_url)
    is_direct = not through_proxy or urllib.request.proxy_bypass(url.hostname or "")
    proxy = None if is_direct else urllib.request.getproxies().get(url.scheme)
    limits = httpx.Limits(
        max_connections=at_once, max_keepalive_connections=at_once if kept is None else kept, keepalive_expiry=5.0
    )
    transport = httpx.HTTPTransport(verify=_tls(), proxy=proxy, limits=limits)
    # httpcore lets its pools be given a backend; httpx, which makes the pool, has no argument for it.
    pool = transport._pool
    pool._network_backend = _Backend(pool._network_backend)
    return transport


@cache
def _tls() -> ssl.SSLContext:
    """Whom to trust, read once in a process: it takes some 30 ms."""
    return httpx.create_ssl_context()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Tries the host's addresses one after the other, all within one time limit (the socket
        module gives it to each of them).

        The look-up has the system's own limit, which nothing here can shorten; a call whose time is
        over by then is not begun.
        """
        addresses = _addresses(host, port)
        limit = within(timeout, httpcore.ConnectTimeout)
        deadline = Deadline(limit) if limit is not None else None
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            left = deadline.left() if deadline else None
            if left == 0:
                raise httpcore.ConnectTimeout("no connection in time") from problem
            try:
                return _Stream(self._backend.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        begin(httpcore.ConnectTimeout)
        for start in range(0, len(buffer), _SLICE):
            self._stream.write(buffer[start : start + _SLICE], within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = within(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
