"""Payments as people read them: who pays what by which means, what that comes to, and what the adapter offers to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext

from domain.adapters import called
from domain.money import Figures, Money, code_of, figures_of, money_of
from domain.states import PAYMENT, Bucket
from order_api.schemas import Order, Payment, PaymentTransaction
from orders.page.lifecycle import Track, payment_track
from orders.page.money_words import attempts_beside, covered_by, how_paid, standing_words
from orders.page.tree import Fact, facts_of
from orders.page.words import PAYMENT_TYPES
from payments.executions.refreshing import whom_to_ask
from payments.presentation.available_actions import Offer, offers_of
from payments.presentation.card_figures import CardFigures, asked_with, card_by, ledger_by
from payments.presentation.order_panel import OfOrder
from payments.presentation.vocabulary import names_it, provider_name
from privacy import PAGE, Kind, mask_as
from trade.totals import order_total
from ui.formats import isolated

MOST_TRACKS = 4
"""Payments whose way is shown above the order's parts; each reads its transactions once the page is there."""
_CAME_TO_NOTHING = frozenset({Bucket.FAILED, Bucket.LET_GO})


@dataclass(frozen=True, slots=True)
class PaymentCard:
    """One payment. `offers` are its actions, and what people look for in vain, with the reason. `token` is masked.
    `figures`: as far as its state tells; None where it names no amount. `asked`: the query string of the panel of its
    transactions."""

    payment: Payment
    title: str
    icon: str
    currency: str
    figures: Figures | None
    asked: str
    offers: list[Offer]
    token: str
    attributes: list[Fact]
    details: list[Fact]
    upsell: list[Fact]

    @property
    def about(self) -> str:
        """What its name does not say: whether it is a voucher or prepaid, and who handles it."""
        kind = (
            ""
            if self.payment.type in (None, "default")
            else str(PAYMENT_TYPES.get(self.payment.type, self.payment.type))
        )
        provider = provider_name(self.payment.adapter_id or "")
        handled = "" if not provider or names_it(self.title, provider) else gettext("through %s") % provider
        return ", ".join(filter(None, (kind, handled)))

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
    """Live ones first; removed ones apart and out of every sum. `state`, with the words `standing` where its own do not
    do, stands for all of them in the page's head; `beside` are attempts that came to nothing."""

    live: tuple[PaymentCard, ...]
    removed: tuple[PaymentCard, ...]
    money: Money
    how_paid: str
    covers: str
    state: str | None
    standing: str
    beside: list[str]

    @property
    def tracks(self) -> list[tuple[PaymentCard, Track]]:
        """A way for each payment that is not removed, those first that count."""
        counting = sorted(self.live, key=lambda card: PAYMENT.of(card.payment.state).bucket in _CAME_TO_NOTHING)
        found = [(card, payment_track(card.payment.state)) for card in counting[:MOST_TRACKS]]
        return [(card, track) for card, track in found if track.steps]


def present_payments(order: Order) -> Payments:
    """The order's payments."""
    others = [payment for payment in order.payments if PAYMENT.of(payment.state).is_live]
    cards = [present_payment(payment, order.currency, others) for payment in order.payments]
    live = tuple(card for card in cards if card.is_live)
    money = present_money(order)
    return Payments(
        live=live,
        removed=tuple(card for card in cards if not card.is_live),
        money=money,
        how_paid=how_paid(money),
        covers=covered_by(money),
        state=money.standing.state if money.standing else None,
        standing=standing_words(money),
        beside=attempts_beside(money),
    )


def present_money(order: Order) -> Money:
    """Where the order's money is."""
    return money_of(order.payments, order_total(order), order.currency)


class MoneyOnPage(NamedTuple):
    """What the page says of the order's money, once all its payments' transactions were read."""

    state: str | None
    standing: str
    beside: list[str]
    how_paid: str
    covers: str
    figures: list[CardFigures]


def money_by_logs(
    order: Order, logs: Iterable[tuple[Payment, Iterable[PaymentTransaction]]], executions: OfOrder
) -> MoneyOnPage:
    """The same as at first, but where transactions tell more of a payment than its state does."""
    fresh: dict[str, Figures] = {}
    cards = []
    for payment, transactions in logs:
        told = payment.changed(currency=code_of(payment.currency or order.currency))
        offers_refund = any((each.type or "").lower() == "refund" and each.id for each in payment.actions)
        lines = tuple(transactions)
        if (ledger := ledger_by(told, lines)) and payment.id:
            fresh[payment.id] = ledger.figures
            cards.append(card_by(told, ledger, executions.of(payment.id), offers_refund=offers_refund))
    money = money_of(order.payments, order_total(order), order.currency, lambda each: fresh.get(each.id or ""))
    return MoneyOnPage(
        state=money.standing.state if money.standing else None,
        standing=standing_words(money),
        beside=attempts_beside(money),
        how_paid=how_paid(money),
        covers=covered_by(money),
        figures=cards,
    )


def present_payment(payment: Payment, currency: str | None = None, others: Iterable[Payment] = ()) -> PaymentCard:
    """One payment; `currency` is the order's, for a payment that names none, and `others` are the order's live
    payments."""
    recurring, code = payment.recurring, code_of(payment.currency or currency)
    offers = offers_of(payment, others, code)
    offers_refund = any(offer.action_id and offer.kind.lower() == "refund" for offer in offers)
    return PaymentCard(
        payment=payment,
        title=isolated(called(payment.name, payment.adapter_id) or payment.id or ""),
        icon=_icon(payment),
        currency=code,
        asked=asked_with(payment, code, offers_refund=offers_refund),
        figures=None if payment.amount is None else figures_of(payment.state, payment.amount),
        offers=offers,
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
