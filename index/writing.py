"""From orders as the Order API gave them to rows of the index.

Many at once, in as many statements: what has not changed since it was last read costs a digest, a share of one SELECT
and one UPDATE. What is older than what is known is no news, whichever process comes last. What transactions tell is
kept by `note_transactions`; what is gone goes by `forget` and `prune`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from accounts.channels import Channel
from index import rollups
from index.columns import columns_of, digest_of, is_to_capture, is_unread, keys_of, payments_of, skus_of, text_of
from index.linking import link
from index.locking import held
from index.models import FIGURES, IndexedKey, IndexedOrder, IndexedPayment, IndexedSku, MoneyEvent
from index.noting import Event, note_transactions
from index.removing import forget, forget_channel, prune
from index.rows import kept_since, rows_of, upsert
from index.sums import ID, SHORT
from order_api.schemas import Order

AT_ONCE = 250
"""Orders that are compared with what is known at once: a page of the API."""
WRITTEN_AT_ONCE = 50
"""Orders that are written in one transaction: on SQLite nobody else writes meanwhile, and people do more urgent
things."""


def see(orders: Iterable[Order], *, at: dt.datetime) -> int:
    """Keep what these orders say, as they were read at that time (UTC); how many rows were new or changed.

    An order without id, merchant or channel is left out. What is older than what is known is no news. An order that was
    created before what is kept (`kept_since`) stays until `prune` comes by. Raises OperationalError where the database
    is busy for longer than `index.locking.PATIENCE`: some of the orders are kept then, and none of them by half.
    """
    changed, rest = 0, iter(orders)
    while some := tuple(islice(rest, AT_ONCE)):
        of: dict[Channel, dict[str, Order]] = defaultdict(dict)
        for order in some:
            if order.id and order.merchant and order.channel:
                of[Channel(order.merchant[:SHORT], order.channel[:SHORT])][text_of(order.id, ID)] = order
        for channel in sorted(of):
            changed += _see(channel, of[channel], at)
    return changed


def _see(channel: Channel, orders: Mapping[str, Order], at: dt.datetime) -> int:
    digests = {order_id: digest_of(order) for order_id, order in orders.items()}
    known = {
        order_id: (seen_at, bytes(digest))
        for order_id, seen_at, digest in rows_of(channel, orders).values_list("order_id", "seen_at", "digest")
    }
    same = [each for each, (_seen, digest) in known.items() if digest == digests[each]]
    if same:
        rows_of(channel, same).filter(seen_at__lt=at).update(seen_at=at)
    news = {
        each: order for each, order in orders.items()
        if each not in known or (known[each][0] <= at and known[each][1] != digests[each])
    }  # fmt: skip
    changed, rest = 0, iter(news.items())
    while some := dict(islice(rest, WRITTEN_AT_ONCE)):
        with held(channel):
            changed += _Writing(channel, at).write(some, digests)
    return changed


@dataclass
class _Writing:
    """One page of a channel's orders, with the channel held."""

    channel: Channel
    at: dt.datetime
    were_twins: set[int] = field(default_factory=set)
    """Orders whose payments had a twin that is gone."""

    def write(self, orders: Mapping[str, Order], digests: Mapping[str, bytes]) -> int:
        """Those that are news, looked at again now that nobody else writes."""
        before = {row.order_id: row for row in rows_of(self.channel, orders)}
        orders = {
            each: order for each, order in orders.items()
            if each not in before
            or (before[each].seen_at <= self.at and bytes(before[each].digest) != digests[each])
        }  # fmt: skip
        if not orders:
            return 0
        old = {row.number: row for each, row in before.items() if each in orders}
        paid = self._payments(old)
        deltas = rollups.Deltas(self.channel)
        for row in old.values():
            deltas.order(vars(row), -1)
            for was in paid[row.number].values():
                deltas.payment(vars(was), -1)
        rows, payments = [], {}
        for order_id, order in orders.items():
            number = before[order_id].number if order_id in before else None
            payments[order_id] = _with_what_is_known(payments_of(order), paid.get(number or 0, {}))
            rows.append(
                IndexedOrder(
                    merchant=self.channel.merchant, channel=self.channel.name, order_id=order_id, seen_at=self.at,
                    digest=digests[order_id], **columns_of(order, payments[order_id].values()),
                )
            )  # fmt: skip
        upsert(rows, ("merchant", "channel", "order_id"), never=("number",))
        self._parts(rows, orders, payments, paid, deltas)
        link({row.number for row in rows} | self.were_twins, {row.number: row for row in rows}, deltas)
        deltas.put()
        return len(rows)

    def _payments(self, old: Iterable[int]) -> dict[int, dict[str, IndexedPayment]]:
        """Of each of these orders those that are known, by id."""
        found: dict[int, dict[str, IndexedPayment]] = {number: {} for number in old}
        for row in IndexedPayment.objects.filter(order__in=list(old)):
            found[row.order_id][row.payment_id] = row
        return found

    def _parts(
        self,
        rows: Sequence[IndexedOrder],
        orders: Mapping[str, Order],
        payments: Mapping[str, Mapping[str, dict[str, Any]]],
        before: Mapping[int, Mapping[str, IndexedPayment]],
        deltas: rollups.Deltas,
    ) -> None:
        mine = {"merchant": self.channel.merchant, "channel": self.channel.name}
        now, gone = [], []
        others: dict[int, dict[str, Any] | None] = {}
        for row in rows:
            theirs = payments[row.order_id]
            for payment_id, was in before.get(row.number, {}).items():
                is_now = theirs.get(payment_id)
                if is_now is None:
                    gone.append(was.pk)
                if is_now is None or any(is_now[name] != getattr(was, name) for name in ("adapter", "currency")):
                    others[was.pk] = is_now
            for value in theirs.values():
                payment = IndexedPayment(
                    order=row, created=row.created, is_abroad=value["currency"] not in ("", row.currency),
                    is_unread=is_unread(value["state"], value.get("transactions_at"), row.modified),
                    is_to_capture=is_to_capture(value["held"], row.status), **mine, **value,
                )  # fmt: skip
                deltas.payment(vars(payment), 1)
                now.append(payment)
        for event in MoneyEvent.objects.filter(payment__in=list(others)):
            deltas.event(vars(event), -1)
            if is_now := others[event.payment_id]:
                event.adapter, event.currency = is_now["adapter"], is_now["currency"]
                event.save(update_fields=["adapter", "currency"])
                deltas.event(vars(event), 1)
        if gone:
            self._unlink(gone)
        if now:
            upsert(now, ("order", "payment_id"), never=("id", "twin"))
        for model, of in (
            (IndexedSku, {row: {sku: {"sku": sku, **mine} for sku in skus_of(orders[row.order_id])} for row in rows}),
            (IndexedKey, {row: keys_of(orders[row.order_id]) for row in rows}),
        ):
            _replace(model, of, set(before))

    def _unlink(self, payments: list[int]) -> None:
        """Payments that are not there any more; those that were their twins look for another."""
        self.were_twins |= set(IndexedPayment.objects.filter(twin__in=payments).values_list("order_id", flat=True))
        IndexedPayment.objects.filter(pk__in=payments).delete()


def _with_what_is_known(
    payments: dict[str, dict[str, Any]], known: Mapping[str, IndexedPayment]
) -> dict[str, dict[str, Any]]:
    """What transactions told of a payment holds for as long as its state, amount and currency do."""
    for payment_id, row in payments.items():
        old = known.get(payment_id)
        if old and old.transactions_at and all(getattr(old, name) == row[name] for name in _TOLD_OF):
            row.update({name: getattr(old, name) for name in FIGURES})
            row["transactions_at"] = old.transactions_at
    return payments


_TOLD_OF = ("state", "amount", "currency")


def _replace(
    model: Any,
    wanted: Mapping[IndexedOrder, Mapping[Any, dict[str, Any]]],
    known: set[int],
) -> None:
    """What stands in the tables beside the orders, with as little written as was changed."""
    names = ("sku",) if model is IndexedSku else ("kind", "key", "is_delivery", "is_stand_in")
    there: dict[int, dict[tuple[Any, ...], int]] = defaultdict(dict)
    if known:
        for pk, number, created, *values in model._default_manager.filter(order__in=known).values_list(
            "pk", "order_id", "created", *names
        ):
            there[number][created, *values] = pk
    gone: list[int] = []
    new: list[Any] = []
    for row, values in wanted.items():
        left = there.get(row.number, {})
        for value in values.values():
            if left.pop((row.created, *(value[name] for name in names)), None) is None:
                new.append(model(order=row, created=row.created, **value))
        gone += left.values()
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    if new:
        model._default_manager.bulk_create(new)


__all__ = ["AT_ONCE", "Event", "forget", "forget_channel", "kept_since", "note_transactions", "prune", "see"]
