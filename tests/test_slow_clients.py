"""The whole program with few threads, while clients are slow, or the Order API is: what needs
neither goes on being answered."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.programs import MIGRATE
from tests.test_serve import KEY, manage, served

PASSWORD = "correct horse battery staple"
SLOW = {
    "nothing": (b"", b""),
    "headers": (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"y"),
    "one header after the other": (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X: y\r\n"),
    "the body of a sign-in": (
        b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=",
        b"x",
    ),
    "a body in chunks": (
        b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\nx\r\n",
    ),
}


class Browser:
    """One connection and one session: each page is fetched with the cookies of those before."""

    def __init__(self, port: int, patience: float = 120) -> None:
        """`patience`: seconds, after which no answer is an error."""
        self.port = port
        self.patience = patience
        self.cookies: dict[str, str] = {}

    def fetch(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the page."""
        desk = HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None if form is None else urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"], **form})
        if body is not None:
            head |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{self.port}/"}
        try:
            desk.request("GET" if form is None else "POST", path, body, head)
            answer = desk.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie" and (cookie := re.match(r"([^=;]+)=([^;]*)", value)):
                    self.cookies[cookie[1]] = cookie[2]
            return answer.status, answer.read().decode()
        finally:
            desk.close()

    def sign_in(self, name: str, password: str) -> int:
        assert self.fetch("/accounts/login/")[0] == 200
        return self.fetch("/accounts/login/", {"login": name, "password": password})[0]


def what_needs_no_order_api(port: int) -> list[int]:
    """Statuses of the health page, a static file, and a sign-in with its page."""
    browser = Browser(port)
    return [browser.fetch("/healthz")[0], browser.fetch("/static/app.js")[0], browser.sign_in("support", PASSWORD)]


@contextmanager
def dripping(port: int, each: int) -> Iterator[None]:
    """So many clients of every slow kind, each of which sends a few bytes twice a second, until the block ends."""
    over = threading.Event()
    with ExitStack() as stack:
        clients = []
        for start, drip in SLOW.values():
            for _ in range(each):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
                client.sendall(start)
                clients.append((client, drip))

        def drip_on() -> None:
            while not over.wait(0.5):
                for client, drip in clients:
                    try:
                        client.sendall(drip)
                    except OSError:
                        continue

        thread = threading.Thread(target=drip_on)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(20)


NEWCOMER = f"""
from django.contrib.auth.models import Group, User
from accounts.models import ChannelGrant
user = User.objects.create_user("support", "support@example.com", "{PASSWORD}")
user.groups.add(Group.objects.get(name="support"))
ChannelGrant.objects.create(user=user, merchant="*", channel="*")
"""


def with_somebody(folder: Path, **settings: str) -> None:
    assert manage("shell", "-v0", "-c", MIGRATE + NEWCOMER, folder=folder, **settings).returncode == 0


@pytest.mark.rest
def test_fifty_clients_that_drip_do_not_keep_two_threads_from_anybody(tmp_path: Path) -> None:
    """With a thread for each of them, two would be enough; these go on for as long as the others ask."""
    with served(tmp_path, THREADS="2") as port, dripping(port, 10):
        browser = Browser(port)
        assert [browser.fetch("/healthz")[0], browser.fetch("/static/app.js")[0]] == [200, 200]
        assert browser.sign_in("support", "demo") == 302
        assert browser.fetch("/norce/se/orders/")[0] == 200


class HangingApi(ThreadingHTTPServer):
    """An Order API that takes every call and answers none of them before it is let go."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hangs)
        self.asked = threading.Semaphore(0)
        self.let_go = threading.Event()


class _Hangs(BaseHTTPRequestHandler):
    server: HangingApi

    def do_GET(self) -> None:
        self.server.asked.release()
        self.server.let_go.wait(600)
        content = b'{"data": [], "pagination": {"size": 0}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hanging() -> Iterator[HangingApi]:
    with HangingApi() as api:
        thread = threading.Thread(target=api.serve_forever)
        thread.start()
        try:
            yield api
        finally:
            api.let_go.set()
            api.shutdown()
            thread.join(20)


def test_while_all_who_may_wait_for_the_order_api_do_so_the_rest_is_answered(tmp_path: Path) -> None:
    """Four threads, of which three may wait: the one that is left says so to the fourth, and serves
    whoever needs no Order API."""
    with hanging() as api:
        settings = {
            "THREADS": "4",
            "SECRET_KEY": KEY,
            "ORDER_API_URL": f"http://127.0.0.1:{api.server_address[1]}/checkout/order",
            "ORDER_API_TOKEN": "t0ken",
            "SECOND_FACTOR": "offered",
            "ORDER_API_CHANNELS": "norce/se",
            "ORDER_API_READ_TIMEOUT": "600",
            "PAYMENT_GIVEN_UP_SECONDS": "2000",
            "INDEX_WORKER": "0",  # which asks as well, in places of its own
        }
        with_somebody(tmp_path, **settings)
        with served(tmp_path, **settings) as port:
            browser = Browser(port, patience=600)
            assert browser.sign_in("support", PASSWORD) == 302
            pages: list[tuple[int, str]] = []

            def look() -> None:
                pages.append(browser.fetch("/norce/se/orders/"))

            waiting = [threading.Thread(target=look) for _ in range(3)]
            for thread in waiting:
                thread.start()
            assert all(api.asked.acquire(timeout=120) for _ in waiting)

            assert what_needs_no_order_api(port) == [200, 200, 302]
            status, page = browser.fetch("/norce/se/orders/")
            assert (status, "too many people wait for it already" in page) == (503, True)
            assert what_needs_no_order_api(port) == [200, 200, 302]
            assert not api.asked.acquire(timeout=0), "the fourth was not even sent"
            assert pages == []

            api.let_go.set()
            for thread in waiting:
                thread.join(120)
            assert [status for status, _ in pages] == [200, 200, 200]
            assert browser.fetch("/norce/se/orders/")[0] == 200
