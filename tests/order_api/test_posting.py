"""One POST to somebody else's server, which may behave as badly as it likes."""

import socket
import time
from collections.abc import Callable

import pytest

from order_api.posting import NotTakenError, post
from tests.order_api.servers import listening

ANSWER = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n"


def drips(client: socket.socket) -> None:
    for byte in ANSWER % (b"200 OK", 0) * 3:
        try:
            client.sendall(bytes([byte]))
        except OSError:
            return
        time.sleep(0.1)


def send(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda client: client.sendall(answer)


def test_it_goes_out_as_a_post_with_its_headers_and_nothing_of_ours() -> None:
    with listening(send(ANSWER % (b"202 Accepted", 0))) as (url, seen):
        post(url, b"", {"X-Desk-Signature": "t=1"}, 5)
    (request,) = seen
    assert request.startswith(b"POST /checkout/order HTTP/1.1\r\n")
    assert b"x-desk-signature: t=1\r\n" in request.lower()
    assert b"authorization" not in request.lower()


def test_nothing_of_the_answer_is_read_but_its_status() -> None:
    with listening(send(ANSWER % (b"200 OK", 10**12) + b"x" * 1000)) as (url, _):
        post(url, b"", {}, 5)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (ANSWER % (b"500 No", 0), "answered 500"),
        (b"HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", "answered 301"),
        (b"nonsense\r\n\r\n", "RemoteProtocolError"),
        (b"", "RemoteProtocolError"),
    ],
)
def test_what_is_not_taken_says_why_in_a_word(answer: bytes, says: str) -> None:
    with listening(send(answer)) as (url, seen), pytest.raises(NotTakenError) as caught:
        post(f"{url}?key=nobody-may-see-this", b"", {}, 5)
    assert (str(caught.value), len(seen)) == (says, 1)
    assert caught.value.__cause__ is None


def test_a_server_that_drips_is_left_when_the_time_is_over() -> None:
    began = time.monotonic()
    with listening(drips) as (url, _):
        with pytest.raises(NotTakenError, match="ReadTimeout"):
            post(url, b"", {}, 0.5)
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("url", ["http://", "nonsense", "http://127.0.0.1:x/", "http://[/"])
def test_an_address_that_is_none_is_called_by_nobody(url: str) -> None:
    with pytest.raises(NotTakenError):
        post(url, b"", {}, 1)


def test_what_is_not_encrypted_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with listening(send(ANSWER % (b"200 OK", 0))) as (url, seen):
        post(url, b"", {}, 5)
    assert len(seen) == 1
