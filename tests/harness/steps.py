"""Every step of the engine, and what can be done to the program just before and just after it."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest import mock

from django.db import OperationalError, connection

from payments.executions import engine
from sandbox.provider.days import DAYS as PROVIDERS_DAYS

STEPS = ("claim", "look_again", "record", "mark_sending", "call", "look_back", "conclude")
COMMITS = ("claim", "record", "mark_sending", "conclude")
PLAIN_DAYS = ("", "decline", "error", "timeout-before", "timeout-after", "slow", "pending", "duplicate")
"""The provider's days on which it does what it says, or nothing; the first is a good one."""
TOGETHER = ("refuse-but-do+done-minutes-later", "timeout-after+done-minutes-later+no-log")
HARD_DAYS = (*(day for day in PROVIDERS_DAYS if day not in PLAIN_DAYS), *TOGETHER)
"""Those on which it is late, contradicts itself or talks in unknown words."""
DAYS = {"plain": PLAIN_DAYS, "hard": HARD_DAYS}
ACTIONS = ("capture", "cancel", "refund")


class Point(NamedTuple):
    """A moment of an execution: just before or just after one of its steps."""

    when: str
    step: str

    def __str__(self) -> str:
        return f"{self.when}-{self.step}"


POINTS = tuple(Point(when, step) for step in STEPS for when in ("before", "after"))


class Interrupted(Exception):  # noqa: N818 - an event
    """What the harness raises."""


Act = Callable[[], None]


@contextmanager
def at(point: Point, act: Act) -> Iterator[None]:
    """Calls `act` whenever the engine comes to that point."""
    step = getattr(engine, point.step)

    @functools.wraps(step)
    def around(*args: Any, **kwargs: Any) -> Any:
        if point.when == "before":
            act()
        result = step(*args, **kwargs)
        if point.when == "after":
            act()
        return result

    with mock.patch.object(engine, point.step, around):
        yield


@contextmanager
def raising(error: BaseException, point: Point) -> Iterator[list[str]]:
    """An exception at that point, which the engine doesn't know. What is yielded is filled once it was raised."""
    fired: list[str] = []

    def act() -> None:
        fired.append(str(point))
        raise error

    with at(point, act):
        yield fired


@contextmanager
def meanwhile(act: Act, point: Point) -> Iterator[list[str]]:
    """Something else happens at that point, and the program goes on."""
    fired: list[str] = []

    def happen() -> None:
        fired.append(str(point))
        act()

    with at(point, happen):
        yield fired


@contextmanager
def refusing(point: Point) -> Iterator[list[str]]:
    """From that point on, the database refuses every statement on the desk's own tables. The sandbox,
    which is another's program, goes on."""
    fired: list[str] = []

    def refuse(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if "payments_" in sql or "audit_entry" in sql:
            fired.append(sql)
            raise OperationalError("the database is not there")
        return execute(sql, *args)

    with (
        ExitStack() as until_the_end,
        at(point, lambda: until_the_end.enter_context(connection.execute_wrapper(refuse))),
    ):
        yield fired


@contextmanager
def losing_commit(point: Point) -> Iterator[list[str]]:
    """The step's COMMIT fails: before it is done, or after, so that only the news of it is lost."""
    fired: list[str] = []
    commit = connection._commit  # type: ignore[attr-defined]

    def fail() -> None:
        fired.append(str(point))
        if point.when == "after":
            commit()
        raise OperationalError("the connection was lost")

    with ExitStack() as within:

        def begin() -> None:
            within.enter_context(mock.patch.object(connection, "_commit", fail))

        with _during(point.step, begin, within.close):
            yield fired


@contextmanager
def _during(step: str, begin: Act, end: Act) -> Iterator[None]:
    original = getattr(engine, step)

    @functools.wraps(original)
    def around(*args: Any, **kwargs: Any) -> Any:
        begin()
        try:
            return original(*args, **kwargs)
        finally:
            end()

    with mock.patch.object(engine, step, around):
        yield
