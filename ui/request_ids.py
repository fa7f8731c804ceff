"""One id for a request, from the proxy that brings it to the Order API: in each line of the program's log, in the
answer, and at the beginning of the id of each call that is made for it."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

_GIVEN = re.compile(r"[A-Za-z0-9][\w.-]{7,63}", re.ASCII)


class Request:
    """One that is being answered, and how many calls were made for it."""

    def __init__(self, request_id: str) -> None:
        self.id = request_id
        self._calls = count(1)

    def next_call(self) -> str:
        return f"{self.id}-{next(self._calls)}"


_now: ContextVar[Request | None] = ContextVar("request", default=None)


@contextmanager
def answering(given: str = "") -> Iterator[Request]:
    """Until its end everything that this thread logs and calls belongs to that request. `given` is the id that whoever
    sent it gave it; where that is none, it gets one."""
    request = Request(given if _GIVEN.fullmatch(given) else uuid.uuid4().hex)
    token = _now.set(request)
    try:
        yield request
    finally:
        _now.reset(token)


def current() -> str:
    """The id of the request that is being answered; empty outside of one."""
    request = _now.get()
    return request.id if request else ""


def of_call() -> str:
    """An id for one call more to the Order API."""
    request = _now.get()
    return request.next_call() if request else uuid.uuid4().hex
