"""What the order's pages say about executions: what is open, what was done before, and which transactions came about through this desk."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.channels import Channel
from domain.states import MONEY_ACTIONS
from order_api.schemas import PaymentTransaction
from payments.executions.reconciliation import action_of, before_of
from payments.executions.snapshot import TransactionMark
from payments.executions.verdict import TAKEN_ON, belongs
from payments.models import OPEN, Evidence, Execution, Kind, State
from payments.presentation.summary import title_of

MONEY_EVENTS = frozenset({*MONEY_ACTIONS, TAKEN_ON.lower()})
"""Transactions of which it matters who caused them."""
_NEVER_MOVED = frozenset({State.REFUSED, State.NOT_SENT})
_UNSURE = frozenset({"contradiction", "twice", "unnamed"})


class OfPayment(NamedTuple):
    """The executions of one payment: the one that is open, requests that wait for approval, and the rest, newest first."""

    open: Execution | None
    waiting: tuple[Execution, ...]
    past: tuple[Execution, ...]


class OfOrder(NamedTuple):
    """All executions of an order, newest first."""

    executions: Sequence[Execution]

    @property
    def unsettled(self) -> list[Execution]:
        """What stands in the band of the order's page: whatever is open or waits."""
        return [each for each in self.executions if each.is_open or each.state == State.WAITING]

    def of(self, payment_id: str | None) -> OfPayment:
        own = [each for each in self.executions if each.payment_id == payment_id]
        return OfPayment(
            open=next((each for each in own if each.is_open), None),
            waiting=tuple(each for each in own if each.state == State.WAITING),
            past=tuple(each for each in own if not each.is_open and each.state != State.WAITING),
        )


def of_order(channel: Channel, order_id: str) -> OfOrder:
    """One query."""
    rows = Execution.objects.filter(merchant=channel.merchant, channel=channel.name, order_id=order_id)
    return OfOrder(tuple(rows.order_by("-created_at")))


def lock(order_id: str, payment_id: str | None = None) -> str | Promise:
    """Why a payment, or an order with all its payments, cannot be changed now; empty where it can.

    A change of the payment would be taken for evidence, or hide it. The API's ids are unique, so the channel is not asked for.
    """
    rows = Execution.objects.filter(order_id=order_id, state__in=OPEN)
    execution = (rows.filter(payment_id=payment_id) if payment_id is not None else rows).first()
    if execution is None:
        return ""
    says = _(
        "“%(title)s” is not settled. Until it is, nothing is changed here that would be taken for evidence, or hide it."
    )
    words = says % {"title": title_of(execution)}
    return format_html(
        '{} <a href="{}">{}</a>', words, reverse("execution-detail", args=[execution.pk]), _("Look at it")
    )


class Origin(NamedTuple):
    """Through which execution a transaction came about; None: not through this desk. `is_sure`: there is evidence for it."""

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
        return self._by_mark.get((payment_id or "", line.mark)) or self._perhaps(payment_id or "", line)

    def _perhaps(self, payment_id: str, line: TransactionMark) -> Origin:
        """A transaction that came after something was sent for which no transaction was found may be of that."""
        found = (origin.execution for origin in self._by_mark.values() if origin.execution)
        proven = {execution.pk for execution in found if not execution.is_open}
        for execution in self._sent[payment_id]:
            before = before_of(execution)
            if execution.pk not in proven and line not in before.lines and belongs(line, action_of(before, execution)):
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
