"""Tries every channel of ORDER_API_CHANNELS, and says in one line each what works and what is wrong."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.channels import parse, parse_entry
from accounts.directory import channels_of_merchant
from accounts.models import ANY
from gateway.connection import channel_names, connect
from order_api import Connection, OrderApi
from order_api.errors import ApiError, BadAnswer, NotFound, Rejected, Unauthorized, Unavailable

_ADVICE: tuple[tuple[type[ApiError], str], ...] = (
    (Unauthorized, "check ORDER_API_TOKEN, and that it is of this environment"),
    (Rejected, "check that the Order API knows this merchant and channel"),
    (NotFound, "check ORDER_API_URL: it ends in /checkout/order"),
    (Unavailable, "the Order API, or what stands before it, is in trouble: try again in a few minutes"),
    (BadAnswer, "this is not the Order API: check ORDER_API_URL, and what stands in between"),
)


class Command(BaseCommand):
    help = (
        "Asks the Order API for one order of every channel in ORDER_API_CHANNELS. Exits with 1 if any of them does "
        "not work."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"Order API: {settings.ORDER_API_URL or 'the embedded one, in this process'}")
        try:
            connection = connect()
        except ValueError as error:
            raise CommandError(str(error)) from error
        try:
            with one_line_a_channel():
                channels = [text for written in settings.ORDER_API_CHANNELS for text in self._named(written)]
                failed = [text for text in channels if not self._works(text, connection)]
        finally:
            connection.close()
        if not settings.ORDER_API_CHANNELS:
            raise CommandError("ORDER_API_CHANNELS names no channel; write merchant/channel, as in norce/se,norce/no.")
        if failed:
            raise CommandError(f"{len(failed)} of {len(channels)} channels do not work.")

    def _named(self, text: str) -> list[str]:
        """The channels that an entry of the setting stands for; itself, where it cannot be read."""
        try:
            merchant, name, _called = parse_entry(text)
        except ValueError:
            return [text]
        if name != ANY:
            return [f"{merchant}/{name}"]
        try:
            names = channel_names(merchant)
        except ApiError as error:
            names = channels_of_merchant(merchant)
            known = ", ".join(names) or "none"
            self.stdout.write(
                self.style.ERROR(
                    f"{merchant}/*: the configuration service cannot be asked: {error} The desk uses the channels that "
                    f"it knew last: {known}."
                )
            )
        else:
            said = f"{merchant}/*: the configuration service knows {len(names)} channels: {', '.join(names)}"
            self.stdout.write(self.style.SUCCESS(said))
        return [f"{merchant}/{each}" for each in names] or [text]

    def _works(self, text: str, connection: Connection) -> bool:
        try:
            channel = parse(text)
            says = try_channel(OrderApi(connection, channel.merchant, channel.name))
        except ValueError as error:
            return self._failed(text, str(error))
        except ApiError as error:
            return self._failed(text, f"{str(error).removesuffix('.')}; {advice(error)}")
        self.stdout.write(self.style.SUCCESS(f"{channel}: ok, {says}"))
        return True

    def _failed(self, text: str, why: str) -> bool:
        self.stdout.write(self.style.ERROR(f"{text or '(empty)'}: {why}"))
        return False


def try_channel(api: OrderApi) -> str:
    """How many orders the channel has and how long it took to ask. Raises ApiError."""
    started = time.perf_counter()
    page = api.orders.list_unread(limit=1).pagination
    took = f"{(time.perf_counter() - started) * 1000:.0f} ms"
    count = page and page.total_size
    return f"{took}, it does not say how many orders" if count is None else f"{count} orders, {took}"


def advice(error: ApiError) -> str:
    """What to look at next, after the error's own words."""
    if isinstance(error, Unavailable) and error.status is None:
        return "check ORDER_API_URL, the name server, the firewall and HTTPS_PROXY"
    if error.status == HTTPStatus.FORBIDDEN:
        return "the token is good, and has no right to the orders of this channel"
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "wait a minute; if it stays so, look who else asks with this token"
    return next((text for kind, text in _ADVICE if isinstance(error, kind)), "look into the Order API's log")


@contextmanager
def one_line_a_channel() -> Iterator[None]:
    """Keeps the client's line of log a call from between ours, where both streams go to one screen.
    What is worse still shows."""
    client = logging.getLogger("order_api")
    level = client.level
    client.setLevel(max(logging.WARNING, level))
    try:
        yield
    finally:
        client.setLevel(level)
