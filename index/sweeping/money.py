"""The transactions of payments, which no order has in it: they are read where money was taken or given back, for
whoever above makes figures of them (`index.registry`).

What is due is looked for many at once, and not again for a while where there was nothing, unless an order changed: it
is no cheap question over many payments.
"""

import datetime as dt
import time
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from accounts.channels import Channel
from domain.states import PAYMENT, Bucket
from index import registry
from index.models import IndexedPayment
from index.noting import mark_read
from order_api import OrderApi, answers
from order_api.call import Answer
from order_api.errors import BadAnswer, NotFound, Rejected
from order_api.schemas import PaymentTransaction

_TAKEN = [row.name for row in PAYMENT.where(lambda row: row.bucket is Bucket.TAKEN)]
AGAIN_AFTER = dt.timedelta(days=1)
LONG_AGO = dt.timedelta(days=30)
"""Payments of older orders are not looked at again while nothing else of them changes."""
AT_ONCE = 100
NOTHING_FOR = 300.0
"""Seconds."""


@dataclass
class _Due:
    """Of a channel, in this process: the payments that were found to be due, and until when none are looked for."""

    keys: list[int] = field(default_factory=list)
    nothing_until: float = 0.0


_due: dict[Channel, _Due] = {}


def look_again(channel: Channel) -> None:
    """Orders of the channel have changed: there may be something to read."""
    _due.pop(channel, None)


def next_payment(channel: Channel, now: dt.datetime) -> IndexedPayment | None:
    """Whose transactions are to be read next: where they never were, or its order changed since, the newest first; then
    what was taken and may have been given back without a word of it in the order, once a day."""
    if not registry.readers():
        return None
    due = _due.setdefault(channel, _Due())
    if not due.keys and time.monotonic() >= due.nothing_until:
        due.keys = list(_found(channel, now))
        due.nothing_until = 0.0 if due.keys else time.monotonic() + NOTHING_FOR
    while due.keys:
        payment = IndexedPayment.objects.filter(pk=due.keys.pop(0)).select_related("order").first()
        if payment is not None:
            return payment
    return None


def _found(channel: Channel, now: dt.datetime) -> QuerySet[IndexedPayment, int]:
    rows = IndexedPayment.objects.filter(merchant=channel.merchant, channel=channel.name)
    found = rows.filter(is_unread=True).order_by("-created", "-pk").values_list("pk", flat=True)[:AT_ONCE]
    if found:
        return found
    old = rows.filter(state__in=_TAKEN, transactions_at__lt=now - AGAIN_AFTER, created__gte=now - LONG_AGO)
    return old.order_by("transactions_at", "pk").values_list("pk", flat=True)[:AT_ONCE]


def hand_over(channel: Channel, answer: Answer, at: dt.datetime) -> None:
    """The same with an answer that somebody else got, asked for at that time (UTC), of a payment that is known. Raises
    ApiError where it is none."""
    known = IndexedPayment.objects.filter(
        order__merchant=channel.merchant, order__channel=channel.name, order__order_id=answer.call.ids["order_id"],
        payment_id=answer.call.ids["payment_id"],
    )  # fmt: skip
    payment = known.select_related("order").first()
    if payment is not None:
        lines = answers.value(answer, tuple[PaymentTransaction, ...], whole=False)
        for reader in registry.readers():
            reader(payment, lines, at)


def read_transactions(api: OrderApi, payment: IndexedPayment, now: dt.datetime) -> None:
    """Hand them to whoever makes something of them, in one call. Raises ApiError."""
    try:
        lines = api.payments.transactions(payment.order.order_id, payment.payment_id)
    except (NotFound, BadAnswer, Rejected):  # there are none to be read, today
        lines = None
    if lines is not None:
        for reader in registry.readers():
            reader(payment, lines, now)
    older = Q(transactions_at__isnull=True) | Q(transactions_at__lt=now)
    mark_read(IndexedPayment.objects.filter(older, pk=payment.pk), now)
