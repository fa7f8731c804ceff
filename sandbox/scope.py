"""Whose orders a call is about, from its headers."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Scope:
    """One merchant's channel, and the adapter that calls, if it says so (its own hooks are then left out)."""

    merchant: str
    channel: str
    adapter: str = ""

    def headers(self) -> dict[str, str]:
        """The headers of a call that the sandbox makes on behalf of this channel; its own token never leaves it."""
        return {"x-merchant": self.merchant, "x-channel": self.channel}


def own_headers(scope: Scope) -> dict[str, str]:
    """The headers with which the sandbox calls itself."""
    return scope.headers() | {"Authorization": f"Bearer {settings.SANDBOX_TOKEN}"}
