"""Two payments of one customer, of the same amount and currency, within a day: somebody may have paid twice.

One customer: the same e-mail or phone of who pays, but for what stands in for one (guest@…). Only payments that hold
money count: what failed, was let go, removed, given back or never promised is settled. Within one channel: who may see
that one is told of no other. Two payments of one order are twins where together they are too much for it; otherwise
they are its parts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Q

from accounts.channels import Channel
from index.models import IndexedKey, IndexedOrder, IndexedPayment

WITHIN = dt.timedelta(hours=24)
_MOST_ALIKE = 200
"""Orders of one customer within a day beyond which nobody is told of twins: a till, or a test."""
_HOLDS = Q(held__gt=0) | Q(taken__gt=0) | Q(unknown__gt=0)


class _Paid(NamedTuple):
    pk: int
    order: int
    created: dt.datetime
    gap: int
    amount: tuple[int, str]
    twin: int | None


def find(channel: Channel, orders: Iterable[int]) -> set[int]:
    """Sets the twins of these orders' payments anew, and of those that they are or were twins of; the orders whose
    payments have other twins now. To be called with the channel held."""
    mine = set(orders)
    first = _around(channel, mine)
    present = set(
        IndexedPayment.objects.filter(
            Q(order__in=mine, twin__isnull=False) | Q(twin__order__in=mine)
        ).values_list("order_id", "twin__order_id")
    )  # fmt: skip
    linked = {int(number) for pair in present for number in pair if number}
    near = {paid.order for alike in first.values() for paid in alike}
    if not linked and not near:
        return set()
    affected = mine | linked | near
    known = first if affected <= mine else _around(channel, affected)
    payments = IndexedPayment.objects.filter(order__in=affected)
    now = {row.pk: row for row in map(_paid, payments.values(*_FIELDS))}
    changed = set()
    others = []
    for paid in now.values():
        twin = _nearest(paid, known.get(paid.order, ()))
        if twin != paid.twin:
            others.append(IndexedPayment(pk=paid.pk, twin_id=twin))
            changed.add(paid.order)
    IndexedPayment.objects.bulk_update(others, ("twin",), batch_size=200)
    return changed


_FIELDS = ("pk", "order_id", "order__created", "order__gap", "amount", "currency", "twin_id")


def _paid(row: Mapping[str, object]) -> _Paid:
    pk, order, created, gap, amount, currency, twin = (row[name] for name in _FIELDS)
    return _Paid(pk, order, created, gap, (amount, currency), twin)  # type: ignore[arg-type]


def _around(channel: Channel, orders: set[int]) -> dict[int, list[_Paid]]:
    """Of each order, the payments that hold money of its customer's orders within a day, its own among them; left out
    where there is but one."""
    keys = _own(orders)
    if not keys:
        return {}
    times = [created for _order, _key, created in keys]
    theirs = IndexedKey.objects.filter(
        key__in={key for _order, key, _created in keys},
        created__range=(min(times) - WITHIN, max(times) + WITHIN),
        is_delivery=False,
        is_stand_in=False,
        order__merchant=channel.merchant,
        order__channel=channel.name,
    ).exclude(kind=IndexedKey.Kind.NAME)
    by_key: dict[str, list[tuple[int, dt.datetime]]] = defaultdict(list)
    for key, number, created in theirs.values_list("key", "order_id", "created"):
        by_key[key].append((number, created))
    of: dict[int, set[int]] = defaultdict(set)
    for number, key, created in keys:
        alike = by_key[key]
        if len(alike) <= _MOST_ALIKE:
            of[number] |= {other for other, at in alike if abs(at - created) <= WITHIN}
    held = IndexedPayment.objects.filter(_HOLDS, order__in=set().union(*of.values()), amount__gt=0)
    by_order: dict[int, list[_Paid]] = defaultdict(list)
    for row in map(_paid, held.values(*_FIELDS)):
        by_order[row.order].append(row)
    found = {number: [paid for other in others for paid in by_order[other]] for number, others in of.items()}
    return {number: paid for number, paid in found.items() if _has_two(paid)}


def _has_two(paid: Iterable[_Paid]) -> bool:
    amounts = [each.amount for each in paid]
    return len(set(amounts)) < len(amounts)


def _own(orders: set[int]) -> list[tuple[int, str, dt.datetime]]:
    keys = IndexedKey.objects.filter(order__in=orders, is_delivery=False, is_stand_in=False)
    return list(keys.exclude(kind=IndexedKey.Kind.NAME).values_list("order_id", "key", "created"))


def _nearest(paid: _Paid, others: Iterable[_Paid]) -> int | None:
    """The twin: the one that is nearest in time; None where it holds no money itself, or none is like it."""
    others = list(others)
    if all(each.pk != paid.pk for each in others):
        return None
    alike = [
        other for other in others
        if other.pk != paid.pk and other.amount == paid.amount and (other.order != paid.order or paid.gap > 0)
    ]  # fmt: skip
    return min(alike, key=lambda other: (abs(other.created - paid.created), other.pk)).pk if alike else None


def flagged(orders: Iterable[int]) -> set[int]:
    """Those of these orders of which a payment has a twin."""
    rows = IndexedOrder.objects.filter(number__in=list(orders), payments__twin__isnull=False)
    return set(rows.values_list("number", flat=True))
