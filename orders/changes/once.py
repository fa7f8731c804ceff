"""A form is sent once: a double click, a reload and the back button find what became of it the first time.

Each form that is shown carries a mark. What was sent under it is written down before the call goes out, so that a call without an answer and a
process that died in the middle are known too; a refusal wipes it out, as nothing was done.
"""

import hashlib
import json
import secrets
from typing import Any, Final

from django.core.cache import cache
from django.http import HttpRequest

REMEMBERED = 24 * 3600  # seconds
UNKNOWN: Final = "?"
"""It is being sent, or was sent and nobody can say what became of it."""


def new_mark() -> str:
    return secrets.token_urlsafe(12)


def fate(request: HttpRequest, *, adds: bool) -> Any:
    """What became of this form when it was sent before: UNKNOWN, or what `settle` was told. None if it was not."""
    return cache.get(_key(request, adds))


def start(request: HttpRequest, *, adds: bool) -> None:
    """It is about to be sent."""
    settle(request, UNKNOWN, adds=adds)


def settle(request: HttpRequest, became: Any, *, adds: bool) -> None:
    """It was done, and leads there."""
    if request.POST.get("once"):
        cache.set(_key(request, adds), became, timeout=REMEMBERED)


def forget(request: HttpRequest, *, adds: bool) -> None:
    """Nothing was done, so that it can be sent again."""
    cache.delete(_key(request, adds))


def _key(request: HttpRequest, adds: bool) -> str:
    """What adds something is known by its mark alone; what sets something may be sent again with something else typed."""
    posted = [] if adds else sorted(each for each in request.POST.lists() if each[0] != "csrfmiddlewaretoken")
    whole = json.dumps([request.user.pk, request.path, request.POST.get("once", ""), posted])
    return f"once:{hashlib.sha256(whole.encode()).hexdigest()}"
