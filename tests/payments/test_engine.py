"""One intent, one call, and an outcome that evidence speaks for."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from orders.api import OrderApi
from payments import engine
from payments.case import Case
from payments.models import Answer, State
from tests.payments.conftest import MakePayment, asked_by

CaseOf = Callable[[tuple[str, str], str], Case]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("day", "state", "answer"),
    [
        ("", State.DONE, Answer.ACCEPTED),
        ("decline", State.REFUSED, Answer.REFUSED),
        ("error", State.IN_DOUBT, Answer.SILENT),
        ("timeout-before", State.IN_DOUBT, Answer.SILENT),
        ("timeout-after", State.DONE, Answer.SILENT),
        ("pending", State.PENDING, Answer.ACCEPTED),
    ],
)
def test_the_outcome_is_what_the_evidence_says(
    api: OrderApi, make_payment: MakePayment, case_of: CaseOf, admin: User, day: str, state: State, answer: Answer
) -> None:
    execution = engine.execute(api, case_of(make_payment(sandbox=day), "capture"), asked_by(admin))
    assert (execution.state, execution.answer) == (state, answer)
