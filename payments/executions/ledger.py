"""What a payment's transactions tell of its money beyond its state: what was refunded of it, what is pending, and which
of them that rests on.

The figures are those of `domain.money`. Where transactions can be read in two ways, they are by the reference's
("Amount after transaction", Norce reference, schemas/paymenttransaction), and what is left may be more by the other:
then nobody says more than "up to".
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from domain.money import ZERO, Figures, figures_of, to_minor_units
from domain.states import PAYMENT, Bucket
from payments.executions.profiles import Amounts, Profile, profile_of
from payments.executions.snapshot import Snapshot, TransactionMark

Lines = tuple[TransactionMark, ...]


class Ledger(NamedTuple):
    """A payment's figures, and what they rest on: the `…_lines`; `contradicted` are successes that another transaction
    took back."""

    figures: Figures
    capture_pending: Lines = ()
    capture_lines: Lines = ()
    refund_pending: Lines = ()
    refund_lines: Lines = ()
    contradicted: Lines = ()

    @property
    def is_sure(self) -> bool:
        """Whether there is one way to read the transactions, and none of them takes another back."""
        return self.figures.is_sure and not self.contradicted


def ledger_of(payment: Snapshot, profile: Profile | None = None) -> Ledger | None:
    """None where the API names no amount."""
    if payment.amount is None:
        return None
    profile = profile or profile_of(payment.adapter or "")
    amount, lines = Decimal(payment.amount), _Lines(payment.lines, profile)
    figures = figures_of(payment.state, amount)
    if PAYMENT.of(payment.state).bucket is Bucket.TAKEN:
        ways = ways_to_read(lines.ended("refund"), amount, profile.amounts, payment.currency)
        back = ways[0]
        figures = Figures(taken=amount - back, returned=back, less=max(ways) - back, more=back - min(ways))
    return Ledger(
        figures,
        capture_pending=lines.pending("capture"),
        capture_lines=lines.ended("capture"),
        refund_pending=lines.pending("refund"),
        refund_lines=lines.ended("refund"),
        contradicted=lines.taken_back(),
    )


def ways_to_read(
    refunds: Sequence[TransactionMark], captured: Decimal, meaning: Amounts, currency: str = ""
) -> list[Decimal]:
    """What was refunded: by the reference's way to read the amounts first, and by the other if the transactions allow
    it and nothing is known of the adapter. None of the two may be impossible: a refund moves something, never more than
    was captured."""
    amounts = [Decimal(line.amount) for line in refunds if line.amount is not None]
    if not amounts:
        return [ZERO]
    after_each = [to_minor_units(each, currency) for each in (captured, *amounts)]
    falls = all(after < before for before, after in pairwise(after_each)) and after_each[-1] >= 0
    adds_up = all(each > 0 for each in after_each[1:]) and to_minor_units(sum(amounts, ZERO), currency) <= after_each[0]
    by_after, by_moved = captured - amounts[-1], sum(amounts, ZERO)
    ways = {
        Amounts.AFTER: [by_after],
        Amounts.MOVED: [by_moved],
        Amounts.UNKNOWN: [*([by_after] if falls else []), *([by_moved] if adds_up else [])],
    }[meaning]
    return [min(max(way, ZERO), captured) for way in ways or [by_after, ZERO]]


class Step(NamedTuple):
    """A refund: what it moved, and what was left after it."""

    moved: Decimal
    left: Decimal


def refund_steps(ledger: Ledger, captured: Decimal, meaning: Amounts, currency: str) -> dict[str, Step]:
    """What each refund moved, by its mark; nothing where the transactions do not tell for sure."""
    lines = [line for line in ledger.refund_lines if line.amount is not None]
    amounts = [Decimal(line.amount or 0) for line in lines]
    ways = ways_to_read(lines, captured, meaning, currency) if lines else []
    if len(set(ways)) != 1:
        return {}
    is_after = ways[0] == captured - amounts[-1]
    found, left = {}, captured
    for line, amount in zip(lines, amounts, strict=True):
        moved = left - amount if is_after else amount
        left -= moved
        found[line.mark] = Step(moved, left)
    return found if all(step.moved > 0 and step.left >= 0 for step in found.values()) else {}


class _Lines:
    """A payment's transactions, oldest first, by what became of them."""

    def __init__(self, lines: Iterable[TransactionMark], profile: Profile) -> None:
        self.profile = profile
        self.all = tuple(sorted(lines, key=lambda line: line.created))

    def ended(self, event: str) -> Lines:
        return tuple(
            line
            for line in self.all
            if line.event.lower() == event and line.success and self.profile.is_final(line.status)
        )

    def pending(self, event: str) -> Lines:
        """What was taken on and of which nothing says how it ended."""
        ended = {line.action_id for line in self.all if self._is_end(line)}
        return tuple(
            line
            for line in self.all
            if not self._is_end(line)
            and line.success is not None
            and event in (line.event.lower(), line.psp_event.lower())
            and (not line.action_id or line.action_id not in ended)
        )

    def taken_back(self) -> Lines:
        """Successes that a later failure of the same event speaks against."""
        return tuple(
            line
            for line in (*self.ended("capture"), *self.ended("cancel"), *self.ended("refund"))
            if any(
                later.success is False
                and self._is_end(later)
                and later.event.lower() == line.event.lower()
                and later.created > line.created
                and later.action_id in ("", line.action_id)
                for later in self.all
            )
        )

    def _is_end(self, line: TransactionMark) -> bool:
        if line.success is False:
            return not self.profile.is_unfinished(line.status)
        return bool(line.success) and self.profile.is_final(line.status) and line.event != "paymentAction"


def left_of(payment: Snapshot) -> set[Decimal]:
    """What an action can find there to move, by each way to read the transactions."""
    ledger = ledger_of(payment)
    return {ledger.figures.left, ledger.figures.most_left, ledger.figures.least_left} if ledger else set()


def amount_of(action_type: str, payment: Snapshot) -> Decimal | None:
    """What the action would move. The API takes no amount with it, so it is always all that is
    left; None if that cannot be known."""
    ledger = ledger_of(payment)
    if ledger is None:
        return None
    is_refund = action_type.lower() == "refund" and ledger.figures.captured
    return ledger.figures.left if is_refund else Decimal(payment.amount or 0)


def after(action_type: str, now: Figures) -> Figures:
    """What it will come to once the action is done; the same where it is not known what it does."""
    match action_type.lower():
        case "capture":
            return replace(now, held=ZERO, taken=now.taken + now.held)
        case "cancel":
            return replace(now, held=ZERO, let_go=now.let_go + now.held)
        case "refund":
            return replace(now, taken=ZERO, returned=now.returned + now.taken, less=ZERO, more=ZERO)
    return now
