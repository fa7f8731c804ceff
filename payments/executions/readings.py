"""The payment of an execution: as it is read now, and as it was when somebody asked for it and just before sending."""

import json
from dataclasses import replace

from django.utils import timezone

from order_api import OrderApi
from order_api.errors import NotFound
from payments.executions.intent import payment_of
from payments.executions.snapshot import Action, Snapshot, TransactionMark
from payments.models import Execution


def read(api: OrderApi, execution: Execution) -> Snapshot:
    """The payment as it is now, in two calls. Raises ApiError."""
    payment = api.payments.get(execution.order_id, execution.payment_id)
    lines = api.payments.transactions(execution.order_id, execution.payment_id)
    return Snapshot.of(payment, map(TransactionMark.of, lines), timezone.now())


def read_with_order(api: OrderApi, execution: Execution, seen: Snapshot) -> Snapshot:
    """The payment as it is now with what its order says, in two calls. Raises ApiError.

    Transactions are always read: nothing says that an order's `lastModified` moves with them. A payment that is gone
    from the order comes back in a state that the API does not have, and without actions.
    """
    order = api.orders.get(execution.order_id)
    try:
        payment = payment_of(order, execution.payment_id)
    except NotFound:
        return gone(seen)
    lines = api.payments.transactions(execution.order_id, execution.payment_id)
    return Snapshot.of(payment, map(TransactionMark.of, lines), timezone.now(), order)


def gone(seen: Snapshot) -> Snapshot:
    """What stands for a payment that is not there any more."""
    return replace(seen, state="gone", actions=(), read_at=timezone.now().isoformat())


def action_of(before: Snapshot, execution: Execution) -> Action:
    return before.offers(execution.action_id) or Action(execution.action_id, execution.action_type, execution.provider)


def before_of(execution: Execution) -> Snapshot:
    """What later readings are compared with: the reading just before sending."""
    return Snapshot.from_json(json.loads(execution.before_json) or json.loads(execution.seen_json))


def seen_of(execution: Execution) -> Snapshot:
    """The payment as it was when somebody asked for this."""
    return Snapshot.from_json(json.loads(execution.seen_json))
