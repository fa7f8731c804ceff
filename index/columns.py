"""From an order as the Order API gave it to what is kept of it. Pure but for the key of the hashes."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.conf import settings

from accounts.channels import Channel
from domain.customers import customer_name
from domain.money import Figures, Money, code_of, figures_of, findings, money_of
from domain.states import ORDER, PAYMENT, SHIPPING, Bucket
from index import checks, words
from index.amounts import from_units, to_units
from index.hashes import email_key, name_key, phone_key, secret
from index.models import FIGURES, IndexedKey
from index.sums import ID, SHORT
from order_api.schemas import Address, Item, Order, Payment
from trade.customer_keys import Key, Kind, is_stand_in
from trade.totals import order_total

VERSION = b"3"
"""Of what is kept: with another one, every order is written anew when it is seen next."""
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DOCUMENT = msgspec.json.Encoder(enc_hook=str, order="sorted")
Refined = Mapping[str, Figures]
"""What is known of payments beyond their states, by their ids."""


def digest_of(order: Order) -> bytes:
    """Stands for all that the document says, keyed as the hashes are: nobody tries documents against it."""
    return hashlib.blake2b(
        _DOCUMENT.encode(order), key=secret(Path(settings.INDEX_KEY_FILE)), person=VERSION, digest_size=32
    ).digest()


class Part(NamedTuple):
    """A payment as `domain.money` takes it."""

    state: str | None
    amount: Decimal | None
    currency: str | None
    figures: Figures | None = None


def money_columns(parts: Iterable[Part], total: Decimal | None, currency: str | None, status: str) -> dict[str, Any]:
    """What the payments come to, and what is to be said of it."""
    money = money_of(parts, total, currency, lambda part: part.figures)
    found = findings(ORDER.of(status).stage, money)
    return {
        "currency": text_of(money.currency, SHORT),
        "total": to_units(money.total),
        "has_total": money.total is not None,
        **units_of(money.own),
        "gap": to_units(money.gap),
        "undeclared": to_units(money.undeclared),
        "payment_state": text_of(_standing(money), SHORT),
        "paid": money.paid.value,
        "concern": found[0].concern.value if found else "",
        "is_not_captured": status in checks.HANDED_OVER
        and any(figures.held > 0 for figures in (money.own, *money.foreign.values())),
    }


def _standing(money: Money) -> str | None:
    return money.standing.state if money.standing else None


def columns_of(order: Order, payments: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The order's row, by its document and by the rows of its payments, whose figures may be refined."""
    known, rows = {row["payment_id"]: figures_in(row) for row in payments}, list(order.payments)
    state = ORDER.of(order.state.current_status if order.state else None)
    created = order.created or order.last_modified or NEVER
    parts = [Part(each.state, each.amount, each.currency, _refined(each, known)) for each in rows]
    found = {
        "reference": text_of(order.reference, ID),
        "cart_reference": text_of(order.cart.reference if order.cart else None, ID),
        "created": created,
        "modified": order.last_modified or created,
        "status": text_of(state.name, SHORT),
        "status_since": _since(order) or created,
        "country": text_of(order.country, SHORT).upper()[:SHORT],
        **money_columns(parts, order_total(order), order.currency, state.name),
        "shipping_state": text_of(_worst_shipping(order), SHORT),
        "consent_missing": any(consent.required and not consent.checked for consent in order.consents),
        "pieces": _pieces(order),
        "adapters": "\n".join(sorted({one_line(each.adapter_id) for each in rows if each.id} - {""})),
        "words": words.joined(
            _identifiers(order), Channel((order.merchant or "")[:SHORT], (order.channel or "")[:SHORT])
        ),
        "is_twin": False,
    }
    return {**found, **checks.flags_of(found)}


def _refined(payment: Payment, known: Refined) -> Figures | None:
    return known.get(text_of(payment.id, ID)) if payment.id else None


def payments_of(order: Order) -> dict[str, dict[str, Any]]:
    """The rows of its payments, by id, with figures by their states alone."""
    found = {}
    for payment in order.payments:
        if payment_id := text_of(payment.id, ID):
            found[payment_id] = {
                "payment_id": payment_id,
                "reference": text_of(payment.reference, ID),
                "adapter": one_line(payment.adapter_id),
                "method": text_of(payment.name, ID),
                "state": text_of(payment.state, SHORT),
                "amount": to_units(payment.amount),
                "currency": text_of(code_of(payment.currency or order.currency), SHORT),
                **units_of(figures_of(payment.state, payment.amount)),
            }
    return found


MOVED = tuple(row.name for row in PAYMENT.where(lambda row: row.bucket in (Bucket.TAKEN, Bucket.RETURNED)))
"""States of payments whose transactions tell more than they do."""


def is_unread(state: str, read_at: dt.datetime | None, modified: dt.datetime | None) -> bool:
    """`IndexedPayment.is_unread`, of what was read at that time of an order that was last changed at the other."""
    return state in MOVED and (read_at is None or (modified is not None and read_at < modified))


AGREED = tuple(row.name for row in ORDER.where(lambda row: row.is_agreed))
"""The states of orders whose money can be taken."""


def is_to_capture(held: int, status: str) -> bool:
    """`IndexedPayment.is_to_capture`, of what it holds for an order of that status."""
    return held > 0 and status in AGREED


def units_of(figures: Figures) -> dict[str, int]:
    """Figures as columns."""
    return {name: to_units(getattr(figures, name)) for name in FIGURES}


def figures_in(row: Mapping[str, Any]) -> Figures:
    """Columns as figures."""
    return Figures(**{name: from_units(row[name]) for name in FIGURES})


def skus_of(order: Order) -> set[str]:
    """Of its lines and of their parts."""

    def of(items: tuple[Item, ...]) -> Iterator[str | None]:
        for item in items:
            yield item.sku
            yield from of(item.items)

    return {text_of(sku, ID) for sku in of(order.cart.items if order.cart else ())} - {""}


def keys_of(order: Order) -> dict[tuple[str, str], dict[str, Any]]:
    """The keyed hashes of who pays and who gets it, by kind and hash."""
    customer = order.customer
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for address, is_delivery in ((customer.billing, False), (customer.shipping, True)) if customer else ():
        for kind, key, is_nobody in _keys_of(address) if address else ():
            row = {"kind": kind, "key": key, "is_delivery": is_delivery, "is_stand_in": is_nobody}
            found.setdefault((kind, key), row)
    return found


def _keys_of(address: Address) -> Iterator[tuple[str, str, bool]]:
    kinds, email, phone = IndexedKey.Kind, address.email or "", address.phone or ""
    if key := _hashed(email_key, email):
        yield kinds.EMAIL.value, key, is_stand_in(Key(Kind.EMAIL, email))
    if key := _hashed(phone_key, phone):
        yield kinds.PHONE.value, key, is_stand_in(Key(Kind.PHONE, phone))
    if key := _hashed(name_key, customer_name(address)):
        yield kinds.NAME.value, key, False


def _hashed(hashed: Callable[[str], str], text: str) -> str:
    return _remembered(hashed, text, settings.INDEX_KEY_FILE) if text else ""


@lru_cache(maxsize=2048)
def _remembered(hashed: Callable[[str], str], text: str, _key: Path) -> str:
    """A customer's orders follow one another, and what a phone's number is takes its time."""
    return hashed(text)


def _identifiers(order: Order) -> Iterator[str]:
    yield from (order.reference or "", order.cart.reference or "" if order.cart else "", order.id or "")
    for payment in order.payments:
        yield from (payment.id or "", payment.reference or "")
    yield from sorted(skus_of(order))


def _since(order: Order) -> dt.datetime | None:
    if order.state is None:
        return None
    mine = [each for each in order.state.transitions if each.status == order.state.current_status]
    return max((each.time_stamp for each in mine if each.time_stamp), default=None)


def _worst_shipping(order: Order) -> str | None:
    live = [row for row in (SHIPPING.of(shipping.state) for shipping in order.shippings) if row.is_live]
    return max(live, key=lambda row: row.is_failure).name if live else None


_MOST_PIECES = 2**31 - 1


def _pieces(order: Order) -> int:
    items = order.cart.items if order.cart else ()
    pieces = sum(1 if item.quantity is None else item.quantity for item in items)
    return max(-_MOST_PIECES, min(_MOST_PIECES, pieces))


def text_of(value: str | None, most: int) -> str:
    """As a column holds it: databases take no NUL, and no more than their columns are wide."""
    return (value or "").replace("\x00", "").encode("utf-8", "replace").decode()[:most]


def one_line(value: str | None) -> str:
    """An adapter's name, of which several stand in one column."""
    return " ".join(text_of(value, ID).split())
