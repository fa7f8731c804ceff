"""Questions to the database that are asked with each page and are nearly always answered with no."""

import datetime as dt
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, Expression, Field, QuerySet, Value


class Written:
    """The rows of a query of always the same shape, whose SQL is written once: that takes Django longer than the answer
    takes the database.

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


class Exists:
    """Whether there are rows that a query, which is made of so many texts, finds: `Written`, once for each number of
    them."""

    def __init__(self, query: Callable[..., QuerySet[Any]]) -> None:
        self._first = Written(lambda _count, **given: query(*given.values()).order_by()[:1])

    def __call__(self, *values: str) -> bool:
        return bool(self._first(len(values), **{f"value_{number}": value for number, value in enumerate(values)}))


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
