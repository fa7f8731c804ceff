"""What an answer may unpack to: bounded before it is unpacked, whichever way it is packed."""

import gzip
import zlib
from collections.abc import Iterator

import brotli
import httpx
import pytest

from order_api import Connection, OrderApi, Secret, body
from order_api.errors import BadAnswer
from tests.order_api.servers import BASE, TOKEN, listening


def zipped_zeros(megabytes: int) -> Iterator[bytes]:
    """A gzip of so many megabytes, a thousandth of that in size, made without ever holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for _ in range(megabytes):
        yield packer.compress(b" " * 1_000_000)
    yield packer.flush()


def test_two_hundred_megabytes_in_one_chunk_is_unpacked_step_by_step_and_only_up_to_the_bound() -> None:
    bomb = b"".join(zipped_zeros(200))
    assert len(bomb) < 1_000_000
    parts: list[int] = []
    with pytest.raises(body.TooLargeError):
        for part in body.read([bomb], "gzip", 3_000_000):
            parts.append(len(part))
    assert max(parts) <= 1_000_000
    assert sum(parts) <= 3_000_000


@pytest.mark.parametrize("size", [0, 1, 999_999, 1_000_000, 1_000_001, 2_500_000])
def test_what_is_packed_comes_out_as_it_was(size: int) -> None:
    content = (b"0123456789" * (size // 10 + 1))[:size]
    packed = gzip.compress(content)
    for chunks in ([packed], [packed[:7], packed[7:]], [bytes([each]) for each in packed]):
        assert b"".join(body.read(chunks, "gzip", 3_000_000)) == content


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "compress", "x" * 5000])
def test_a_packing_that_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    with pytest.raises(body.PackedError, match="not asked for"):
        list(body.read([b"anything"], encoding, 100))


def test_what_says_that_it_is_packed_and_is_not_is_no_answer() -> None:
    with pytest.raises(body.PackedError, match="no gzip"):
        list(body.read([b'{"id": "o1"}'], "gzip", 100))


def test_a_packed_body_that_ends_too_soon_broke_off() -> None:
    packed = gzip.compress(b'{"id": "o1"}')
    with pytest.raises(body.BrokenOffError):
        list(body.read([packed[:-12]], "gzip", 100))


def api() -> OrderApi:
    def answer(request: httpx.Request) -> httpx.Response:
        head = {"Content-Encoding": "gzip"}
        return httpx.Response(200, headers=head, stream=Chunks(zipped_zeros(40)))

    return OrderApi(Connection(BASE, Secret(TOKEN), transport=httpx.MockTransport(answer)), "norce", "se")


class Chunks(httpx.SyncByteStream):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks


def test_a_bomb_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="larger than 30 MB"):
        api().orders.list()


def test_a_bomb_in_answer_to_a_change_leaves_it_open_whether_it_happened() -> None:
    with pytest.raises(BadAnswer) as caught:
        api().payments.execute("o1", "p1", "a1")
    assert caught.value.may_have_happened


def test_gzip_alone_is_asked_for_and_brotli_is_refused_though_a_library_for_it_is_there() -> None:
    packed = brotli.compress(b'{"id": "o1"}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with (
        listening(lambda client: client.sendall(head + packed)) as (url, seen),
        pytest.raises(BadAnswer, match="packed as “br”"),
    ):
        OrderApi(Connection(url, Secret(TOKEN)), "norce", "se").orders.get("o1")
    assert b"\r\nAccept-Encoding: gzip\r\n" in seen[0]
