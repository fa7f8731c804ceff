"""Notifications: which of an order's fire for a change. They are recorded with the change and
delivered after it, by `sandbox.delivery`."""

import json
import secrets
import time
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from jsonschema import Draft202012Validator, SchemaError
from referencing import Registry

from sandbox import outside, pointers
from sandbox.codec import Document, encode
from sandbox.models import Event
from sandbox.problems import bad_request
from sandbox.text import column

LONGEST_DELAY = 24 * 3600 * 1000
_NOTHING_REMOTE: Registry[Any] = Registry()


def check(notification: Document) -> None:
    """Raise Problem unless the notification can work: a full URL, a pointer, a JSON Schema, a delay within a day."""
    outside.check("invoke", notification.get("invoke"))
    scope = notification.get("scope")
    if scope and not scope.startswith("/"):
        raise bad_request(f"scope: {scope!r} is not a JSON pointer such as /state/currentStatus.")
    if not 0 <= notification.get("delay", 0) <= LONGEST_DELAY:
        raise bad_request("delay: milliseconds, from 0 to those of a day.")
    try:
        Draft202012Validator.check_schema(_plain(notification.get("schema") or {}))
    except SchemaError as error:
        raise bad_request(f"schema: is not a JSON Schema (2020-12): {error.message}") from None


def _plain(value: Any) -> Any:
    return json.loads(encode(value))


def fires(notification: Document, before: Document, after: Document) -> bool:
    """Whether the value at `scope` changed and what it is now is valid under `schema`."""
    old, new = (pointers.resolve(document, notification.get("scope")) for document in (before, after))
    if old == new:
        return False
    if not notification.get("schema"):
        return True
    return new is not pointers.ABSENT and _is_valid(notification["schema"], new)


def _is_valid(schema: Document, value: Any) -> bool:
    try:
        return Draft202012Validator(_plain(schema), registry=_NOTHING_REMOTE).is_valid(_plain(value))
    except Exception:  # a schema that points at itself or elsewhere holds for nothing
        return False


def record(before: Document, after: Document) -> None:
    """Record an event for every notification that the change fires, inside the change's own transaction: the order's
    own, and those that its channel has for every order."""
    registered = [*(after.get("notifications") or ()), *static_notifications(after["merchant"], after["channel"])]
    firing = [notification for notification in registered if fires(notification, before, after)]
    Event.objects.bulk_create(_event(notification, after) for notification in firing)


def static_notifications(merchant: str, channel: str) -> list[Document]:
    """Those that the channel's configuration has for every order (`static_notifications`)."""
    if not settings.SANDBOX_STATIC_NOTIFICATIONS:
        return []
    configured: list[Document] = import_string(settings.SANDBOX_STATIC_NOTIFICATIONS)(merchant, channel)
    return [{"id": f"static-{one['reference']}", **one} for one in configured]


def _event(notification: Document, order: Document) -> Event:
    now, adapter = timezone.now(), notification.get("adapterId") or ""
    return Event(
        id=uuid7(),
        created=now,
        merchant=column(order["merchant"]),
        channel=column(order["channel"]),
        order=order["id"],
        adapter=column(adapter),
        reference=column(notification.get("reference") or ""),
        description=(notification.get("description") or "").replace("\x00", ""),
        url=outside.filled(notification["invoke"], order["id"], adapter),
        payload=encode({"notification": notification, "order": order}).decode(),
        due=now + timedelta(milliseconds=notification.get("delay") or 0),
    )


def uuid7() -> uuid.UUID:
    """A UUID that sorts by time, as the event log of the reference names its events (RFC 9562, version 7)."""
    milliseconds = time.time_ns() // 1_000_000
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))
