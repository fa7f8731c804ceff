"""A desk with accounts whose password everybody knows answers its own machine alone, however it is reached."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext as _

PROXY_HEADERS = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_RAY",
)
PROXY_PREFIXES = ("HTTP_X_FORWARDED", "HTTP_X_ORIGINAL")


def is_loopback(host: str) -> bool:
    """Whether a host, as a name or an address, is this machine as it is seen from itself."""
    name = host.lower().strip("[]")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def sign_of_elsewhere(request: HttpRequest) -> str:
    """What shows that a request did not come straight from this machine, in words for whoever runs
    the desk; empty if nothing does.

    No browser speaks HTTP/1.0; a proxy that was told nothing else does.
    """
    sender = request.META.get("REMOTE_ADDR", "")
    if not is_loopback(sender):
        return _("it came from %s") % (sender or _("a socket"))
    for name in request.META:
        if name in PROXY_HEADERS or name.startswith(PROXY_PREFIXES):
            return _("it has the header %s") % name.removeprefix("HTTP_").replace("_", "-").title()
    if request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return _("it speaks HTTP/1.0, as proxies do")
    try:
        request.get_host()
    except DisallowedHost:
        return _("it asks for a host of another name")
    return ""


class DemoStaysHere:
    """Refuses what reaches the demo from elsewhere, before any page of it is made: 403 and a page
    that says what to set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.DEMO and sign_of_elsewhere(request):
            with translation.override(translation.get_language_from_request(request)):
                page = loader.render_to_string("demo_stays_here.html", {"sign": sign_of_elsewhere(request)})
            return HttpResponse(page, status=403)
        return self.get_response(request)
