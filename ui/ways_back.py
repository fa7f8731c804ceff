"""Where a person goes from here: only ever to a page of this desk, whatever an address says that came with the
request."""

from typing import cast
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ui.pages import Request


def is_ours(request: HttpRequest, url: str) -> bool:
    """Whether the address is one of this desk, on the host and by the scheme of the request."""
    return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())


def next_page(request: HttpRequest, otherwise: str = "home") -> str:
    """The page that a posted form wants to come back to (its field `next`), if it is ours; else `otherwise`, an
    address or a URL's name."""
    url = request.POST.get("next", "")
    return url if is_ours(request, url) else resolve_url(otherwise)


def page_of(request: HttpRequest) -> str:
    """The page that the person looks at: this one or, where this is a part of a page or a change, the one that it was
    asked from."""
    htmx = cast(Request, request).htmx
    if htmx:
        path = htmx.current_url_abs_path or ""
    elif request.method in ("GET", "HEAD"):
        path = request.get_full_path()
    else:
        referrer = request.headers.get("Referer", "")
        path = urlsplit(referrer)._replace(scheme="", netloc="").geturl() if is_ours(request, referrer) else ""
    return path if is_ours(request, path) else reverse("home")
