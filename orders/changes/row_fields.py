"""Rows in a form: fields that repeat, one after another, under the same names. Buttons named `redo` add and
remove them, with a script or without."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, cast

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

Row = dict[str, str]
ADD, REMOVE = "add-row", "remove-row-"


def rows_in(data: Mapping[str, Any], names: Sequence[str]) -> list[Row]:
    """The rows that were posted under these names; what is missing at the end of one is empty."""
    lists = cast(MultiValueDict[str, str], data)
    columns = [lists.getlist(name) for name in names]
    return [dict(zip(names, map(str, values), strict=True)) for values in zip_longest(*columns, fillvalue="")]


def with_rows(data: Mapping[str, Any], names: Sequence[str], rows: Sequence[Row]) -> QueryDict:
    """A copy of what was posted, with these rows in it."""
    changed = QueryDict(mutable=True)
    changed.update(cast(Any, data))
    for name in names:
        changed.setlist(name, [row.get(name, "") for row in rows])
    return changed


def rearranged(rows: Sequence[Row], names: Sequence[str], button: str) -> list[Row]:
    """The rows after one of their buttons. Another button leaves them as they are."""
    if button == ADD:
        return [*rows, dict.fromkeys(names, "")]
    number = button.removeprefix(REMOVE)
    if button.startswith(REMOVE) and number.isdecimal():
        return [row for place, row in enumerate(rows) if place != int(number)]
    return list(rows)
