"""While somebody types, each request overtakes the one before it: what that one has not asked yet, it asks no more."""

import secrets
from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

_LONGEST = 60
"""Seconds after which no request is still at work."""


def overtaking(request: HttpRequest, what: str = "typing") -> Callable[[], bool]:
    """Says that this request is the last of its session by now, of those that do `what`; the function tells whether it
    still is not.

    The browser gives up on the request before it as well, but that is not seen here until an answer is sent.
    """
    told = sha256(f"{what}:{request.session.session_key}".encode()).hexdigest()
    key, ours = f"typing:{told}", secrets.token_hex(8)
    cache.set(key, ours, _LONGEST)
    return lambda: cache.get(key, ours) != ours  # what is not kept was overtaken by nobody
