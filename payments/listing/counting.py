"""Counts and sums of the newest rows of a list, in groups."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from index.united import alike


class Added(NamedTuple):
    """How many rows, what they come to in ten-thousandths, and of how many of them that is not known."""

    size: int = 0
    units: int = 0
    untold: int = 0

    def and_also(self, other: "Added", sign: int = 1) -> "Added":
        return Added(*(mine + sign * theirs for mine, theirs in zip(self, other, strict=True)))


def by_group(
    rows: QuerySet[Any, Any],
    most: int,
    *names: str,
    parts: Sequence[Mapping[str, str]] = ({},),
    newest: "QuerySet[Any, Any] | None" = None,
) -> list[tuple[Any, ...]]:
    """Of the newest `most` of the rows, for each combination of these columns: their values, and what was added up of
    their `units`.

    `rows` name the columns, `units` and `moment` (`values`), when each was; `parts` as in `paging.Source`. Where there
    are fewer rows than that, no order is asked for: to find few by it, a database may walk through all that there are.
    `newest`: the same rows, as they are best asked for in that order.
    """
    found = _grouped(alike(rows.order_by(), parts, most), names, f"LIMIT {most}")
    if sum(row[-1].size for row in found) < most:
        return found
    ordered = (rows if newest is None else newest).order_by("-moment")
    return _grouped(alike(ordered, parts, most), names, f"ORDER BY moment DESC LIMIT {most}")


def _grouped(united: tuple[str, list[Any]], names: Sequence[str], which: str) -> list[tuple[Any, ...]]:
    """Django groups what is cut off only by looking each row up again by its key."""
    sql, params = united
    if not sql:
        return []
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    said = f"{columns}, COUNT(*), COALESCE(SUM(units), 0), COUNT(*) - COUNT(units)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {said} FROM ({sql} {which}) AS newest GROUP BY {columns}", params)  # noqa: S608 - of Django
        return [(*row[:-3], Added(*map(int, row[-3:]))) for row in cursor.fetchall()]
