"""The log of notification events: which of an order's notifications fired, and every try to deliver them.

A service beside the Order API (Norce reference, Notification API), for one merchant. Its pages name the fields of an
event and print no schema of the answer, so a bare list and a page with `data` are both read.
"""

from collections.abc import Sequence
from typing import Any

from order_api import answers
from order_api.call import Call
from order_api.errors import Unavailable
from order_api.schemas.base import Document, Moment, prepare
from order_api.tenancy import Tenancy
from order_api.transport import Connection
from order_api.words import sentence

PREFIX = "/api/v1/"
_NO_ADDRESS = sentence("The address of the event log is not known.")


class Attempt(Document):
    """One try to deliver: the HTTP status that came back, or why none did."""

    created_at: Moment | None = None
    status: int | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Event(Document):
    """A notification that fired. What was sent, a copy of the whole order, is not read."""

    id: str | None = None
    channel: str | None = None
    order_id: str | None = None
    created_at: Moment | None = None
    adapter_id: str | None = None
    reference: str | None = None
    description: str | None = None
    attempts: tuple[Attempt, ...] = ()


class EventPage(Document):
    data: tuple[Event, ...] = ()


prepare(EventPage)


class Events:
    """The events of one merchant and channel."""

    def __init__(self, connection: Connection | None, merchant: str, channel: str, tenancy: Tenancy) -> None:
        """`connection`: to the service itself; None where nobody knows its address. An event does
        not say whose it is; its order does."""
        self._connection = connection
        self._tenancy = tenancy
        self._headers = {"x-merchant": merchant}
        self._channel = channel

    def list(self, order_id: str, *, limit: int = 50, offset: int = 0) -> tuple[Event, ...]:
        """GET events: those of one order in this channel, as the service orders them. Raises the
        errors of `order_api.errors`."""
        self._reach("GET events")
        self._tenancy.confirm(order_id)
        return self._read([("order_id", order_id)], limit, offset)

    def recent(self, *, limit: int = 50, offset: int = 0) -> tuple[Event, ...]:
        """GET events: those of all orders in this channel, as the service orders them, newest first in all that is
        known. What names another channel is left out: whether the service narrows by it is not documented."""
        found = self._read([], limit, offset)
        return tuple(event for event in found if event.channel in (None, self._channel))

    def retry(self, order_id: str, event_id: str) -> None:
        """POST events/{event_id}/retry: has the event of that order delivered again. Sent twice it is delivered twice.
        Raises the errors of `order_api.errors`."""
        call = Call("POST", "events/{event_id}/retry", {"event_id": event_id}, prefix=PREFIX)
        connection = self._reach(call.operation)
        self._tenancy.confirm(order_id)
        answers.require_done(connection.send(call, self._headers))

    def _reach(self, operation: str) -> Connection:
        if self._connection is None:
            raise Unavailable(_NO_ADDRESS, operation=operation, sent=False)
        return self._connection

    def _read(self, narrowed: Sequence[tuple[str, str]], limit: int, offset: int) -> tuple[Event, ...]:
        connection = self._reach("GET events")
        params = [*narrowed, ("channel", self._channel), ("offset", str(offset)), ("limit", str(limit))]
        answer = connection.send(Call("GET", "events", params=params, prefix=PREFIX), self._headers)
        kind: Any = tuple[Event, ...] if answer.content.lstrip()[:1] == b"[" else EventPage
        found = answers.value(answer, kind, whole=False)
        return found.data if isinstance(found, EventPage) else found
