"""An Order API that behaves as badly as it is told, by `stub.mode` or, from another program, by `PUT /stub/MODE`.

In front of a real one (`upstream`), or with orders of its own:

    python -m tests.faults.stub 8199 [http://127.0.0.1:8000]
"""

import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
JSON = "application/json"
ORDERS = "/api/v0/checkout/orders"
SIZE = 31_000_000  # bytes, more than the desk reads


class Answer(NamedTuple):
    """What a call is answered with."""

    status: int
    kind: str
    body: bytes
    more: tuple[tuple[str, str], ...] = ()


def an_order(name: str, merchant: str, channel: str) -> dict[str, Any]:
    """A small one, whose reference says what it is."""
    price = {"includingVat": 100, "excludingVat": 80}
    when = "2026-11-20T10:00:00Z"
    return {
        "id": f"o_{name}",
        "merchant": merchant,
        "channel": channel,
        "reference": f"REF-{name}",
        "created": when,
        "lastModified": when,
        "state": {"currentStatus": "completed", "transitions": [{"status": "completed", "timeStamp": when}]},
        "currency": "SEK",
        "country": "SE",
        "total": price,
        "cart": {"items": [{"name": "Thing", "quantity": 1, "price": price, "total": price}], "total": price},
    }


def passed_on(status: int, headers: Message, body: bytes) -> Answer:
    """As the real one answered."""
    more = [(name, headers[name]) for name in ("Location",) if name in headers]
    return Answer(status, headers.get("Content-Type", JSON), body, tuple(more))


def own(path: str, merchant: str, channel: str) -> Answer:
    """A list of two orders, `o_one` and `o_two`, and each other when it is asked for; whatever else there is, is
    empty."""
    orders = [an_order(name, merchant, channel) for name in ("one", "two")]
    about = urlsplit(path).path.partition(ORDERS)[2].strip("/")
    found: object = {"data": [], "pagination": {"size": 0}}
    if path.partition(ORDERS)[1] and not about:
        found = {"data": orders, "pagination": {"size": 2, "total": 2}}
    elif about and "/" not in about:
        found = an_order(about.removeprefix("o_"), merchant, channel)
    return Answer(200, JSON, json.dumps(found).encode())


class Handler(BaseHTTPRequestHandler):
    """One connection to the stub."""

    server: "Stub"

    def do_GET(self) -> None:
        stub = self.server
        if self.headers.get("x-channel") in stub.gone:
            hangs_up(self)
            return
        stub.asked.release()
        with stub.one_more():
            FAULTS[stub.mode](self)

    do_POST = do_PATCH = do_DELETE = do_GET

    def do_PUT(self) -> None:
        word = unquote(self.path.removeprefix("/stub/"))
        if not self.path.startswith("/stub/"):
            self.do_GET()
            return
        self.server.mode = word if word in FAULTS else self.server.mode
        self.answer(Answer(200 if word in FAULTS else 404, "text/plain", self.server.mode.encode()))

    def found(self) -> Answer:
        """What a well API says."""
        if not self.server.upstream:
            return own(self.path, self.headers.get("x-merchant", ""), self.headers.get("x-channel", ""))
        wanted = ("authorization", "x-merchant", "x-channel", "accept", "content-type")
        headers = {name: value for name, value in self.headers.items() if name.lower() in wanted}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
        request = urllib.request.Request(self.server.upstream + self.path, body, headers, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return passed_on(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return passed_on(error.code, error.headers, error.read())

    def answer(self, answer: Answer) -> None:
        self.head(answer)
        self.wfile.write(answer.body)

    def head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.more:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Stub(ThreadingHTTPServer):
    """The server; see the module. `asked` counts the calls as they come, `gone` are channels that hang up whatever the
    others do, `under_way` says how many calls are not answered yet."""

    daemon_threads = True

    def __init__(self, upstream: str = "", port: int = 0) -> None:
        super().__init__((HOST, port), Handler)
        self.upstream = upstream
        self.mode = "ok"
        self.gone: set[str] = set()
        self.asked = threading.Semaphore(0)
        self.over = threading.Event()
        self.under_way = 0
        self._lock = threading.Lock()
        self.url = f"http://{HOST}:{self.server_port}"

    @contextmanager
    def one_more(self) -> Iterator[None]:
        with self._lock:
            self.under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self.under_way -= 1

    def handle_error(self, *_: object) -> None:
        """Whoever asked has gone; that is what it is for."""


def well(handler: Handler) -> None:
    handler.answer(handler.found())


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True
    with suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)


def after(seconds: float) -> Callable[[Handler], None]:
    """Answers well, but late."""

    def late(handler: Handler) -> None:
        handler.server.over.wait(seconds)
        well(handler)

    return late


def a_byte_at_a_time(handler: Handler) -> None:
    answer = handler.found()
    handler.head(answer)
    for byte in answer.body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if handler.server.over.wait(1):
            return


def headers_a_byte_at_a_time(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    while not handler.server.over.wait(1):
        handler.wfile.write(b"y")
        handler.wfile.flush()


def flaps(handler: Handler) -> None:
    """Five seconds well, five seconds a gateway's error page."""
    (well if time.monotonic() // 5 % 2 else says(BAD_GATEWAY))(handler)


def says(answer: Answer) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(answer)


def breaks_off(handler: Handler) -> None:
    answer = handler.found()
    handler.head(answer)
    handler.wfile.write(answer.body[: len(answer.body) // 2])
    handler.wfile.flush()
    hangs_up(handler)


def cut(handler: Handler) -> None:
    """Whole to HTTP, and half a document."""
    answer = handler.found()
    handler.answer(answer._replace(body=answer.body[: len(answer.body) // 2]))


def loses_changes(handler: Handler) -> None:
    """Questions are answered; a change is made, and nobody is told."""
    if handler.command == "GET":
        well(handler)
    else:
        handler.found()
        hangs_up(handler)


BAD_GATEWAY = Answer(502, "text/html", b"<h1>Bad gateway</h1>")
FAULTS: dict[str, Callable[[Handler], None]] = {
    "ok": well,
    "down": hangs_up,
    "9 s": after(9),
    "30 s": after(30),
    "a byte at a time": a_byte_at_a_time,
    "headers a byte at a time": headers_a_byte_at_a_time,
    "flapping": flaps,
    "changes lost": loses_changes,
    "401": says(Answer(401, JSON, b'{"code": "unauthorized", "message": "No."}')),
    "429": says(Answer(429, JSON, b'{"code": "too-many", "message": "Slow down."}', (("Retry-After", "5"),))),
    "503": says(Answer(503, "text/html", b"<h1>Down for maintenance</h1>", (("Retry-After", "8"),))),
    "500": says(Answer(500, JSON, b'{"code": "oops", "message": "Something broke."}')),
    "html": says(BAD_GATEWAY),
    "html with 200": says(Answer(200, "text/html", b"<html><title>Sign in to the network</title>")),
    "cut": cut,
    "broken off": breaks_off,
    "30 MB": says(Answer(200, JSON, b'{"data": [' + b" " * SIZE + b"]}")),
}
"""What a call meets, by mode."""


@contextmanager
def stub(upstream: str = "", port: int = 0) -> Iterator[Stub]:
    """One until the block ends; whoever waits for it then is let go."""
    with Stub(upstream, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join(20)


if __name__ == "__main__":
    with stub("".join(sys.argv[2:3]), int(sys.argv[1])) as standing, suppress(KeyboardInterrupt):
        print(f"{standing.url}, modes: {', '.join(FAULTS)}")  # noqa: T201
        threading.Event().wait()
