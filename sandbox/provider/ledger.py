"""How much the provider has moved for a payment, and how much is left, by its own count."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.codec import Document
from sandbox.models import Move

REVERSED = "-reversed"
"""A move that takes back an earlier one is of the kind `capture-reversed`, `refund-reversed` or `cancel-reversed`."""
CENT = Decimal("0.01")


def net(payment_id: str, kind: str, besides: Iterable[Move] = ()) -> Decimal:
    """What has moved by this type of action and was not taken back, with moves that are about to be kept."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    kept = Move.objects.filter(payment=payment_id).values_list("kind", "amount")
    for of, amount in [*kept, *((move.kind, move.amount) for move in besides if move.payment == payment_id)]:
        sums[of] += amount
    return sums[kind] - sums[kind + REVERSED]


class Account:
    """One type of action of one payment: what it is about, and what is left of it."""

    def __init__(self, payment: Document, kind: str, besides: Iterable[Move] = ()) -> None:
        self.kind = kind
        self.whole = Decimal(str(payment.get("amount") or 0))
        self.moved = net(payment["id"], kind, besides)
        if kind == "refund":
            self.whole = min(self.whole, net(payment["id"], "capture", besides) or self.whole)

    @property
    def left(self) -> Decimal:
        """What the action moves now; the whole once more, where nothing is left and it is done all the same."""
        return self.whole - self.moved if self.moved < self.whole else self.whole

    def share(self, share: Decimal) -> Decimal:
        """A share of what is left, in cents."""
        return self.left if share == 1 else (self.left * share).quantize(CENT)

    def after(self, amount: Decimal) -> Decimal:
        """The amount that the payment stands at once so much more has moved."""
        moved = min(self.whole, self.moved + amount)
        return moved if self.kind == "capture" else self.whole - moved


def plain(amount: Decimal) -> Any:
    """The amount with no more digits than it needs."""
    return int(amount) if amount == amount.to_integral_value() else amount.normalize()
