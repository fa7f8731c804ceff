"""What of a payment was authorised, captured and refunded, as far as its state and its transactions tell."""

from decimal import Decimal
from typing import NamedTuple

from domain.states import PAYMENT, Bucket
from payments.executions.snapshot import Snapshot

ZERO = Decimal(0)


class Figures(NamedTuple):
    """In major units. `left` is what the next action would move: the reservation, or what was
    captured and not yet paid back."""

    authorised: Decimal = ZERO
    captured: Decimal = ZERO
    refunded: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return (self.captured or self.authorised) - self.refunded


def figures_of(payment: Snapshot) -> Figures | None:
    """None where the API names no amount. A part that was refunded elsewhere shows in the amount after the last refund
    (Norce reference, schemas/paymenttransaction: "Amount after transaction")."""
    if payment.amount is None:
        return None
    amount = Decimal(payment.amount)
    match PAYMENT.of(payment.state).bucket:
        case Bucket.HELD:
            return Figures(authorised=amount)
        case Bucket.TAKEN:
            return Figures(amount, amount, _refunded(payment, amount))
        case Bucket.RETURNED:
            return Figures(amount, amount, amount)
    return Figures()


def _refunded(payment: Snapshot, captured: Decimal) -> Decimal:
    rest = [
        line.amount for line in payment.lines if line.event == "refund" and line.success and line.amount is not None
    ]
    return min(max(captured - Decimal(rest[-1]), ZERO), captured) if rest else ZERO


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
