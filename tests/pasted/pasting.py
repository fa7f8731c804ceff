"""Pasting, and reading what came of it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.test import Client

from gateway.in_process import answer
from tests.orders.orders_in_the_sandbox import an_order
from tests.wire import answered_by

NEW = "/pasted/"
NO_ORDER = [{"name": "Unpaid"}]


def number(n: int, channel: str = "se", **more: Any) -> dict[str, Any]:
    """An order of the channel with the reference SE-100001 or so."""
    letters = "".join("abcdefghij"[int(figure)] for figure in str(n))
    return an_order(f"{channel}x{letters}", channel=channel, reference=f"{channel.upper()}-{100000 + n}", **more)


def paste(client: Client, *lines: str) -> str:
    """The address of the table of what was pasted."""
    response = client.post(NEW, {"text": "\n".join(lines)})
    assert response.status_code == 302, response.content.decode()
    where = response["Location"]
    assert re.fullmatch(r"/pasted/[0-9a-f-]{36}/", where), "nothing of it stands in the address"
    return str(where)


def looked_up(client: Client, where: str, most: int = 10) -> str:
    """The table's page once nothing is left to look up."""
    for _ in range(most):
        page = client.get(where).content.decode()
        if 'id="pasted-copy"' in page:
            return page
        assert client.post(f"{where}on/").status_code == 302
    raise AssertionError("it does not come to an end")


def lines_of(page: str) -> list[str]:
    """What stands in each row of the table, in their order."""
    rows = re.findall(r'<tbody id="line-\d+">(.*?)</tbody>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


@contextmanager
def without(*channels: str) -> Iterator[None]:
    """While these channels of the Order API do not answer."""

    def or_silence(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        if dict(headers)["x-channel"] in channels:
            raise TimeoutError
        return answer(method, path, query, headers, body)

    with answered_by(or_silence):
        yield
