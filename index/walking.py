"""The rows that a question means in their order, without looking at many more of them.

An index that has them in their order is walked along from where the page begins, one for each branch that
`index.narrowing` finds, until the page is full. So a page in the middle costs what the first one does. By total, those
of one currency are walked after those of another.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Min, Model, OrderBy, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import Exact, GreaterThan, LessThan

from accounts.channels import Channel
from index import checks, words
from index.conditions import matching, of_channels, unindexed
from index.models import IndexedOrder
from index.narrowing import Branch, Sorting, branches, by_amount, by_size, currencies_of, few, of_many, to_be_sorted
from index.positions import Position
from index.questions import Question
from index.sums import Axis, OrderSum
from index.united import each_of, rows_of, some_keys

PROBED = 1_000
"""Rows that are looked at for a text that many have, before it is looked for in another way."""
SHORT = 5
"""Characters of a text that many may have."""


def walked(
    found: Sequence[Branch], sorting: Sorting, limit: int, start: Position | None = None
) -> list[tuple[Any, int]]:
    """The first rows after that position, as value (as the database has it) and key, in order."""
    sql, params = _walk(found, sorting, limit, start)
    return rows_of(sql, params) if sql else []


def _walk(
    found: Sequence[Branch], sorting: Sorting, limit: int, start: Position | None = None
) -> tuple[str, list[Any]]:
    """The statement for it. Both databases take from several branches that are in order what comes next, and look at no
    more of each: PostgreSQL where each is told to be, SQLite, which has no brackets for that, by itself."""
    parts = []
    for branch in found:
        rows = branch.rows.filter(_after(sorting, branch, start)) if start else branch.rows
        order = [OrderBy(_by(name, branch), descending=sorting.is_falling) for name in (sorting.column, branch.key)]
        parts.append(rows.order_by(*order).values_list(_by(sorting.column, branch), branch.key))
    is_sqlite = connection.vendor == "sqlite" and len(parts) > 1
    sqls, params = each_of(part.order_by() if is_sqlite else part[:limit] for part in parts)
    if len(parts) == 1 or not sqls:
        return "".join(sqls), params
    way = "DESC" if sorting.is_falling else "ASC"
    if len(sqls) == 1:  # the others can have no row; brackets alone are not taken
        union = f"SELECT * FROM ({sqls[0]}) AS one"  # noqa: S608 - Django's own SQL
    else:
        union = " UNION ALL ".join(sqls if is_sqlite else (f"({sql})" for sql in sqls))
    return f"{union} ORDER BY 1 {way}, 2 {way} LIMIT {limit}", params


def _by(name: str, branch: Branch) -> Any:
    return unindexed(name) if branch.is_sorted else F(name)


def some_of(found: Iterable[Branch], most: int) -> list[int]:
    """The keys of so many rows, whichever."""
    return some_keys((branch.rows.order_by().values_list(branch.key)[:most] for branch in found), most)


def near(question: Question, sorting: Sorting, limit: int, start: Position | None) -> list[tuple[Any, int]] | None:
    """The same where a text is so frequent that they are among the next PROBED rows of what is meant but for it: these
    are looked into, and for the text nothing is looked up."""
    rest = replace(question, text="")
    sql, params = _walk(branches(rest, sorting), sorting, PROBED, start)
    keys: Any = RawSQL(f"WITH t(value, key) AS ({sql}) SELECT key FROM t", params) if sql else ()  # noqa: S608, S611 - Django's own SQL
    rows = matching(rest, keys).alias(at=StrIndex("words", Value(words.sought(question.text)))).filter(at__gt=0)
    way = "-" if sorting.is_falling else ""
    found = list(rows.order_by(f"{way}{sorting.column}", f"{way}number").values_list(sorting.column, "number")[:limit])
    return found if len(found) == limit else None


def is_met_first(question: Question) -> bool:
    """Whether a text is looked for among the next rows before its pieces are looked up: PostgreSQL finds all that there
    are of those before it takes the first. Of a longer text there are few, and then that would be for nothing; so it
    would where something else tells the few that are meant."""
    is_alone = not (question.ids or question.payment_id or question.reference or question.keys or question.sku)
    return connection.vendor == "postgresql" and 0 < len(question.text) <= SHORT and is_alone


def _after(sorting: Sorting, branch: Branch, start: Position) -> Q:
    way = "lt" if sorting.is_falling else "gt"
    if branch.is_sorted:
        column, beyond = _by(sorting.column, branch), LessThan if sorting.is_falling else GreaterThan
        then = Q(Exact(column, start.value)) & Q(**{f"{branch.key}__{way}": start.key})
        return Q(beyond(column, start.value)) | then
    beyond_it = Q(**{f"{sorting.column}__{way}": start.value}) | Q(**{f"{branch.key}__{way}": start.key})
    return Q(**{f"{sorting.column}__{way}e": start.value}) & beyond_it


class Found(NamedTuple):
    """The keys of a page in order, and whether there are rows on either side of it."""

    keys: tuple[int, ...]
    has_more: bool
    has_less: bool


Walk = Callable[[Sorting, int, Position | None], list[tuple[Any, int]]]
"""The first rows in that order, at most so many, after that position, as value and key."""


def along(
    question: Question,
    sorting: Sorting,
    only: Q | None = None,
    sizes: Mapping[Channel, tuple[int, int]] | None = None,
) -> Walk:
    """How the rows that are meant, and of which `only` holds, are walked along. `sizes`: as `by_size`, where that is
    how they are best looked for."""
    found = by_size(question, sizes) if sizes else to_be_sorted(question, sorting)
    is_looked_up = not is_met_first(question)
    if not found and is_looked_up and (numbers := few(question, sorting)) is not None:
        found = [Branch(matching(question, numbers))]

    def walk_those(
        way: Sorting, limit: int, start: Position | None, currency: str | None = None
    ) -> list[tuple[Any, int]]:
        if not found:
            found.extend(of_many(question, sorting) if is_looked_up else branches(question, sorting))
        some = found
        if only is not None:
            some = [each._replace(rows=each.rows.filter(only)) for each in some]
        if currency is not None:
            some = [each._replace(rows=each.rows.filter(Exact(_by("currency", each), currency))) for each in some]
        return walked(some, way, limit, start)

    def walk(way: Sorting, limit: int, start: Position | None) -> list[tuple[Any, int]]:
        there = near(question, way, limit, start) if question.text and not found and only is None else None
        return walk_those(way, limit, start) if there is None else there

    def walk_currencies(way: Sorting, limit: int, start: Position | None) -> list[tuple[Any, int]]:
        """Through one after the other. One that is gone meanwhile began where the one after it does."""
        rows: list[tuple[Any, int]] = []
        is_back = way != sorting
        for code in sorted(currencies, reverse=is_back):
            if start and (code > start.currency if is_back else code < start.currency):
                continue
            here = start if start and code == start.currency else None
            rows += walk_those(way, limit - len(rows), here, code)
            if len(rows) == limit:
                break
        return rows

    if sorting.column != "total":
        return walk
    currencies = currencies_of(question)
    return walk_currencies


def page(  # noqa: PLR0913 - which page of what
    walk: Walk, sorting: Sorting, size: int, after: Position | None, before: Position | None, *, last: bool
) -> Found:
    """The page after or before that position, the first one without, or the last."""
    if before or last:
        back = walk(sorting.turned, size + 1, before)
        if last or len(back) >= size:
            keys = tuple(key for _value, key in reversed(back[:size]))
            return Found(keys, bool(before), len(back) > size)
        after = None  # the first page is a whole one
    ahead = walk(sorting, size + 1, after)
    return Found(tuple(key for _value, key in ahead[:size]), len(ahead) > size, after is not None)


def fetched(model: type[Model], keys: Iterable[int], *related: str) -> list[Any]:
    """The rows with these keys, in this order; what is gone meanwhile is left out."""
    wanted = list(keys)
    rows = model._default_manager.filter(pk__in=wanted)
    known = {row.pk: row for row in (rows.select_related(*related) if related else rows)}
    return [known[key] for key in wanted if key in known]


def longest(question: Question) -> dt.datetime | None:
    """When the order that is longest in its state, of those that are meant, took it."""
    if (some := by_amount(question)) is not None:
        first: dt.datetime | None = matching(question, some).aggregate(since=Min("status_since"))["since"]
        return first
    sorting = Sorting("status_since", is_falling=False)
    found = walked(branches(question, sorting), sorting, 1)
    rows = fetched(IndexedOrder, [key for _value, key in found])
    return rows[0].status_since if rows else None


def oldest_by_checks(
    channels: Sequence[Channel], names: Iterable[str], only: Callable[[str], Q]
) -> dict[str, dt.datetime | None]:
    """The same for each of these checks, of the orders of which that condition holds as well. One statement, which
    looks for the first one of each channel."""
    theirs = IndexedOrder.objects.filter(merchant=OuterRef("merchant"), channel=OuterRef("channel"))
    firsts: dict[str, Subquery] = {}
    of: dict[str, list[str]] = {}
    for name in names:
        flag, stuck = checks.CHECKS[name].flag, checks.holds(name, channels)
        each = [Q(**{flag: True})] if flag else [stuck & Q(status=one) for one in (*checks.PAYING, *checks.AGREED)]
        of[name] = [f"first_{len(firsts) + place}" for place in range(len(each))]
        for key, condition in zip(of[name], each, strict=True):
            rows = theirs.filter(condition, only(name)).order_by("status_since", "number")
            firsts[key] = Subquery(rows.values("status_since")[:1])
    known = OrderSum.objects.filter(of_channels(channels), axis=Axis.ROUGH_ALL).values("merchant", "channel")
    found: Iterable[Any] = list(known.distinct().order_by("merchant", "channel").annotate(**firsts))
    return {name: min((row[key] for row in found for key in of[name] if row[key]), default=None) for name in of}
