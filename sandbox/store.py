"""Reading and writing orders. Every write is one short transaction; whoever calls out to others does it before."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from sandbox import hooks, notifications, rules, schemas
from sandbox.codec import Document, decode, encode, stamp
from sandbox.columns import columns
from sandbox.models import Move, Order, OrderDocument, OrderPayment, Settlement, Transaction
from sandbox.problems import Problem, bad_request, conflict, not_found
from sandbox.rows import Row, insert, row_of
from sandbox.scope import Scope
from sandbox.text import column

Loaded = tuple[Document, dict[str, list[Document]]]
BATCH = 500
MOST_TRIES = 50
_listeners: list[Callable[[], None]] = []


def announce_to(listener: Callable[[], None]) -> None:
    """Has it called after every change to an order that was committed: there may be something to deliver."""
    if listener not in _listeners:
        _listeners.append(listener)


def _announce() -> None:
    for listener in _listeners:
        listener()


@dataclass
class Draft:
    """An order about to be changed: its document, transactions to be logged by payment, what the
    provider owes, which of what it owed (by key) it pays with the change, and what it moves."""

    document: Document
    lines: list[tuple[str, Document]] = field(default_factory=list)
    owed: list[Settlement] = field(default_factory=list)
    paid: int | None = None
    moves: list[Move] = field(default_factory=list)
    still_running: bool = False


def _rows(scope: Scope, order_id: str) -> QuerySet[OrderDocument]:
    return OrderDocument.objects.filter(
        order__public_id=column(order_id), order__merchant=column(scope.merchant), order__channel=column(scope.channel)
    )


def body(scope: Scope, order_id: str) -> bytes:
    """The order as it is answered, as JSON text. Raises Problem `order-not-found`."""
    text = _rows(scope, order_id).values_list("body", flat=True).first()
    if text is None:
        raise not_found("order", order_id)
    return text.encode()


def read(scope: Scope, order_id: str) -> Document:
    """The order's document. Raises Problem `order-not-found`."""
    document: Document = decode(body(scope, order_id))
    return document


def replace_body(scope: Scope, order_id: str, old: bytes, new: bytes) -> bool:
    """Store another text of the order, if it is still the old one; that is no change of the order."""
    return bool(_rows(scope, order_id).filter(body=old.decode()).update(body=new.decode()))


def transactions(order_id: str, payment_id: str) -> list[bytes]:
    """The log of a payment, oldest first, as JSON texts; of one that is not there, nothing."""
    rows = Transaction.objects.filter(order__public_id=column(order_id), payment=payment_id).order_by("pk")
    return [text.encode() for text in rows.values_list("body", flat=True)]


def create(document: Document) -> None:
    """Store a new order. Raises Problem 409 where its channel has one with the same cart reference."""
    try:
        with transaction.atomic(durable=True):
            insert([row_of(document, {})])
    except IntegrityError:
        reference = (document.get("cart") or {}).get("reference")
        raise conflict("order-conflict", f"There is an order with the cart reference {reference} already.") from None


def delete(scope: Scope, order_id: str) -> None:
    """Delete the order for good. Raises Problem `order-not-found`."""
    with transaction.atomic(durable=True):
        numbers = list(_rows(scope, order_id).values_list("order_id", flat=True))
        if not numbers:
            raise not_found("order", order_id)
        Order.objects.filter(number__in=numbers).delete()


def change(scope: Scope, order_id: str, edit: Callable[[Draft], None]) -> Draft:
    """Change an order by `edit`, which alters the draft in place or raises Problem, and return what was stored.

    Rules and hooks see the draft before anything is locked; if somebody else was quicker, it all starts over on what
    they stored. So `edit` may be called more than once, and hooks may be asked more than once.
    """
    for _ in range(MOST_TRIES):
        row = _rows(scope, order_id).values_list("order_id", "order__revision", "body").first()
        if row is None:
            raise not_found("order", order_id)
        number, revision, text = row
        before = decode(text)
        draft = Draft(decode(text))
        edit(draft)
        if draft.document != before:
            rules.settle(before, draft.document)
            document, draft.still_running = hooks.run(scope, before, draft.document)
            draft.document = schemas.Order.in_order(document)
        elif draft.lines:
            draft.document = schemas.Order.in_order(draft.document | {"lastModified": stamp()})
        elif not (draft.owed or draft.moves):
            return draft
        rules.hold_still(before, draft.document)
        if _commit(number, revision, before, draft):
            _announce()
            return draft
    raise Problem(500, "order-error", "Others change this order all the time; try again.")


def _commit(number: int, revision: int, before: Document, draft: Draft) -> bool:
    document = draft.document
    try:
        with transaction.atomic(durable=True):
            mine = Order.objects.filter(number=number, revision=revision)
            if not mine.update(revision=F("revision") + 1, **columns(document)):
                return False
            OrderDocument.objects.filter(order=number).update(body=encode(document).decode())
            _add_payments(number, before, document)
            Transaction.objects.bulk_create(
                Transaction(order_id=number, payment=payment, body=encode(line).decode())
                for payment, line in draft.lines
            )
            Move.objects.bulk_create(draft.moves)
            if draft.paid:
                Settlement.objects.filter(pk=draft.paid).delete()
            for settlement in draft.owed:
                settlement.order_id = number
                settlement.save(force_insert=True)
            notifications.record(before, document)
    except IntegrityError as error:
        raise bad_request("Another order of this channel has the same cart reference.") from error
    return True


def _add_payments(number: int, before: Document, after: Document) -> None:
    known = {payment["id"] for payment in before.get("payments") or ()}
    new = [payment["id"] for payment in after.get("payments") or () if payment["id"] not in known]
    OrderPayment.objects.bulk_create(OrderPayment(order_id=number, public_id=public_id) for public_id in new)


def insert_documents(documents: Iterable[Loaded]) -> int:
    """Insert orders as `GET` answers them, each with its transactions by payment id, and say how many they were.

    Ids, states and times are taken as they stand. One transaction for every 500 orders; IntegrityError, and nothing of
    those 500, where an id or a channel's cart reference is there already.
    """
    return insert_rows(row_of(*loaded) for loaded in documents)


def insert_rows(rows: Iterable[Row]) -> int:
    """The same for what was made ready to be stored before."""
    count, rest = 0, iter(rows)
    while batch := list(islice(rest, BATCH)):
        with transaction.atomic():
            insert(batch)
        count += len(batch)
    return count
