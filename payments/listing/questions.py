"""What the list of payments can be asked: which executions, moves of others and payments are meant."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from accounts.channels import Channel
from domain.states import Bucket, ExecutionState
from payments.models import OPEN, REQUESTED, State


class Tab(StrEnum):
    """What is looked at. Today is no tab of this: it is a stretch of days."""

    ALL = ""
    TO_CAPTURE = "to-capture"
    IN_DOUBT = "in-doubt"
    WAITING = "waiting"
    REFUNDED = "refunded"
    CONTRADICTED = "contradicted"


STATES_OF: dict[Tab, tuple[State, ...]] = {
    Tab.IN_DOUBT: OPEN,
    Tab.WAITING: REQUESTED,
    Tab.CONTRADICTED: (State.CONTRADICTED,),
}
"""The tabs that are states of executions. They know nothing of what others moved."""
REFUND = "refund"
FIGURES = (Bucket.OPEN, Bucket.HELD, Bucket.TAKEN, Bucket.RETURNED, Bucket.LET_GO, Bucket.FAILED)
"""Where a payment's money can be looked for, by the index's figures of it."""
DONE, REFUSED = ExecutionState.DONE.value, ExecutionState.REFUSED.value


@dataclass(frozen=True, slots=True)
class Question:
    """What is meant. What is empty or None does not narrow. Amounts in major units, times in UTC, `until` exclusive.

    `channels`: those asked for; none are all of the person's. `held_as`: where the payment's money is by the index
    (`domain.states.Bucket`). `outcomes`: states of executions. `kinds`: types of action in small letters. `person`: who
    asked for it or carried it out. `others`: also what was not done through this desk.
    """

    tab: Tab = Tab.ALL
    others: bool = False
    channels: tuple[Channel, ...] = ()
    held_as: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    provider: str = ""
    person: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    currency: str = ""
    text: str = ""
    model: ClassVar[None] = None
    """As a filter set reads it of its queryset, which this stands in for: the three sources that it is put to are not
    one."""

    def all(self) -> Self:
        """As above."""
        return self

    @property
    def asks_the_index(self) -> bool:
        """Whether the index answers a part of it, or all."""
        return bool(self.tab is Tab.TO_CAPTURE or self.asks_others or self.held_as)

    @property
    def asks_ours(self) -> bool:
        """Whether executions of this desk may be meant."""
        return self.tab is not Tab.TO_CAPTURE

    @property
    def asks_others(self) -> bool:
        """Whether moves of others may be meant: nobody knows a person of those, nor are they in doubt here."""
        return self.others and self.tab in (Tab.ALL, Tab.REFUNDED) and self.person is None

    @property
    def spellings(self) -> tuple[str, ...]:
        """How the id of an adapter may begin that is called so: `Non-PSP` has one that begins with `nonpsp`."""
        joined = "".join(filter(str.isalnum, self.provider))
        return tuple(dict.fromkeys(filter(None, (self.provider, joined))))


def asked_states(question: Question) -> tuple[str, ...] | None:
    """The states of executions that are meant; None for all of them."""
    own: tuple[str, ...] | None = STATES_OF.get(question.tab)
    if question.tab is Tab.REFUNDED:
        own = (State.DONE,)
    if not question.outcomes:
        return own
    return tuple(state for state in question.outcomes if own is None or state in own)


def asked_kinds(question: Question) -> tuple[str, ...]:
    """The types of action that are meant; none for all of them."""
    if question.tab is not Tab.REFUNDED:
        return question.kinds
    return (REFUND,) if not question.kinds or REFUND in question.kinds else ("",)
