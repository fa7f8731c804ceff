"""Asks the Order API about many channels at once, within a budget that all who do so share.

At most FAN_OUT_AT_ONCE channels are asked at once for a person, over all that they do, in every process; at most
FAN_OUT_CALLS_A_MINUTE calls are made in a minute, for everybody; nothing but questions is asked. A channel that fails,
crawls or has come to the end of the budget says so by itself, beside the others' answers.

A place is a lease in the database, which one row an answer costs; a process that died gives its own up when their time
is over. Calls have connections and a bulkhead of their own, so that pages that wait for one order never stand in line
behind a search (`connection.get_fan_out_connection`).
"""

import datetime as dt
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.db.models import F
from django.utils import timezone

from accounts.channels import Channel
from audit.log import Who
from gateway.connection import get_fan_out_connection, order_api
from gateway.models import CallsInMinute, Lease
from order_api import OrderApi
from order_api.call import Answer as HttpAnswer
from order_api.call import Call
from order_api.deadline import Deadline, until
from order_api.errors import ApiError, Overloaded
from ui.said import sentence

T = TypeVar("T")

GRACE = 0.25
"""Seconds beyond its deadline that a channel is waited for: what cannot be interrupted goes on without anybody."""
PATIENCE = 10.0
"""Seconds that a search waits for the first place, while the person has as many under way as they may."""
_PAUSE = 0.02
"""Seconds between two looks for a free place."""


_SPENT = sentence("So many channels are being asked at the moment that this one was not.")


class SpentError(Overloaded):
    """It was not asked: the budget of calls is used up for the moment."""


class OvertakenError(Exception):
    """Nobody waits for the answer any more, so the next call is not made."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What became of a channel: its `value`, or `error`, or `is_late`, where it took longer than it may; with
    `is_spent` it was not asked, or not to the end, since the budget is used up. `seconds` is how long it took."""

    channel: Channel
    value: T | None = None
    error: ApiError | None = None
    is_late: bool = False
    seconds: float = 0.0

    @property
    def is_spent(self) -> bool:
        return isinstance(self.error, SpentError)

    @property
    def came(self) -> bool:
        """Whether the channel answered; what it answered may be that there is nothing."""
        return self.error is None and not self.is_late


def own_first(channels: Sequence[Channel], own: Channel | None) -> list[Channel]:
    """The channels in their order, but that one, if it is among them, before the others."""
    return sorted(channels, key=lambda channel: channel != own)


def fan_out(  # noqa: PLR0913 - by name
    request: Any,
    channels: Sequence[Channel],
    ask: Callable[[OrderApi, Channel], T],
    *,
    deadline: float | None = None,
    most_calls: int | None = None,
    is_overtaken: Callable[[], bool] = lambda: False,
) -> Iterator[Answer[T]]:
    """What each of the channels answers to `ask`, as the answers come; the first of them are asked first.

    `ask` makes its calls, each of them one attempt, through the `orders`, `payments` and `shippings` of the API that it
    is given, in a thread of its own: it knows neither language nor time zone of the person. An ApiError that it lets
    through is what its channel answers. `request` is a signed-in person's; whoever calls has looked that the channels
    are theirs. `deadline` (FAN_OUT_DEADLINE) are the seconds that a channel has with all its calls, `most_calls` is how
    many it may make.

    Nothing is raised for what a channel does. Once `is_overtaken` says so, or the iterator is closed, no further call
    is made, and what has not answered by then never comes.
    """
    seconds = settings.FAN_OUT_DEADLINE if deadline is None else deadline
    who, person = Who.of(request), request.user.pk
    stopped = threading.Event()

    def stops() -> bool:
        return stopped.is_set() or is_overtaken()

    def work(channel: Channel, limit: Deadline) -> Answer[T]:
        way = _Budgeted(stops, limit, most_calls)
        began = time.monotonic()
        try:
            with until(limit):
                value = ask(order_api(channel.merchant, channel.name, who, way), channel)
        except ApiError as error:
            is_late = limit.left() <= 0 and not isinstance(error, SpentError)
            return Answer(channel, error=None if is_late else error, is_late=is_late, seconds=time.monotonic() - began)
        return Answer(channel, value, seconds=time.monotonic() - began)

    try:
        if settings.SANDBOX and transaction.get_connection().in_atomic_block:
            yield from _one_by_one(channels, work, seconds)
        else:
            yield from _at_once(channels, work, seconds, person, stops)
    except OvertakenError:
        return
    finally:
        stopped.set()


_Work = Callable[[Channel, Deadline], Answer[T]]


def _one_by_one(channels: Sequence[Channel], work: _Work[T], seconds: float) -> Iterator[Answer[T]]:
    """Inside of a transaction, in the embedded Order API: other threads would not see what it has not committed, and
    wait for it."""
    for channel in channels:
        yield work(channel, Deadline(seconds))


def _at_once(
    channels: Sequence[Channel], work: _Work[T], seconds: float, person: int, stops: Callable[[], bool]
) -> Iterator[Answer[T]]:
    waiting = deque(dict.fromkeys(channels))
    running: dict[Channel, float] = {}
    answers: queue.SimpleQueue[Answer[T] | BaseException] = queue.SimpleQueue()
    given_up = time.monotonic() + PATIENCE
    while waiting or running:
        if stops():
            return
        while waiting and (place := _Place.take(person, seconds)):
            channel = waiting.popleft()
            running[channel] = time.monotonic() + seconds + GRACE
            given_up = time.monotonic() + PATIENCE
            arguments = (place, channel, Deadline(seconds), work, answers)
            threading.Thread(target=_in_a_thread, args=arguments, daemon=True, name="fan-out").start()
        try:
            answer = answers.get(timeout=_until_next(running, is_waiting=bool(waiting)))
        except queue.Empty:
            answer = None
        if isinstance(answer, BaseException):
            raise answer
        if answer is not None and answer.channel in running:
            del running[answer.channel]
            yield answer
        for channel in [channel for channel, at in running.items() if at <= time.monotonic()]:
            del running[channel]
            yield Answer(channel, is_late=True, seconds=seconds)
        if waiting and not running and time.monotonic() >= given_up:
            yield from (Answer(channel, error=_spent("a look for a place")) for channel in waiting)
            return


def _until_next(running: dict[Channel, float], *, is_waiting: bool) -> float:
    """Seconds until there is something to do if no answer comes. A search that is overtaken is seen soon."""
    left = min(running.values(), default=time.monotonic() + _PAUSE) - time.monotonic()
    return max(0.0, min(left, _PAUSE if is_waiting else 0.2))


def _in_a_thread(
    place: "_Place",
    channel: Channel,
    limit: Deadline,
    work: _Work[T],
    answers: "queue.SimpleQueue[Answer[T] | BaseException]",
) -> None:
    """A thread has database connections of its own, which end with it."""
    try:
        answer: Answer[T] | BaseException = work(channel, limit)
    except BaseException as error:  # raised again by the thread that waits for it
        answer = error
    try:
        place.give_back()
    finally:
        connections.close_all()
        answers.put(answer)


class _Budgeted:
    """The way of one channel's calls: asks before each whether it is still wanted, and paid for."""

    def __init__(self, stops: Callable[[], bool], limit: Deadline, most_calls: int | None) -> None:
        self._connection = get_fan_out_connection()
        self._stops = stops
        self._limit = limit
        self._left = most_calls

    def send(self, call: Call, headers: dict[str, str]) -> HttpAnswer:
        """As `Connection.send`; OvertakenError, SpentError."""
        if call.changes:
            raise TypeError(f"{call.operation} changes something; that is not done over many channels")
        if self._stops():
            raise OvertakenError
        if self._left is not None:
            if not self._left:
                raise _spent(call.operation)
            self._left -= 1
        if not _counted():
            raise _spent(call.operation)
        return self._connection.send(call, headers)


def _spent(operation: str) -> SpentError:
    return SpentError(_SPENT, operation=operation, sent=False)


def calls_left() -> int:
    """How many more calls may be made in this minute, by everybody together."""
    made = CallsInMinute.objects.filter(minute=int(time.time() // 60)).values_list("calls", flat=True).first()
    return max(0, int(settings.FAN_OUT_CALLS_A_MINUTE) - (made or 0))


def _counted() -> bool:
    """Counts one more call of this minute; False where there are as many as may be."""
    minute, most = int(time.time() // 60), settings.FAN_OUT_CALLS_A_MINUTE
    for _ in range(2):
        if CallsInMinute.objects.filter(minute=minute, calls__lt=most).update(calls=F("calls") + 1):
            return True
        # Not just any row: another thread may have made it since the update looked.
        if CallsInMinute.objects.filter(minute=minute, calls__gte=most).exists():
            return False
        CallsInMinute.objects.filter(minute__lt=minute).delete()
        CallsInMinute.objects.bulk_create([CallsInMinute(minute=minute)], ignore_conflicts=True)
    return False


@dataclass(frozen=True, slots=True)
class _Place:
    """One of the channels that may be asked at once for a person."""

    key: str
    holder: uuid.UUID

    @classmethod
    def take(cls, person: int, seconds: float) -> "_Place | None":
        """A place, or None while all are taken. It is free again after twice the time, whatever becomes of this
        process."""
        now = timezone.now()
        life = dt.timedelta(seconds=2 * seconds + PATIENCE)
        keys = [f"fan-out:{person}:{n}" for n in range(settings.FAN_OUT_AT_ONCE)]
        Lease.objects.filter(key__in=keys, until__lt=now).delete()
        taken = set(Lease.objects.filter(key__in=keys).values_list("key", flat=True))
        for key in keys:
            if key in taken:
                continue
            holder = uuid.uuid4()
            try:
                with transaction.atomic():
                    Lease.objects.create(key=key, holder=holder, until=now + life)
            except IntegrityError:
                continue
            return cls(key, holder)
        return None

    def give_back(self) -> None:
        Lease.objects.filter(key=self.key, holder=self.holder).delete()
