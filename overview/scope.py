"""Whose figures a page of the board shows: those of all the person's channels, or of the one in its address."""

from typing import NamedTuple

from django.urls import reverse

from accounts.channels import Channel, channels_of
from gateway.request import ApiRequest

OF_ONE = "-in-channel"
"""What the name of an address ends in whose path begins with a channel."""


class Scope(NamedTuple):
    """`channels` are the person's; `one` is the channel in the address, or None for all of them."""

    channels: tuple[Channel, ...]
    one: Channel | None = None

    def url(self, name: str, *args: object) -> str:
        """The address of that name in the same scope."""
        return reverse(f"{name}{OF_ONE}", args=(self.one, *args)) if self.one else reverse(name, args=args)


def scope_of(request: ApiRequest, *, in_channel: bool) -> Scope:
    """What the page is about. The channel in an address is the person's: the middleware looked."""
    if in_channel:
        return Scope((request.channel,), request.channel)
    return Scope(channels_of(request.user))
