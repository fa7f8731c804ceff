"""Sweeps as tests make them, and what they asked the API."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from django.utils import timezone

from gateway.in_process import answer
from index.models import ChannelState
from index.sweeping import steps
from index.sweeping.steps import take_turn
from tests.index_feeding.conftest import SE
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.wire import answered_by

NOW = timezone.now()


def ago(**time: float) -> str:
    return f"{NOW - dt.timedelta(**time):%Y-%m-%dT%H:%M:%SZ}"


def some(count: int, first: int = 0, **more: Any) -> list[str]:
    """So many orders, each an hour older than the one before; their ids."""
    names = [f"n{first + n:04}" for n in range(count)]
    put(*(an_order(name, created=ago(hours=1 + first + n), **more) for n, name in enumerate(names)))
    return [f"o_{name}" for name in names]


class Heard:
    """What the index asks of the sandbox, in order; `before` is called with each, and may do something to it."""

    def __init__(self, before: Callable[[str, dict[str, list[str]]], None] = lambda _path, _query: None) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.before = before

    def __call__(self, method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> Any:
        where = path.rpartition("/checkout/")[2]
        self.asked.append((where, parse_qs(query)))
        self.before(where, parse_qs(query))
        return answer(method, path, query, headers, body)

    def offsets(self, **said: str) -> list[int]:
        """The offsets that the list was asked for, where the query said so; what it did not say is named empty."""
        return [
            int(query["offset"][0])
            for where, query in self.asked
            if where == "orders" and all(query.get(key, [""])[0] == value for key, value in said.items())
        ]


@contextmanager
def heard(before: Callable[[str, dict[str, list[str]]], None] = lambda _path, _query: None) -> Iterator[Heard]:
    listener = Heard(before)
    with answered_by(listener):
        yield listener


def state() -> ChannelState:
    return steps.state_of(SE)


def done_before(**more: Any) -> None:
    """Everything was looked through a moment ago, but for what is given."""
    done = dict.fromkeys(("newest_at", "open_at", "completed_at", "whole_at"), timezone.now())
    ChannelState.objects.update_or_create(merchant="norce", channel="se", defaults=done | more)


def all_turns() -> int:
    count = 0
    while took := take_turn(SE):
        count += took
    return count
