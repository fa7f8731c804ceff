"""What comes after an interruption: others who want at the payment, reconciliation, the provider's
own time, and a person who looks."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from payments.executions import engine, manual_settlement, reconciliation
from payments.executions.intent import Intent
from payments.models import OPEN, Execution, State
from sandbox.delivery import deliver_due
from sandbox.models import Settlement
from tests.harness.invariants import counted
from tests.payments.conftest import asked_by

SOON = dt.timedelta(minutes=1)


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
    """Everything that is open comes to its end: by reading again, by the provider's settling, by
    reading again, and by hand."""
    reconcile_all(payment_id)
    if Settlement.objects.filter(payment=payment_id).exists():
        deliver_due(timezone.now() + SOON)
        reconcile_all(payment_id)
    for execution in open_of(payment_id):
        settle_truthfully(execution, person)


def reconcile_all(payment_id: str) -> None:
    for execution in open_of(payment_id):
        reconciliation.check(execution)


def settle_truthfully(execution: Execution, person: User) -> None:
    """A person looks at what the provider counts, and says so."""
    done = Execution.objects.filter(
        payment_id=execution.payment_id, action_type=execution.action_type, state=State.DONE
    ).count()
    moved = counted(execution.payment_id).moves[execution.action_type] > done
    manual_settlement.settle_by_hand(
        execution, asked_by(person).who, moved=moved, where="The provider's portal", found="The list of transactions"
    )
