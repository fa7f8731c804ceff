"""What became of a call, by evidence alone. Pure: nothing is read or written here.

Done, and refused, need evidence. Everything else is in doubt. The rules, in their order:

    an answer of 2xx says nothing about money, and no answer says nothing at all
    a transaction of the right event that succeeded, in a word that is final       → done
      of another amount than asked for, or followed by one that says it failed     → in doubt
    the state that the action leads to, and the action gone                        → done, unless a
    transaction says it failed, or that another action did it, or another amount is left
    the API itself refused the call, and a reading agrees that nothing moved       → refused
    the API refused the call, and anything moved, is pending or cannot be read     → in doubt
    a transaction in a word that is not final                                      → pending
    a transaction that names the action and failed, and the state as it was        → refused
    nothing, or what cannot be read                                                → in doubt

Which words are final is in `payments.executions.profiles`: a word that nobody knows is not final. A transaction that
was written before the payment was looked at is no evidence, and neither is one that was there and is only written
differently.
"""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from domain.money import to_minor_units
from domain.states import MONEY_ACTIONS, PAYMENT, led_to_by
from payments.executions.ledger import left_of
from payments.executions.profiles import Profile, profile_of
from payments.executions.snapshot import Action, Snapshot, TransactionMark
from payments.models import Answer, State

TAKEN_ON = "paymentAction"
SKEW = dt.timedelta(minutes=10)
"""By so much the clock of a provider may be behind ours, for a transaction that names our action."""


class Verdict(NamedTuple):
    """What the evidence says. `why` are codes of `payments.presentation.vocabulary.WHY`; `moves` the
    transactions that are this execution's."""

    state: State
    why: tuple[str, ...]
    moves: tuple[TransactionMark, ...] = ()


def judge(
    before: Snapshot, after: Snapshot | None, action: Action, answer: Answer, profile: Profile | None = None
) -> Verdict:
    """What became of `action`, sent when the payment was as in `before` and answered so, now that it is as in `after`.

    `after` is None if it could not be read; `profile` is that of the action's adapter unless told.
    """
    if answer == Answer.NEVER_SENT:
        return Verdict(State.NOT_SENT, ("never-sent",))
    if after is None:
        return Verdict(State.IN_DOUBT, ("api-refused", "unread") if answer == Answer.REFUSED else ("unread",))
    found = Found(before, after, action, answer, profile or profile_of(action.adapter))
    return _of_refused(found) if answer == Answer.REFUSED else _by_what_moved(found) or _by_what_is_said(found)


def _of_refused(found: "Found") -> Verdict:
    moves = found.succeeded or found.pending
    if moves or found.moved:
        return Verdict(State.IN_DOUBT, ("api-refused", *found.moved, "contradiction"), moves)
    if found.is_unmoved and (found.is_offered or found.failed):
        return Verdict(State.REFUSED, ("api-refused", *(("failed",) if found.failed else ())), found.failed)
    return Verdict(State.IN_DOUBT, ("api-refused", "unclear"))


def _by_what_moved(found: "Found") -> Verdict | None:
    if found.succeeded:
        if found.failed_after_success:
            return Verdict(State.IN_DOUBT, ("succeeded", "failed", "contradiction"), found.succeeded + found.failed)
        if found.is_other_amount:
            return Verdict(State.IN_DOUBT, ("succeeded", "other-amount"), found.succeeded)
        return Verdict(State.DONE, ("succeeded", *found.moved, *found.whose), found.succeeded)
    if found.moved and found.said_failed:
        return Verdict(State.IN_DOUBT, ("failed", *found.moved, "contradiction"), found.said_failed)
    if found.moved and found.is_other_amount:
        return Verdict(State.IN_DOUBT, (*found.moved, "other-amount"))
    return Verdict(State.DONE, found.moved) if found.moved else None


def _by_what_is_said(found: "Found") -> Verdict:
    if found.pending and not found.failed_last:
        return Verdict(State.PENDING, ("pending",), found.pending)
    if found.failed and found.is_unmoved:
        return Verdict(State.REFUSED, ("failed",), found.failed)
    return Verdict(State.IN_DOUBT, ("nothing-new" if found.is_all_as_before else "unclear",))


class Found:
    """What is new in `after`, sorted by what it says about the action."""

    def __init__(self, before: Snapshot, after: Snapshot, action: Action, answer: Answer, profile: Profile) -> None:
        since = after.lines_since(before)
        new = [line for line in since if belongs(line, action) and is_in_time(line, before)]
        if answer == Answer.ACCEPTED and not any(line.action_id == action.id for line in new):
            # The adapter may have renewed its actions before it wrote down what became of this one.
            new += [line for line in since if is_renewed(line, action, before) and is_in_time(line, before)]
        self.said_failed = tuple(line for line in new if is_failure(line, profile))
        # One that names no action may be somebody else's, while this one is under way.
        self.failed = tuple(line for line in self.said_failed if line.action_id)
        self.succeeded = tuple(line for line in new if line.success and is_finished(line, action, profile))
        self.pending = tuple(line for line in new if line not in self.succeeded and is_unfinished(line, profile))
        # At one time the order is not known, and then it may still be finished.
        self.failed_last = _last(self.failed) > _last(self.pending)
        self.failed_after_success = bool(self.said_failed) and _last(self.said_failed) > _last(self.succeeded)
        self.is_unmoved = after.state == before.state
        self.is_offered = after.offers_like(action) is not None
        self.is_all_as_before = after.without_order().fingerprint() == before.without_order().fingerprint()
        led_there = PAYMENT.of(after.state) in led_to_by(action.type) and not self.is_unmoved
        led_there = led_there and not any(is_of_another(line, action) for line in since if line not in new)
        is_gone = not self.is_offered or profile.keeps_actions
        self.moved = ("state", *(() if self.is_offered else ("action-gone",))) if led_there and is_gone else ()
        self.is_other_amount = not all(fits(line.amount, action, before) for line in self.succeeded) or (
            bool(self.moved) and not fits(after.amount, action, before)
        )
        self.named = tuple(line for line in self.succeeded if line.action_id == action.id)
        is_unnamed = answer == Answer.SILENT and not any(line.action_id for line in self.succeeded)
        self.whose = ("twice",) if len(self.succeeded) > 1 else ("unnamed",) if is_unnamed else ()


def is_in_time(line: TransactionMark, before: Snapshot) -> bool:
    """Whether it can be about what was sent after `before` was read: one that names no action has to be younger."""
    if not line.created:
        return True
    read_at = dt.datetime.fromisoformat(before.read_at)
    created = dt.datetime.fromisoformat(line.created)
    return created >= read_at - SKEW if line.action_id else created > read_at


def is_unfinished(line: TransactionMark, profile: Profile) -> bool:
    """Whether the transaction says no more than that the provider took something on. A word that nobody knows is no
    end; it outweighs a `false` of an adapter that only knows whether it has succeeded yet."""
    if profile.is_unfinished(line.status):
        return not (line.success is False and line.error)
    if line.success is False:
        return False
    return (line.event == TAKEN_ON and not line.status) or (bool(line.success) and not profile.is_final(line.status))


def is_failure(line: TransactionMark, profile: Profile) -> bool:
    return line.success is False and not is_unfinished(line, profile)


def is_finished(line: TransactionMark, action: Action, profile: Profile) -> bool:
    """Whether it is of the right event, and has ended. An action that this program does not know has none of its own,
    so what names it is taken at its word."""
    event = TAKEN_ON if action.type.lower() not in MONEY_ACTIONS and line.action_id else action.type
    return not is_unfinished(line, profile) and line.event.lower() == event.lower()


def belongs(line: TransactionMark, action: Action) -> bool:
    """Whether the transaction can be this action's: it names it, or names none and is of its event."""
    if line.action_id:
        return line.action_id == action.id
    return line.event.lower() == action.type.lower()


def is_renewed(line: TransactionMark, action: Action, before: Snapshot) -> bool:
    """Whether it is of our event and names an action that was not there when we looked."""
    is_unknown = bool(line.action_id) and line.action_id != action.id and before.offers(line.action_id) is None
    return is_unknown and line.event.lower() == action.type.lower()


def is_of_another(line: TransactionMark, action: Action) -> bool:
    """Whether the transaction says that another action did the same: then the payment's state is
    explained, and not by this one."""
    does_the_same = line.event.lower() in (action.type.lower(), TAKEN_ON.lower())
    return bool(line.success) and does_the_same and line.action_id not in ("", action.id)


def fits(amount: str | None, action: Action, before: Snapshot) -> bool:
    """Whether an amount can be that of all that was left. A provider writes what moved, or what is left after it."""
    if amount is None or before.amount is None:
        return True
    whole, found = Decimal(before.amount), to_minor_units(Decimal(amount), before.currency)
    possible = {"capture": {whole}, "cancel": {whole, Decimal(0)}, "refund": {*left_of(before), whole, Decimal(0)}}
    fitting = possible.get(action.type.lower(), {found})
    return found in {to_minor_units(each, before.currency) for each in fitting}


def _last(lines: tuple[TransactionMark, ...]) -> str:
    return max((line.created for line in lines), default="")
