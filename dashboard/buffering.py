"""gunicorn's worker with threads, made so that no client can hold a thread by being slow.

gunicorn's own gives a thread to each connection and lets it read there, without a limit: as many clients as
there are threads, each sending a byte now and then, stop everything. Here the main loop reads, for all
connections at once, and a thread gets a request when it is whole. h11 says when it is; what a request means,
and where the next one begins, is still for gunicorn's parser to say, over the same bytes. On the way out a
client has so many seconds in all to take its answer.

A proxy that buffers does the same, and more; this is what stands there without one.
"""

import errno
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, SupportsIndex

import h11
from django.conf import settings
from gunicorn import http
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

HEAD_SECONDS = 10.0
"""From the first byte, or from the connection on, to the end of the headers."""
REQUEST_SECONDS = 30.0
"""From the same moment to the end of the body."""
ANSWER_SECONDS = 30.0
"""That the writing of one answer may wait for its client, and as long again as SLOWEST takes for what it took."""
SLOWEST = 100_000
"""Bytes a second: a client that takes a large file faster than that is waited for to its end."""
CLOSING_SECONDS = 2.0
"""For a client to read to the end and close, after we did."""

CONNECTIONS = 500
"""A process accepts no more at a time."""
MOST_WAITING = 400
"""Connections of which no thread has a request. Whoever has been at it for longest makes room for the next."""
MOST_HELD = 64_000_000
"""Bytes of requests, complete or not, in one process. Beyond, incomplete ones make room, the oldest first."""
_STEP = 65_536


class ClientSocket(socket.socket):
    """A socket whose writing ends: it has `patience` seconds for all that it sends until that is set anew, and more as
    the client takes more (SLOWEST); a client that takes nothing is waited for no longer than at first."""

    patience = ANSWER_SECONDS

    def sendall(self, data: Any, flags: SupportsIndex = 0) -> None:
        """Raises BrokenPipeError, as for a client that has gone, once the patience is over."""
        begun = time.monotonic()
        self.settimeout(max(min(self.patience, ANSWER_SECONDS), 0.001))
        try:
            super().sendall(data, int(flags))
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client takes too long to read") from None
        else:
            self.patience += len(data) / SLOWEST
        finally:
            self.patience -= time.monotonic() - begun


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client's connection and, while its next request comes in, what there is of it."""

    def expect(self, cfg: Any, seconds: float) -> None:
        """Begin to wait for a request, for so long."""
        largest_head = cfg.limit_request_line + cfg.limit_request_fields * (cfg.limit_request_field_size + 2) + 8
        self.received = bytearray()
        self.size = 0
        self.framing = h11.Connection(h11.SERVER, max_incomplete_event_size=largest_head)
        self.deadline = time.monotonic() + seconds
        self.begun: float | None = None
        self.is_whole = False
        self.is_closing = False

    def take(self, data: bytes) -> bool:
        """Add what came, and say whether a thread can have the request. Raises
        h11.RemoteProtocolError where it can be none."""
        if self.begun is None:
            self.begun = time.monotonic()
            self.deadline = self.begun + HEAD_SECONDS
        self.received += data
        self.size += len(data)
        self.framing.receive_data(data)
        while (event := self.framing.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Request):
                self.deadline = self.begun + REQUEST_SECONDS
            if not isinstance(event, h11.Request | h11.Data):
                self.is_whole = True
                return True
        # More than the application reads: it refuses by the length alone.
        return self.size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE + _STEP

    def hand_over(self) -> None:
        """Let gunicorn's parser read what there is, and nothing else: a thread never waits for a client to send."""
        self.sock.patience = ANSWER_SECONDS
        self.parser = http.get_parser(self.cfg, [bytes(self.received)], self.client)
        self.received.clear()
        self.initialized = self.data_ready = True


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """See the module. `waiting` are the connections of which no thread has a request, in the order
    in which they began to wait."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[Connection, None] = {}
        self.held = 0

    def accept(self, listener: Any) -> bool:
        """Whether there was somebody to be let in."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self.make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return False
        self.nr_conns += 1
        client = ClientSocket(fileno=accepted.detach())
        self.wait_for_request(Connection(self.cfg, client, address, listener.getsockname()), HEAD_SECONDS)
        return True

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn's; and as the worker stops, whoever has come to the door already is let in, and then it is shut.
        Left as it is, the system would go on taking connections that nobody serves, and break them off at the end."""
        super().set_accept_enabled(enabled)
        if self.alive or enabled:
            return
        for listener in self.sockets:
            while self.accept(listener):
                pass
            listener.close()

    def wait_for_request(self, conn: Connection, seconds: float, begun: bytes = b"") -> None:
        """`begun`: what already came of it, behind the request before."""
        conn.expect(self.cfg, seconds)
        self.watch(conn, self.on_readable)
        if begun:
            self.take(conn, begun)

    def watch(self, conn: Connection, readable: Any) -> None:
        if len(self.waiting) >= MOST_WAITING:
            self.make_room()
        conn.sock.setblocking(False)
        self.waiting[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(readable, conn))

    def unwatch(self, conn: Connection) -> None:
        del self.waiting[conn]
        self.poller.unregister(conn.sock)

    def on_readable(self, conn: Connection, _sock: socket.socket) -> None:
        if conn not in self.waiting:  # it made room for another in the same round of the loop
            return
        try:
            data = conn.sock.recv(_STEP)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.take(conn, data)
        else:
            self.drop(conn)

    def take(self, conn: Connection, data: bytes) -> None:
        self.held += len(data)
        try:
            is_ready = conn.take(data)
        except h11.RemoteProtocolError as error:
            self.refuse(conn, error.error_status_hint)
            return
        if is_ready:
            self.unwatch(conn)
            conn.hand_over()
            self.enqueue_req(conn)
        elif conn.framing.they_are_waiting_for_100_continue:
            with suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            conn.framing.send(h11.InformationalResponse(status_code=100, headers=[]))
        while self.held > MOST_HELD and self.make_room(begun=True):
            pass

    def refuse(self, conn: Connection, status: int) -> None:
        """Say in a line that this is no request that anybody could answer, or that it never became one."""
        with suppress(OSError):
            conn.sock.send(f"HTTP/1.1 {status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self.unwatch(conn)
        self.linger(conn)

    def make_room(self, *, begun: bool = False) -> bool:
        """Drop the connection that has waited for longest, of those of which something came if
        `begun`. False if there is none."""
        oldest = next((conn for conn in self.waiting if conn.size or not begun), None)
        if oldest is not None:
            self.drop(oldest)
        return oldest is not None

    def drop(self, conn: Connection) -> None:
        self.unwatch(conn)
        self.held -= conn.size
        self.nr_conns -= 1
        conn.close()

    def linger(self, conn: Connection) -> None:
        """Close our side and read on for a moment: closing with unread bytes would throw the answer
        away (RFC 9112, section 9.6)."""
        self.held -= conn.size
        conn.expect(self.cfg, CLOSING_SECONDS)
        conn.is_closing = True
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
        else:
            self.watch(conn, self.on_closing)

    def on_closing(self, conn: Connection, _sock: socket.socket) -> None:
        if conn not in self.waiting:
            return
        try:
            has_more = bool(conn.sock.recv(_STEP))
        except BlockingIOError:
            return
        except OSError:
            has_more = False
        if not has_more:
            self.drop(conn)

    def finish_request(self, conn: Connection, future: "Future[Any]") -> None:
        """In the main loop, when a thread is done with a request."""
        keep = not future.cancelled() and future.exception() is None and future.result()
        if not keep or not conn.is_whole:
            self.linger(conn)
            return
        self.held -= conn.size
        seconds = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
        self.wait_for_request(conn, seconds, conn.parser.unreader.take_buffered())

    def murder_pending(self) -> None:
        """In each round of the main loop: who is late is told so, and dropped."""
        now = time.monotonic()
        for conn in [conn for conn in self.waiting if conn.deadline < now]:
            if conn.size and not conn.is_closing:
                self.refuse(conn, 408)
            else:
                self.drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """As the worker stops: who has sent nothing yet is waited for until then and no longer."""
        for conn in self.waiting:
            if not conn.size:
                conn.deadline = min(conn.deadline, deadline)
