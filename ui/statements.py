"""Questions to the database that are asked with each page and are nearly always answered with no."""

import datetime as dt
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, Expression, Field, QuerySet, Value


class Exists:
    """Whether there are rows that a query of always the same shape finds, in one statement.

    `query` makes it of so many texts. Its SQL is written once for each number of them: that takes Django longer than
    the answer takes the database.
    """

    def __init__(self, query: Callable[..., QuerySet[Any]]) -> None:
        self._query = query
        self._written: dict[tuple[str, int], tuple[str, list[Any]]] = {}

    def __call__(self, *values: str) -> bool:
        key = (connection.vendor, len(values))
        if key not in self._written:
            self._written[key] = self._write(len(values))
        sql, params = self._written[key]
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[each.number] if isinstance(each, _Place) else each for each in params])
            return cursor.fetchone() is not None

    def _write(self, count: int) -> tuple[str, list[Any]]:
        marks = {f"value {number} of {id(self)}": _Place(number) for number in range(count)}
        query = self._query(*marks).query.exists()
        sql, params = query.get_compiler(using=connection.alias).as_sql()
        return sql, [marks.get(each, each) if isinstance(each, str) else each for each in params]


class _Place:
    """Where a value belongs among the parameters."""

    def __init__(self, number: int) -> None:
        self.number = number


class Written:
    """The rows of a query of always the same shape, whose SQL is written once, as that of `Exists`.

    `query` makes it of a key, which decides its shape, and of named values (whole numbers, texts or moments), which do
    not: it gets something to compare columns with in the place of each, and has to ask for columns (`values_list`).
    """

    def __init__(self, query: Callable[..., QuerySet[Any, Any]]) -> None:
        self._query = query
        self._written = lru_cache(maxsize=256)(self._write)

    def __call__(self, *key: Hashable, **values: int | str | dt.datetime) -> list[tuple[Any, ...]]:
        """One statement, none where no row can be meant."""
        kinds = tuple((name, type(value)) for name, value in values.items())
        sql, params = self._written(connection.vendor, key, kinds)
        if not sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(sql, [each.of(values) if isinstance(each, _Named) else each for each in params])
            return list(cursor.fetchall())

    def _write(
        self, _vendor: str, key: tuple[Hashable, ...], kinds: tuple[tuple[str, type], ...]
    ) -> tuple[str, tuple[Any, ...]]:
        given = {name: _Given(name, _FIELDS[kind]()) for name, kind in kinds}
        try:
            sql, params = self._query(*key, **given).query.get_compiler(using=connection.alias).as_sql()
        except EmptyResultSet:
            return "", ()
        return sql, tuple(params)


def counted(rows: QuerySet[Any, Any], what: str = "") -> QuerySet[Any, Any]:
    """How many rows there are, beside the word `what`; no row of it where there are none. As a queryset, to be written
    once or put together with others."""
    named = rows.order_by().annotate(what=Value(what, output_field=CharField())).values("what")
    found: QuerySet[Any, Any] = named.annotate(n=Count("pk")).values_list("what", "n")
    return found


_FIELDS: dict[type, type[Field[Any, Any]]] = {int: BigIntegerField, str: CharField, dt.datetime: DateTimeField}


class _Named:
    """Where the value of that name belongs among the parameters."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        self.name = name
        self.field = field

    def of(self, values: dict[str, Any]) -> Any:
        return self.field.get_db_prep_value(values[self.name], connection)


class _Given(Expression):
    """Stands in a query for a value."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [_Named(self.name, self.output_field)]
