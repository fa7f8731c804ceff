"""Which rows a question means, as rows of one table each that an index has in their order.

What can be true of few orders alone (an id, a key, a text, an amount) is looked up first: up to FEW of them are simply
sorted. Where there are more, there is a branch for each channel and value of what narrows most, for `index.walking`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, LessThan

from accounts.channels import Channel
from index import checks, words
from index.conditions import (
    COLUMN_OF,
    matching,
    of_amount,
    of_channels,
    one_of,
    only_one_thing,
    totals_beside,
    unindexed,
    within,
)
from index.models import IndexedKey, IndexedOrder, IndexedPayment, IndexedSku
from index.questions import SORTS, Question
from index.sums import Axis, OrderSum
from index.united import rows_of, some_keys, united

FEW = 2_000
SORTED = 8_000
"""Rows that are sorted, where one index has all that is asked of them, and not looked for along another. That many are
as soon sorted as a page of them is met among a million orders."""
_MOST_BRANCHES = 60
_NARROWS = ("concerns", "shipping_states", "payment_states", "paid", "status")
"""What has an index by `created`."""
IN_NO_OTHER_ORDER = ("total", "modified")
"""What has an index in this order for a channel alone, whatever narrows it."""
_PAGE = 50


class Sorting(NamedTuple):
    """`column` of SORTS; `is_falling`: the newest or largest first."""

    column: str
    is_falling: bool

    @classmethod
    def of(cls, text: str) -> "Sorting":
        column = text.removeprefix("-")
        return cls(column, not text.startswith("-")) if column in SORTS else cls(SORTS[0], True)

    @property
    def turned(self) -> "Sorting":
        return self._replace(is_falling=not self.is_falling)


class Branch(NamedTuple):
    """Rows whose `key` is an order's number, or a payment's. `is_sorted`: they are to be found first, and sorted."""

    rows: QuerySet[Any]
    key: str = "number"
    is_sorted: bool = False


def few(question: Question, sorting: Sorting | None = None, most: int | None = None) -> list[int] | None:
    """The numbers of at most FEW orders (or so many) among which those that are meant are; None where nothing narrows
    it so far."""
    most = FEW if most is None else most
    return next((found for found in candidates(question, most, sorting) if len(found) <= most), None)


def candidates(question: Question, most: int, sorting: Sorting | None = None) -> Iterator[list[int]]:
    """By each thing that can be true of few alone, the numbers of the orders of which it is, those that are meant among
    them; where there are more than `most`, so many and one. On SQLite, some more for a text."""
    column = sorting.column if sorting else ""
    has_since = question.since_from is not None or question.since_to is not None
    orders, payments, skus = IndexedOrder.objects, IndexedPayment.objects, IndexedSku.objects
    mine, of = orders.filter(of_channels(question.channels)), question.channels
    tries: list[tuple[bool, Callable[[], list[int]]]] = [
        (question.ids is not None, lambda: _first(mine.filter(order_id__in=question.ids or ()), "number", most)),
        (bool(question.payment_id), lambda: _first(payments.filter(payment_id=question.payment_id), "order", most)),
        (bool(question.reference), lambda: _first(mine.filter(reference=question.reference), "number", most)),
        (bool(question.keys), lambda: _first(IndexedKey.objects.filter(key__in=question.keys), "order", most)),
        (bool(question.text), lambda: some_with(question, most)),
        (bool(question.sku), lambda: _first(skus.filter(sku=question.sku), "order", most, of)),
        (
            _has_amount(question) and column != "total",
            lambda: _first(orders.filter(of_amount(question)), "number", most, of),
        ),
        (bool(question.adapters), lambda: _first(payments.filter(_paid_with(question)), "order", most, of)),
        (
            has_since and column != "status_since",
            lambda: _first(orders.filter(_since(question)), "number", most, of),
        ),
    ]
    yield from (found() for is_asked, found in tries if is_asked)
    if column in IN_NO_OTHER_ORDER:
        yield from (_first(orders.filter(one), "number", most, of) for one in _by_created(question))


def _first(rows: QuerySet[Any], key: str, most: int, channels: Iterable[Channel] = ()) -> list[int]:
    """So many of them and one. Where channels are given, those of each are looked for by themselves, since PostgreSQL
    finds all that there are before it takes the first."""
    keys = rows.values_list(key, flat=True)
    parts = [each[: most + 1] for each in by_channel(keys, channels)]
    if len(parts) < 2:
        return list(parts[0] if parts else keys[: most + 1])
    return some_keys(parts, most + 1)


def by_channel(rows: QuerySet[Any, Any], channels: Iterable[Channel]) -> list[QuerySet[Any, Any]]:
    """The rows of each of these channels."""
    return [rows.filter(merchant=each.merchant, channel=each.name) for each in dict.fromkeys(channels)]


def some_with(question: Question, most: int) -> list[int]:
    """The orders with that text, and on SQLite few without; so many and one where there are more."""
    alone = question.channels[0] if len(set(question.channels)) == 1 else None
    if connection.vendor == "sqlite":
        return words.numbers(question.text, most + 1, alone)
    rows = IndexedOrder.objects.filter(of_channels(question.channels), words__contains=words.sought(question.text))
    marked = rows.filter(words__contains=words.mark_of(alone)) if alone else rows
    return _first(marked, "number", most)


def _paid_with(question: Question) -> Q:
    return one_of("adapter", question.adapters or ("",))


def _has_amount(question: Question) -> bool:
    return question.amount_from is not None or question.amount_to is not None


def _by_created(question: Question) -> Iterator[Q]:
    """Each condition that has an index which begins as those by `created` do."""
    if question.check and question.check != checks.STUCK:
        yield Q(checks.holds(question.check, question.channels))
    for name in _NARROWS:
        if values := getattr(question, name):
            yield one_of(COLUMN_OF[name], values)
    if question.created_from or question.created_to:
        yield within("created", question.created_from, question.created_to)


def _since(question: Question) -> Q:
    condition = within("status_since", question.since_from, question.since_to)
    return condition & one_of("status", question.status) if question.status else condition


def currencies_of(question: Question) -> list[str]:
    """Those that orders of these channels are in, by their codes. One statement, none where one is asked for."""
    if question.currency:
        return [question.currency]
    sums = OrderSum.objects.filter(of_channels(question.channels), axis=Axis.ROUGH_ALL, n__gt=0)
    return sorted(set(sums.values_list("currency", flat=True).order_by()))


def branches(question: Question, sorting: Sorting | None) -> list[Branch]:
    """What is meant, as rows of one table each, that an index has in this order."""
    numbers = few(question, sorting)
    return [Branch(matching(question, numbers))] if numbers is not None else of_many(question, sorting)


def to_be_sorted(question: Question, sorting: Sorting) -> list[Branch]:
    """What is meant, where an index that is in another order has all of it, and it is not too much; else nothing."""
    exactly = None if question.sku or sorting.column != "created" else only_one_thing(question)
    if exactly is None or are_beyond(exactly, question.channels, SORTED):
        return []
    if connection.vendor == "sqlite":  # which sorts all of them at once
        return [Branch(matching(question), is_sorted=True)]
    alone = (replace(question, channels=(each,)) for each in dict.fromkeys(question.channels))
    return [Branch(matching(each), is_sorted=True) for each in alone]


def has_an_index(question: Question) -> bool:
    """Whether it is narrowed by one thing that has an index which begins as those by `created` do, or by those days, or
    both, and by nothing else but the currency."""
    things = [name for name in ("check", *_NARROWS) if getattr(question, name)]
    if (
        question.check == checks.STUCK
        or len(things) > 1
        or not (things or question.created_from or question.created_to)
    ):
        return False
    nothing = Question(channels=question.channels, currency=question.currency, sort=question.sort)
    known = {name: getattr(question, name) for name in (*things, "created_from", "created_to")}
    return question == replace(nothing, **known)


def may_be_in_vain(question: Question) -> bool:
    """Whether no one index has all that narrows it, so that what an index has may be gone through for nothing."""
    things = [name for name in ("check", "adapters", *_NARROWS) if getattr(question, name)]
    return bool(question.countries or question.currency or len(things) > 1)


def by_size(question: Question, sizes: Mapping[Channel, tuple[int, int]]) -> list[Branch]:
    """What is meant of a question that `has_an_index`, in an order that the index has not: all of a channel's sorted,
    or walked along in that order, whichever meets fewer rows. `sizes`: how many are meant, of how many."""
    found = []
    for channel in dict.fromkeys(question.channels):
        meant, whole = sizes[channel]
        alone, is_sorted = replace(question, channels=(channel,)), meant * meant <= _PAGE * whole
        found.append(Branch(matching(alone) if is_sorted else _in_order(alone), is_sorted=is_sorted))
    return found


def _in_order(question: Question) -> QuerySet[IndexedOrder]:
    """The rows that are meant, for SQLite by an index of their order and no other, or it sorts all that one has."""
    if connection.vendor != "sqlite":
        return matching(question)
    beside = []
    if question.check and question.check != checks.STUCK:
        beside.append(Q(Exact(unindexed(checks.CHECKS[question.check].flag), Value(value=True))))
        question = replace(question, check="")
    if question.created_from:
        beside.append(Q(GreaterThanOrEqual(unindexed("created"), question.created_from)))
    if question.created_to:
        beside.append(Q(LessThan(unindexed("created"), question.created_to)))
    return _unindexed(replace(question, created_from=None, created_to=None), _NARROWS).filter(*beside)


def by_amount(question: Question) -> QuerySet[Any, Any] | None:
    """The numbers of those of its amounts, where there are no more of them than can be looked up one by one."""
    if not _has_amount(question):
        return None
    mine = IndexedOrder.objects.filter(of_amount(question)).values_list("number")
    return None if are_beyond(mine, question.channels, SORTED) else mine.filter(of_channels(question.channels))


def are_beyond(rows: QuerySet[Any, Any], channels: Iterable[Channel], most: int) -> bool:
    """Whether there are more of them than so many."""
    sql, params = united(each[: most + 1] for each in by_channel(rows, channels))
    return bool(sql and rows_of(f"SELECT 1 FROM ({sql}) AS those LIMIT 1 OFFSET {most}", params))  # noqa: S608 - of Django


def of_many(question: Question, sorting: Sorting | None) -> list[Branch]:
    if question.sku and (sorting is None or sorting.column == "created"):
        return _by_sku(question)
    if sorting is None and (some := by_amount(question)) is not None:
        return [Branch(matching(question, some))]
    found, channels = [], tuple(dict.fromkeys(question.channels))
    name = _narrowest(question, sorting)
    for channel in channels:
        # What many have of all channels together, none may have of this one, and then there is no end of walking.
        alone = replace(question, channels=(channel,))
        theirs = few(alone, sorting, FEW // len(channels)) if len(channels) > 1 else None
        if theirs is not None:
            found.append(Branch(matching(alone, theirs)))
            continue
        beside = totals_beside(alone) if sorting and sorting.column != "total" else Q()
        if beside:
            alone = replace(alone, amount_from=None, amount_to=None)
        if sorting and sorting.column in IN_NO_OTHER_ORDER:
            found.append(Branch(_in_order(alone).filter(beside)))
        else:
            found += [Branch(_along(each, name).filter(beside)) for each in _by_value(alone, name, len(channels))]
    return found


def _along(question: Question, name: str) -> QuerySet[IndexedOrder]:
    """The rows that are meant, for SQLite by the index of that and no other that narrows: it takes any."""
    if connection.vendor != "sqlite" or not name:
        return matching(question)
    return _unindexed(question, [each for each in _NARROWS if each != name])


def _unindexed(question: Question, names: Sequence[str]) -> QuerySet[IndexedOrder]:
    """The rows that are meant, with what it asks under these names as no index has it."""
    beside = (Q(In(unindexed(COLUMN_OF[each]), list(values))) for each in names if (values := getattr(question, each)))
    less: dict[str, Any] = dict.fromkeys(names, ())
    return matching(replace(question, **less)).filter(*beside)


def _narrowest(question: Question, sorting: Sorting | None) -> str:
    """What narrows most of what has an index in this order for one value alone; empty where nothing has. A statement
    where there are several."""
    column = sorting.column if sorting else "created"
    if column in IN_NO_OTHER_ORDER or (question.check and question.check != checks.STUCK):
        return ""
    if column == "status_since" or (question.check and not question.status):
        return "status"
    asked = [name for name in _NARROWS if getattr(question, name)]
    if len(asked) < 2:
        return "".join(asked)
    sums = OrderSum.objects.filter(of_channels(question.channels), axis=Axis.ALL, adapter="")
    sizes = {f"n_{name}": Sum("n", filter=one_of(COLUMN_OF[name], getattr(question, name))) for name in asked}
    found = sums.aggregate(**sizes)
    return min(asked, key=lambda name: found[f"n_{name}"] or 0)


def _by_value(question: Question, name: str, channels: int) -> list[Question]:
    """One question for each value of that, as an index is in order for one value alone."""
    if question.check == checks.STUCK and not question.status:
        question = replace(question, status=(*checks.PAYING, *checks.AGREED))
    values = tuple(dict.fromkeys(getattr(question, name))) if name else ()
    if not values or len(values) * channels > _MOST_BRANCHES:
        return [question]
    one: list[dict[str, Any]] = [{name: (value,)} for value in values]
    return [replace(question, **each) for each in one]


def _by_sku(question: Question) -> list[Branch]:
    rest = replace(question, sku="", created_from=None, created_to=None)
    is_plain = rest == Question(channels=question.channels, sort=question.sort)
    found = []
    for channel in dict.fromkeys(question.channels):
        rows = IndexedSku.objects.filter(
            within("created", question.created_from, question.created_to),
            merchant=channel.merchant, channel=channel.name, sku=question.sku,
        )  # fmt: skip
        if not is_plain:
            theirs = matching(replace(rest, channels=(channel,)))
            rows = rows.filter(Exists(theirs.filter(number=OuterRef("order_id"))))
        found.append(Branch(rows, "order_id"))
    return found
