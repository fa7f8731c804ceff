"""Forgetting a customer: what this desk keeps of them, and what of it has to stay.

Texts on their orders are removed whole; elsewhere, what names them is taken out of a text. What only helped somebody to
find them (a saved view, a line of a pasted list, an export) goes. Proof of money and the audit log stay as they are.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from accounts.channels import Channel
from accounts.session_store import Session, SessionStore
from audit import log
from audit.actions import AuditAction
from audit.models import Entry
from index import removing
from index.models import IndexedOrder, PushedOrder
from jobs import files
from jobs.models import Job
from jobs.sealing import SealBrokenError, unseal
from operations.data_protection.exported import holds
from operations.data_protection.named import Named, OrderAt
from operations.data_protection.tables import Store, installed
from orders.finding import recent
from orders.list.back import SESSION_KEY as LISTS
from orders.models import Batch, BatchRow, PastedLine, SavedView
from payments.executions.intent import customer_digest
from payments.models import Execution
from ui.said import REMOVED

WHO = log.Who.system("forget")
_BATCH = 200


class Found(NamedTuple):
    """What was found of somebody under a name, how many of it, and what was (or would be) done."""

    what: str
    many: int
    done: str


class Customer(NamedTuple):
    """What names them, and their orders."""

    named: Named
    orders: frozenset[OrderAt]

    def has(self, merchant: str, channel: str, order_id: str) -> bool:
        return OrderAt(Channel(merchant, channel), order_id) in self.orders

    def words(self) -> set[str]:
        """By which their orders are found in a file: ids, and references that the index knows."""
        ids = {each.order_id for each in self.orders}
        known = IndexedOrder.objects.filter(order_id__in=ids).values_list(
            "merchant", "channel", "order_id", "reference"
        )
        return ids | {reference for *where, reference in known if reference and self.has(*where)}


Step = Callable[[Customer, bool], Iterator[Found]]


def forget(customer: Customer, *, really: bool) -> list[Found]:
    """All that is found; removed, if `really`, and then in the log, with counts alone. What is in the database's own
    tables goes as one; a second time finds what a process that died has left."""
    words = customer.words()
    gone = [*_jobs(customer, words, really)]
    with transaction.atomic():
        for step in _STEPS:
            gone += step(customer, really)
        if really:
            counts = {each.what: each.many for each in gone if each.many}
            log.event(WHO, AuditAction.DATA_FORGET, details={"orders": len(customer.orders), **counts})
    gone += _index(customer, really)
    return [each for each in gone if each.many]


def stays(customer: Customer) -> list[Found]:
    """What cannot be removed, or is not this desk's to remove."""
    ids = _ids(customer.orders)
    payments = sum(customer.has(*row) for row in _where(Execution.objects.filter(order_id__in=ids)))
    entries = sum(customer.has(*row) for row in _where(Entry.objects.filter(order_id__in=ids)))
    return [
        each
        for each in (
            Found("payment actions", payments, "proof of where money went, with what was read of the payment"),
            Found("entries of the audit log", entries, "a chain; personal data in them are masked"),
            Found(
                "orders",
                len(customer.orders),
                "Norce Checkout has them: erase them there, or the index reads them again",
            ),
        )
        if each.many
    ]


def _where(rows: "QuerySet[Execution] | QuerySet[Entry]") -> Iterator[tuple[str, str, str]]:
    return rows.values_list("merchant", "channel", "order_id").iterator(_BATCH)


def _ids(orders: Iterable[OrderAt]) -> list[str]:
    return sorted({each.order_id for each in orders})


# --- Texts


def _texts(customer: Customer, really: bool) -> Iterator[Found]:
    """Of what people wrote: whole on the customer's orders, else what names them."""
    for model, table in installed().items():
        if table.store not in (Store.NOTES, Store.CHOICES, Store.JOBS) or model is PastedLine:
            continue
        for column in table.texts:
            if column == "sealed":  # looked into below
                continue
            whole, part = 0, 0
            for row in _rows_with(model, column, table.order):
                before = getattr(row, column)
                is_theirs = table.order is not None and customer.has(*_order_of(row, table.order))
                after = REMOVED if is_theirs else customer.named.without(before)
                if after == before:
                    continue
                whole, part = whole + is_theirs, part + (not is_theirs)
                if really:
                    model._default_manager.filter(pk=row.pk).update(**{column: after})
            name = str(model._meta.verbose_name)
            yield Found(f"{name}: {column} of their orders", whole, "deleted")
            yield Found(f"{name}: {column} elsewhere", part, "without what names them")


def _rows_with(model: type[Model], column: str, order: str | None) -> Iterator[Model]:
    rows = model._default_manager.exclude(**{column: ""})
    related = (order or "").removesuffix("__")
    return (rows.select_related(related) if related else rows).iterator(_BATCH)


def _order_of(row: Model, order: str) -> tuple[str, str, str]:
    for step in filter(None, order.split("__")):
        row = getattr(row, step)
    return row.merchant, row.channel, row.order_id  # type: ignore[attr-defined]


# --- What only helped to find them


def _views(customer: Customer, really: bool) -> Iterator[Found]:
    rows = [row for row in SavedView.objects.all() if customer.named.are_in(f"{row.name}\n{row.query}")]
    if really:
        SavedView.objects.filter(pk__in=[row.pk for row in rows]).delete()
    yield Found("saved views", len(rows), "deleted")


def _pasted(customer: Customer, really: bool) -> Iterator[Found]:
    words = [f'"{each.order_id}"' for each in customer.orders]
    plain = customer.words()
    gone = [
        row.pk
        for row in PastedLine.objects.iterator(_BATCH)
        if row.text in plain
        or customer.named.are_in(row.text)
        or customer.named.are_in(row.answers_json)
        or any(word in row.answers_json for word in words)
    ]
    if really:
        PastedLine.objects.filter(pk__in=gone).delete()
    yield Found("lines of pasted lists", len(gone), "deleted")


def _batches(customer: Customer, really: bool) -> Iterator[Found]:
    gone = [row.pk for row in Batch.objects.iterator(_BATCH) if customer.named.are_in(_unsealed(row.sealed))]
    if really:
        BatchRow.objects.filter(batch__in=gone).delete()
        Batch.objects.filter(pk__in=gone).delete()
    yield Found("choices of many orders by what names them", len(gone), "deleted")


def _unsealed(text: str) -> str:
    try:
        return str(unseal(text)) if text else ""
    except SealBrokenError:  # by a key of before: nobody reads it any more
        return ""


def _sessions(customer: Customer, really: bool) -> Iterator[Found]:
    count = 0
    for row in Session.objects.iterator(_BATCH):
        data = SessionStore().decode(row.session_data)
        lists = data.get(LISTS, [])
        if not lists or not customer.named.are_in(str(lists)):
            continue
        count += 1
        if really:
            kept = SessionStore().encode({key: value for key, value in data.items() if key != LISTS})
            Session.objects.filter(pk=row.pk).update(session_data=kept)
    yield Found("sessions in which somebody searched for them", count, "without the lists that were looked at")


def _recent(customer: Customer, really: bool) -> Iterator[Found]:
    count = 0
    for person in User.objects.iterator(_BATCH):
        count += recent.forget(person, {(*each.channel, each.order_id) for each in customer.orders}, really=really)
    yield Found("orders among those that somebody opened last", count, "deleted")


def _tokens(customer: Customer, really: bool) -> Iterator[Found]:
    """By which earlier refunds to the same customer are found."""
    digests = [customer_digest(email) for email in customer.named.emails]
    rows = Execution.objects.filter(customer__in=[each for each in digests if each])
    yield Found("digests of their e-mail address on payment actions", rows.count(), "deleted")
    if really:
        rows.update(customer="")


_STEPS: tuple[Step, ...] = (_texts, _views, _pasted, _batches, _sessions, _recent, _tokens)


# --- Files, and the index


def _jobs(customer: Customer, words: set[str], really: bool) -> Iterator[Found]:
    """A file of an export is taken whole: it can be made again."""
    exports, open_ones = [], 0
    for job in Job.objects.iterator(_BATCH):
        is_theirs = customer.named.are_in(_unsealed(job.sealed)) or any(
            holds(path, words, customer.named) for path in files.of_job(job.pk)
        )
        if is_theirs and job.is_open:
            open_ones += 1
        elif is_theirs:
            exports.append(job.pk)
    if really:
        Job.objects.filter(pk__in=exports).delete()
        for pk in exports:
            files.forget(pk)
    yield Found("exports and jobs with them", len(exports), "removed, with their files")
    yield Found(
        "exports and jobs with them that are under way", open_ones, "not touched: run this again once they ended"
    )


def _index(customer: Customer, really: bool) -> Iterator[Found]:
    known = 0
    for order in sorted(customer.orders):
        rows = IndexedOrder.objects.filter(merchant=order.channel.merchant, channel=order.channel.name)
        known += rows.filter(order_id=order.order_id).exists()
        if really:
            removing.forget(order.channel, order.order_id)
    yield Found("orders in the index", known, "removed, with the hashes of names, addresses and phones")
    asked = reduce(or_, (Q(merchant=m, channel=c, order_id=i) for (m, c), i in customer.orders), Q(pk__in=()))
    pushed = PushedOrder.objects.filter(asked)
    yield Found("orders to be read again", pushed.count(), "deleted")
    if really:
        pushed.delete()
