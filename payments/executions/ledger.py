"""What of a payment was authorised, captured and refunded, as far as its state and its transactions tell, and which
transactions make that up.

The figures that the dialog, the order's page, the list and the limits speak of are these. Where transactions can be
read in two ways, the figures are by the reference's ("Amount after transaction", Norce reference,
schemas/paymenttransaction), and `most_left` is what it may be by the other: then nobody says more than "up to".
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.states import PAYMENT, Bucket
from payments.executions.profiles import Amounts, Profile, profile_of
from payments.executions.snapshot import Snapshot, TransactionMark

ZERO = Decimal(0)
Lines = tuple[TransactionMark, ...]


class Figures(NamedTuple):
    """In major units. `left` is what the next action would move: the reservation, or what was captured and not yet paid
    back; `most_left` and `least_left` what it can be by each way to read the transactions. The `…_lines` are what a
    figure rests on, `contradicted` successes that another transaction took back."""

    authorised: Decimal = ZERO
    captured: Decimal = ZERO
    refunded: Decimal = ZERO
    most_left: Decimal = ZERO
    least_left: Decimal = ZERO
    capture_pending: Lines = ()
    capture_lines: Lines = ()
    refund_pending: Lines = ()
    refund_lines: Lines = ()
    contradicted: Lines = ()

    @property
    def left(self) -> Decimal:
        return (self.captured or self.authorised) - self.refunded

    @property
    def is_sure(self) -> bool:
        """Whether there is one way to read the transactions, and none of them takes another back."""
        return self.least_left == self.most_left and not self.contradicted


def figures_of(payment: Snapshot, profile: Profile | None = None) -> Figures | None:
    """None where the API names no amount."""
    if payment.amount is None:
        return None
    profile = profile or profile_of(payment.adapter or "")
    amount, lines = Decimal(payment.amount), _Lines(payment.lines, profile)
    known = Figures(
        capture_pending=lines.pending("capture"),
        capture_lines=lines.ended("capture"),
        refund_pending=lines.pending("refund"),
        refund_lines=lines.ended("refund"),
        contradicted=lines.taken_back(),
    )
    match PAYMENT.of(payment.state).bucket:
        case Bucket.HELD:
            return known._replace(authorised=amount, most_left=amount, least_left=amount)
        case Bucket.TAKEN:
            ways = ways_to_read(lines.ended("refund"), amount, profile.amounts)
            return known._replace(
                authorised=amount,
                captured=amount,
                refunded=ways[0],
                most_left=amount - min(ways),
                least_left=amount - max(ways),
            )
        case Bucket.RETURNED:
            return known._replace(authorised=amount, captured=amount, refunded=amount)
    return known


def ways_to_read(refunds: Sequence[TransactionMark], captured: Decimal, meaning: Amounts) -> list[Decimal]:
    """What was refunded: by the reference's way to read the amounts first, and by the other if the transactions allow
    it and nothing is known of the adapter. None of the two may be impossible: a refund moves something, never more than
    was captured."""
    amounts = [Decimal(line.amount) for line in refunds if line.amount is not None]
    if not amounts:
        return [ZERO]
    after_each = [captured, *amounts]
    falls = all(after < before for before, after in zip(after_each, amounts, strict=False)) and amounts[-1] >= 0
    adds_up = all(amount > 0 for amount in amounts) and sum(amounts) <= captured
    by_after, by_moved = captured - amounts[-1], sum(amounts, ZERO)
    ways = {
        Amounts.AFTER: [by_after],
        Amounts.MOVED: [by_moved],
        Amounts.UNKNOWN: [*([by_after] if falls else []), *([by_moved] if adds_up else [])],
    }[meaning]
    return [min(max(way, ZERO), captured) for way in ways or [by_after, ZERO]]


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
    figures = figures_of(payment)
    return {figures.left, figures.most_left, figures.least_left} if figures else set()


def amount_of(action_type: str, payment: Snapshot) -> Decimal | None:
    """What the action would move. The API takes no amount with it, so it is always all that is
    left; None if that cannot be known."""
    figures = figures_of(payment)
    if figures is None:
        return None
    return figures.left if action_type.lower() == "refund" and figures.captured else Decimal(payment.amount or 0)


def after(action_type: str, now: Figures) -> Figures:
    """What it will come to once the action is done; the same where it is not known what it does."""
    match action_type.lower():
        case "capture":
            return now._replace(captured=now.authorised)
        case "cancel":
            return now._replace(authorised=ZERO)
        case "refund":
            return now._replace(refunded=now.captured)
    return now
