"""Whether a change was sent, for whoever has to say what became of it when something of our own breaks afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Sent:
    """What was sent since it was made, in this thread."""

    changes: int = 0


_now: ContextVar[Sent | None] = ContextVar("changes_sent", default=None)


@contextmanager
def counting() -> Iterator[Sent]:
    """Counts the changes that are sent until its end."""
    sent = Sent()
    token = _now.set(sent)
    try:
        yield sent
    finally:
        _now.reset(token)


def count() -> None:
    """A change is about to leave."""
    if sent := _now.get():
        sent.changes += 1
