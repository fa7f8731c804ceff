"""What was open when a backup was made may have gone on since: it is in doubt, and what it came to is read."""

import pytest

from operations.restore import doubt_what_is_open
from order_api import OrderApi
from payments.executions import reconciliation
from payments.models import Execution, State
from tests.payments.conftest import action_of


def looked_at(execution: Execution) -> State:
    """What the desk concludes from reading the payment."""
    execution.refresh_from_db()
    return State(reconciliation.check(execution).state)


@pytest.mark.django_db
def test_what_waited_and_was_never_sent_locks_its_payment_until_that_is_seen(waiting: Execution) -> None:
    assert doubt_what_is_open() == 1
    waiting.refresh_from_db()
    assert waiting.state == State.IN_DOUBT and waiting.next_check_at and waiting.sent_at is None
    assert looked_at(waiting) == State.IN_DOUBT, "it may be on its way: a person decides"


@pytest.mark.django_db
def test_what_waited_and_was_approved_and_sent_since_is_found_done(waiting: Execution, api: OrderApi) -> None:
    ids = (waiting.order_id, waiting.payment_id)
    api.payments.execute(*ids, action_of(api, ids, "capture").id or "")
    assert doubt_what_is_open() == 1
    assert looked_at(waiting) == State.DONE
