"""Which transactions of a payment came about through this desk, and through which execution."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from accounts.channels import Channel
from domain.states import MONEY_ACTIONS
from order_api.schemas import PaymentTransaction
from payments.executions.readings import action_of, before_of
from payments.executions.snapshot import TransactionMark
from payments.executions.verdict import TAKEN_ON, belongs
from payments.models import Evidence, Execution, Kind, State

MONEY_EVENTS = frozenset({*MONEY_ACTIONS, TAKEN_ON.lower()})
"""Transactions of which it matters who caused them."""


_NEVER_MOVED = frozenset({State.REFUSED, State.NOT_SENT})


_UNSURE = frozenset({"contradiction", "twice", "unnamed"})


class Origin(NamedTuple):
    """Through which execution a transaction came about; None: not through this desk. `is_sure`:
    there is evidence for it."""

    execution: Execution | None
    is_sure: bool = True


NOT_OURS = Origin(None)


class Origins:
    """Which transactions of an order's payments came about through this desk, by the marks that the evidence holds."""

    def __init__(self, evidence: Iterable[Evidence] = ()) -> None:
        self._by_mark: dict[tuple[str, str], Origin] = {}
        self._sent: dict[str, list[Execution]] = defaultdict(list)
        for piece in evidence:
            self._learn(piece, piece.execution)

    def _learn(self, piece: Evidence, execution: Execution) -> None:
        """What came later counts: a contradiction can be cleared up."""
        if piece.kind == Kind.BEFORE and execution.sent_at and execution.state not in _NEVER_MOVED:
            self._sent[execution.payment_id].append(execution)
        sure = execution.state == State.DONE and not _UNSURE & set(piece.data.get("why", []))
        sure = sure or execution.state in (State.REFUSED, State.PENDING)
        for mark in piece.data.get("moves", []):
            self._by_mark[execution.payment_id, mark] = Origin(execution, sure)

    def of(self, payment_id: str | None, transaction: PaymentTransaction) -> Origin | None:
        """Where it came from; None for one of an event that moves no money."""
        if (transaction.event or "").lower() not in MONEY_EVENTS:
            return None
        line = TransactionMark.of(transaction)
        marks = (self._by_mark.get((payment_id or "", mark)) for mark in (line.mark, line.exact_mark))
        return next(filter(None, marks), None) or self._perhaps(payment_id or "", line)

    def _perhaps(self, payment_id: str, line: TransactionMark) -> Origin:
        """A transaction that came after something was sent for which no transaction was found may be of that."""
        found = (origin.execution for origin in self._by_mark.values() if origin.execution)
        proven = {execution.pk for execution in found if not execution.is_open}
        for execution in self._sent[payment_id]:
            before = before_of(execution)
            if (
                execution.pk not in proven
                and line.means not in {old.means for old in before.lines}
                and belongs(line, action_of(before, execution))
            ):
                return Origin(execution, is_sure=False)
        return NOT_OURS


def origins_of(channel: Channel, order_id: str, payment_id: str | None = None) -> Origins:
    """One query."""
    rows = Evidence.objects.filter(
        execution__merchant=channel.merchant, execution__channel=channel.name, execution__order_id=order_id
    )
    if payment_id is not None:
        rows = rows.filter(execution__payment_id=payment_id)
    return Origins(rows.select_related("execution").order_by("pk"))
