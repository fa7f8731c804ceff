"""What the desk says to the Order API, heard where it leaves for it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import parse_qsl

from gateway import connection
from gateway.in_process import Headers, answer
from tests.contract import CONTRACT

BELOW = "/api/v0/checkout/"
OPERATIONS = tuple(
    f"{verb.upper()} {path.removeprefix(BELOW)}"
    for path, verbs in CONTRACT["paths"].items()
    for verb in verbs
    if verb != "parameters"
)
"""Every operation of the contract, as in `GET orders/{order_id}`."""


class Call(NamedTuple):
    """One request to the Order API or to its log of events."""

    operation: str
    """As in OPERATIONS; what is none of them, as it went out."""
    channel: str
    """The merchant and channel that it is about, as in `norce/se`."""

    @property
    def writes(self) -> bool:
        return not self.operation.startswith("GET ")


def operation_of(verb: str, path: str) -> str:
    """The operation that a request is, by its verb and its path as it is on the wire."""
    said = f"{verb} {path.partition(BELOW)[2] or path}"
    return next((each for each in OPERATIONS if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), said)), said)


def know_nothing() -> None:
    """From here on it is as in a process that has asked the Order API for nothing yet."""
    connection._connections.clear()


@contextmanager
def fresh_connections() -> Iterator[None]:
    """As in a process that has asked the Order API for nothing yet; what this one knew of it comes back."""
    with mock.patch.dict(connection._connections, clear=True):
        yield


@contextmanager
def answered_by(api: Callable[..., Any] | type[BaseException] | BaseException) -> Iterator[mock.MagicMock]:
    """In here the desk asks that, or fails with it, instead of the sandbox, and knows nothing of what it did before."""
    with mock.patch("gateway.connection.answer", side_effect=api) as asked, fresh_connections():
        yield asked


@contextmanager
def listening() -> Iterator[list[Call]]:
    """The calls that the desk makes in here, in their order, each of them answered by the sandbox."""
    calls: list[Call] = []

    def listen(method: str, path: str, query: str, headers: Headers, body: bytes) -> tuple[int, Headers, bytes]:
        asked = dict(parse_qsl(query)) | {name.lower(): value for name, value in headers}
        channel = asked.get("x-channel") or asked["channel"]  # the log of events has it in the query
        calls.append(Call(operation_of(method, path), f"{asked['x-merchant']}/{channel}"))
        return answer(method, path, query, headers, body)

    with answered_by(listen):
        yield calls
