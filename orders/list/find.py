"""One box for whatever the caller says: what it looks like, and where it is found."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.phones import compact, spellings
from order_api import OrderApi
from order_api.errors import NotFound
from order_api.schemas import Order
from order_api.unfit import UnfitOrder
from orders.list.filters.fields import LONGEST_VALUE

ORDER, SEARCH = "order", "search"
EXACT = frozenset({"reference", "cart_reference", "payment_id"})
"""Filters that name one order. If one of them hits a single order, that is the one."""

# Ids are a letter, sometimes an underscore, and letters (Norce docs: o_yClTSySjyAuuBjmiBlHCjuEcTf,
# oanzNtkz, pfwLhFoDPFBKtfJkSoVHDaMTIiT).
_ORDER_ID = re.compile(r"o_[A-Za-z]{4,40}|o(?=[a-z]{0,6}[A-Z])[A-Za-z]{7}|o(?=[a-z]{0,25}[A-Z])[A-Za-z]{26}")
_PAYMENT_ID = re.compile(r"p_[A-Za-z]{4,40}|p(?=[a-z]{0,25}[A-Z])[A-Za-z]{26}")
_EMAIL = re.compile(r"[^@\s,;]{1,64}@(?:[^@\s,;.]{1,63}\.){1,8}[^@\s,;.]{1,63}")
_NAME = re.compile(r"[^\W\d_]{1,60}(?:[ '’.\-]{1,3}[^\W\d_]{1,60}){0,12}\.?")
_FAMILY_FIRST = re.compile(rf"({_NAME.pattern}),\s?({_NAME.pattern})")
_MOST_WORDS = 4
"""A name of more words is not turned around: there would be too many ways."""

_WRAPPING = "\"'“”„«»‘’<>#"
_LEFT_BEHIND = ",;:.!?…"
"""What a sentence puts behind whatever is pasted out of it."""

_ADDRESS = re.compile(
    r"https?://[^\s/]{1,255}(?:/[^\s/]{0,100}){0,12}?/orders/([\w-]{1,100})(?:[/?#]\S{0,2000})?",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:order|ordre|beställning|bestilling|bestellung|tilaus)s?\s?"
    r"(?:nummer|number|numero|no|nr|id|ref|reference|referens)?[\s.:#]{1,5}(?=(?:[op]_|[^\s\d]{0,60}\d)\S{0,200}$)",
    re.IGNORECASE,
)
"""What people write before an order's id or number; only where one follows, so that no name loses a word."""


class Guess(NamedTuple):
    """What the text may be, the likeliest first: names of the API's filters, and `order` for an id.
    `search` comes last."""

    text: str
    ways: tuple[str, ...]


class Finding(NamedTuple):
    """Where it was found: the one order that it names, or the filter that the list should have."""

    order_id: str = ""
    filters: Mapping[str, Sequence[str]] = {}


def guess(text: str) -> Guess:
    """What somebody means by that text. Pure: asks nobody.

    A number may be an order's or a phone's; one that starts with + or 0, or is written in groups, is rather a phone's.
    """
    said = " ".join(text.replace("\0", "").split()).strip(_WRAPPING + " ")
    said = said.rstrip(_LEFT_BEHIND + _WRAPPING + " ")
    if len(said) > LONGEST_VALUE and not _ADDRESS.fullmatch(said):
        return Guess(said, (SEARCH,))
    said = re.sub(r"^(mailto|tel):", "", said, flags=re.IGNORECASE)
    if address := _ADDRESS.fullmatch(said):
        said = address[1]
    said = _LABEL.sub("", said, count=1).lstrip(_WRAPPING) if _LABEL.match(said) else said
    return Guess(said, (*_ways(said), SEARCH) if said else ())


def _ways(said: str) -> tuple[str, ...]:
    if _ORDER_ID.fullmatch(said):
        return (ORDER, "reference")
    if _PAYMENT_ID.fullmatch(said):
        return ("payment_id",)
    if _EMAIL.fullmatch(said):
        return ("billing_emails", "shipping_emails")
    if compact(said):
        phones = ("billing_phones", "shipping_phones")
        references = ("reference", "cart_reference") if said.isalnum() else ("reference",)
        return (*references, *phones) if said[0] not in "+0(" and " " not in said else (*phones, "reference")
    if _NAME.fullmatch(said) or _FAMILY_FIRST.fullmatch(said):
        return ("billing_names", "shipping_names") if set(" ,") & set(said) else ("reference", "billing_names")
    return ("reference", "cart_reference") if " " not in said else ()


def turned(name: str) -> list[str]:
    """A name with its first words behind the others, as lists have it: “Ek Karin Ängla” is Karin Ängla Ek to the API.

    A comma says where the family name ends; without one, each place where it may end is a way.
    """
    if parts := _FAMILY_FIRST.fullmatch(name):
        return [f"{parts[2]} {parts[1]}"]
    words = name.split()
    return [" ".join(words[n:] + words[:n]) for n in range(1, len(words))] if len(words) <= _MOST_WORDS else []


def find(api: OrderApi, text: str) -> Finding:
    """The order, or the filter that holds those meant. Asks the API in each likely way until one
    hits; nothing hits: search.

    Raises the errors of a list. An id that nobody has is no error: it may still be part of something else.
    """
    said, ways = guess(text)
    for way in ways:
        if way == SEARCH:
            return _turned_name(api, said, ways) or Finding(filters={SEARCH: [said]})
        if found := _try(api, way, said):
            return found
    return Finding()


def _turned_name(api: OrderApi, said: str, ways: Sequence[str]) -> Finding | None:
    """The name the other way round, once it was found in no other way; all its ways in one call."""
    names = turned(said) if "shipping_names" in ways else []
    for way in ("billing_names", "shipping_names") if names else ():
        if api.orders.list_unread(limit=1, **{way: names}).data:  # type: ignore[arg-type]  # the keys are OrderQuery's
            return Finding(filters={way: names})
    return None


def _try(api: OrderApi, way: str, said: str) -> Finding | None:
    if way == ORDER:
        return _order(api, said)
    values = spellings(said) if way.endswith("phones") else [said]
    query = {way: said if way in EXACT else values}
    orders = api.orders.list_unread(limit=2, **query).owners.data  # type: ignore[arg-type]  # the keys are OrderQuery's
    if way in EXACT and len(orders) == 1 and orders[0].id:
        return Finding(order_id=orders[0].id)
    return Finding(filters={way: [said]}) if orders else None


def _order(api: OrderApi, order_id: str) -> Finding | None:
    try:
        return Finding(order_id=_id(api.orders.look(order_id)) or order_id)
    except NotFound:
        return None


def _id(order: Order | UnfitOrder) -> str | None:
    return order.owner.id if isinstance(order, UnfitOrder) else order.id
