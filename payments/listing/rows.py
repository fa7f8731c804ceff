"""The rows of the list as they are shown: executions, moves of others and payments to capture alike."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.channels import Channel, channels_of
from audit.names import person_name
from domain.adapters import called
from domain.money import code_of
from domain.states import PAYMENT, Bucket, result_of
from index.amounts import from_units
from index.models import IndexedPayment, MoneyEvent
from payments.listing import ours, theirs
from payments.listing.paging import Page, Source, page_of, read_position
from payments.listing.questions import Question
from payments.models import Execution, State
from payments.presentation.preview import through
from payments.presentation.summary import via
from payments.presentation.vocabulary import action_words
from ui.formats import format_money

OURS, THEIRS, HELD = range(3)
"""The lists that a page is made of, by rank."""
_STANDS = (Bucket.TAKEN, Bucket.HELD, Bucket.RETURNED, Bucket.OPEN, Bucket.LET_GO, Bucket.FAILED, Bucket.UNKNOWN)
"""Where there is money of a payment, the first of these tells its state."""


class Stands(NamedTuple):
    """Where a payment's money is by the index's figures, as it was read at `as_of` (UTC)."""

    state: str
    as_of: dt.datetime
    also: str = ""


class Row(NamedTuple):
    """`rank` says which list it is of. `badge`: kind and value of the state shown. `url` is empty where its channel is
    not served any more. `note` says what the amount (major units) leaves open."""

    rank: int
    what: str
    through: str
    url: str
    at: dt.datetime | None
    channel: Channel
    order_id: str
    order_name: str
    order_url: str
    payment_id: str
    reference: str
    adapter: str
    badge: tuple[str, str]
    amount: Decimal | None
    currency: str
    by: str = ""
    approved_by: str = ""
    since: dt.datetime | None = None
    stands: Stands | None = None
    as_of: dt.datetime | None = None
    note: str = ""

    @property
    def is_ours(self) -> bool:
        return self.rank == OURS


def sources(question: Question, user: User) -> list[Source[Any]]:
    """The lists, by rank."""
    events, held = theirs.events(question, user), theirs.to_capture(question, user)
    return [
        ours.source(question, user),
        Source(events.rows, "at", parts=events.parts, related=("payment__order",)),
        Source(held.rows, "created", parts=held.parts, related=("order",)),
    ]


def page(question: Question, user: User, size: int, *, after: str = "", before: str = "") -> Page:
    """A page of what is meant, newest first. A position that cannot be read is the beginning."""
    asked = sources(question, user)
    start = {"after": read_position(after, asked), "before": read_position(before, asked)}
    return page_of(asked, size, **start)


def present(found: Iterable[tuple[int, Any]], user: User) -> list[Row]:
    """The rows in words. One query for where the payments of executions stand, if there are any."""
    pairs = list(found)
    served = frozenset(channels_of(user))
    known = stands_of([each for rank, each in pairs if rank == OURS])
    shown = []
    for rank, each in pairs:
        if rank == OURS:
            shown.append(_of_execution(each, known.get(_key(each)), served))
        else:
            shown.append(_of_event(each) if rank == THEIRS else _of_held(each))
    return shown


def _key(execution: Execution) -> tuple[str, str, str, str]:
    return execution.merchant, execution.channel, execution.order_id, execution.payment_id


def stands_of(executions: list[Execution]) -> dict[tuple[str, str, str, str], Stands]:
    """Where the payments of these executions stand, as far as the index knows them. One query, none for none."""
    if not executions:
        return {}
    rows = IndexedPayment.objects.filter(
        payment_id__in={each.payment_id for each in executions},
        order__order_id__in={each.order_id for each in executions},
    ).select_related("order")
    return {(p.order.merchant, p.order.channel, p.order.order_id, p.payment_id): stands(p) for p in rows}


def stands(payment: IndexedPayment) -> Stands:
    """The state that a payment's figures tell, and what was given back of it."""
    bucket = next((each for each in _STANDS if getattr(payment, each) > 0), None)
    own = PAYMENT.of(payment.state)
    if bucket and own.bucket is not bucket:
        own = next((row for row in PAYMENT.values() if row.bucket is bucket), own)
    is_partly = bucket is Bucket.TAKEN and payment.returned > 0
    back = format_money(from_units(payment.returned), payment.currency) if is_partly else ""
    return Stands(own.name, payment.order.seen_at, _("%s refunded") % back if back else "")


def _of_execution(execution: Execution, known: Stands | None, served: frozenset[Channel]) -> Row:
    channel = execution.in_channel
    is_other = execution.state == State.DONE and execution.moved_amount is not None
    return Row(
        OURS,
        str(capfirst(str(action_words(execution.action_type).noun))),
        through(via(execution), execution.provider),
        reverse("execution-detail", args=(channel, execution.pk)),
        execution.created_at,
        channel,
        execution.order_id,
        execution.order_reference or execution.order_id,
        reverse("order-detail", args=(channel, execution.order_id)) if channel in served else "",
        execution.payment_id,
        execution.payment_reference,
        execution.provider,
        ("execution", execution.state),
        execution.moved_amount if is_other else execution.amount,
        code_of(execution.currency),
        by=person_name(execution.taken_by_name or execution.asked_by_name),
        approved_by=person_name(execution.decided_by_name) if execution.decided_by_name else "",
        stands=known,
        note=_asked_for(execution) if is_other else "",
    )


def _asked_for(execution: Execution) -> str:
    return _("asked for: %s") % format_money(execution.amount, execution.currency)


def _of_event(event: MoneyEvent) -> Row:
    amount = None if event.moved is None else from_units(event.moved)
    note = ""
    if amount is None and event.amount is not None:
        note = _("named: %s") % format_money(from_units(event.amount), event.payment.currency)
    what = str(capfirst(str(action_words(event.event).noun)))
    row = _of_payment(event.payment, THEIRS, what, event.at, ("result", result_of(event.success).name))
    return row._replace(amount=amount, note=note)


def _of_held(payment: IndexedPayment) -> Row:
    order = payment.order
    what = str(capfirst(str(action_words("capture").noun)))
    row = _of_payment(payment, HELD, what, order.created, ("order", order.status))
    return row._replace(amount=from_units(payment.held), since=order.status_since)


def _of_payment(payment: IndexedPayment, rank: int, what: str, at: dt.datetime | None, badge: tuple[str, str]) -> Row:
    """What a payment of the index says whatever it is shown for; its amount is still to be put in."""
    order = payment.order
    channel = Channel(order.merchant, order.channel)
    return Row(
        rank,
        what,
        through(called(payment.method, payment.adapter) or payment.adapter, payment.adapter),
        f"{reverse('order-detail', args=(channel, order.order_id))}#payments",
        at,
        channel,
        order.order_id,
        order.reference or order.order_id,
        reverse("order-detail", args=(channel, order.order_id)),
        payment.payment_id,
        payment.reference,
        payment.adapter,
        badge,
        None,
        code_of(payment.currency),
        stands=stands(payment),
        as_of=order.seen_at,
    )
