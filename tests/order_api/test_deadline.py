"""A call ends in time, whatever the server does: one limit over all attempts, headers and body.

The servers here send a byte each tenth of a second, so that no single read ever waits long, and would go on for half a
minute. What is counted is how many bytes they got rid of before the client had gone.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from order_api import Connection, OrderApi, Secret
from order_api.deadline import Deadline, until, within
from order_api.errors import ApiError, NoAnswer, Unavailable
from order_api.schemas import Order
from tests.order_api.servers import TOKEN, listening

DRIPS = 300


class Drip:
    """Sends `head` at once and then a byte at a time, until the other side has gone."""

    def __init__(self, head: bytes, each: bytes) -> None:
        self.head = head
        self.each = each
        self.sent = 0

    def __call__(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client.sendall(self.head)
            for _ in range(DRIPS):
                client.sendall(self.each)
                self.sent += 1
                time.sleep(0.1)
        except OSError:
            return


def dripping() -> Iterator[tuple[str, bytes, bytes]]:
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    yield "status line", b"HTTP/1.1 200 ", b"O"
    yield "headers", ok + b"X-Slow: ", b"y"
    yield "one header after the other", ok, b"X: y\r\n"
    yield "interim answers", b"", b"HTTP/1.1 100 Continue\r\n\r\n"
    yield "body", ok + b"Content-Length: 1000\r\n\r\n", b" "
    yield "body in chunks", ok + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"
    yield "body of unknown length", ok + b"\r\n", b" "
    yield "refusal", b"HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\n", b" "
    packed = b"Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n" + b"\x1f\x8b\x08\x08\0\0\0\0\0\x03"
    yield "packed body, in the name of its file", ok + packed, b"n"


CALLS = [
    pytest.param(lambda api: api.orders.get("o1"), Unavailable, id="get", marks=pytest.mark.rest),
    pytest.param(lambda api: api.orders.list(), Unavailable, id="list", marks=pytest.mark.rest),
    pytest.param(lambda api: api.payments.execute("o1", "p1", "a1"), NoAnswer, id="execute"),
]


@pytest.mark.parametrize(("call", "error"), CALLS)
@pytest.mark.parametrize(("head", "each"), [pytest.param(*rest, id=name) for name, *rest in dripping()])
def test_a_server_that_drips_holds_nobody(
    head: bytes, each: bytes, call: Callable[[OrderApi], object], error: type[ApiError]
) -> None:
    drip = Drip(head, each)
    with listening(drip) as (url, seen):
        connection = Connection(url, Secret(TOKEN), connect_timeout=0.3, read_timeout=0.5)
        with pytest.raises(error):
            call(OrderApi(connection, "norce", "se"))
        assert drip.sent < DRIPS / 2
        assert len(seen) == 1, "the time was over, so nothing was tried again"


def test_a_server_that_takes_the_request_in_drips_holds_nobody() -> None:
    """What a body is sent into is a socket too: this one reads next to nothing of twenty megabytes."""
    taken, over = 0, threading.Event()

    def sip(client: socket.socket) -> None:
        nonlocal taken
        client.settimeout(1)
        while taken < DRIPS and not over.is_set():
            try:
                if not client.recv(4096):
                    return
            except OSError:
                return
            taken += 1
            time.sleep(0.1)

    with listening(sip) as (url, _):
        connection = Connection(url, Secret(TOKEN), connect_timeout=0.3, read_timeout=0.5)
        order = Order(attributes={"long": "x" * 20_000_000})
        with pytest.raises(NoAnswer):
            OrderApi(connection, "norce", "se").orders.create(order)
        over.set()
    assert taken < DRIPS / 2


def test_a_host_with_many_dead_addresses_is_given_up_after_one_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The socket module gives the limit to each address; here the second one is not tried any more,
    and surely not the fiftieth."""
    tried: list[object] = []
    connect = socket.create_connection

    def never(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        if address[1] != 80:  # somebody else's: a thread that a test before has left
            return connect(address, *args, **kwargs)
        tried.append(address)
        time.sleep(0.2)
        raise TimeoutError

    many = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", 9)) for n in range(1, 51)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: many)
    monkeypatch.setattr(socket, "create_connection", never)
    connection = Connection("http://orders.invalid/order", Secret(TOKEN), connect_timeout=0.1, read_timeout=0.1)
    with pytest.raises(Unavailable) as caught:
        OrderApi(connection, "norce", "se").payments.execute("o1", "p1", "a1")
    assert caught.value.sent is False
    assert len(tried) == 1


def test_a_change_is_not_sent_when_the_look_up_of_the_name_took_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can hurry the system's look-up; what counts is that nothing happens after the time in
    which it was expected."""
    look_up = socket.getaddrinfo

    def slowly(*args: object, **kwargs: object) -> object:
        time.sleep(0.3)
        return look_up("127.0.0.1", args[1], type=socket.SOCK_STREAM)  # type: ignore[arg-type]

    with listening(lambda client: None) as (url, seen):
        monkeypatch.setattr(socket, "getaddrinfo", slowly)
        connection = Connection(url, Secret(TOKEN), connect_timeout=0.1, read_timeout=0.1)
        with pytest.raises(Unavailable) as caught:
            OrderApi(connection, "norce", "se").payments.execute("o1", "p1", "a1")
        assert caught.value.sent is False
        assert not any(seen)


def test_a_step_gets_what_is_left_and_nothing_after_the_end() -> None:
    assert within(7, TimeoutError) == 7, "no deadline, no limit but its own"
    with until(Deadline(1000)):
        assert within(7, TimeoutError) == 7
        assert 900 < (within(2000, TimeoutError) or 0) <= 1000
        assert 900 < (within(None, TimeoutError) or 0) <= 1000
    with until(Deadline(0)), pytest.raises(TimeoutError):
        within(7, TimeoutError)
