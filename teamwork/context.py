from typing import NamedTuple

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from teamwork.queue import count_of


class Queue(NamedTuple):
    """How much waits for whoever reads the page."""

    n: int = 0


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: the count beside *My queue*. One query where it is shown, and those of the sources."""
    user = getattr(request, "user", None)
    return {"queue": SimpleLazyObject(lambda: Queue(count_of(user))) if user is not None else Queue()}
