"""Order APIs to test against: one made of prepared answers, and one on a socket that behaves as badly as it is told."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from order_api import Connection, OrderApi, Secret
from order_api.breaker import Breaker

TOKEN = "a-token-that-nobody-may-see"
BASE = "https://orders.example/checkout/order"

Reply = httpx.Response | Exception


class Prepared:
    """Gives the prepared replies one after the other, the last one for ever, and remembers what it was asked."""

    def __init__(self, *replies: Reply, breaker: Breaker | None = None, read_timeout: float = 10.0) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.connection = Connection(
            BASE,
            Secret(TOKEN),
            transport=httpx.MockTransport(self._reply),
            breaker=breaker,
            read_timeout=read_timeout,
        )
        self.api = OrderApi(self.connection, "norce", "se")

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        # A response can be read once; every request gets its own.
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    @property
    def sent(self) -> Any:
        """The JSON of the last request's body."""
        return json.loads(self.requests[-1].content)


def page(*orders: dict[str, Any], **pagination: Any) -> httpx.Response:
    return httpx.Response(200, json={"data": list(orders), "pagination": {"size": len(orders), **pagination}})


def problem(status: int, code: str = "order-bad-request", message: str = "No.") -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": message})


@contextmanager
def listening(behave: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine that reads each request and then does what `behave` does with the socket.

    Gives its address and the requests as they came.
    """
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, behave, seen), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/checkout/order", seen
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(server: socket.socket, behave: Callable[[socket.socket], None], seen: list[bytes]) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            seen.append(client.recv(65536))
            behave(client)
