"""Where on the list a page stands, told from what the API says of it, which is not much that one can rely on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, Protocol

from order_api.schemas import Pagination
from orders.list.filters import Address
from orders.list.written import WrittenRow

LOOK_AHEAD = 1
"""Rows that are asked for beyond those of the page: whether they come tells whether there is a next page."""


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of the list. `total` counts what matches over all pages; None where the API leaves it open.

    `pagination.size` is documented as "results count, after filtering" (Norce reference,
    schemas/pagination), and another version of the API words it as the size of the returned set. So it
    counts only where it says more than the rows do.
    """

    page: int
    size: int
    offset: int
    rows: int
    total: int | None
    has_next: bool

    @property
    def first(self) -> int:
        return self.offset + 1

    @property
    def last(self) -> int:
        return self.offset + self.rows

    @property
    def pages(self) -> int | None:
        """How many pages there are, at least one; None where nobody knows."""
        return max(1, -(-self.total // self.size)) if self.total is not None else None

    @property
    def is_beyond(self) -> bool:
        """Whether this page comes after the last one."""
        return self.rows == 0 and self.page > 1

    @property
    def numbers(self) -> list[int | None]:
        """The pages to offer by number: first, last and those around this one; None for a gap."""
        return list(_with_gaps(self.page, self.pages)) if self.pages and self.pages > 1 else []


class _Priced(Protocol):
    @property
    def currency(self) -> str | None: ...


class _Page(Protocol):
    """What came for a page: orders, as far as their currency, and what the API says of them all."""

    @property
    def data(self) -> Sequence[_Priced]: ...
    @property
    def pagination(self) -> Pagination | None: ...


class Found(NamedTuple):
    """Rows as they were written, and what the API says of all that match."""

    data: Sequence[WrittenRow]
    pagination: Pagination | None


class PageLink(NamedTuple):
    """A page to go to; without an address it is the one that is shown, or, without a number too, a gap."""

    number: int | None
    url: str = ""


class PageLinks(NamedTuple):
    """`previous` and `next` are empty at the ends; `last` is where somebody goes who went too far."""

    numbers: list[PageLink]
    previous: str
    next: str
    last: str


def links_of(address: Address, paging: Paging) -> PageLinks:
    # With fewer rows on a page than asked for, pages of the asked size would skip orders.
    address = replace(address, size=paging.size)
    numbers = [PageLink(n, address.to(page=n) if n and n != paging.page else "") for n in paging.numbers]
    before = min(paging.page - 1, paging.pages or paging.page)
    return PageLinks(
        numbers,
        previous=address.to(page=before) if before > 0 else "",
        next=address.to(page=paging.page + 1) if paging.has_next else "",
        last=address.to(page=paging.pages or 1),
    )


def paging_of(found: _Page, page: int, size: int, *, counts_all: bool | None = None) -> Paging:
    """`size` and LOOK_AHEAD rows were asked for; the API may serve fewer, and says so in `pagination.limit`.

    `counts_all`: whether it is known that `pagination.size` counts what matches, where this page does not show it.
    """
    said = found.pagination or Pagination()
    asked = size + LOOK_AHEAD
    served = said.limit if said.limit and 0 < said.limit < asked else asked
    offset = said.offset if said.offset is not None and said.offset >= 0 else (page - 1) * size
    if served < size:
        page, size = offset // served + 1, served
    rows = min(len(found.data), size)
    total = _total(said, offset, len(found.data), served)
    if total is None and counts_all and said.size is not None and said.size >= offset + len(found.data) > 0:
        total = said.size
    # Without a row to look ahead to, a full page may have another one after it.
    more = len(found.data) > rows or (served == size == rows)
    return Paging(page, size, offset, rows, total, more if total is None else 0 < rows < total - offset)


def is_told(found: _Page) -> bool | None:
    """Whether `pagination.size` counts all that matches; None where it may as well be the rows that came."""
    said = found.pagination or Pagination()
    return True if said.size is not None and said.size > len(found.data) > 0 else None


def is_open(found: _Page, size: int) -> bool:
    """Whether the rows that came are just as many as were asked for, and as `size` says: all that match, or a page."""
    said = found.pagination or Pagination()
    return said.size == len(found.data) == size + LOOK_AHEAD and not said.offset and said.size != said.total_size


def _total(said: Pagination, offset: int, rows: int, served: int) -> int | None:
    if said.size is not None and (said.size > rows or said.size == said.total_size):
        return said.size
    if 0 < rows < served or offset == rows == 0:
        return offset + rows
    return None


def sum_of(found: _Page, paging: Paging, seen: Collection[str]) -> tuple[Decimal, str] | None:
    """The API's sum of all that match, and its currency; None where currencies mix, or where it is
    not clear what was added up.

    `seen` are the currencies met in the channel so far: other pages count as mixed if there is more than one of them.
    """
    currencies = {(order.currency or "").upper() for order in found.data}
    total = found.pagination.value_sum if found.pagination else None
    if total is None or paging.total is None or len(currencies) != 1 or "" in currencies:
        return None
    is_whole = paging.rows == paging.total
    return (total, currencies.pop()) if is_whole or len(seen) == 1 else None


def _with_gaps(page: int, pages: int) -> Iterator[int | None]:
    around = {1, page - 1, page, page + 1, pages} | ({2, 3} if page <= 3 else set())
    before = 0
    for number in sorted(around & set(range(1, pages + 1))):
        if number > before + 1:
            yield None
        yield number
        before = number
