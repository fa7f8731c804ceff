"""The worker by itself, in a thread of this process, over real sockets: what it waits for, for how
long, and whom it lets go."""

import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from dashboard import buffering
from dashboard.buffering import BufferingWorker

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Says what it got: method, path, and the size of the body."""
    body = environ["wsgi.input"].read()
    content = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)}".encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]


@contextmanager
def working(app: App = echo, threads: int = 2) -> Iterator[tuple[int, BufferingWorker]]:
    """The port at which a worker of so many threads serves the application, and the worker."""
    cfg = Config()
    for name, value in {"threads": threads, "worker_connections": 100, "sendfile": False, "keepalive": 5}.items():
        cfg.set(name, value)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        worker = BufferingWorker(0, os.getppid(), [server], None, 30, cfg, Logger(cfg))
        worker.wsgi = app
        worker.tpool = worker.get_thread_pool()
        worker.poller = selectors.DefaultSelector()
        worker.method_queue.init()
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield server.getsockname()[1], worker
        finally:
            worker.cfg.set("graceful_timeout", 0)
            worker.alive = False
            worker.method_queue.defer(lambda: None)
            thread.join(20)
            assert not thread.is_alive()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def asked(port: int, request: bytes) -> bytes:
    """All that comes back until the other side closes."""
    with connect(port) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65536), b""))


def get(port: int, path: str = "/") -> str:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as desk:
        desk.request("GET", path)
        return desk.getresponse().read().decode()


def eventually(is_so: Callable[[], bool]) -> bool:
    for _ in range(200):
        if is_so():
            return True
        time.sleep(0.05)
    return False


LAST = b"Connection: close\r\n"
WHOLE = {
    "without a body": (b"GET /a HTTP/1.1\r\nHost: x\r\n" + LAST + b"\r\n", b"GET /a 0"),
    "HTTP/1.0": (b"GET /a HTTP/1.0\r\n\r\n", b"GET /a 0"),
    "with a length": (b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + LAST + b"\r\nabcde", b"POST /a 5"),
    "in chunks": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        + LAST
        + b"\r\n3\r\nabc\r\n5;x=1\r\n0\r\n\r\n\r\n0\r\n\r\n",
        b"POST /a 8",
    ),
    "in chunks, with a trailer": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + LAST + b"\r\n1\r\na\r\n0\r\nX: y\r\n\r\n",
        b"POST /a 1",
    ),
}


@pytest.mark.parametrize(("request_", "answer"), WHOLE.values(), ids=WHOLE)
def test_a_request_arrives_whole_however_it_is_cut(request_: bytes, answer: bytes) -> None:
    with working() as (port, _):
        assert asked(port, request_).endswith(b"\r\n\r\n" + answer)
        with connect(port) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for each in request_:
                client.sendall(bytes([each]))
                time.sleep(0.001)
            assert b"".join(iter(lambda: client.recv(65536), b"")).endswith(answer)


def test_requests_on_one_connection_are_answered_in_turn_also_if_the_second_comes_with_the_first() -> None:
    post = b"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    last = b"GET /last HTTP/1.1\r\nHost: x\r\n" + LAST + b"\r\n"
    with working() as (port, _), connect(port) as client:
        client.sendall(post % 1 + post % 2 + last[:20])
        time.sleep(0.1)
        client.sendall(last[20:])
        said = b"".join(iter(lambda: client.recv(65536), b""))
    assert [said.count(words) for words in (b"POST /1 3", b"POST /2 3", b"GET /last 0")] == [1, 1, 1]


def test_a_client_that_asks_whether_it_may_go_on_is_told_to() -> None:
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n" + LAST + b"\r\n"
    with working() as (port, _), connect(port) as client:
        client.sendall(head)
        assert client.recv(65536).startswith(b"HTTP/1.1 100 Continue\r\n")
        client.sendall(b"abc")
        assert b"".join(iter(lambda: client.recv(65536), b"")).endswith(b"POST /a 3")


SLOW = {
    "nothing": b"",
    "half a request line": b"GET /he",
    "headers without an end": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: y",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
    "half a chunk that looks like the last": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
    b"chunked\r\n\r\nff\r\n0\r\n\r\n",
    "no body, though it may go on": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
    "a second request that does not end": b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
}


@pytest.mark.parametrize("start", SLOW.values(), ids=SLOW)
def test_no_client_takes_a_thread_by_being_slow(start: bytes) -> None:
    with working(threads=1) as (port, _), ExitStack() as clients:
        for _ in range(20):
            clients.enter_context(connect(port)).sendall(start)
        assert get(port, "/meanwhile") == "GET /meanwhile 0"


DRIPPING = [
    pytest.param(start, id=name, marks=[] if name == "half a body" else [pytest.mark.rest])
    for name, start in SLOW.items()
    if start
]


@pytest.mark.parametrize("start", DRIPPING)
def test_a_client_that_drips_on_is_given_up(start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and all of them never."""
    monkeypatch.setattr(buffering, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(buffering, "REQUEST_SECONDS", 0.5)
    with working() as (port, worker), connect(port) as client:
        client.sendall(start)
        sent = 0
        with suppress(ConnectionError):
            while sent < 300:
                client.sendall(b"x")
                sent += 1
                time.sleep(0.1)
        assert sent < 150
        assert eventually(lambda: worker.held == 0)


def test_a_client_that_is_given_up_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering, "HEAD_SECONDS", 0.2)
    with working() as (port, _):
        assert asked(port, b"GET / HT").startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n",
        b"GET /a HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(request_: bytes) -> None:
    with working() as (port, _):
        assert asked(port, request_).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")), request_


def test_headers_without_measure_are_refused() -> None:
    with working() as (port, _):
        many = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 8000) for n in range(200))
        said = asked(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")
    assert said.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))


def test_a_body_beyond_all_measure_is_not_waited_for(settings: Any) -> None:
    """The application gets what there is; it refuses by the length, and the connection ends there."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    head = b"POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
    with working() as (port, worker):
        said = asked(port, head + b"x" * 300_000)
        assert said.startswith(b"HTTP/1.1 200 OK")
        assert b"POST /big" in said
        assert get(port) == "GET / 0"
        assert eventually(lambda: worker.held == 0)


def test_the_next_connection_is_accepted_however_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering, "MOST_WAITING", 10)
    with working() as (port, worker), ExitStack() as clients:
        for _ in range(60):
            clients.enter_context(connect(port)).sendall(b"GET / HT")
        assert get(port) == "GET / 0"
        assert len(worker.waiting) <= 10
        assert worker.nr_conns <= 12


def test_what_is_held_of_unfinished_requests_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering, "MOST_HELD", 500_000)
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n" + LAST + b"\r\n"
    with working() as (port, worker), ExitStack() as clients:
        for _ in range(20):
            client = clients.enter_context(connect(port))
            client.sendall(head + b"x" * 100_000)
        assert get(port) == "GET / 0"
        assert worker.held <= 500_000
        client.sendall(b"x" * 100_000)
        said = b"".join(iter(lambda: client.recv(65536), b""))
        assert said.endswith(b"POST / 200000"), "the newest was not the one to go"


def test_a_client_that_does_not_close_holds_up_nobody() -> None:
    """gunicorn's own waits in the main loop for each of them, two seconds long; a hundred would be three minutes."""
    with working(threads=1) as (port, _), ExitStack() as clients:
        for _ in range(100):
            client = clients.enter_context(connect(port))
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + LAST + b"\r\n")
        assert get(port) == "GET / 0"


def test_a_client_that_does_not_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering.ClientSocket, "patience", 0.5)
    monkeypatch.setattr(buffering, "ANSWER_SECONDS", 0.5)
    written = 0

    def endless(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal written
        start_response("200 OK", [])
        for _ in range(2000):
            written += 1
            yield b"x" * 100_000

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return endless(environ, start_response) if environ["PATH_INFO"] == "/endless" else echo(environ, start_response)

    with working(app, threads=1) as (port, _), ExitStack() as clients:
        for _ in range(3):
            clients.enter_context(connect(port)).sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        assert get(port) == "GET / 0"
    assert written < 3 * 1000


def test_a_client_that_takes_a_large_file_slowly_gets_it_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering.ClientSocket, "patience", 0.5)
    monkeypatch.setattr(buffering, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(buffering, "SLOWEST", 1_000_000)
    size, block = 12_000_000, 65_536

    def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(size))])
        left = size
        while left:
            yield b"x" * min(block, left)
            left -= min(block, left)

    with working(app) as (port, _worker), connect(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        came, begun = 0, time.monotonic()
        while data := client.recv(block):
            came += len(data)
            time.sleep(max(0.0, begun + came / 4_000_000 - time.monotonic()))  # 3 seconds in all
    assert came >= size


def test_an_application_that_fails_is_500_and_the_worker_goes_on() -> None:
    def fails(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise ZeroDivisionError

    with working(fails) as (port, worker):
        for _ in range(3):
            assert asked(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 500 ")
        assert eventually(lambda: worker.nr_conns == 0)
