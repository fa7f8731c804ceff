"""What may move money goes over a connection of its own, and is asked once more before its first byte leaves."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from order_api import Connection, OrderApi, Secret
from order_api.errors import Unavailable
from tests.order_api.servers import TOKEN


def test_what_may_move_money_goes_over_a_connection_of_its_own() -> None:
    """One that is kept open may have been closed by the other side, and then nobody knows whether a call got
    through."""
    over: list[tuple[str, object]] = []

    class Api(BaseHTTPRequestHandler):  # one for each connection
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            over.append((self.command, self.client_address))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connection = Connection(f"http://127.0.0.1:{server.server_port}", Secret(TOKEN))
        api = OrderApi(connection, "norce", "se")
        for _ in range(2):
            api.orders.list()
            api.payments.execute("o1", "p1", "a1")
        connection.close()
        server.shutdown()
    asked, executed = ([where for method, where in over if method == each] for each in ("GET", "POST"))
    assert len(asked) == 2 == len(executed)
    assert len(set(asked)) == 1, "questions share one"
    assert len({*executed, *asked}) == 3


def test_what_was_held_up_until_the_connection_stood_is_not_begun() -> None:
    """The look-up of the name, the connection and TLS take their time, in which a process can be stopped."""
    asked = list[str]()

    def wakes_up_in_another_world() -> bool:
        asked.append("may it begin?")
        return False

    with heard() as (url, lines):
        api = OrderApi(Connection(url, Secret(TOKEN)), "norce", "se")
        with pytest.raises(Unavailable) as problem:
            api.payments.execute("o1", "p1", "a1", may_begin=wakes_up_in_another_world)
    assert (problem.value.sent, asked, lines) == (False, ["may it begin?"], [])


@contextmanager
def heard() -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes each connection, and keeps whatever comes over it."""
    lines: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with suppress(OSError):
                client, _ = server.accept()
                with client:
                    lines.extend(iter(lambda: client.recv(1024), b""))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", lines
        thread.join(5)
