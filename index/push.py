"""What Norce's notifications say: that an order changed. It is no more than a hint: the order is read again through
the API before anything counts.

Each channel has an address of its own, `/index/push/norce/se/<order id>/?secret=…`, whose secret is made of the setting
INDEX_PUSH_SECRET and the channel's name, so that who knows one knows no other. Of what is sent to it nothing is read
where the address names the order, and where it does not (`/index/push/norce/se/?secret=…`), only the order's id.
"""

import hashlib
import hmac
import time

import msgspec
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.channels import Channel
from audit.who import address_of
from gateway.middleware import LONGEST_ID, is_id
from index.models import PushedOrder

MOST_BODY = 2_000_000
"""Bytes; an order is some 20,000."""
MOST_WAITING = 2_000
"""Orders of a channel that wait to be read again. What comes on top is left to the sweep."""
MOST_WRONG_A_MINUTE = 20
"""Wrong secrets from an address, after which it is not listened to until the minute is over."""
SCOPES = ("/state/currentStatus", "/payments", "/shippings", "/cart", "/customer", "/consents", "/reference")
"""Where a change is told of. Whether `/lastModified` may be a scope is not documented."""
MOST_A_MINUTE = 600
"""Of a channel."""


class _Named(msgspec.Struct):
    id: str | None = None
    order_id: str | None = msgspec.field(default=None, name="orderId")
    order: "_Named | None" = None


_decoder = msgspec.json.Decoder(_Named)


def is_on() -> bool:
    """Whether there is a secret to make addresses of."""
    return bool(_key())


def secret_of(channel: Channel) -> str:
    """What stands in the channel's address."""
    return hmac.new(_key().encode(), f"index push {channel}".encode(), hashlib.sha256).hexdigest()[:40]


def is_secret_of(channel: Channel, said: str) -> bool:
    """Whether it is the channel's, in a time that tells nothing."""
    return is_on() and constant_time_compare(said, secret_of(channel))


def address_for(channel: Channel, desk: str) -> str:
    """The whole address that a notification of that channel has to call; `{order.id}` is the API's to fill in."""
    path = reverse("index-push", args=channel)
    return f"{desk}{path}{{order.id}}/?secret={secret_of(channel)}"


def static_notifications(merchant: str, channel: str) -> list[dict[str, str]]:
    """What the configuration of a channel has to hold (`order.notifications` of `static_notifications`), so that the
    desk is told of changes; nothing where there is no address of the desk, or no secret."""
    desk = settings.DESK_URL or (f"http://127.0.0.1:{settings.PORT}" if settings.SANDBOX and settings.DEMO else "")
    if not (desk and is_on()):
        return []
    invoke = address_for(Channel(merchant, channel), desk)
    return [
        {
            "reference": f"order-desk{scope.replace('/', '-').lower()}",
            "description": "Order desk reads the order again",
            "scope": scope,
            "invoke": invoke,
        }
        for scope in SCOPES
    ]


def _key() -> str:
    """The setting, or, where the sandbox tells the desk on the same machine, one that follows from the desk's own."""
    return settings.INDEX_PUSH_SECRET or (settings.SECRET_KEY if settings.SANDBOX and settings.DEMO else "")


def id_in(body: bytes) -> str:
    """The id of the order that a notification is about; empty where it names none that an order can have."""
    try:
        said = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    found = said.order_id or (said.order.id if said.order else "") or said.id or ""
    return found if can_be_id(found) else ""


def can_be_id(order_id: str) -> bool:
    """Whether an order can have it: nothing else is kept, or asked for."""
    return 0 < len(order_id) <= LONGEST_ID and order_id.isprintable() and is_id("order_id", order_id)


def keep(channel: Channel, order_id: str) -> bool:
    """Have the order read again; False where so many wait already. Who says the same twice says nothing new."""
    waiting = PushedOrder.objects.filter(merchant=channel.merchant, channel=channel.name)
    now = timezone.now()
    if waiting.filter(order_id=order_id).update(at=now):
        return True
    if waiting.count() >= MOST_WAITING:
        return False
    said = PushedOrder(merchant=channel.merchant, channel=channel.name, order_id=order_id, at=now)
    PushedOrder.objects.bulk_create([said], ignore_conflicts=True)
    return True


def may_be_wrong(request: HttpRequest) -> bool:
    """Counts one more wrong secret from that address in this minute; whether it is not one too many."""
    return _count(f"index.push.wrong:{address_of(request)}:{_minute()}", MOST_WRONG_A_MINUTE)


def is_too_long(request: HttpRequest) -> bool:
    """Whether more is sent than a notification has, as the request itself says."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdigit() or int(length[:20]) > MOST_BODY


def may_tell(channel: Channel) -> bool:
    """Counts one more of the channel's notifications of this minute; whether it is not one too many."""
    return _count(f"index.push:{channel}:{_minute()}", MOST_A_MINUTE)


def _minute() -> int:
    return int(time.time() // 60)


def _count(key: str, most: int) -> bool:
    """Whether there were fewer, and then one more is counted. Who comes at the same moment may go uncounted."""
    count = int(cache.get(key, 0))
    if count < most:
        cache.set(key, count + 1, 120)
    return count < most
