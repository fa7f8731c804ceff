"""How a request ends by itself: with its time, or with the payment as it was when it was made. A request is what waits
for approval, and what somebody asked for who may not execute."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import log
from audit.actions import AuditAction
from gateway.connection import order_api
from order_api import OrderApi
from order_api.errors import ApiError, NotFound
from payments.executions.evidence import WHO, settle
from payments.executions.intent import tried_since
from payments.executions.readings import gone, read, seen_of
from payments.executions.schedule import count_check
from payments.executions.snapshot import Snapshot, differences
from payments.models import REQUESTED, Execution, Kind, State


def check(execution: Execution, api: OrderApi | None = None) -> Execution:
    """A request ends with its time, and with the payment as it was when it was made. Never raises ApiError."""
    if is_over(execution):
        end(execution, State.EXPIRED, {"why": ["expired"]})
        return execution
    try:
        payment = read(api or order_api(execution.merchant, execution.channel), execution)
    except NotFound:
        return compare(execution, gone(seen_of(execution)))
    except ApiError as error:
        return count_check(execution, timezone.now(), str(error))
    return compare(execution, payment)


def is_over(execution: Execution) -> bool:
    """Whether nobody may approve it, or take it up, any more, as its time is up."""
    return execution.expires_at is not None and execution.expires_at <= timezone.now()


def compare(execution: Execution, payment: Snapshot) -> Execution:
    """A request lapses if the payment, read just now, is not as it was when it was made, or
    something was tried on it since."""
    what = [*differences(seen_of(execution), payment), *tried_since(execution)]
    if not what and payment.offers(execution.action_id):
        return count_check(execution, timezone.now(), "")
    data = {"why": ["moved"], "differences": [list(each) for each in what], "payment": payment.to_json()}
    end(execution, State.LAPSED, data)
    return execution


@transaction.atomic
def end(
    execution: Execution,
    to: State,
    data: dict[str, Any],
    *,
    by: log.Who = WHO,
    action: AuditAction | None = None,
    **fields: Any,
) -> bool:
    """A request moves on from the state that it is known to be in, by what was found or on somebody's word. False if
    somebody was quicker, and then nothing of it is kept. `action`: as what the log has it, if not as its end."""
    kind = Kind.CHECK if by is WHO else Kind.PERSON
    expected = tuple(state for state in REQUESTED if state == execution.state)
    ends = AuditAction.PAYMENT_ASK_END if State.ASKED in expected else AuditAction.PAYMENT_APPROVAL_END
    moved = settle(execution, kind, data, to, by=by, expected=expected, action=action or ends, fields=fields)
    if not moved:
        transaction.set_rollback(True)
    return moved
