"""Orders as they came over the wire, into the index: what is there letter for letter is recognised, and not parsed."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import transaction

from accounts.channels import Channel
from index import writing
from index.columns import VERSION
from index.hashes import secret
from index.models import IndexedOrder
from order_api.schemas import Order
from order_api.unread import UnreadOrder

logger = logging.getLogger(__name__)
AT_ONCE = 250
"""Ids in one statement."""


class Taken(NamedTuple):
    """What became of documents: how many there were, how many were new or changed, and how many could not be read."""

    seen: int = 0
    changed: int = 0
    unfit: int = 0


def mark_of(digest: bytes) -> bytes:
    """What is kept of a document's digest: keyed as the hashes are, and another one where rows are made otherwise."""
    return hashlib.blake2b(digest, key=secret(Path(settings.INDEX_KEY_FILE)), person=VERSION, digest_size=32).digest()


def take_in(channel: Channel, documents: Sequence[tuple[str, UnreadOrder]], *, at: dt.datetime) -> Taken:
    """Keep what these documents say, given by the orders' ids; they were asked for at that time (UTC), and somebody has
    looked that they are the channel's. What cannot be read is left as it was known."""
    taken = Taken()
    for batch in _batches(documents):
        taken = Taken(*map(sum, zip(taken, _take_in(channel, dict(batch), at), strict=True)))
    return taken


def touch(channel: Channel, ids: Iterable[str], *, at: dt.datetime) -> None:
    """These orders were met at that time, and nothing else is said of them."""
    IndexedOrder.objects.filter(
        merchant=channel.merchant, channel=channel.name, order_id__in=list(ids), seen_at__lt=at
    ).update(seen_at=at)


def of_channel(order: Order, channel: Channel) -> Order:
    """The order under its channel's name as the desk writes it, which a document may leave out or write otherwise."""
    if (order.merchant, order.channel) == channel:
        return order
    return msgspec.structs.replace(order, merchant=channel.merchant, channel=channel.name)


def _take_in(channel: Channel, documents: dict[str, UnreadOrder], at: dt.datetime) -> Taken:
    rows = IndexedOrder.objects.filter(
        merchant=channel.merchant, channel=channel.name, order_id__in=list(documents)
    ).values_list("order_id", "document", "seen_at")
    known = {order_id: (bytes(mark or b""), seen_at) for order_id, mark, seen_at in rows}
    marks = {order_id: mark_of(document.digest) for order_id, document in documents.items()}
    same = [order_id for order_id, (mark, _seen_at) in known.items() if mark == marks[order_id]]
    if same:
        touch(channel, same, at=at)
    read = {order_id: documents[order_id].read() for order_id in documents.keys() - set(same)}
    orders = {order_id: order for order_id, order in read.items() if isinstance(order, Order)}
    if unfit := sorted(read.keys() - orders.keys()):
        logger.warning("%s of %s could not be read into the index, as orders", len(unfit), channel)
        touch(channel, unfit, at=at)
    changed = writing.see([of_channel(order, channel) for order in orders.values()], at=at) if orders else 0
    if orders:
        _mark(channel, {order_id: marks[order_id] for order_id in orders}, at)
    return Taken(len(documents), changed or 0, len(unfit))


@transaction.atomic
def _mark(channel: Channel, marks: dict[str, bytes], at: dt.datetime) -> None:
    """Which texts these rows were made of, unless somebody has read something newer by now."""
    rows = list(
        IndexedOrder.objects.select_for_update()
        .filter(merchant=channel.merchant, channel=channel.name, order_id__in=list(marks), seen_at=at)
        .order_by("number")
        .only("number", "order_id")
    )
    for row in rows:
        row.document = marks[row.order_id]
    IndexedOrder.objects.bulk_update(rows, ["document"], batch_size=AT_ONCE)


def _batches(documents: Sequence[tuple[str, UnreadOrder]]) -> Iterator[list[tuple[str, UnreadOrder]]]:
    rest = iter(documents)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
