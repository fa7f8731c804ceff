"""One call as it will be sent, and its answer as it came, before either means anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote

from order_api.errors import NotFound
from order_api.words import sentence

PREFIX = "/api/v0/checkout/"
_NOTHING_HAS = sentence("Nothing has the %(name)s “%(value)s”.")


@dataclass(frozen=True, slots=True)
class Call:
    """`template` is the path below the API's version with its parameters named, as in `orders/{order_id}/payments`."""

    method: str
    template: str
    ids: Mapping[str, str] = field(default_factory=dict)
    params: Sequence[tuple[str, str]] = ()
    body: bytes | None = None
    prefix: str = PREFIX
    may_begin: Callable[[], bool] | None = None
    """Asked once, right before the first byte leaves: a process that slept until then may have become another's."""
    alone: bool = False
    """Whether it goes over a connection that nothing went over before: one that is kept open may have been closed by
    the other side, and then nobody knows whether the call got through."""

    @property
    def operation(self) -> str:
        """What is called, without ids: fit for logs and errors."""
        return f"{self.method} {self.template}"

    @property
    def changes(self) -> bool:
        """Whether something may be different afterwards; such a call is sent once and never again."""
        return self.method not in {"GET", "HEAD"}

    @property
    def path(self) -> str:
        """The path with the ids in it, quoted. An id that would make it another path is NotFound:
        no such thing has it."""
        for name, value in self.ids.items():
            if value in {"", ".", ".."}:
                raise NotFound(_NOTHING_HAS % {"name": name, "value": value}, operation=self.operation, sent=False)
        return self.prefix + self.template.format(**{name: quote(value, safe="") for name, value in self.ids.items()})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `broken`: the connection ended before the body did. `pause`: seconds that the
    API asks to be left alone for. `location`: where it says that what was made can be found."""

    call: Call
    request_id: str
    status: int
    content: bytes
    content_type: str = ""
    broken: bool = False
    pause: float = 0.0
    location: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether it was accepted, and is not applied yet (202)."""
        return self.status == 202


class Sender(Protocol):
    """Whatever takes a call to an Order API and brings its answer: a connection, or something before one."""

    def send(self, call: Call, headers: dict[str, str]) -> Answer: ...
