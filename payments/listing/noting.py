"""What a payment's transactions say of its money, for the index: its figures, and each event that moved something, with
whether this desk caused it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from accounts.channels import Channel
from domain.money import NOTHING
from domain.states import MONEY_ACTIONS
from index.amounts import from_units
from index.models import IndexedPayment
from index.noting import Event, note_transactions
from order_api.schemas import PaymentTransaction
from payments.executions.ledger import Ledger, Step, ledger_of, refund_steps
from payments.executions.profiles import Profile, profile_of
from payments.executions.snapshot import Snapshot, TransactionMark, digest_of
from payments.models import MAY_HAVE_MOVED, Evidence, Execution


def read_of(payment: IndexedPayment, lines: Sequence[PaymentTransaction], at: dt.datetime) -> None:
    """As `index.registry` calls it: `payment` with its order, its transactions as they were read at that time."""
    order = payment.order
    snapshot = Snapshot(
        state=payment.state,
        amount=format(from_units(payment.amount), "f"),
        currency=payment.currency,
        actions=(),
        lines=tuple(map(TransactionMark.of, lines)),
        read_at=at.isoformat(),
        adapter=payment.adapter,
    )
    note(Channel(order.merchant, order.channel), order.order_id, payment.payment_id, snapshot, at)


def note(channel: Channel, order_id: str, payment_id: str, read: Snapshot, at: dt.datetime) -> bool:
    """Keep what that reading of a payment with its transactions says of its money; whether it was news. Raises
    OperationalError where the index is being written to for too long."""
    ledger = ledger_of(read)
    events = _events(read, ledger, _Ours(channel, order_id, payment_id))
    figures = ledger.figures if ledger else NOTHING
    return note_transactions(channel, order_id, payment_id, figures, events, at, state=read.state)


class _Ours:
    """What this desk did to the payment: the ids of its actions, and the transactions that an outcome rests on. As in
    `payments.executions.watch`."""

    def __init__(self, channel: Channel, order_id: str, payment_id: str) -> None:
        attempts = Execution.objects.filter(
            merchant=channel.merchant, channel=channel.name, order_id=order_id, payment_id=payment_id,
            sent_at__isnull=False,
        )  # fmt: skip
        sent = dict(attempts.values_list("pk", "state"))
        self.action_ids = set(attempts.values_list("action_id", flat=True)) if sent else set()
        may_have = [pk for pk, state in sent.items() if state in MAY_HAVE_MOVED]
        pieces = Evidence.objects.filter(execution__in=may_have) if may_have else ()
        self.marks: set[str] = set().union(*(piece.data.get("moves", []) for piece in pieces), set())

    def caused(self, line: TransactionMark) -> bool:
        return line.action_id in self.action_ids or line.mark in self.marks


def _events(read: Snapshot, ledger: Ledger | None, ours: _Ours) -> Iterator[Event]:
    profile, amount = profile_of(read.adapter or ""), None if read.amount is None else Decimal(read.amount)
    steps = refund_steps(ledger, amount, profile.amounts, read.currency) if ledger and amount is not None else {}
    taken_back = {line.mark for line in ledger.contradicted} if ledger else set()
    met: Counter[str] = Counter()
    for line in _about_money(read.lines):
        met[line.mark] += 1
        success = _success(line, profile) if line.mark not in taken_back else None
        yield Event(
            mark=line.mark if met[line.mark] == 1 else digest_of([line.mark, met[line.mark]]),
            event=line.event.lower(),
            success=success,
            amount=None if line.amount is None else Decimal(line.amount),
            moved=_moved(line, amount, steps) if success else None,
            at=dt.datetime.fromisoformat(line.created) if line.created else None,
            is_ours=ours.caused(line),
        )


def _about_money(lines: Iterable[TransactionMark]) -> Iterator[TransactionMark]:
    return (line for line in lines if line.event.lower() in MONEY_ACTIONS)


def _success(line: TransactionMark, profile: Profile) -> bool | None:
    """Whether it was done; None where that is not told yet."""
    if line.success is False:
        return None if profile.is_unfinished(line.status) else False
    return True if line.success and profile.is_final(line.status) else None


def _moved(line: TransactionMark, whole: Decimal | None, steps: dict[str, Step]) -> Decimal | None:
    """What it moved, where that can be told for sure: a refund's transaction names either that or what is left."""
    if line.event.lower() == "refund":
        return steps[line.mark].moved if line.mark in steps else None
    return whole if line.event.lower() == "cancel" or line.amount is None else Decimal(line.amount)
