"""The table's headings: which columns there are, and which the API can sort by."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.list.filters import NEWEST_FIRST, Address


class Column(NamedTuple):
    """A column by its class in the sheet; `sort` as the API names it, `first` what a first click asks for."""

    name: str
    word: str | Promise
    sort: str = ""
    first: str = ""
    says: str | Promise = ""


class Heading(NamedTuple):
    """`url` sorts by this column, or turns the order round; empty where the API cannot. `direction`
    is what aria-sort says."""

    name: str
    word: str | Promise
    says: str | Promise
    url: str
    direction: str

    @property
    def is_figure(self) -> bool:
        return self.name in ("c-items", "total")


COLUMNS = (
    Column("c-ref", _("Order")),
    Column("c-created", _("Created"), "created", NEWEST_FIRST),
    Column("c-customer", _("Customer"), "billingName", "billingName", _("Sorts by the name on the bill")),
    Column("c-country", _("Country")),
    Column("c-state", _("Order state")),
    Column("c-pay", _("Payment")),
    Column("c-ship", _("Shipping")),
    Column("c-items", _("Items")),
    Column("total", _("Total"), "cartTotal", "-cartTotal", _("Sorts by the cart's total, without shipping")),
)


def headings(sort: str, address: Address) -> list[Heading]:
    return [Heading(c.name, c.word, c.says, _url(c, sort, address), _direction(c, sort)) for c in COLUMNS]


def _direction(column: Column, sort: str) -> str:
    if not column.sort or sort.removeprefix("-") != column.sort:
        return ""
    return "descending" if sort.startswith("-") else "ascending"


def _url(column: Column, sort: str, address: Address) -> str:
    if not column.sort:
        return ""
    turned = {"descending": column.sort, "ascending": f"-{column.sort}"}.get(_direction(column, sort), column.first)
    return address.to({"sort": () if turned == NEWEST_FIRST else [turned]})
