"""What this process last read of orders, to be shown with its time while the Order API does not answer.

In memory alone, and bounded: nothing of it is on a disk, and it ends with the process. Only pages that ask for it with
`shows_last_read` are ever given it, so no change and no payment action rests on it. Nobody who could be shown it waits
for the whole time that a call has, unless they say that they want to: by asking for the page that they are on.
"""

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.http import HttpRequest
from django.utils import timezone

from order_api import Sender
from order_api.call import Answer, Call
from order_api.deadline import Deadline, until
from order_api.errors import ApiError, BadAnswer, Failing, Overloaded, Paused, Slow, Unavailable
from ui.pages import is_part

MOST_BYTES = 4_000_000
SILENT, SLOW, CROWDED, THROTTLED = "silent", "slow", "crowded", "throttled"
FAILS, STRANGE = "fails", "strange"
"""Why what was read before is shown (templates/includes/last_read.html)."""
PATIENCE = 1.0
"""Seconds, for an answer of an Order API that hangs, where there is an earlier one."""
LONGEST_KEPT = dt.timedelta(hours=12)
_REFUSALS = range(400, 429)
"""With these the API says something about the question. All else, a proxy's page with 200 too, is no answer to it."""
_TEMPLATES = frozenset({"orders", "orders/{order_id}"})
_View = TypeVar("_View", bound=Callable[..., Any])
_Key = tuple[str, ...]


class Read(NamedTuple):
    """An answer as it came, and when."""

    answer: Answer
    at: dt.datetime


@dataclass
class Memory:
    """The newest answers, by what was asked for whom; the oldest go first. Shared by all threads of a process."""

    most_bytes: int = MOST_BYTES
    _kept: OrderedDict[_Key, Read] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, key: _Key, answer: Answer) -> None:
        with self._lock:
            self._drop(key)
            self._kept[key] = Read(answer, timezone.now())
            self._bytes += len(answer.content)
            while self._bytes > self.most_bytes:
                self._drop(next(iter(self._kept)))

    def forget(self, key: _Key) -> None:
        with self._lock:
            self._drop(key)

    def get(self, key: _Key) -> Read | None:
        with self._lock:
            read = self._kept.get(key)
        return read if read and timezone.now() - read.at < LONGEST_KEPT else None

    def _drop(self, key: _Key) -> None:
        if read := self._kept.pop(key, None):
            self._bytes -= len(read.answer.content)


class LastRead:
    """The way to the Order API for one request, which remembers what it reads. `is_shown`: whether what was read before
    is given where no answer comes; `as_of` is then when that was, and `why` one of the words above. `patience`: seconds
    after which it is given although an answer may still come, None for as long as a call may take; `hangs`: whether
    calls with these headers hang now, so that nobody has that much of it."""

    def __init__(
        self,
        connection: Sender,
        memory: Memory,
        *,
        is_shown: bool = False,
        hangs: Callable[[Mapping[str, str]], bool] = lambda _headers: False,
        patience: float | None = None,
    ) -> None:
        self._connection = connection
        self._memory = memory
        self._hangs = hangs
        self._patience = patience
        self.is_shown = is_shown
        self.as_of: dt.datetime | None = None
        self.why = ""

    def send(self, call: Call, headers: dict[str, str]) -> Answer:
        """The answer, or, where that is shown, the last one to the same question. Raises as `Connection.send`."""
        if call.changes or call.template not in _TEMPLATES:
            return self._connection.send(call, headers)
        key = (call.path, *map("=".join, call.params), *map(":".join, sorted(headers.items())))
        limit = self._limit(headers) if self.is_shown and self._memory.get(key) else None
        given_up = Deadline(limit) if limit else None
        try:
            with until(given_up) if given_up else nullcontext():
                answer = self._connection.send(call, headers)
        except (Unavailable, BadAnswer) as error:
            if last := self._last(key, _why(error, SLOW if given_up and not given_up.left() else SILENT)):
                return last
            raise
        if answer.status == HTTPStatus.OK and _is_whole(answer):
            self._memory.keep(key, answer)
        elif answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            self._memory.forget(key)
        elif answer.status not in _REFUSALS:
            return self._last(key, _said_by(answer.status)) or answer
        return answer

    def _limit(self, headers: Mapping[str, str]) -> float | None:
        if self._patience is None:
            return None
        return min(PATIENCE, self._patience) if self._hangs(headers) else self._patience

    def _last(self, key: _Key, why: str) -> Answer | None:
        last = self._memory.get(key) if self.is_shown else None
        if last is None:
            return None
        self.why = why
        self.as_of = min(self.as_of or last.at, last.at)
        return last.answer


def _is_whole(answer: Answer) -> bool:
    """Whether it can be a document of the API: what is cut off would stand there for hours."""
    if answer.broken or "json" not in answer.content_type.lower():
        return False
    try:
        msgspec.json.decode(answer.content, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True


def _said_by(status: int) -> str:
    """As `_why`, of an answer with that status."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return THROTTLED
    return FAILS if status >= HTTPStatus.INTERNAL_SERVER_ERROR else STRANGE


def _why(error: ApiError, otherwise: str) -> str:
    """What of the API the page says that shows what was read before; `otherwise` where the error does not tell."""
    ways = ((BadAnswer, STRANGE), (Overloaded, CROWDED), (Paused, THROTTLED), (Slow, SLOW), (Failing, FAILS))
    return next((why for kind, why in ways if isinstance(error, kind)), otherwise)


def shows_last_read(view: _View) -> _View:
    """Lets a page show what was last read while the Order API does not answer; the frame says so, and from when."""
    view.shows_last_read = True  # type: ignore[attr-defined]
    return view


def is_asked_again(request: HttpRequest) -> bool:
    """Whether somebody on this page asks for it anew, by its own link."""
    return request.headers.get("Referer") == request.build_absolute_uri()


def may_show(request: HttpRequest, view: object) -> bool:
    """Whether this is a whole page that shows what was last read: what is on the screen already need not be older."""
    is_read = request.method in ("GET", "HEAD")
    return is_read and not is_part(request) and bool(getattr(view, "shows_last_read", False))
