"""The list's address: every state of the list is a link that a colleague can open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from django.http import QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode

from accounts.channels import Channel
from orders.list.filters.orders import OrderFilterSet

LARGEST_SIZE = 250
LARGEST_OFFSET = 2**31 - 1
"""Offsets are int32 (Norce reference, schemas/pagination)."""
LONGEST_POSITION = 200
"""Characters of a position in the index."""
_NO_FILTERS = ("page", "size", "after", "before")


@lru_cache(maxsize=64)
def list_of(channel: Channel | None, prefix: str) -> str:
    """The list's address below what the server says that we are mounted at; without a channel that of all channels. A
    page names it some thirty times."""
    return reverse("order-list", args=(channel,)) if channel else reverse("orders-anywhere")


@dataclass(frozen=True, slots=True)
class Address:
    """What of a list is looked at: the filters as written, the page from 1 on, the rows on it. `channel`: None where
    the list is of all channels. `after` and `before`: where in it, where the index answers, which knows no pages."""

    filters: Mapping[str, Sequence[str]]
    size: int
    page: int = 1
    default_size: int = 25
    channel: Channel | None = field(kw_only=True)
    after: str = field(default="", kw_only=True)
    before: str = field(default="", kw_only=True)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    def to(self, changes: Mapping[str, Sequence[str]] = MappingProxyType({}), *, page: int = 1, **where: str) -> str:
        """The address with some filters set to other values, or taken away by none; from page 1 on, unless told.
        `where`: after or before, where the index answers."""
        params = {name: values for name, values in ({**self.filters, **changes}).items() if values}
        # A page number means nothing without the number of rows on a page.
        if self.size != self.default_size or page > 1:
            params["size"] = [str(self.size)]
        if page > 1:
            params["page"] = [str(page)]
        params |= {name: [value] for name, value in where.items() if value}
        base = list_of(self.channel, get_script_prefix())
        return f"{base}?{urlencode(params, doseq=True)}" if params else base

    def without(self, *names: str) -> str:
        return self.to(dict.fromkeys(names, ()))

    @property
    def here(self) -> str:
        return self.to(page=self.page, after=self.after, before=self.before)

    @property
    def query(self) -> str:
        """The address of the first page without its path, empty for all orders."""
        return self.to().partition("?")[2]

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """The filters and the rows on a page as pairs, for the hidden fields of a form that changes something else."""
        size = {"size": [str(self.size)]} if self.size != self.default_size else {}
        params = {**self.filters, **size}
        return [(name, value) for name, values in params.items() if name not in without for value in values]


def read_address(query: QueryDict, filters: OrderFilterSet, default_size: int, channel: Channel | None) -> Address:
    """The address that a query means. A page or a number of rows that cannot be read is as if it were not there."""
    size = _number(query.get("size")) or default_size
    size = size if size <= LARGEST_SIZE else default_size
    page = min(_number(query.get("page")) or 1, LARGEST_OFFSET // size)
    if channel is not None and not filters.asks_index:
        return Address(filters.written(), size, page, default_size, channel=channel)
    after, before = (query.get(name, "")[:LONGEST_POSITION] for name in ("after", "before"))
    written = filters.written()
    return Address(written, size, 1, default_size, channel=channel, after=after, before="" if after else before)


def says_the_same(query: QueryDict, address: Address) -> bool:
    """Whether an address needs no tidying: nothing blank in it, nothing written in a way that nobody would send on."""
    return {name: values for name, values in query.lists() if name not in _NO_FILTERS} == dict(address.filters)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else 0
