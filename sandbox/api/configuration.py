"""The configuration service, to read: the channels of a merchant, and which adapters are on in each.

Norce's configuration API (github.com/NorceTech/nco-control, specification/api.md), in its own shapes. Here it knows the
channels that orders are seeded for and those that have orders; nothing can be written.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from sandbox.codec import Document
from sandbox.entry import answer
from sandbox.models import Order
from sandbox.notifications import static_notifications
from sandbox.places import adapter_url
from sandbox.seeding.places import CHANNELS
from sandbox.text import column


def channels(request: HttpRequest, merchant: str) -> HttpResponse:
    """The names of a merchant's channels."""
    return _allowed(request) or _found(names_of(merchant), f"Merchant {merchant}")


def configurations(request: HttpRequest, merchant: str, channel: str) -> HttpResponse:
    """What is configured in a channel."""
    return _allowed(request) or _found(_of(merchant, channel), f"Channel {merchant}/{channel}")


def configuration(request: HttpRequest, merchant: str, channel: str, name: str) -> HttpResponse:
    """One configuration, by its id."""
    found = next((each for each in _of(merchant, channel) if each["id"] == name), {})
    return _allowed(request) or _found(found, f"Configuration {name}")


def names_of(merchant: str) -> list[str]:
    """The channels, in the order in which they were made."""
    seeded = [each.name for each in CHANNELS if each.merchant == merchant]
    there = Order.objects.filter(merchant=column(merchant)).order_by().values_list("channel", flat=True).distinct()
    return list(dict.fromkeys([*seeded, *sorted(there)]))


def _of(merchant: str, channel: str) -> list[Document]:
    if channel not in names_of(merchant):
        return []
    adapters = [each.adapters for each in CHANNELS if (each.merchant, each.name) == (merchant, channel)]
    ids = ["norce_adapter", *(adapter for known in adapters for adapter in sorted(known))]
    static = static_notifications(merchant, channel)
    return [*(_configuration(adapter) for adapter in ids), *([_static(static)] if static else [])]


def _static(notifications: list[Document]) -> Document:
    """Who is told of every order of the channel."""
    return {"id": "static_notifications", "active": True, "order": {"notifications": notifications}}


def _configuration(adapter: str) -> Document:
    url = adapter_url(adapter)
    return {
        "$schema": f"{url}/openapi/v1/schemas/{adapter}.json",
        "id": adapter,
        "active": True,
        "adapter": {"internalUrl": url, "publicUrl": url},
    }


def _allowed(request: HttpRequest) -> HttpResponse | None:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET"})
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.SANDBOX_TOKEN}"):
        return _error(401, "unauthorized", "Send `Authorization: Bearer <token>` with a token that is known here.")
    return None


def _found(what: list[str] | list[Document] | Document, name: str) -> HttpResponse:
    return answer(what) if what else _error(404, "configuration-not-found", f"{name} not found.")


def _error(status: int, code: str, message: str) -> HttpResponse:
    return answer({"code": code, "message": message, "details": None}, status)
