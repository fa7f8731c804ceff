"""What the index knows of money that was not moved through this desk, and of what waits to be captured.

None of it is the basis of a money decision: it is as old as the last reading of its order, and says so.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.channels import Channel, channels_of
from domain.states import MONEY_ACTIONS
from index.amounts import to_units
from index.conditions import in_channels, of_channels
from index.models import IndexedPayment, MoneyEvent
from index.reading import few_with
from index.spans import Span, pieces
from index.sums import Axis, HeldSum, MoveSum, Outcome
from index.united import together
from payments.listing.counting import Added, by_group
from payments.listing.questions import DONE, REFUSED, Question, Tab, asked_kinds


def asked_channels(question: Question, user: User) -> tuple[Channel, ...]:
    """The channels whose index is asked: of those that the person may work in."""
    theirs = channels_of(user)
    return tuple(each for each in theirs if each in question.channels) if question.channels else theirs


class Listed(NamedTuple):
    """Rows in no order, and the parts into which they fall, of which an index has each in order (`paging.Source`)."""

    rows: QuerySet[Any]
    parts: list[dict[str, str]]


def events(question: Question, user: User) -> Listed:
    """The moves of others that are meant. One query for which kinds there are."""
    if not question.asks_others:
        return Listed(MoneyEvent.objects.none(), [])
    numbers = _few(question, user)
    found = _events(question, user, numbers)
    if numbers is not None:
        return Listed(found, [{}])
    return _in_parts(found, _sums_of_moves(question, user).filter(axis=Axis.ALL), "event")


def _events(question: Question, user: User, numbers: list[int] | None) -> "QuerySet[MoneyEvent]":
    """Those of these orders, or of all."""
    kinds = asked_kinds(question) or MONEY_ACTIONS
    found = MoneyEvent.objects.filter(
        _where(asked_channels(question, user), numbers, "payment__"), is_ours=False,
        event__in=[kind for kind in kinds if kind in MONEY_ACTIONS],
    )  # fmt: skip
    if question.tab is Tab.REFUNDED:
        found = found.filter(success=True)
    if question.outcomes:
        found = found.filter(success__in=[_SAID[each] for each in question.outcomes if each in _SAID])
    bounds = {
        "at__gte": question.since, "at__lt": question.until,
        "moved__gte": _units(question.amount_from), "moved__lte": _units(question.amount_to),
    }  # fmt: skip
    return found.filter(
        _repeated(question), _of_payment(question, "payment__"),
        **{name: each for name, each in bounds.items() if each is not None},
    )  # fmt: skip


def to_capture(question: Question, user: User) -> Listed:
    """The payments whose money is held for an order that is agreed. What was asked of people, outcomes and types says
    nothing of them. One query for by which adapters they are."""
    if question.tab is not Tab.TO_CAPTURE:
        return Listed(IndexedPayment.objects.none(), [])
    channels, numbers = asked_channels(question, user), _few(question, user)
    bounds = {
        "created__gte": question.since, "created__lt": question.until,
        "held__gte": _units(question.amount_from), "held__lte": _units(question.amount_to),
    }  # fmt: skip
    found = IndexedPayment.objects.filter(
        _where(channels, numbers, ""),
        _repeated(question),
        _of_payment(question, ""),
        is_to_capture=True,
        **{name: each for name, each in bounds.items() if each is not None},
    )
    if numbers is not None:
        return Listed(found, [{}])
    return _in_parts(found, _sums_of_held(question, user), "adapter")


def _in_parts(rows: QuerySet[Any], sums: QuerySet[Any], name: str) -> Listed:
    """In those of each channel and value of which something is kept added up; of nothing else there can be any. One
    query."""
    names = ("merchant", "channel", name)
    parts = [dict(zip(names, each, strict=True)) for each in sums.values_list(*names).distinct().order_by()]
    return Listed(rows, parts) if parts else Listed(rows.none(), [])


def _where(channels: Sequence[Channel], numbers: list[int] | None, prefix: str) -> Q:
    """In the channels that are asked. Where the index knows among which few orders a text is, these alone are looked
    at: no database is to go through all of a channel for them."""
    if numbers is None:
        return of_channels(channels)
    return Q(in_channels(channels), **{f"{prefix}order__in": numbers})


def _few(question: Question, user: User) -> list[int] | None:
    return few_with(asked_channels(question, user), question.text) if question.text else None


def _repeated(question: Question) -> Q:
    """What is asked of a payment that its transactions and what is added up of it repeat."""
    wanted = Q()
    if question.provider:
        wanted &= reduce(or_, (Q(adapter__istartswith=text) for text in question.spellings))
    if question.currency:
        wanted &= Q(currency=question.currency.upper())
    return wanted


def _of_payment(question: Question, prefix: str) -> Q:
    """What is asked of the payment itself, to which `prefix` leads, besides."""
    wanted = Q()
    if question.held_as:
        wanted &= reduce(or_, (Q(**{f"{prefix}{name}__gt": 0}) for name in question.held_as))
    if text := question.text:
        wanted &= (
            Q(**{f"{prefix}order__order_id": text}) | Q(**{f"{prefix}payment_id": text})
            | Q(**{f"{prefix}order__reference__icontains": text}) | Q(**{f"{prefix}reference__icontains": text})
        )  # fmt: skip
    return wanted


def _units(amount: Any) -> int | None:
    return None if amount is None else to_units(amount)


def grouped_events(question: Question, user: User, most: int) -> list[tuple[str, str, bool | None, Added]]:
    """Of the newest `most` of them: currency, event, whether it was done, and what they moved. As `ours.grouped`."""
    found = events(question, user)
    rows = found.rows.values("currency", "event", "success", units=F("moved"), moment=F("at"))
    return [
        (currency, event, None if success is None else bool(success), added)
        for currency, event, success, added in by_group(rows, most, "currency", "event", "success", parts=found.parts)
    ]


def all_events(question: Question, user: User) -> list[tuple[str, str, bool | None, Added]] | None:
    """The same of all of them, by what the index keeps added up; None where that does not know what is asked."""
    if _asks_rows(question):
        return None
    kept = _sums_of_moves(question, user)
    span = Span((Q(axis=Axis.ALL),))
    if question.since or question.until:
        span = pieces(question.since, question.until, Axis.AT_MONTH, Axis.AT_DAY)
    found: dict[tuple[str, str, bool | None], Added] = defaultdict(Added)
    sums = {f"sum_{name}": Sum(name) for name in ("n", "moved", "untold")}
    parts = [kept.filter(part).values_list("currency", "event", "outcome").annotate(**sums) for part in span.rows]
    for currency, event, outcome, *added in together([part.order_by() for part in parts]) if parts else ():
        key = currency, event, _SAID.get(outcome)
        found[key] = found[key].and_also(Added(*map(int, added)))
    counts = {"sum_n": Count("pk"), "sum_moved": Coalesce(Sum("moved"), 0), "known": Count("moved")}
    for edge in span.edges:
        rows = _events(replace(question, since=edge.since, until=edge.until), user, None)
        by = rows.order_by().values_list("currency", "event", "success").annotate(**counts)
        for currency, event, success, n, moved, known in by:
            key = currency, event, success
            found[key] = found[key].and_also(Added(n, int(moved), n - known), edge.sign)
    return [(*key, added) for key, added in found.items() if added.size]


_SAID = {DONE: True, REFUSED: False}


def _sums_of_moves(question: Question, user: User) -> "QuerySet[MoveSum]":
    """What the index keeps of their channels, types, outcomes, provider and currency, over any time."""
    found = MoveSum.objects.filter(
        of_channels(asked_channels(question, user)), _repeated(question), n__gt=0,
        event__in=asked_kinds(question) or MONEY_ACTIONS,
    )  # fmt: skip
    if question.tab is Tab.REFUNDED:
        found = found.filter(outcome=Outcome.DONE)
    if question.outcomes:
        found = found.filter(outcome__in=[each for each in question.outcomes if each in _SAID])
    return found


def _asks_rows(question: Question) -> bool:
    """Whether it asks for what no sum is kept by."""
    amounts = (question.amount_from, question.amount_to)
    return bool(question.text or question.held_as or any(each is not None for each in amounts))


def grouped_held(question: Question, user: User, most: int) -> list[tuple[str, Added]]:
    """Of the newest `most` of them: currency, and what is held. As `ours.grouped`."""
    found = to_capture(question, user)
    rows = found.rows.values("currency", units=F("held"), moment=F("created"))
    return by_group(rows, most, "currency", parts=found.parts)


def all_held(question: Question, user: User) -> list[tuple[str, Added]] | None:
    """The same of all of them, by what the index keeps added up; None where that does not know what is asked."""
    if _asks_rows(question) or question.since or question.until:
        return None
    rows = _sums_of_held(question, user).values_list("currency")
    sums = rows.annotate(sum_n=Sum("n"), sum_held=Sum("held")).order_by()
    return [(currency, Added(n, int(held))) for currency, n, held in sums]


def _sums_of_held(question: Question, user: User) -> "QuerySet[HeldSum]":
    """What the index keeps of their channels, their provider and their currency."""
    mine = of_channels(asked_channels(question, user))
    return HeldSum.objects.filter(mine, _repeated(question), is_to_capture=True, n__gt=0)
