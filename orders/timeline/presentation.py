"""What happened to an order, from four sources in one line of time: the API's transitions and
transactions, deliveries, and this desk."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from audit.models import Outcome
from audit.reading import Record
from audit.telling import tell
from domain.states import ORDER, Stage
from order_api.events import Event
from order_api.schemas import Order, Payment, PaymentTransaction
from orders.notes.services import Written
from orders.page.payments import present_payment
from orders.page.transactions import present_transactions
from payments.presentation.origins import Origins
from payments.presentation.transaction_words import words_for
from ui.formats import format_day

ALL, MONEY, CHANGES, NOTES = "all", "money", "changes", "notes"
FILTERS: dict[str, Promise] = {ALL: _("All"), MONEY: _("Money"), CHANGES: _("Changes"), NOTES: _("Notes")}
# What a provider's adapter does on the way, of which nobody asks unless it goes wrong.
_STEPS = frozenset({"open", "process", "reopen"})
_OF_NOTES = "order.note."
# What somebody looked at, or was not let do: no change, but it belongs to the whole story.
_NO_CHANGES = frozenset({AuditAction.DENIED, AuditAction.PERSONAL_DATA_VIEW})
Logs = Sequence[tuple[Payment, Sequence[PaymentTransaction]]]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened. `shape` says how `about` is shown; `kinds` are the filters that it passes besides "all".

    `is_noise`: a step of some machine that went well, folded away unless one asks for its kind.
    """

    at: dt.datetime | None
    shape: str
    about: Any
    icon: str
    actor: str = ""
    kinds: frozenset[str] = frozenset()
    is_noise: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The moments of one day in the reader's zone, newest first; those of machines apart."""

    title: str
    moments: list[Moment] = field(default_factory=list)
    noise: list[Moment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a timeline is made of besides the order; `logs` are the transactions of each payment, `origins` says
    who caused those that moved money."""

    logs: Logs = ()
    events: Sequence[Event] = ()
    records: Sequence[Record] = ()
    notes: Sequence[Written] = ()
    origins: Origins = field(default_factory=Origins)


def present_timeline(order: Order, sources: Sources, show: str = ALL) -> list[Day]:
    """The days on which something happened, newest first; `show` is one of FILTERS."""
    moments = [
        *_of_notes(sources.notes),
        *_of_records(sources.records),
        *_of_events(sources.events),
        *_of_payments(order, sources),
        *_of_states(order),
    ]
    shown = [each for each in moments if show == ALL or show in each.kinds]
    dated = sorted((each for each in shown if each.at), key=_time, reverse=True)
    days = [_day(group, show) for _date, group in groupby(dated, key=_date)]
    undated = [each for each in shown if not each.at]
    return [*days, *([Day(gettext("Without a time"), undated)] if undated else [])]


def _time(moment: Moment) -> dt.datetime:
    return moment.at or dt.datetime.min.replace(tzinfo=dt.UTC)


def _date(moment: Moment) -> dt.date:
    return timezone.localtime(_time(moment)).date()


def _day(group: Iterable[Moment], show: str) -> Day:
    moments = list(group)
    folds = show == ALL
    return Day(
        format_day(_time(moments[0])),
        [each for each in moments if not (folds and each.is_noise)],
        [each for each in moments if folds and each.is_noise],
    )


def _of_states(order: Order) -> Iterator[Moment]:
    """An order is created in checkout (Norce reference, createcheckoutorder), which the API may or
    may not list as a transition."""
    transitions = order.state.transitions if order.state else ()
    for each in reversed(transitions):  # of one moment, the later one stands above
        state = ORDER.of(each.status)
        if each.status and not (state.is_start and each.time_stamp == order.created):
            icon = "fail" if state.stage is Stage.GIVEN_UP else "done"
            yield Moment(each.time_stamp, "state", str(each.status), icon, kinds=frozenset({CHANGES}))
    if order.created:
        yield Moment(order.created, "created", order, "orders", kinds=frozenset({CHANGES}))


def _of_payments(order: Order, sources: Sources) -> Iterator[Moment]:
    for payment, transactions in sources.logs:
        card = present_payment(payment, order.currency)
        told = payment.changed(currency=card.currency)
        says_of, origin_of = words_for(told, transactions), partial(sources.origins.of, payment.id)
        for line in present_transactions(transactions, origin_of, says_of):
            went_well = not line.result.is_failure
            yield Moment(
                line.transaction.created,
                "transaction",
                line,
                card.icon if went_well else "fail",
                actor=card.title,
                kinds=frozenset({MONEY}),
                is_noise=went_well and line.transaction.event in _STEPS,
                currency=card.currency,
            )


def is_delivered(event: Event) -> bool:
    """Whether somebody took the notification, at the first attempt or a later one."""
    return any(attempt.is_success for attempt in event.attempts)


def _of_events(events: Iterable[Event]) -> Iterator[Moment]:
    for event in events:
        went_well = is_delivered(event)
        yield Moment(
            event.created_at, "delivery", event, "bell", actor=event.adapter_id or "", is_noise=went_well
        )  # fmt: skip


def _of_records(records: Iterable[Record]) -> Iterator[Moment]:
    """What people did here, or tried. A note stands for itself."""
    for line in tell(record for record in records if not record.entry.action.startswith(_OF_NOTES)):
        yield Moment(line.record.at, "attempt", line, _icon(line.record), kinds=_kinds(line.record.entry.action))


def _kinds(action: str) -> frozenset[str]:
    if action in _NO_CHANGES:
        return frozenset()
    return frozenset({MONEY, CHANGES} if action.startswith("payment.") else {CHANGES})


def _icon(record: Record) -> str:
    if record.is_open or record.entry.outcome == Outcome.UNANSWERED:
        return "doubt"
    if record.entry.outcome in (Outcome.REFUSED, Outcome.FAILED, Outcome.DENIED):
        return "fail"
    return "eye" if record.entry.action == AuditAction.PERSONAL_DATA_VIEW else "edit"


def _of_notes(notes: Iterable[Written]) -> Iterator[Moment]:
    for note in notes:
        yield Moment(note.first.at, "note", note, "note", note.note.author_name, frozenset({NOTES}))
