"""The table's headings: the columns that are shown, and which can be sorted by."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise

from orders.list.columns import DEFAULT, Column, chosen_of
from orders.list.filters import NEWEST_FIRST, Address


class Heading(NamedTuple):
    """`url` sorts by this column, or turns the order round; empty where nobody can. `direction` is what aria-sort
    says."""

    name: str
    word: str | Promise
    says: str | Promise
    url: str
    direction: str
    is_figure: bool


def headings(
    sort: str, address: Address, columns: Sequence[str] = DEFAULT, *, needs_index: bool = False
) -> list[Heading]:
    """Of these columns. `needs_index`: whether the index alone can answer, which sorts by less. Otherwise the API sorts
    by what it can, and the index by what else it knows."""
    return [_heading(column, sort, address, needs_index) for column in chosen_of(columns)]


def _heading(column: Column, sort: str, address: Address, needs_index: bool) -> Heading:
    by_api = "" if needs_index else column.sort
    current, is_falling = sort.removeprefix("-"), sort.startswith("-")
    direction = ("descending" if is_falling else "ascending") if current in {by_api, column.by_index} - {""} else ""
    first = column.first if by_api else f"-{column.by_index}" if column.by_index else ""
    turned = (current if is_falling else f"-{current}") if direction else first
    url = address.to({"sort": () if turned == NEWEST_FIRST else [turned]}) if turned else ""
    says = column.says if by_api and turned.removeprefix("-") == by_api else ""
    return Heading(column.css, column.word, says, url, direction, column.is_figure)
