"""An Order API that fails where something is to be changed: over a real network, by status,
silence, or nobody listening."""

import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx

from audit.log import Outcome
from gateway.in_process import Headers, answer

Reply = tuple[int, Headers, bytes]
PATIENCE = 5.0  # seconds
NO_PATIENCE = 0.05
SAID = "It does not <fit>."
HTML = b"<html><title>The proxy</title><body><h1>the proxy's own page</h1></body></html>"


class Fault(NamedTuple):
    """What the API does instead of changing anything, and what the person and the log hear of it."""

    name: str
    status: int
    outcome: Outcome
    says: tuple[str, ...]


NOT_KNOWN = "It is not known whether this was done."
REFUSALS = [
    Fault("400", 422, Outcome.REFUSED, ("The Order API refused this", "It does not &lt;fit&gt;.", "test-refused")),
    Fault("401", 502, Outcome.REFUSED, ("nothing was done", "ORDER_API_TOKEN", "manage.py order_api_check")),
    Fault("404", 422, Outcome.REFUSED, ("not there any more", "It does not &lt;fit&gt;.", "test-refused")),
    Fault("409", 422, Outcome.REFUSED, ("The Order API refused this", "It does not &lt;fit&gt;.", "test-refused")),
    Fault("nobody listens", 502, Outcome.FAILED, ("Nothing was sent.", "connection refused")),
]
DOUBTS = [
    Fault("500", 502, Outcome.UNANSWERED, (NOT_KNOWN, "status 500", "test-refused")),
    Fault("502 in HTML", 502, Outcome.UNANSWERED, (NOT_KNOWN, "an HTML page", "The proxy")),
    Fault("200 in HTML", 502, Outcome.UNANSWERED, (NOT_KNOWN, "an HTML page", "The proxy")),
    Fault("silence", 502, Outcome.UNANSWERED, (NOT_KNOWN, "it took too long")),
]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the first part of the path says. The body of a 401 repeats the token, as careless servers do."""

    def handle_fault(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        name = self.path.split("/")[1]
        if name == "silence":
            self.rfile.read(1)  # until the desk hangs up
            return
        said = SAID if name != "401" else f"{self.headers['Authorization']} is unknown."
        html = name.endswith("HTML")
        body = HTML if html else json.dumps({"code": "test-refused", "message": said}).encode()
        self.send_response(int(name[:3]))
        self.send_header("Content-Type", "text/html" if html else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = handle_fault

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def failing_server() -> Iterator[str]:
    """The address of a server that fails on demand."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class FaultyApi:
    """Stands where the desk's client reaches the sandbox. What only asks gets through; what changes
    something meets `fault`."""

    def __init__(self, server: str) -> None:
        self.server, self.network = server, httpx.Client(trust_env=False, verify=False)
        self.fault = ""
        self.instead: Callable[[], Reply] | None = None
        self.writes: list[str] = []

    def __call__(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> Reply:
        if method in ("GET", "HEAD"):
            return answer(method, path, query, headers, body)
        self.writes.append(f"{method} {path}")
        if self.instead:
            return self.instead()
        if self.fault in ("", "slow"):
            time.sleep(0.1 if self.fault else 0)
            return answer(method, path, query, headers, body)
        server = _nobody() if self.fault == "nobody listens" else self.server
        patience = NO_PATIENCE if self.fault == "silence" else PATIENCE
        where = f"{server}/{self.fault}{path}"
        said = self.network.request(method, where, headers=list(headers), content=body, timeout=patience)
        return said.status_code, said.headers.multi_items(), said.content


def _nobody() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def refusal(status: int, code: str, message: str) -> Callable[[], Reply]:
    body = json.dumps({"code": code, "message": message}).encode()
    return lambda: (status, [("Content-Type", "application/json")], body)
