"""What a payment's transactions tell of its money beyond its state, from whoever read them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When

from accounts.channels import Channel
from domain.money import Figures
from index import checks, rollups
from index.amounts import from_units, to_units
from index.columns import Part, figures_in, is_to_capture, is_unread, money_columns, text_of, units_of
from index.linking import link
from index.locking import held
from index.models import FIGURES, FLAGS, IndexedOrder, IndexedPayment, MoneyEvent
from index.rows import upsert
from index.sums import ID, SHORT


class Event(NamedTuple):
    """A transaction of a payment, as `MoneyEvent` keeps it. `mark`: what tells it from the payment's others. Amounts in
    major units, `at` UTC."""

    mark: str
    event: str
    success: bool | None
    amount: Decimal | None = None
    moved: Decimal | None = None
    at: dt.datetime | None = None
    is_ours: bool = False


def note_transactions(  # noqa: PLR0913, PLR0917 - one payment, and all that its transactions say
    channel: Channel,
    order_id: str,
    payment_id: str,
    figures: Figures,
    events: Iterable[Event],
    at: dt.datetime,
    *,
    state: str | None = None,
) -> bool:
    """Keep what a payment's transactions, all of them as they were read at that time (UTC), say of its money; whether
    it was news.

    `figures`: as `payments.executions.ledger` has them, `state`: of the payment that they are of, where that is known.
    They hold until the payment's state or amount is another one (`see`). Of a payment that the index does not know,
    nothing is kept, nor where something later is known. Raises OperationalError as `see` does.
    """
    payments = IndexedPayment.objects.filter(
        order__merchant=channel.merchant, order__channel=channel.name, order__order_id=order_id,
        payment_id=text_of(payment_id, ID),
    )  # fmt: skip
    units, wanted = units_of(figures), {row["mark"]: row for row in map(_event, events)}
    if not _tells_more(payments.first(), units, wanted, at):
        mark_read(payments.filter(transactions_at__lt=at), at)
        return False
    with held(channel):
        payment = payments.first()
        if payment is None or (payment.transactions_at and payment.transactions_at > at):
            return False
        deltas = rollups.Deltas(channel)
        _keep_events(payment, wanted, deltas)
        if state is None or text_of(state, SHORT) == payment.state:
            _refine(payment, units, at, deltas)
        deltas.put()
        return True


def mark_read(payments: QuerySet[IndexedPayment], at: dt.datetime) -> None:
    """Their transactions were read at that time (UTC). Where their order has changed since, whoever wrote that down
    meanwhile, they stay to be read. One statement."""
    since = Exists(IndexedOrder.objects.filter(number=OuterRef("order_id"), modified__gt=at))
    payments.update(transactions_at=at, is_unread=Case(When(since, then=F("is_unread")), default=False))


def _tells_more(
    payment: IndexedPayment | None, units: Mapping[str, int], wanted: Mapping[str, dict[str, Any]], at: dt.datetime
) -> bool:
    if payment is None or (payment.transactions_at and payment.transactions_at > at):
        return False
    if payment.transactions_at is None or any(getattr(payment, name) != value for name, value in units.items()):
        return True
    there = {row["mark"]: row for row in payment.events.values(*_EVENT)}
    return there != wanted


_EVENT = ("mark", "event", "success", "amount", "moved", "at", "is_ours")


def _event(event: Event) -> dict[str, Any]:
    return {
        "mark": text_of(event.mark, SHORT),
        "event": text_of(event.event, SHORT),
        "success": event.success,
        "amount": None if event.amount is None else to_units(event.amount),
        "moved": None if event.moved is None else to_units(event.moved),
        "at": event.at,
        "is_ours": event.is_ours,
    }


def _keep_events(payment: IndexedPayment, wanted: Mapping[str, dict[str, Any]], deltas: rollups.Deltas) -> None:
    shared = {name: getattr(payment, name) for name in ("merchant", "channel", "adapter", "currency")}
    for row in payment.events.values(*rollups.OF_EVENTS):
        deltas.event(row, -1)
    for row in wanted.values():
        deltas.event({**shared, **row}, 1)
    payment.events.exclude(mark__in=list(wanted)).delete()
    rows = [MoneyEvent(payment=payment, **shared, **row) for row in wanted.values()]
    if rows:
        upsert(rows, ("payment", "mark"), never=("id",))


def _refine(payment: IndexedPayment, units: Mapping[str, int], at: dt.datetime, deltas: rollups.Deltas) -> None:
    """The payment's figures, and by them its order's."""
    order = IndexedOrder.objects.get(pk=payment.order_id)
    deltas.payment(vars(payment), -1)
    deltas.order(vars(order), -1)
    for name, value in units.items():
        setattr(payment, name, value)
    payment.transactions_at, payment.is_unread = at, is_unread(payment.state, at, order.modified)
    payment.is_to_capture = is_to_capture(payment.held, order.status)
    payment.save(update_fields=[*FIGURES, "transactions_at", "is_unread", "is_to_capture"])
    deltas.payment(vars(payment), 1)
    parts = [
        Part(row.state, from_units(row.amount), row.currency, figures_in(vars(row))) for row in order.payments.all()
    ]
    total = from_units(order.total) if order.has_total else None
    found = money_columns(parts, total, order.currency, order.status)
    for name, value in found.items():
        setattr(order, name, value)
    for name, value in checks.flags_of(vars(order)).items():
        setattr(order, name, value)
    order.save(update_fields=[*found, *FLAGS, "flags"])
    link([order.number], {order.number: order}, deltas)
