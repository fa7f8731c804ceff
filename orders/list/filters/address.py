"""The list's address: every state of the list is a link that a colleague can open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from django.http import QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode

from orders.list.filters.orders import OrderFilterSet

LARGEST_SIZE = 250
LARGEST_OFFSET = 2**31 - 1
"""Offsets are int32 (Norce reference, schemas/pagination)."""


@lru_cache(maxsize=4)
def _list_below(prefix: str) -> str:
    """A page names the list some thirty times."""
    return reverse("order-list")


@dataclass(frozen=True, slots=True)
class Address:
    """What of the list is looked at: the filters as written, the page from 1 on, the rows on it."""

    filters: Mapping[str, Sequence[str]]
    size: int
    page: int = 1
    default_size: int = 25

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    def to(self, changes: Mapping[str, Sequence[str]] = MappingProxyType({}), *, page: int = 1) -> str:
        """The address with some filters set to other values, or taken away by none; from page 1 on, unless told."""
        params = {name: values for name, values in ({**self.filters, **changes}).items() if values}
        # A page number means nothing without the number of rows on a page.
        if self.size != self.default_size or page > 1:
            params["size"] = [str(self.size)]
        if page > 1:
            params["page"] = [str(page)]
        base = _list_below(get_script_prefix())
        return f"{base}?{urlencode(params, doseq=True)}" if params else base

    def without(self, *names: str) -> str:
        return self.to(dict.fromkeys(names, ()))

    @property
    def here(self) -> str:
        return self.to(page=self.page)

    @property
    def query(self) -> str:
        """The address of the first page without its path, empty for all orders."""
        return self.to().partition("?")[2]

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """The filters and the rows on a page as pairs, for the hidden fields of a form that changes something else."""
        size = {"size": [str(self.size)]} if self.size != self.default_size else {}
        params = {**self.filters, **size}
        return [(name, value) for name, values in params.items() if name not in without for value in values]


def read_address(query: QueryDict, filters: OrderFilterSet, default_size: int) -> Address:
    """The address that a query means. A page or a number of rows that cannot be read is as if it were not there."""
    size = _number(query.get("size")) or default_size
    size = size if size <= LARGEST_SIZE else default_size
    page = min(_number(query.get("page")) or 1, LARGEST_OFFSET // size)
    return Address(filters.written(), size, page, default_size)


def says_the_same(query: QueryDict, address: Address) -> bool:
    """Whether an address needs no tidying: nothing blank in it, nothing written in a way that nobody would send on."""
    return {name: values for name, values in query.lists() if name not in ("page", "size")} == dict(address.filters)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else 0
