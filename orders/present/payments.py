"""Payments as people read them: who pays what by which means, what that comes to, and what the adapter offers to do."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.states import PAYMENT
from orders.api.schemas import Order, Payment
from orders.masking import Kind, mask_as
from orders.present.totals import ZERO, present_totals
from orders.present.tree import Fact, facts_of
from payments.offers import Offer, offers_of

MAIN_TYPES = ("default", None)


@dataclass(frozen=True, slots=True)
class Money:
    """Where the money of an order is, by the states of its payments; all in the order's currency.

    `open`: not promised yet. `held`, `taken`, `returned` as they say. `lost`: failed, declined or cancelled.
    `unknown`: in states that this program does not know. `foreign`: payments in another currency, which are in none of the sums.
    """

    total: Decimal
    open: Decimal = ZERO
    held: Decimal = ZERO
    taken: Decimal = ZERO
    returned: Decimal = ZERO
    lost: Decimal = ZERO
    unknown: Decimal = ZERO
    foreign: int = 0

    @property
    def covered(self) -> Decimal:
        """What live payments cover; one that failed or was let go covers nothing, one that was paid back did cover."""
        return self.open + self.held + self.taken + self.returned + self.unknown

    @property
    def gap(self) -> Decimal:
        """What payments cover too much, or, below zero, too little."""
        return self.covered - self.total

    @property
    def paid(self) -> str:
        """One word for the head of the page: none, taken, held, returned, open, partly or mixed."""
        if self.foreign or (self.total <= 0 and not self.covered):
            return "none"
        for word in ("taken", "held", "returned", "open"):
            if getattr(self, word) == self.covered > 0:
                return word if self.gap >= 0 else "partly"
        return "mixed" if self.covered else "unpaid"


@dataclass(frozen=True, slots=True)
class PaymentCard:
    """One payment. `offers` are its actions, and what people look for in vain, with the reason. `token` is masked."""

    payment: Payment
    title: str
    icon: str
    currency: str
    offers: list[Offer]
    token: str
    attributes: list[Fact]
    details: list[Fact]
    upsell: list[Fact]

    @property
    def is_live(self) -> bool:
        """Whether it counts: removing one is a state, not a deletion (Norce docs, adapters' /remove)."""
        return PAYMENT.of(self.payment.state).is_live


@dataclass(frozen=True, slots=True)
class Payments:
    """Live ones first; removed ones apart and out of every sum. `state` stands for all of them in the page's head."""

    live: tuple[PaymentCard, ...]
    removed: tuple[PaymentCard, ...]
    money: Money
    main: PaymentCard | None
    state: str | None


def present_payments(order: Order) -> Payments:
    """The order's payments."""
    others = [payment for payment in order.payments if PAYMENT.of(payment.state).is_live]
    cards = [present_payment(payment, order.currency, others) for payment in order.payments]
    live = tuple(card for card in cards if card.is_live)
    main = next((c for c in live if c.payment.type in MAIN_TYPES), live[0] if live else None)
    return Payments(
        live=live,
        removed=tuple(card for card in cards if not card.is_live),
        money=present_money(order),
        main=main,
        state=_state_of_all(live, main),
    )


def _state_of_all(live: tuple[PaymentCard, ...], main: PaymentCard | None) -> str | None:
    """The worst first: a failure among several must not hide behind a voucher that went well."""
    states = {str(card.payment.state) for card in live}
    failures = PAYMENT.where(lambda row: row.is_failure and row.name in states)
    return failures[0].name if failures else main.payment.state if main else None


def present_money(order: Order) -> Money:
    """Where the order's money is. Currencies are never added up."""
    live = [payment for payment in order.payments if PAYMENT.of(payment.state).is_live]
    own = [payment for payment in live if _is_in(payment, order.currency)]
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for payment in own:
        sums[PAYMENT.of(payment.state).bucket] += payment.amount or ZERO
    return Money(total=present_totals(order).total, foreign=len(live) - len(own), **sums)


def _is_in(payment: Payment, currency: str | None) -> bool:
    return not payment.currency or not currency or payment.currency.upper() == currency.upper()


def present_payment(payment: Payment, currency: str | None = None, others: Iterable[Payment] = ()) -> PaymentCard:
    """One payment; `currency` is the order's, for a payment that names none, and `others` are the order's live payments."""
    recurring = payment.recurring
    return PaymentCard(
        payment=payment,
        title=payment.name or payment.adapter_id or payment.id or "",
        icon=_icon(payment),
        currency=payment.currency or currency or "",
        offers=offers_of(payment, others),
        token=mask_as(Kind.SECRET, recurring.token) if recurring and recurring.token else "",
        attributes=facts_of(payment.attributes),
        details=facts_of(recurring.attributes) if recurring else [],
        upsell=facts_of(payment.upsell.attributes) if payment.upsell else [],
    )


def _icon(payment: Payment) -> str:
    words = f"{payment.name} {payment.adapter_id}".lower()
    if "swish" in words:
        return "swish"
    return "gift" if payment.type in ("voucher", "prepaid") or "awardit" in words else "card"
