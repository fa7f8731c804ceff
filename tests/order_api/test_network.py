"""The client over real sockets, on this machine: connections that drop, answers that break off, silence."""

import socket
import traceback
from collections.abc import Callable

import pytest

from order_api import Connection, OrderApi, Secret
from order_api.errors import ApiError, BadAnswer, NoAnswer, Unavailable
from order_api.schemas import Payment
from tests.order_api.servers import TOKEN, listening


def api_at(url: str) -> OrderApi:
    return OrderApi(Connection(url, Secret(TOKEN), connect_timeout=2.0, read_timeout=0.3), "norce", "se")


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def hang_up(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_RDWR)


def say_nothing(client: socket.socket) -> None:
    client.settimeout(5)
    client.recv(1)


def speak_no_http(client: socket.socket) -> None:
    client.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


@pytest.mark.parametrize("behave", [reset, hang_up, say_nothing, speak_no_http])
def test_a_change_whose_answer_never_came_is_sent_once_and_in_doubt(behave: Callable[[socket.socket], None]) -> None:
    with listening(behave) as (url, seen):
        with pytest.raises(NoAnswer) as caught:
            api_at(url).payments.execute("o1", "p1", "a1")
        assert caught.value.may_have_happened
        assert len(seen) == 1


@pytest.mark.parametrize("behave", [reset, hang_up, say_nothing])
def test_a_question_whose_answer_never_came_is_unavailable(behave: Callable[[socket.socket], None]) -> None:
    with listening(behave) as (url, seen):
        with pytest.raises(Unavailable) as caught:
            api_at(url).orders.get("o1")
        assert not caught.value.may_have_happened
        assert 1 <= len(seen) <= 3


def test_the_token_is_in_no_frame_that_an_error_drags_along() -> None:
    """Django's error page, or a service that collects errors, prints the variables of all frames;
    h11's hold the headers."""
    with listening(hang_up) as (url, seen):
        connection = Connection(url, Secret(TOKEN))
        with pytest.raises(Unavailable, match="cannot be written as HTTP") as caught:
            OrderApi(connection, "norce", "two\nlines").payments.execute("o1", "p1", "a1")
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "call = Call(" in shown
    assert TOKEN not in shown
    assert not any(TOKEN.encode() in request for request in seen)


def answer(head: str, body: bytes) -> Callable[[socket.socket], None]:
    return lambda client: client.sendall(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)


def test_an_answer_that_breaks_off_says_so() -> None:
    with (
        listening(answer("200 OK\r\nContent-Length: 1000", b'{"id": "o1"')) as (url, _),
        pytest.raises(BadAnswer, match="broke off after 11 bytes"),
    ):
        api_at(url).orders.get("o1")


def test_a_change_that_was_done_is_done_though_its_answer_broke_off() -> None:
    """The status says it, and there is nothing in the body to be missed."""
    with listening(answer("200 OK\r\nContent-Length: 1000", b"")) as (url, _):
        api_at(url).payments.execute("o1", "p1", "a1")


def test_a_change_whose_result_broke_off_may_have_happened() -> None:
    with listening(answer("200 OK\r\nTransfer-Encoding: chunked", b'5\r\n{"id')) as (url, _):
        with pytest.raises(BadAnswer) as caught:
            api_at(url).payments.update("o1", "p1", Payment())
        assert caught.value.may_have_happened


def test_a_refusal_that_breaks_off_is_a_refusal() -> None:
    with listening(answer("404 Not Found\r\nContent-Length: 1000", b'{"code": "ord')) as (url, _):
        with pytest.raises(ApiError) as caught:
            api_at(url).payments.execute("o1", "p1", "a1")
        assert (caught.value.status, caught.value.may_have_happened) == (404, False)


def test_a_closed_port_is_unavailable_and_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable, match="connection refused") as caught:
        api_at(f"http://127.0.0.1:{port}").payments.execute("o1", "p1", "a1")
    assert caught.value.sent is False


def test_a_host_that_no_name_server_knows_is_unavailable_and_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unavailable, match="no name server knows") as caught:
        api_at("http://orders.invalid").payments.execute("o1", "p1", "a1")
    assert caught.value.sent is False


def test_a_server_without_tls_is_unavailable_and_nothing_was_sent() -> None:
    with listening(answer("400 Bad Request", b"")) as (url, seen):
        with pytest.raises(Unavailable, match="TLS") as caught:
            api_at(url.replace("http:", "https:")).payments.execute("o1", "p1", "a1")
        assert caught.value.sent is False
        assert not any(TOKEN.encode() in request for request in seen)


def test_the_request_on_the_wire_is_what_the_reference_describes() -> None:
    with listening(answer("200 OK\r\nContent-Length: 2", b"{}")) as (url, seen):
        api_at(url).orders.get("o1")
    head = seen[0].decode().split("\r\n")
    assert head[0] == "GET /checkout/order/api/v0/checkout/orders/o1 HTTP/1.1"
    assert {"x-merchant: norce", "x-channel: se", f"Authorization: Bearer {TOKEN}", "Accept: application/json"} <= set(
        head
    )
