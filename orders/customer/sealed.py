"""What travels with the page of a customer: by what is looked for, and what each channel answered.

Each channel's answer shows as it comes; the table of all is made of what has come, by a request that asks nobody.
Nothing of that is kept on the server: it stands in hidden fields of the page, signed, so that none of it can be made
up, and bound to one person and order. An address never holds any of it.
"""

import datetime as dt
import json
from typing import Any, NamedTuple

from django.core import signing
from django.http import Http404

from accounts.channels import Channel, parse
from order_api.schemas import Order, decode, encode
from orders.customer.asking import Found, Heard, slim
from trade.customer_keys import Key, Keys, Kind

GOOD_FOR = dt.timedelta(hours=1)
"""Then the page has to be loaded again: what it says is old."""


class Sought(NamedTuple):
    """The order that the customer was looked up by, without what the page does not show, and its keys."""

    order: Order
    keys: Keys


class LapsedError(Http404):
    """A field that is too old, or was not made here for this person and order."""


def seal_sought(sought: Sought, bound_to: str) -> str:
    keys = [[[key.kind.value, *key[1:]] for key in part] for part in sought.keys]
    return _seal({"order": _json(slim(sought.order)), "keys": keys}, f"sought {bound_to}")


def unseal_sought(text: str, bound_to: str) -> Sought:
    """Raises LapsedError."""
    found = _unseal(text, f"sought {bound_to}")
    usable, stand_ins = (tuple(Key(Kind(kind), *rest) for kind, *rest in part) for part in found["keys"])
    return Sought(_order(found["order"]), Keys(usable, stand_ins))


def seal_found(found: Found, bound_to: str) -> str:
    heard = found.heard
    whole = [str(found.channel), [_json(each) for each in heard.orders], heard.size, heard.is_cut, heard.unfit]
    return _seal(whole, f"found {bound_to}")


def unseal_found(text: str, bound_to: str) -> Found:
    """Raises LapsedError."""
    channel, orders, size, is_cut, unfit = _unseal(text, f"found {bound_to}")
    return Found(parse(channel), Heard(tuple(map(_order, orders)), size, is_cut, unfit))


def bound_to(person_id: int | None, channel: Channel, order_id: str) -> str:
    """What ties a field to the person and the order whose page it stands in."""
    return f"{person_id} {channel} {order_id}"


def _json(order: Order) -> str:
    return encode(order).decode()


def _order(text: str) -> Order:
    return decode(text.encode(), Order)


def _seal(value: Any, salt: str) -> str:
    return signing.dumps(value, salt=f"orders.customer {salt}", compress=True)


def _unseal(text: str, salt: str) -> Any:
    try:
        return signing.loads(text, salt=f"orders.customer {salt}", max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, json.JSONDecodeError) as error:
        raise LapsedError("Too old, or not of this page.") from error
