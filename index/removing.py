"""What goes: orders that are not there any more, and those that are too old to be kept."""

import datetime as dt

from django.db.models import QuerySet

from accounts.channels import Channel
from index import rollups
from index.linking import link
from index.locking import held
from index.models import IndexedKey, IndexedOrder, IndexedPayment, IndexedSku, MoneyEvent
from index.rows import kept_since, rows_of

_REMOVED_AT_ONCE = 500


def forget(channel: Channel, order_id: str) -> bool:
    """The order is not there any more (404): nothing of it stays. Whether something was known of it."""
    if not rows_of(channel, [order_id]).exists():
        return False
    with held(channel):
        return bool(_remove(channel, rows_of(channel, [order_id])))


def forget_channel(channel: Channel, most: int = 10_000) -> int:
    """Nothing of the channel's orders stays, at most so many of them at once; how many were removed."""
    return _remove_in_pieces(
        channel, IndexedOrder.objects.filter(merchant=channel.merchant, channel=channel.name), most
    )


def prune(now: dt.datetime, most: int = 5_000) -> int:
    """Orders that were created before what is kept (INDEX_KEEP_DAYS) are removed, at most so many at once; how many
    were. Where that is fewer than `most`, none is left."""
    removed, channels = 0, rollups.known_channels()
    for channel in channels:
        old = IndexedOrder.objects.filter(
            merchant=channel.merchant, channel=channel.name, created__lt=kept_since(now)
        )  # fmt: skip
        removed += _remove_in_pieces(channel, old, most - removed)
    if removed < most:
        rollups.drop_empty(channels)
    return removed


def _remove_in_pieces(channel: Channel, rows: QuerySet[IndexedOrder], most: int) -> int:
    removed = 0
    while removed < most:
        with held(channel):
            some = rows.filter(number__in=rows.order_by("created", "number").values("number")[: most - removed])
            piece = _remove(channel, some.order_by("created", "number")[:_REMOVED_AT_ONCE])
        removed += piece
        if piece < _REMOVED_AT_ONCE:
            break
    return removed


def _remove(channel: Channel, rows: QuerySet[IndexedOrder]) -> int:
    """With the channel held."""
    gone = list(rows)
    numbers = [row.number for row in gone]
    deltas = rollups.Deltas(channel)
    for row in gone:
        deltas.order(vars(row), -1)
    payments = IndexedPayment.objects.filter(order__in=numbers)
    for payment in payments:
        deltas.payment(vars(payment), -1)
    were = set(
        IndexedPayment.objects.filter(twin__order__in=numbers).exclude(order__in=numbers)
        .values_list("order_id", flat=True)
    )  # fmt: skip
    events = MoneyEvent.objects.filter(payment__order__in=numbers)
    for event in events:
        deltas.event(vars(event), -1)
    events.delete()
    payments.delete()
    for model in (IndexedSku, IndexedKey):
        model._default_manager.filter(order__in=numbers).delete()
    IndexedOrder.objects.filter(number__in=numbers).delete()
    if were:
        link(were, {}, deltas)
    deltas.put()
    return len(gone)
