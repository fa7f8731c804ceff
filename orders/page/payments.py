"""Payments as people read them: who pays what by which means, what that comes to, and what the adapter offers to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from domain.adapters import called
from domain.money import Money, Paid, money_of
from domain.states import PAYMENT, Bucket
from order_api.schemas import Order, Payment
from orders.page.totals import order_total
from orders.page.tree import Fact, facts_of
from payments.executions.refreshing import whom_to_ask
from payments.presentation.available_actions import Offer, offers_of
from privacy import PAGE, Kind, mask_as
from ui.formats import format_beside

MAIN_TYPES = ("default", None)


_PAID: Mapping[Paid, Promise | str] = {
    Paid.NOTHING_TO_PAY: "",
    Paid.UNPAID: _("Nothing paid"),
    Paid.OPEN: _("Not paid yet"),
    Paid.HELD: _("Reserved in full"),
    Paid.TAKEN: _("Paid in full: captured"),
}
_PARTS = {
    Bucket.TAKEN: _("captured %s"),
    Bucket.HELD: _("reserved %s"),
    Bucket.RETURNED: _("paid back %s"),
    Bucket.OPEN: _("open %s"),
    Bucket.UNKNOWN: _("in unknown states %s"),
}


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
    def asks(self) -> str:
        """The provider that can be asked for the payment's state; empty where nobody can be asked."""
        return whom_to_ask(self.payment) if self.is_live else ""

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
    how_paid: str
    main: PaymentCard | None
    state: str | None


def present_payments(order: Order) -> Payments:
    """The order's payments."""
    others = [payment for payment in order.payments if PAYMENT.of(payment.state).is_live]
    cards = [present_payment(payment, order.currency, others) for payment in order.payments]
    live = tuple(card for card in cards if card.is_live)
    main = next((c for c in live if c.payment.type in MAIN_TYPES), live[0] if live else None)
    money = present_money(order)
    return Payments(
        live=live,
        removed=tuple(card for card in cards if not card.is_live),
        money=money,
        how_paid=how_paid(money),
        main=main,
        state=_state_of_all(live, main),
    )


def _state_of_all(live: tuple[PaymentCard, ...], main: PaymentCard | None) -> str | None:
    """The worst first: a failure among several must not hide behind a voucher that went well."""
    states = {str(card.payment.state) for card in live}
    failures = PAYMENT.where(lambda row: row.is_failure and row.name in states)
    return failures[0].name if failures else main.payment.state if main else None


def present_money(order: Order) -> Money:
    """Where the order's money is."""
    return money_of(order.payments, order_total(order), order.currency)


def how_paid(money: Money) -> str:
    """How the order is paid, for the head of its page: in words, or by what is where; nothing where there is nothing
    to pay."""
    if money.paid in _PAID:
        return str(_PAID[money.paid])
    parts = [
        str(words) % format_beside(*amount, money.currency)
        for bucket, words in _PARTS.items()
        for amount in money.amounts(bucket)
    ]
    return capfirst(" · ".join(parts))


def present_payment(payment: Payment, currency: str | None = None, others: Iterable[Payment] = ()) -> PaymentCard:
    """One payment; `currency` is the order's, for a payment that names none, and `others` are the order's live
    payments."""
    recurring = payment.recurring
    return PaymentCard(
        payment=payment,
        title=called(payment.name, payment.adapter_id) or payment.id or "",
        icon=_icon(payment),
        currency=payment.currency or currency or "",
        offers=offers_of(payment, others),
        token=mask_as(Kind.SECRET, recurring.token, PAGE) if recurring and recurring.token else "",
        attributes=facts_of(payment.attributes),
        details=facts_of(recurring.attributes) if recurring else [],
        upsell=facts_of(payment.upsell.attributes) if payment.upsell else [],
    )


def _icon(payment: Payment) -> str:
    words = f"{payment.name} {payment.adapter_id}".lower()
    if "swish" in words:
        return "swish"
    return "gift" if payment.type in ("voucher", "prepaid") or "awardit" in words else "card"
