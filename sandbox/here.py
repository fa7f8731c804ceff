"""What the code at work is answering: reached at which host, how deep in calls that the sandbox makes to itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http.request import validate_host

from sandbox.places import INTERNAL_HOST

MAX_DEPTH = 3
_host: ContextVar[str] = ContextVar("sandbox_host", default=INTERNAL_HOST)
_depth: ContextVar[int] = ContextVar("sandbox_depth", default=0)


@contextmanager
def reached_at(host: str) -> Iterator[None]:
    """Inside, `host` (without its port) is the sandbox's own."""
    token = _host.set(host)
    try:
        yield
    finally:
        _host.reset(token)


@contextmanager
def one_deeper() -> Iterator[bool]:
    """Inside, one more call to ourselves is under way; yields False where that is one too many."""
    token = _depth.set(_depth.get() + 1)
    try:
        yield _depth.get() <= MAX_DEPTH
    finally:
        _depth.reset(token)


def nested() -> bool:
    """Whether the sandbox is answering itself."""
    return _depth.get() > 0


def is_own_host(host: str) -> bool:
    """Whether calls to this host come back to the sandbox: the host it was reached at, or one that
    the server answers to."""
    if host in (INTERNAL_HOST, _host.get()):
        return True
    return validate_host(host, [allowed for allowed in settings.ALLOWED_HOSTS if allowed != "*"])
