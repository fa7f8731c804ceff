"""What can stand between the desk and the sandbox: an Order API that answers an execute as it likes, and reads as it
likes."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.in_process import answer
from tests.wire import answered_by

Answered = tuple[int, Any, bytes]
GoOn = Callable[[], Answered]


class Between:
    """`instead` answers an execute, given the way to let it through; `seen` changes what a reading brings, by its
    path."""

    def __init__(self) -> None:
        self.instead: Callable[[GoOn], Answered] | None = None
        self.seen: Callable[[str, bytes], bytes] = lambda path, body: body
        self.paths: list[str] = []

    def __call__(self, method: str, path: str, query: str, headers: Any, body: bytes) -> Answered:
        def go_on() -> Answered:
            return answer(method, path, query, headers, body)

        self.paths.append(f"{method} {path}")
        if path.endswith("/execute") and self.instead:
            return self.instead(go_on)
        status, heads, content = go_on()
        if method == "GET":
            content = self.seen(path, content)
        return status, [(name, value) for name, value in heads if name.lower() != "content-length"], content


@pytest.fixture
def between() -> Iterator[Between]:
    it = Between()
    with answered_by(it):
        yield it


def refusal(status: int, code: str = "payment-error") -> Answered:
    """The Order API's own words."""
    return status, [("Content-Type", "application/json")], json.dumps({"code": code, "message": "no"}).encode()


def html(status: int) -> Answered:
    return status, [("Content-Type", "text/html")], b"<html><title>Blocked</title></html>"
