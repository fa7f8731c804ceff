"""Two tracks: the order's states with the times at which they were set, and where its payment stands.

Only what is known is shown: a step has a time if the API gives one, and a payment's past is read from its transactions.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils import timezone

from domain.states import ORDER, PAYMENT, Bucket, start_of, way_from
from order_api.schemas import Order, PaymentTransaction

PAST, NOW, NEXT = "past", "now", "next"
_REFUND = "refund"
COLUMNS = 4
"""That the tracks of a page share; earlier steps than fit are counted, and told by the timeline."""


@dataclass(frozen=True, slots=True)
class Step:
    """A state (or, of a payment's past, an event) on a track: past, now or next; `at` where the time is known.

    `new_day`: the day has to be said with the time, as it is not that of the step before, in the reader's zone.
    """

    word: str
    place: str
    at: dt.datetime | None = None
    is_event: bool = False
    new_day: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """Steps in order of time."""

    steps: tuple[Step, ...]

    @property
    def placed(self) -> list["Placed"]:
        """The steps in the columns that all tracks of a page share: what is and what usually follows stands in the last
        ones, so that it stays where it is when a past arrives; the past begins with the first."""
        past = [step for step in self.steps if step.place == PAST]
        rest = [step for step in self.steps if step.place != PAST]
        if past:
            rest = rest[: COLUMNS - 1]
        room = COLUMNS - len(rest)
        earlier = len(past) - room + 1 if len(past) > room else 0
        cells = [Placed(None, 1, 1, earlier), *self._in_a_row(past[earlier:], 2)] if earlier else []
        cells = cells or list(self._in_a_row(past, 1))
        if cells and rest:
            cells[-1] = replace(cells[-1], until=room)
        return [*cells, *self._in_a_row(rest, room + 1)]

    @staticmethod
    def _in_a_row(steps: Iterable[Step], column: int) -> Iterator["Placed"]:
        return (Placed(step, number, number) for number, step in enumerate(steps, column))


@dataclass(frozen=True, slots=True)
class Placed:
    """A step from one column until another, or, instead of one, how many `earlier` ones there were."""

    step: Step | None
    column: int
    until: int
    earlier: int = 0


def order_track(order: Order) -> Track:
    """The order's own way, with the times of its transitions, back and forth included, and the steps that usually
    follow."""
    current = order.state.current_status if order.state else None
    past = list(_merged(_taken(order, current)))
    if current and (not past or past[-1].word != current):
        past.append(Step(current, PAST))
    if not past:
        return Track(())
    last = past.pop()
    way = _with_days([*past, replace(last, place=NOW)], order.created)
    return Track((*way, *_to_come(last.word)))


def _taken(order: Order, current: str | None) -> Iterator[Step]:
    """Every state it took. An order is created in checkout (Norce reference, createcheckoutorder), so that needs no
    transition.

    Of an order whose first state is none that we know, nothing is claimed about its beginning.
    """
    transitions = order.state.transitions if order.state else ()
    states = [Step(t.status, PAST, t.time_stamp) for t in transitions if t.status]
    if all(step.at for step in states):
        states.sort(key=lambda step: step.at or dt.datetime.min.replace(tzinfo=dt.UTC))
    first = states[0].word if states else current
    start = start_of(ORDER)
    if order.created and (not first or (first in ORDER and first != start) or (first == start and not states)):
        yield Step(start, PAST, order.created)
    yield from states


def _merged(steps: Iterable[Step]) -> Iterator[Step]:
    """The same state twice in a row is one step, from its first time on."""
    for _word, group in groupby(steps, key=lambda step: step.word):
        yield next(group)


def _to_come(word: str) -> Iterator[Step]:
    for following in way_from(word):
        yield Step(following.name, NEXT)


def payment_track(state: str | None) -> Track:
    """Where a payment stands and what usually follows. How it got there is not in the order: see `payment_way`."""
    if not state:
        return Track(())
    return Track((Step(state, NOW), *(Step(following, NEXT) for following in PAYMENT.of(state).usual_next)))


def payment_way(state: str | None, transactions: Iterable[PaymentTransaction]) -> Track:
    """A payment's past, present and what usually follows. The event that led to its state is that step, and gives it
    its time."""
    past, track = payment_past(transactions), payment_track(state)
    if PAYMENT.of(state).bucket is Bucket.TAKEN and any(step.word == _REFUND for step in past.steps):
        return _partly_refunded(past, track)
    if not (past.steps and track.steps and past.steps[-1].word == PAYMENT.of(state).event):
        return replace(past, steps=past.steps + track.steps)
    *before, last = past.steps
    now = replace(track.steps[0], at=last.at, new_day=last.new_day)
    return replace(past, steps=(*before, now, *track.steps[1:]))


def _partly_refunded(past: Track, track: Track) -> Track:
    """What was paid back of a payment that is captured came after that, whatever the log says of the capture."""
    back = tuple(step for step in past.steps if step.word == _REFUND)
    before = tuple(step for step in past.steps if step.word != _REFUND)
    now = track.steps[0]
    if before and before[-1].word == PAYMENT.of(now.word).event:
        now, before = replace(now, at=before[-1].at, new_day=before[-1].new_day), before[:-1]
    return replace(past, steps=(*before, now, *back))


def payment_past(transactions: Iterable[PaymentTransaction]) -> Track:
    """What went well on the way to a payment's present state, by its transactions, with their times."""
    done = [t for t in transactions if t.is_success and t.event and t.created]
    done.sort(key=lambda t: t.created or dt.datetime.min.replace(tzinfo=dt.UTC))
    merged = _merged(Step(t.event or "", PAST, t.created, is_event=True) for t in done)
    return Track(tuple(_with_days(merged, timezone.now())))


def _with_days(steps: Iterable[Step], before: dt.datetime | None) -> Iterator[Step]:
    """The steps, marking those on another day than the one before; the first is compared with `before`."""
    day = timezone.localtime(before).date() if before else None
    for step in steps:
        of_step = timezone.localtime(step.at).date() if step.at else day
        yield replace(step, new_day=of_step != day)
        day = of_step
