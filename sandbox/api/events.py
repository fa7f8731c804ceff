"""The log of notification events: what fired, every try to deliver it, and sending it again.

Norce reference, Notification API: `GET /api/v1/events`, `GET /api/v1/events/{event_id}`, `POST
/api/v1/events/{event_id}/retry`.
"""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query
from pydantic import Field

from sandbox import background, delivery
from sandbox.api.base import Bearer, JsonParser, Refusing
from sandbox.codec import Document, decode, stamp
from sandbox.entry import answer, nothing
from sandbox.models import Event
from sandbox.parameters import LARGEST_LIMIT, Count32, Text
from sandbox.problems import Problem, not_found
from sandbox.schemas.base import Model
from sandbox.text import column

api = Refusing(
    title="Norce Checkout - Notification events",
    version="1",
    urls_namespace="sandbox-events",
    auth=Bearer(),
    parser=JsonParser(),
    openapi_url=None,
    docs_url=None,
)
LIMIT = 10


class Merchant(Model):
    merchant: str = Field(alias="x-merchant", min_length=1)


class EventQuery(Model):
    order_id: Text | None = None
    channel: Text | None = None
    adapter_id: Text | None = None
    reference: Text | None = None
    offset: Count32 | None = None
    limit: Count32 | None = None


Caller = Annotated[Merchant, Header(...)]
FIELDS = {"order_id": "order", "channel": "channel", "adapter_id": "adapter", "reference": "reference"}


@api.get("/api/v1/events", operation_id="listEvents")
def list_events(request: HttpRequest, headers: Caller, query: Query[EventQuery]) -> HttpResponse:
    """The merchant's events, newest first."""
    events = Event.objects.filter(merchant=column(headers.merchant))
    for parameter, name in FIELDS.items():
        if value := getattr(query, parameter):
            events = events.filter(**{name: column(value)})
    limit, offset = min(LIMIT if query.limit is None else query.limit, LARGEST_LIMIT), query.offset or 0
    page = events.order_by("-created", "-id").prefetch_related("attempts")[offset : offset + limit]
    pagination = {"offset": offset, "limit": limit, "size": events.count()}
    return answer({"data": [described(event) for event in page], "pagination": pagination})


@api.get("/api/v1/events/{event_id}", operation_id="getEvent")
def get_event(request: HttpRequest, event_id: str, headers: Caller) -> HttpResponse:
    """One event with its payload and every attempt."""
    return answer(described(_event(headers.merchant, event_id)))


@api.post("/api/v1/events/{event_id}/retry", operation_id="retryEvent")
def retry_event(request: HttpRequest, event_id: str, headers: Caller) -> HttpResponse:
    """Send the event again, now."""
    delivery.send_again(_event(headers.merchant, event_id))
    background.wake()
    return nothing()


def _event(merchant: str, event_id: str) -> Event:
    try:
        return Event.objects.get(merchant=column(merchant), pk=UUID(event_id))
    except (Event.DoesNotExist, ValueError):
        raise not_found("event", event_id) from None


def described(event: Event) -> Document:
    """The event as the log tells it."""
    payload: Any = decode(event.payload)
    return {
        "id": str(event.pk),
        "createdAt": stamp(event.created),
        "merchant": event.merchant,
        "channel": event.channel,
        "orderId": event.order,
        "adapterId": event.adapter,
        "reference": event.reference,
        "description": event.description,
        "url": event.url,
        "state": event.state,
        "payload": payload,
        "attempts": [_attempt(attempt) for attempt in sorted(event.attempts.all(), key=lambda attempt: attempt.pk)],
    }


def _attempt(attempt: Any) -> Document:
    said = {"status": attempt.status, "response": attempt.answer, "error": attempt.error}
    return {"createdAt": stamp(attempt.made)} | {key: value for key, value in said.items() if value not in (None, "")}


def unknown(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any path that the log does not know."""
    raise Problem(404, "not-found", f"There is nothing at {request.path}.")
