"""Questions to the database that are asked with each page and are nearly always answered with no."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet


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
