"""One statement of several of Django's, each with an order and a limit of its own, which Django writes none of."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

_MOST_PARTS = 400
"""SQLite takes 500."""


def united(parts: Iterable[QuerySet[Any, Any]]) -> tuple[str, list[Any]]:
    """One statement of several with a LIMIT each, which neither database takes without brackets, and Django not at all
    on SQLite. Empty where none of them can have a row."""
    sqls, params = each_of(parts)
    return " UNION ALL ".join(f"SELECT * FROM ({sql}) AS b{n}" for n, sql in enumerate(sqls)), params  # noqa: S608 - Django's own SQL


def alike(rows: QuerySet[Any, Any], parts: Sequence[Mapping[str, str]], most: int) -> tuple[str, list[Any]]:
    """As `united`, of the first `most` of these rows in each part, given by the values of the same columns. Its SQL is
    written once. More parts than a statement may have of them are looked for together."""
    if not parts:
        return "", []
    if len(parts) > _MOST_PARTS:
        rows, parts = rows.filter(reduce(or_, (Q(**part) for part in parts))), ({},)
    marks = {f"\x01{name}": name for name in parts[0]}
    try:
        sql, params = rows.filter(**{name: mark for mark, name in marks.items()})[:most].query.sql_with_params()
    except EmptyResultSet:
        return "", []
    named = [marks.get(param) if isinstance(param, str) else None for param in params]
    every = [part[name] if name else param for part in parts for name, param in zip(named, params, strict=True)]
    return " UNION ALL ".join(f"SELECT * FROM ({sql}) AS b{n}" for n in range(len(parts))), every  # noqa: S608 - as above


def first_of_parts(
    rows: QuerySet[Any, Any], parts: Sequence[Mapping[str, str]], most: int, *, is_falling: bool
) -> list[Any]:
    """The keys of the first of all parts' rows, which are in order, of a value and a key."""
    sql, params = alike(rows, parts, most)
    way = "DESC" if is_falling else "ASC"
    return [row[1] for row in rows_of(f"{sql} ORDER BY 1 {way}, 2 {way} LIMIT {most}", params)] if sql else []


def together(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """The rows of all of these, one after the other. An index finds each of them, where a database may go through all
    that there are for conditions with an OR between them."""
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def each_of(parts: Iterable[QuerySet[Any, Any]]) -> tuple[list[str], list[Any]]:
    """The statements of those that can have a row, and what is to be put into all of them."""
    sqls: list[str] = []
    params: list[Any] = []
    for part in parts:
        try:
            sql, more = part.query.sql_with_params()
        except EmptyResultSet:
            continue
        sqls.append(sql)
        params += more
    return sqls, params


def some_keys(parts: Iterable[QuerySet[Any, Any]], most: int) -> list[int]:
    """The first `most` values of these together, of one column each and with a LIMIT each, whichever come first."""
    sql, params = united(parts)
    return [row[0] for row in rows_of(f"{sql} LIMIT {most}", params)] if sql else []


def rows_of(sql: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
