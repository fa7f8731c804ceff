import ipaddress
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who does something, and where from. Plain values: it can be given to a thread or a job."""

    username: str
    user_id: int | None = None
    ip: str = ""
    agent: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The person whose request it is; a visitor has no name."""
        ip, agent = address_of(request), request.META.get("HTTP_USER_AGENT", "")
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return cls("", None, ip, agent)
        return cls(user.get_username(), user.pk, ip, agent)

    @classmethod
    def system(cls, name: str) -> Self:
        """The program itself, on nobody's behalf: `system:reconcile`. No username can have that form."""
        return cls(username=f"system:{name}")


def address_of(request: HttpRequest) -> str:
    """The IP address that the request came from; empty where none is known (a Unix socket, a broken header).

    X-Forwarded-For can be written by anybody. It counts only behind as many proxies of our own as the setting
    TRUSTED_PROXY_COUNT says, each of which appends the address that it was called from.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = hops[-settings.TRUSTED_PROXY_COUNT] if len(hops) >= settings.TRUSTED_PROXY_COUNT else ""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
