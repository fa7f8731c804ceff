"""The provider at work: what it does as it is called, in its portal, and later."""

import logging
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from sandbox import store
from sandbox.codec import decode
from sandbox.models import ProviderCall, Settlement
from sandbox.problems import Problem
from sandbox.provider import steps
from sandbox.provider.steps import Order, Work
from sandbox.scope import Scope
from sandbox.store import Draft

logger = logging.getLogger(__name__)


def count(order: Order) -> None:
    """Keep that the provider was called, whatever it does about it."""
    ProviderCall.objects.create(order=order.order_id, payment=order.payment_id, kind=order.kind, at=timezone.now())


def carry_out(scope: Scope, order: Order) -> None:
    """Do what was asked, as the payment's day has it. Raises Problem where the state does not allow it."""
    store.change(scope, order.order_id, lambda draft: steps.take_on(Work(draft, order)))


def in_portal(scope: Scope, order: Order, amount: Decimal) -> None:
    """Move an amount as somebody does in the provider's own portal, with no call of an action. Raises Problem where so
    much is not left."""
    store.change(scope, order.order_id, lambda draft: steps.in_portal(Work(draft, order), amount))


def settle_later(settlement: Settlement) -> bool:
    """Carry out what was put off. False where somebody else is at it; they get a minute."""
    mine = Settlement.objects.filter(pk=settlement.pk, due=settlement.due)
    if not mine.update(due=settlement.due + timedelta(minutes=1)):
        return False
    row = settlement.order
    order = Order(row.public_id, settlement.payment, settlement.action)

    def edit(draft: Draft) -> None:
        if not Settlement.objects.filter(pk=settlement.pk).exists():
            return  # somebody else was quicker
        draft.paid = settlement.pk
        steps.STEPS[settlement.step](Work(draft, order, decode(settlement.kept)))

    try:
        store.change(Scope(row.merchant, row.channel), row.public_id, edit)
    except Problem as problem:
        logger.warning("The provider cannot %s payment %s any more: %s", settlement.action, settlement.payment, problem)
    Settlement.objects.filter(pk=settlement.pk).delete()
    return True
