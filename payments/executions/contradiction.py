"""What speaks against an outcome, found after it. Pure: nothing is read or written here."""

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from domain.states import MONEY_ACTIONS, PAYMENT, led_to_by
from payments.executions.profiles import profile_of
from payments.executions.snapshot import Action, Snapshot, TransactionMark, digest_of
from payments.executions.verdict import Found
from payments.models import Answer, State

NOTHING_MOVED = frozenset({State.REFUSED, State.NOT_DONE, State.NOT_SENT})


class Contradiction(NamedTuple):
    """`why` are codes of `payments.presentation.vocabulary.WHY`; `lines` the transactions that say so."""

    why: tuple[str, ...]
    lines: tuple[TransactionMark, ...] = ()


def contradiction(  # noqa: PLR0913, PLR0917 - what was said, and what was read when
    outcome: State, before: Snapshot, last: Snapshot, after: Snapshot, action: Action, answer: Answer
) -> Contradiction | None:
    """What in `after` speaks against the outcome of an action; None if all agrees. `last` is the reading on which the
    outcome, or the last word on it, rests."""
    found = Found(before, after, action, answer, profile_of(action.adapter))
    if outcome in NOTHING_MOVED:
        return _though_nothing_moved(found)
    return _though_done(found, last, after, action)


def _though_nothing_moved(found: Found) -> Contradiction | None:
    if found.succeeded:
        return Contradiction(("late-success", *found.moved), found.succeeded)
    if found.moved:
        return Contradiction(("late-success", *found.moved))
    if any(line.action_id for line in found.pending):
        return Contradiction(("late-pending",), found.pending)
    return None


def _though_done(found: Found, last: Snapshot, after: Snapshot, action: Action) -> Contradiction | None:
    if len(found.named) > 1:
        return Contradiction(("second-move",), found.named)
    if found.said_failed and found.failed_after_success:
        return Contradiction(("taken-back",), found.said_failed)
    reached = led_to_by(action.type)
    if PAYMENT.of(last.state) in reached and PAYMENT.of(after.state) not in reached and _is_back(last, after, action):
        return Contradiction(("state-back",))
    if found.succeeded and found.is_other_amount:
        return Contradiction(("other-amount",), found.succeeded)
    return None


def _is_back(last: Snapshot, after: Snapshot, action: Action) -> bool:
    """Whether the payment is where it was before, and not further on: what was captured may be refunded."""
    return action.type.lower() in PAYMENT.of(after.state).actions and last.state != after.state


class Move(NamedTuple):
    """Money that moved, and not by an action of ours. `line` is None where only the state says so."""

    kind: str
    amount: str
    line: TransactionMark | None
    mark: str


def moves_of_others(
    before: Snapshot, after: Snapshot, ours: Iterable[str], claimed: Container[str], known: Container[str]
) -> Iterator[Move]:
    """What moved since `before` that none of our actions explains. `ours`: the ids of our actions; `claimed`: marks of
    transactions that an outcome of ours rests on; `known`: types of action of which an attempt of ours may have moved
    the state."""
    profile, names = profile_of(after.adapter or ""), set(ours)
    kinds_seen = set()
    for line in after.lines_since(before):
        kind = line.event.lower()
        if kind in MONEY_ACTIONS and line.success and profile.is_final(line.status):
            kinds_seen.add(kind)
            if line.action_id not in names and line.mark not in claimed:
                yield Move(kind, line.amount or "", line, line.mark)
    for kind in MONEY_ACTIONS:
        reached = led_to_by(kind)
        is_new = PAYMENT.of(after.state) in reached and PAYMENT.of(before.state) not in reached
        if is_new and kind not in kinds_seen and kind not in known:
            yield Move(kind, "", None, digest_of([kind, after.state]))
