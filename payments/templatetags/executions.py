"""Filters by which templates say what is known of an execution."""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from django import template
from django.contrib.auth.models import AnonymousUser, User
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from domain.money import Figures
from order_api.schemas import Payment
from payments.executions.schedule import is_watched, watch_ends
from payments.models import Execution, ExternalMove, State
from payments.presentation import moves as of_others
from payments.presentation import receipt, settling
from payments.presentation import summary as words
from payments.presentation.available_actions import Offer
from payments.presentation.card_figures import CardFigures, cells_of, element_of, refund_of
from payments.presentation.order_panel import OfOrder, OfPayment, held
from payments.presentation.proof import Proof
from payments.presentation.vocabulary import provider_name

register = template.Library()


class Card(Protocol):
    """A payment on the order's page, as far as its figures go."""

    @property
    def payment(self) -> Payment: ...
    @property
    def figures(self) -> Figures | None: ...
    @property
    def currency(self) -> str: ...


@register.filter
def title(execution: Execution) -> str:
    """As in "Refund 499.00 SEK"."""
    return words.title_of(execution)


@register.filter
def known(execution: Execution) -> str:
    """What is known about the money, in one sentence; of what is contradicted, also by what: one query."""
    return words.known(execution, execution.evidence.last() if execution.state == State.CONTRADICTED else None)


@register.filter
def how(execution: Execution) -> str:
    """When it was sent and what came back."""
    return words.how(execution)


@register.filter
def moved(move: ExternalMove) -> of_others.Moved:
    """What others moved, in words."""
    return of_others.moved(move)


@register.filter
def watched_until(execution: Execution) -> dt.datetime | None:
    """Until when it is looked at whether its outcome holds; None where nobody looks any more, or not yet."""
    return watch_ends(execution.ended_at) if is_watched(execution) and execution.ended_at else None


@register.filter
def is_own_of(execution: Execution, user: User | AnonymousUser) -> bool:
    """Whether this person asked for it, and so cannot be the one who says what became of it."""
    return settling.is_own(execution, user)


@register.filter
def held_by(offers: Iterable[Offer], mine: OfPayment) -> list[Offer]:
    """The offers; one that waits until somebody has looked is no button, and says why."""
    return held(offers, mine)


@register.filter
def of_payment(executions: OfOrder, payment_id: str | None) -> OfPayment:
    """The executions of this payment."""
    return executions.of(payment_id)


@register.simple_tag
def card_figures(card: Card, mine: OfPayment) -> CardFigures:
    """The figures on a payment's card, as far as its state tells."""
    payment_id = card.payment.id
    return CardFigures(
        element_of(payment_id) if payment_id else "", cells_of(card.figures, card.payment.amount, card.currency, mine)
    )


@register.simple_tag
def offer_words(offer: Offer, payment_id: str) -> str:
    """The words of an action's button. What a refund would move can be put right once transactions were read."""
    if offer.kind.lower() != "refund" or not offer.amount:
        return offer.label
    money = format_html('<span id="{}">{}</span>', refund_of(payment_id), offer.amount)
    return format_html("<span>{}…</span>", mark_safe(escape(offer.whole) % {"money": money}))  # noqa: S308 - escaped


@register.filter
def to_ask_for(offers: Iterable[Offer]) -> list[Offer]:
    """What can be done, for who may only ask for it."""
    return [offer for offer in offers if offer.action_id]


@register.filter
def provider(adapter_id: str) -> str:
    """The provider as people call it, told from its adapter's id."""
    return provider_name(adapter_id)


@register.filter
def receipt_digest(proof: Proof) -> str:
    """What the signed receipt of this proof has to have as its SHA-256."""
    return receipt.digest_of(proof)
