"""What comes after an interruption: others who want at the payment, reconciliation, the provider's
own time, and a person who looks."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Sum
from pytest_django import Settings

from payments.executions import engine, manual_settlement, reconciliation
from payments.executions.intent import Intent
from payments.models import OPEN, Execution, State
from sandbox.delivery import let_pass
from sandbox.models import Move, Settlement
from sandbox.provider.ledger import net
from tests.harness.invariants import claimed_by
from tests.payments.conftest import asked_by

SOON = dt.timedelta(minutes=1)
MINUTES = 10.0
"""Enough for whatever the provider puts off."""


@contextmanager
def impatient(settings: Settings) -> Iterator[None]:
    """The time in which a process may still be at it is over at once."""
    before = settings.PAYMENT_GIVEN_UP_AFTER
    settings.PAYMENT_GIVEN_UP_AFTER = dt.timedelta(0)
    yield
    settings.PAYMENT_GIVEN_UP_AFTER = before


def open_of(payment_id: str) -> list[Execution]:
    return list(Execution.objects.filter(payment_id=payment_id, state__in=OPEN))


def is_locked(case: Intent, somebody_else: User) -> bool:
    """Whether another attempt at the payment, with another dialog, gets nowhere."""
    try:
        engine.claim(replace(case, after="another dialog"), asked_by(somebody_else))
    except engine.PaymentLockedError:
        return True
    except engine.PaymentChangedError:
        return False
    return False


def settle(payment_id: str, person: User) -> None:
    """Everything comes to its end: by reading again, by the provider's settling, by the watch over what has ended, and
    by hand, by somebody who did not ask for it."""
    look_at_all(payment_id)
    while Settlement.objects.filter(payment=payment_id).exists():
        let_pass(MINUTES)
        look_at_all(payment_id)
    for execution in [*open_of(payment_id), *Execution.objects.filter(payment_id=payment_id, state=State.CONTRADICTED)]:
        settle_truthfully(execution, person)
    look_at_all(payment_id)


def look_at_all(payment_id: str) -> None:
    """What is open, and what has ended."""
    for execution in Execution.objects.filter(payment_id=payment_id).order_by("created_at"):
        reconciliation.check(execution)


def reconcile_all(payment_id: str) -> None:
    for execution in open_of(payment_id):
        reconciliation.check(execution)


def settle_truthfully(execution: Execution, person: User) -> None:
    """A person looks at what the provider counts, and says so, and how much."""
    same = Execution.objects.filter(payment_id=execution.payment_id, action_type=execution.action_type)
    told = sum((claimed_by(each) for each in same.filter(state=State.DONE)), Decimal(0))
    left = net(execution.payment_id, execution.action_type) - told - elsewhere_of(execution)
    manual_settlement.settle_by_hand(
        execution,
        asked_by(person).who,
        moved=left > 0,
        where="The provider's portal",
        found="The list of transactions",
        amount=left if left > 0 and left != execution.amount else None,
    )


def elsewhere_of(execution: Execution) -> Decimal:
    """What somebody moved in the provider's portal."""
    moves = Move.objects.filter(payment=execution.payment_id, kind=execution.action_type, source=Move.Source.ELSEWHERE)
    return moves.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
