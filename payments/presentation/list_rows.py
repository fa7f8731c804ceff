"""What the list of orders says of what was asked of providers through this desk and is not settled."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel
from domain.money import Amount
from payments.models import OPEN, REQUESTED, Execution, ExternalMove, State
from ui import statements

WORDS: Mapping[str, Promise] = {
    State.CONTRADICTED: _("%s contradicted"),
    State.IN_DOUBT: _("%s in doubt"),
    State.PENDING: _("%s pending"),
    State.SENDING: _("%s being sent"),
    State.PREPARED: _("%s being sent"),
    State.WAITING: _("%s waits for approval"),
    State.ASKED: _("%s asked for"),
}
"""The gravest first."""
MOVED = "moved"
_RANK = {state: rank for rank, state in enumerate([State.CONTRADICTED, MOVED, *list(WORDS)[1:]])}


class Unsettled(NamedTuple):
    """The gravest thing of an order that is not settled: the state of an execution, or `MOVED` where others moved money
    that nobody has acknowledged; and the amounts of all that are in that state, where they are known."""

    state: str
    amounts: tuple[Amount, ...] = ()


def unsettled_among(merchant: str, channel: str, *order_ids: str) -> QuerySet[Execution]:
    """The executions of these orders that are not settled."""
    moves = ExternalMove.objects.filter(execution=OuterRef("pk"), acknowledged_at=None)
    return (
        Execution.objects.filter(merchant=merchant, channel=channel, order_id__in=order_ids)
        .annotate(is_moved=Exists(moves))
        .filter(Q(state__in=[*OPEN, State.CONTRADICTED, *REQUESTED]) | Q(is_moved=True))
    )


_has_any = statements.Exists(unsettled_among)


def unsettled_of(channel: Channel, order_ids: Collection[str]) -> dict[str, Unsettled]:
    """By order, of these orders; one query, and one more where there is anything."""
    if not order_ids or not _has_any(channel.merchant, channel.name, *order_ids):
        return {}
    query = unsettled_among(channel.merchant, channel.name, *order_ids).order_by("created_at")
    rows = query.values_list("order_id", "state", "is_moved", "amount", "currency")  # type: ignore[misc]  # annotated
    found: dict[str, Unsettled] = {}
    for order_id, own_state, is_moved, amount, currency in rows:
        state = own_state if own_state in WORDS and not (is_moved and own_state != State.CONTRADICTED) else MOVED
        amounts = (Amount(amount, currency),) if amount is not None and state != MOVED else ()
        before = found.get(order_id)
        if before is None or _RANK[state] < _RANK[before.state]:
            found[order_id] = Unsettled(state, amounts)
        elif state == before.state:
            found[order_id] = Unsettled(state, _added(before.amounts, amounts))
    return found


def _added(before: tuple[Amount, ...], more: tuple[Amount, ...]) -> tuple[Amount, ...]:
    sums = {currency: value for value, currency in before}
    for value, currency in more:
        sums[currency] = sums.get(currency, value - value) + value
    return tuple(Amount(value, currency) for currency, value in sums.items())
