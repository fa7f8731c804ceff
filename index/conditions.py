"""From a question to conditions on rows."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat
from django.db.models.lookups import GreaterThanOrEqual, In, LessThanOrEqual

from accounts.channels import Channel
from index import checks, words
from index.amounts import to_units
from index.models import IndexedKey, IndexedOrder, IndexedPayment, IndexedSku
from index.questions import Question

COLUMN_OF = {
    "status": "status",
    "payment_states": "payment_state",
    "paid": "paid",
    "concerns": "concern",
    "shipping_states": "shipping_state",
    "countries": "country",
}
"""What may be one of several values, and the column that it is in."""


CHANNEL = Concat("merchant", Value("/"), "channel")
"""A row's channel as it is written, which no index knows."""


def matching(question: Question, among: Collection[int] | QuerySet[Any, Any] | None = None) -> QuerySet[IndexedOrder]:
    """The rows that are meant, each once, in no order. With `among`, those that have one of these numbers (or one
    that this query finds), by which
    alone they are looked up: a database may think that it is better to go through all of a channel."""
    mine = of_channels(question.channels)
    if among is not None:
        mine = Q(in_channels(question.channels), number__in=among)
    rows = IndexedOrder.objects.filter(mine, on_row(question))
    order = OuterRef("number")
    exists: list[QuerySet[Any]] = []
    if question.sku:
        exists.append(IndexedSku.objects.filter(order=order, sku=question.sku))
    if question.payment_id:
        exists.append(IndexedPayment.objects.filter(order=order, payment_id=question.payment_id))
    if question.adapters:
        exists.append(IndexedPayment.objects.filter(order=order, adapter__in=question.adapters))
    if question.keys:
        exists.append(IndexedKey.objects.filter(order=order, key__in=question.keys))
    return rows.filter(*map(Exists, exists))


def on_row(question: Question) -> Q:
    """What of it stands in the order's own row, but for its channel."""
    condition = Q()
    for name, column in COLUMN_OF.items():
        if values := getattr(question, name):
            condition &= one_of(column, values)
    condition &= within("created", question.created_from, question.created_to)
    condition &= within("status_since", question.since_from, question.since_to)
    condition &= _amounts(question)
    for name in ("currency", "reference"):
        if value := getattr(question, name):
            condition &= Q(**{name: value})
    if question.text:
        condition &= Q(words__contains=words.sought(question.text))
    if question.ids is not None:
        condition &= Q(order_id__in=question.ids)
    if question.check:
        condition &= checks.holds(question.check, question.channels)
    return condition


def one_of(column: str, values: Iterable[str]) -> Q:
    several = tuple(values)
    return Q(**{column: several[0]}) if len(several) == 1 else Q(**{f"{column}__in": several})


def within(column: str, since: dt.datetime | None, until: dt.datetime | None) -> Q:
    """From the one, and before the other."""
    bounds: dict[str, Any] = {f"{column}__gte": since, f"{column}__lt": until}
    return Q(**{name: value for name, value in bounds.items() if value is not None})


def _amounts(question: Question) -> Q:
    """Within the question's amounts, both included."""
    bounds = {"total__gte": question.amount_from, "total__lte": question.amount_to}
    return Q(**{name: to_units(value) for name, value in bounds.items() if value is not None})


def of_amount(question: Question) -> Q:
    """Its currency and its amounts, as one index or another has them."""
    condition = _amounts(question)
    return condition & Q(currency=question.currency) if question.currency else condition


def only_one_thing(question: Question) -> QuerySet[Any, Any] | None:
    """The numbers of what is meant, but for the channels, where that is narrowed by nothing but amounts or a SKU, and
    the days, so that an index has all of it; else None."""
    rest = replace(question, sku="", created_from=None, created_to=None)
    days = within("created", question.created_from, question.created_to)
    if question.sku and rest == Question(channels=question.channels, sort=question.sort):
        return IndexedSku.objects.filter(days, sku=question.sku).values_list("order")
    rest = replace(rest, amount_from=None, amount_to=None, currency="")
    if not question.sku and _amounts(question) and rest == Question(question.channels, sort=question.sort):
        return IndexedOrder.objects.filter(days, of_amount(question)).values_list("number")
    return None


def totals_beside(question: Question) -> Q:
    """Its amounts as no index has them: whoever walks along another index is not to be led away from it."""
    condition, total = Q(), F("total") + 0
    if question.amount_from is not None:
        condition &= Q(GreaterThanOrEqual(total, to_units(question.amount_from)))
    if question.amount_to is not None:
        condition &= Q(LessThanOrEqual(total, to_units(question.amount_to)))
    return condition


def unindexed(column: str) -> Coalesce:
    """What is the same as that column, and no index has: who groups or sorts by it is not to be led along its index."""
    return Coalesce(column, column)


def in_channels(channels: Iterable[Channel]) -> In:
    """In one of these channels, as no index knows it: for rows that are looked up by something else."""
    return In(CHANNEL, list(map(str, channels)))


def of_channels(channels: Iterable[Channel]) -> Q:
    """None at all where no channel is named. Those of a merchant stand together, so that a database goes through them
    along one index, and not through each by itself to put them together afterwards."""
    names: dict[str, list[str]] = {}
    for channel in dict.fromkeys(channels):
        names.setdefault(channel.merchant, []).append(channel.name)
    each = [Q(one_of("channel", those), merchant=merchant) for merchant, those in names.items()]
    return reduce(or_, each) if each else Q(pk__in=())
