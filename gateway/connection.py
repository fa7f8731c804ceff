"""The way from Django's settings to the Order API: one connection a process, made when it is first needed."""

import datetime as dt
import logging
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from audit.log import Who
from gateway import called, heard
from gateway.in_process import answer
from gateway.last_read import LastRead, Memory
from order_api import Bulkhead, Connection, KnownOrders, Mismatch, OrderApi, Secret, Sender, bulkhead
from order_api.configuration import channels_of
from order_api.errors import Unavailable
from ui import request_ids
from ui.said import sentence

logger = logging.getLogger(__name__)

_NO_ADDRESS = sentence("The address of the configuration service is not known: ORDER_API_URL does not end in /order.")
FAN_OUT_PLACES = 24
"""Calls under way at once, of everybody together, that look in many channels; beyond them one is told to try again."""
SWEEP_PLACES = 2
"""Calls under way at once of what reads for nobody who waits (the index)."""
PATIENCE = 3.0  # seconds, for the services beside the Order API
T = TypeVar("T")
_lock = threading.RLock()
_connections: dict[tuple[object, ...], Any] = {}


def _forked() -> None:
    """A thread of the parent's, which the child has not, may have held the lock: nobody would ever let go of it."""
    global _lock  # noqa: PLW0603 - each process has its own
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_forked)


def get_connection() -> Connection:
    """This process's connection, as the settings are now. A forked child and changed settings (in
    tests) get one of their own."""
    return _kept("order", connect)


def shut_for(merchant: str, channel: str) -> float:
    """Seconds for which this process asks that channel for nothing, its breaker or the address's being open; 0 where
    it may be asked now."""
    return get_connection().breakers.of({"x-merchant": merchant, "x-channel": channel}).wait()


class ApiSeen(NamedTuple):
    """What this process knows of a channel's API without asking it anything, in UTC. `shut_since`: it is left alone
    since then, with tries in between; `paused_until`: it asked for that; `good_at`: the last good answer; `bad`: of
    `of` answers lately, so many failed or were slow. `is_address`: nothing at all can be reached at its address."""

    shut_since: dt.datetime | None = None
    paused_until: dt.datetime | None = None
    good_at: dt.datetime | None = None
    bad: int = 0
    of: int = 0
    is_address: bool = False


def api_seen(merchant: str, channel: str) -> ApiSeen:
    """That of this process, of now."""
    now = timezone.now()
    reach, own = get_connection().breakers.of({"x-merchant": merchant, "x-channel": channel}).seen()
    worse = reach if reach.shut is not None else own
    return ApiSeen(
        None if worse.shut is None else now - dt.timedelta(seconds=worse.shut),
        now + dt.timedelta(seconds=worse.wait) if worse.wait and worse.shut is None else None,
        None if own.good is None else now - dt.timedelta(seconds=own.good),
        own.bad,
        own.of,
        reach.shut is not None,
    )


def get_bulkhead() -> Bulkhead:
    """This process's places for calls under way: of four threads that serve, one is always left for
    what needs no API."""
    return _kept("bulkhead", lambda: Bulkhead(max(1, settings.THREADS - max(1, settings.THREADS // 4))))


def get_fan_out_connection() -> Connection:
    """This process's connection for calls over many channels, which threads of their own wait for: with places of its
    own, so that they take none from pages, and with the breakers of the other, which it shares an address with. Each
    call is one attempt: whoever looks is told what did not answer, and may try again."""
    return _kept("fan-out", _connect_for_fan_out)


def _connect_for_fan_out() -> Connection:
    url, read_timeout, places = settings.ORDER_API_URL, settings.ORDER_API_READ_TIMEOUT, Bulkhead(FAN_OUT_PLACES)
    return _connect(
        "order", url, read_timeout, places, breakers=get_connection().breakers, tries_again=False, heard=heard.tell
    )


def get_sweep_connection() -> Connection:
    """This process's connection for what reads for nobody who waits, with places of its own, the breakers that all
    share, and one attempt a call. What it reads is told to nobody: whoever asks keeps it."""

    def made() -> Connection:
        places, breakers = Bulkhead(SWEEP_PLACES), get_connection().breakers
        url, read_timeout = settings.ORDER_API_URL, settings.ORDER_API_READ_TIMEOUT
        return _connect("order", url, read_timeout, places, breakers=breakers, tries_again=False)

    return _kept("sweep", made)


def _kept(service: str, make: Callable[[], T]) -> T:
    key = (
        service,
        os.getpid(),
        settings.SANDBOX,
        settings.ORDER_API_URL,
        settings.ORDER_API_TOKEN,
        settings.ORDER_API_CONNECT_TIMEOUT,
        settings.ORDER_API_READ_TIMEOUT,
        settings.THREADS,
    )
    with _lock:
        if key not in _connections:
            _connections[key] = make()
        made: T = _connections[key]
        return made


def connect() -> Connection:
    """A connection of one's own: to ORDER_API_URL, or, where there is none, to the embedded Order
    API in this process."""
    return _connect("order", settings.ORDER_API_URL, settings.ORDER_API_READ_TIMEOUT, heard=heard.tell)


def _connect(service: str, url: str, read_timeout: float, places: Bulkhead | None = None, **more: Any) -> Connection:
    token, places = Secret(settings.ORDER_API_TOKEN), places or get_bulkhead()
    more |= {"called": called.tell, "next_id": request_ids.of_call}
    if settings.SANDBOX:
        here = f"http://127.0.0.1{settings.SANDBOX_PREFIX}{service}"
        return Connection.in_process(here, token, answer, bulkhead=places, **more)
    return Connection(
        url,
        token,
        connect_timeout=settings.ORDER_API_CONNECT_TIMEOUT,
        read_timeout=read_timeout,
        bulkhead=places,
        **more,
    )


def longest_call() -> float:
    """Seconds that one call to the Order API takes at the most, the wait for a place in the bulkhead included."""
    return float(settings.ORDER_API_CONNECT_TIMEOUT + settings.ORDER_API_READ_TIMEOUT) + bulkhead.PATIENCE


def event_log() -> Connection | None:
    """The connection to the log of notification events; None where its address cannot be told from
    that of the Order API.

    The two are siblings, …/checkout/order and …/checkout/notification. It has a breaker of its own, so that its
    troubles do not shut the Order API, and less time, as pages wait for it that can do without. The places for calls
    under way are the same: so are the threads.
    """
    return sibling("notification")


def configuration_service() -> Connection | None:
    """The connection to the configuration service, as `event_log`."""
    return sibling("configuration")


def adapter_service(service: str) -> Connection | None:
    """The connection to an adapter's service, by its name beside the Order API or by an address of its own; a provider
    is asked, which takes as long as any change."""
    if urlsplit(service).scheme:
        return (
            None
            if settings.SANDBOX
            else _kept(service, lambda: _connect(service, service, settings.ORDER_API_READ_TIMEOUT))
        )
    return sibling(service, settings.ORDER_API_READ_TIMEOUT)


def sibling(service: str, patience: float = PATIENCE) -> Connection | None:
    """The connection to a service beside the Order API; None where its address cannot be told from that."""
    url = sibling_url(settings.ORDER_API_URL, service)
    if not settings.SANDBOX and not url:
        return None
    return _kept(service, lambda: _connect(service, url, min(patience, settings.ORDER_API_READ_TIMEOUT)))


def sibling_url(order_url: str | None, service: str) -> str:
    """The address of a service beside the Order API; empty where that does not end as the reference's do."""
    parts = urlsplit((order_url or "").rstrip("/"))
    if not parts.path.endswith("/order"):
        return ""
    return parts._replace(path=f"{parts.path.removesuffix('/order')}/{service}").geturl()


def channel_names(merchant: str) -> tuple[str, ...]:
    """The names of a merchant's channels, as the configuration service lists them. Raises ApiError."""
    connection = configuration_service()
    if connection is None:
        raise Unavailable(_NO_ADDRESS, operation="GET channels", sent=False)
    return channels_of(connection, merchant)


def soon() -> float:
    """Seconds within which an answer of the Order API keeps nobody waiting."""
    return float(settings.ORDER_API_READ_TIMEOUT) / 4


def last_read(*, is_shown: bool, waits: bool = False) -> LastRead:
    """The way to the Order API that remembers what this process reads, for one request. `waits`: whoever asks would
    rather wait than see what was read before."""
    connection = get_connection()

    def hangs(headers: Mapping[str, str]) -> bool:
        return connection.breakers.of(headers).pulse.hangs()

    memory, patience = _kept("last read", Memory), None if waits else soon()
    return LastRead(connection, memory, is_shown=is_shown, hangs=hangs, patience=patience)


def order_api(merchant: str, channel: str, who: Who | None = None, way: Sender | None = None) -> OrderApi:
    """The Order API, bound to this merchant and channel. What it answers about others is refused,
    and logged with `who` was to see it. `way`: what calls go through, the connection itself if nothing is given."""

    def on_mismatch(mismatch: Mismatch) -> None:
        record_mismatch(who or Who.system("order-api"), merchant, channel, mismatch)

    return OrderApi(
        way or get_connection(),
        merchant,
        channel,
        events=event_log(),
        services=adapter_service,
        known=_kept("known orders", KnownOrders),
        on_mismatch=on_mismatch,
    )


def record_mismatch(who: Who, merchant: str, channel: str, mismatch: Mismatch) -> None:
    """Into the audit log and the program's: the API answered in the name of one merchant and channel
    with what is another's. Never raises."""
    came = f"{mismatch.merchant}/{mismatch.channel}"
    logger.warning(
        "%s for %s/%s was answered with what is of %s (request %s)",
        mismatch.operation,
        merchant,
        channel,
        came,
        mismatch.request_id,
    )
    try:
        log.event(
            who,
            AuditAction.ORDER_FOREIGN,
            log.Subject(mismatch.order_id, merchant, channel, target=mismatch.operation),
            outcome=log.Outcome.DENIED,
            request_id=mismatch.request_id,
            details={"answered with": came},
        )
    except log.AuditUnavailableError:
        logger.exception("It could not be written into the audit log that an answer was refused")
