"""The basket as rows: every item with its parts below it, however deep, and a picture where it may be shown."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from domain.money import ZERO, code_of, is_nothing
from order_api.schemas import Item, Logistics
from orders.page import words
from orders.page.tree import Fact, facts_of
from trade.totals import TotalRow, discount_rows, including, line_total
from ui.formats import format_date_of, format_number
from ui.regions import NO_BREAK_SPACE

MAX_INDENT = 4
_FILE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_ICONS = {"bundle": "gift", "giftCard": "gift", "digital": "book"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An item's picture: `src` where our pages may show it, else only a `link` to it, else neither."""

    src: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the items' table. `depth` 0 is an item of its own, more is a part of the bundle
    above; `off` is 0 or less."""

    item: Item
    depth: int
    picture: Picture
    icon: str
    quantity: int | None
    unit_price: Decimal | None
    total: Decimal | None
    off: Decimal
    discounts: tuple[TotalRow, ...]
    parts: int
    logistics: tuple[tuple[str, str], ...]
    attributes: list[Fact]
    link: str

    @property
    def indent(self) -> int:
        """How far to indent; nesting deeper than the page is wide stays at the last step."""
        return min(self.depth, MAX_INDENT)

    @property
    def about(self) -> str:
        """What it is beside its name: the article number, what kind of thing, and whether it came in later."""
        kind: str | Promise = ""
        if self.parts:
            kind = ngettext("bundle of %(count)s", "bundle of %(count)s", self.parts) % {"count": self.parts}
        elif self.item.product_type and self.item.product_type != "physical":
            kind = words.PRODUCTS.get(self.item.product_type, self.item.product_type)
        later = gettext("added after acceptance") if self.item.upsell else ""
        return " · ".join(str(each) for each in (self.item.sku, kind, later) if each)

    @property
    def has_more(self) -> bool:
        """Whether there is something about it that the row has no room for."""
        return bool(
            self.attributes
            or self.logistics
            or self.item.reference
            or self.item.url
            or self.discounts
            or self.picture.link
        )


def safe_link(url: str | None) -> str:
    """The address if a browser may be sent there: http, https or a path of this site; otherwise nothing."""
    address = (url or "").strip()
    if address.startswith("/") and not address.startswith(("//", "/\\")):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in ("http", "https") and parts.hostname else ""


def picture(url: str | None, sources: Set[str]) -> Picture:
    """Shown from `sources`, hosts (`https://media.example`) and folders of this site
    (`/checkout/images/`); else a link.

    A browser loads a picture in the name of whoever looks, so of this site nothing but files in a folder of pictures
    will do, however the address is written.
    """
    address = safe_link(url)
    if not address:
        return Picture()
    if address.startswith("/"):
        folder, _slash, name = address.rpartition("/")
        return Picture(src=address) if f"{folder}/" in sources and _FILE.fullmatch(name) else Picture(link=address)
    scheme, host, *_ = urlsplit(address)
    return Picture(src=address) if f"{scheme}://{host}".lower() in sources else Picture(link=address)


def present_items(items: tuple[Item, ...], sources: Set[str], currency: str | None = None) -> list[Line]:
    """The rows in the cart's order, each bundle followed by its parts."""
    return list(_lines(items, sources, code_of(currency), 0))


def _lines(items: tuple[Item, ...], sources: Set[str], currency: str, depth: int) -> Iterator[Line]:
    for item in items:
        yield _line(item, sources, currency, depth)
        yield from _lines(item.items, sources, currency, depth + 1)


def _line(item: Item, sources: Set[str], currency: str, depth: int) -> Line:
    discounts = discount_rows(item.discounts)
    off = sum((row.amount for row in discounts), ZERO) or _price_off(item)
    has_price = item.total or item.original_total or item.price
    return Line(
        item=item,
        depth=depth,
        picture=picture(item.image_url, sources),
        icon=_ICONS.get(item.product_type or "", "box"),
        quantity=item.quantity,
        unit_price=item.price.including_vat if item.price else None,
        total=line_total(item) if has_price else None,
        off=ZERO if is_nothing(off, currency) else off,
        discounts=discounts,
        parts=len(item.items),
        logistics=tuple(_logistics(item.logistics)),
        attributes=facts_of(item.attributes),
        link=safe_link(item.url),
    )


def _price_off(item: Item) -> Decimal:
    """What the totals say was taken off where no discount names it."""
    if not item.original_total or not item.total:
        return ZERO
    return min(including(item.total) - including(item.original_total), ZERO)


def _logistics(logistics: Logistics | None) -> Iterator[tuple[str, str]]:
    """Measures with their units, and the day of shipping in the zone that it was given in."""
    if logistics is None:
        return
    for name, unit in (("weight", "g"), ("length", "mm"), ("width", "mm"), ("height", "mm")):
        value = getattr(logistics, name)
        if value is not None:
            yield name, f"{format_number(Decimal(value), 0)}{NO_BREAK_SPACE}{unit}"
    if logistics.tags:
        yield "tags", ", ".join(logistics.tags)
    if logistics.shipping_date:
        yield "shippingDate", format_date_of(logistics.shipping_date)
