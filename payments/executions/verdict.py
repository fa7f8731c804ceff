"""What became of a call, by evidence alone. Pure: nothing is read or written here.

Done, and refused, need evidence. Everything else is in doubt. The rules, in their order:

    an answer of 2xx says nothing about money, and no answer says nothing at all
    a transaction of the right event that succeeded, after ours was sent           → done
    the state that the action leads to, and the action gone                        → done, unless a
    transaction says it failed,
                                                                                     or that another action did it
    the API refused the call (4xx), and nothing speaks against it                  → refused
    the API refused the call, and yet something moved or is pending                → in doubt: they
    contradict each other
    a transaction that says the provider took it on and will finish it             → pending
    a transaction of the right event that failed, and the state as it was          → refused;
    without an answer it has to name the action
    nothing, or what cannot be read                                                → in doubt
"""

import re
from typing import NamedTuple

from domain.states import MONEY_ACTIONS, PAYMENT, led_to_by
from payments.executions.snapshot import Action, Snapshot, TransactionMark
from payments.models import Answer, State

# What providers call a thing that they took on and have not finished, in lower case, alone or as a word of several.
NOT_FINISHED = frozenset(
    {
        "pending",
        "processing",
        "in_progress",
        "inprogress",
        "requested",
        "received",
        "initiated",
        "submitted",
        "queued",
        "scheduled",
    }
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
TAKEN_ON = "paymentAction"


class Verdict(NamedTuple):
    """What the evidence says. `why` are codes of `payments.presentation.vocabulary.REASONS`; `moves` the
    transactions that are this execution's."""

    state: State
    why: tuple[str, ...]
    moves: tuple[TransactionMark, ...] = ()


def judge(before: Snapshot, after: Snapshot | None, action: Action, answer: Answer) -> Verdict:
    """What became of `action`, sent when the payment was as in `before` and answered so, now that it is as in `after`.

    `after` is None if it could not be read.
    """
    if answer == Answer.NEVER_SENT:
        return Verdict(State.NOT_SENT, ("never-sent",))
    if after is None:
        return _unread(answer)
    found = _Found(before, after, action, answer)
    return _of_refused(found) if answer == Answer.REFUSED else _by_what_moved(found) or _by_what_is_said(found)


def _unread(answer: Answer) -> Verdict:
    if answer == Answer.REFUSED:
        return Verdict(State.REFUSED, ("api-refused", "unread"))
    return Verdict(State.IN_DOUBT, ("unread",))


def _of_refused(found: "_Found") -> Verdict:
    if found.succeeded or found.moved or found.pending:
        return Verdict(State.IN_DOUBT, ("api-refused", *found.moved, "contradiction"), found.succeeded or found.pending)
    return Verdict(State.REFUSED, ("api-refused", *(("failed",) if found.failed else ())), found.failed)


def _by_what_moved(found: "_Found") -> Verdict | None:
    if found.succeeded:
        return Verdict(State.DONE, ("succeeded", *found.moved, *found.whose), found.succeeded)
    if found.moved and found.failed:
        return Verdict(State.IN_DOUBT, ("failed", *found.moved, "contradiction"), found.failed)
    return Verdict(State.DONE, found.moved) if found.moved else None


def _by_what_is_said(found: "_Found") -> Verdict:
    if found.pending and not found.failed_last:
        return Verdict(State.PENDING, ("pending",), found.pending)
    if found.failed_surely and found.is_unmoved:
        return Verdict(State.REFUSED, ("failed",), found.failed)
    return Verdict(State.IN_DOUBT, ("nothing-new" if found.is_all_as_before else "unclear",))


class _Found:
    """What is new in `after`, sorted by what it says about the action."""

    def __init__(self, before: Snapshot, after: Snapshot, action: Action, answer: Answer) -> None:
        since = after.lines_since(before)
        new = [line for line in since if belongs(line, action)]
        self.failed = tuple(line for line in new if line.success is False)
        self.pending = tuple(line for line in new if line.success is not False and is_unfinished(line))
        self.succeeded = tuple(line for line in new if line.success and is_finished(line, action))
        # At one time the order is not known, and then it may still be finished.
        self.failed_last = bool(self.failed) and max(map(_when, self.failed)) > max(
            map(_when, self.pending), default=""
        )
        # Without an answer, a failure that names no action may be somebody else's, while this one is under way.
        self.failed_surely = (
            self.failed if answer != Answer.SILENT or any(line.action_id for line in self.failed) else ()
        )
        self.is_unmoved = after.state == before.state
        self.is_all_as_before = after.fingerprint() == before.fingerprint()
        led_there = PAYMENT.of(after.state) in led_to_by(action.type) and not self.is_unmoved
        led_there = led_there and not any(is_of_another(line, action) for line in since)
        self.moved = ("state", "action-gone") if led_there and after.offers(action.id) is None else ()
        is_unnamed = answer == Answer.SILENT and not any(line.action_id for line in self.succeeded)
        self.whose = ("twice",) if len(self.succeeded) > 1 else ("unnamed",) if is_unnamed else ()


def is_unfinished(line: TransactionMark) -> bool:
    """Whether the transaction only says that the provider took something on."""
    words = {line.status.lower(), *(word.lower() for word in _WORD.findall(line.status))}
    return bool(words & NOT_FINISHED) or (line.event == TAKEN_ON and not line.status)


def is_finished(line: TransactionMark, action: Action) -> bool:
    """Whether it is of the right event. An action that this program does not know has none of its own, so
    what names it is taken at its word."""
    event = TAKEN_ON if action.type.lower() not in MONEY_ACTIONS and line.action_id else action.type
    return not is_unfinished(line) and line.event.lower() == event.lower()


def belongs(line: TransactionMark, action: Action) -> bool:
    """Whether the transaction can be this action's: it names it, or names none and is of its event."""
    if line.action_id:
        return line.action_id == action.id
    return line.event.lower() == action.type.lower()


def is_of_another(line: TransactionMark, action: Action) -> bool:
    """Whether the transaction says that another action did the same: then the payment's state is
    explained, and not by this one."""
    does_the_same = line.event.lower() in (action.type.lower(), TAKEN_ON.lower())
    return bool(line.success) and does_the_same and line.action_id not in ("", action.id)


def _when(line: TransactionMark) -> str:
    return line.created
