"""What a second person reads before they decide: the whole case on one screen, read afresh, or as
it was seen where it cannot be."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User

from domain.customers import customer_name
from domain.states import Result, result_of
from payments.approvals.requests import Look
from payments.executions.ledger import ledger_of
from payments.executions.readings import seen_of
from payments.executions.snapshot import Snapshot, TransactionMark
from payments.limits.rules import Excess
from payments.models import Execution, Kind
from payments.presentation import preview
from payments.presentation.evidence_log import sayings
from payments.presentation.vocabulary import Words
from privacy import LOG, mask_text


@dataclass(frozen=True, slots=True)
class Transaction:
    """A line of the payment's log, with its time, and what went wrong without what is personal in it."""

    line: TransactionMark
    result: Result
    amount: Decimal | None
    created: dt.datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class WholeCase:
    """`now` is what was read afresh; None where it was not, and then the rest is as the asker saw it.
    `earlier`: refunds to this customer."""

    now: preview.Preview | None
    seen: Snapshot
    rows: list[preview.FigureRow]
    transactions: list[Transaction]
    above: list[str]
    earlier: list[Execution]
    earlier_count: int
    customer: str
    email: str


def whole_case(execution: Execution, look: Look, user: User) -> WholeCase:
    """The case as this person may see it. No call."""
    now = preview.present(look.facts, user) if look.facts else None
    seen = now.case.seen if now else seen_of(execution)
    earlier = preview.earlier_refunds(execution, user).exclude(pk=execution.pk)
    customer = now.facts.order.customer if now else None
    billing = customer.billing if customer else None
    return WholeCase(
        now=now,
        seen=seen,
        rows=now.rows if now else _rows_as_seen(execution, seen),
        transactions=[_transaction(line) for line in sorted(seen.lines, key=_when, reverse=True)],
        above=[preview.above(Excess(**each), execution.currency) for each in execution.excess],
        earlier=list(earlier[: preview.MOST_EARLIER]),
        earlier_count=earlier.count(),
        customer=customer_name(billing, customer.shipping if customer else None),
        email=(billing.email or "") if billing else "",
    )


def _rows_as_seen(execution: Execution, seen: Snapshot) -> list[preview.FigureRow]:
    ledger = ledger_of(seen)
    return preview.figure_rows(ledger.figures, execution.action_type) if ledger else []


def _transaction(line: TransactionMark) -> Transaction:
    created = dt.datetime.fromisoformat(line.created) if line.created else None
    amount = Decimal(line.amount) if line.amount is not None else None
    return Transaction(line, result_of(line.success), amount, created, mask_text(line.error, LOG))


def _when(line: TransactionMark) -> str:
    return line.created


def what_ended_it(execution: Execution) -> list[Words]:
    """Why nothing was sent, in sentences: who said what, or what had moved."""
    last = execution.evidence.filter(kind__in=[Kind.CHECK, Kind.PERSON, Kind.BEFORE]).last()
    return sayings(last) if last else []
