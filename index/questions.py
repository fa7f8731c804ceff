"""What the index can be asked about orders: what the Order API has no filter for, beside what it has."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from accounts.channels import Channel


@dataclass(frozen=True, slots=True)
class Question:
    """Which orders are meant. What is empty or None does not narrow. Amounts in major units, times in UTC.

    `channels` are the ones that the person may see: there is no other way to ask, and none is asked of no channel.
    `created_to` and `since_to` are exclusive. `text`: a piece of a reference, an id or a SKU. `keys`: hashes
    (`index.hashes`) of which one is enough. `check`: the name of one of `index.checks.CHECKS`. `ids`: order ids.
    """

    channels: tuple[Channel, ...]
    status: tuple[str, ...] = ()
    payment_states: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    shipping_states: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    currency: str = ""
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    created_from: dt.datetime | None = None
    created_to: dt.datetime | None = None
    since_from: dt.datetime | None = None
    since_to: dt.datetime | None = None
    sku: str = ""
    reference: str = ""
    payment_id: str = ""
    text: str = ""
    keys: tuple[str, ...] = ()
    check: str = ""
    ids: tuple[str, ...] | None = None
    sort: str = "created"
    """How `reading.page` orders: one of `SORTS`, newest or largest first, `-` before it the other way round."""


SORTS = ("created", "total", "status_since", "modified")
"""By `total`, the orders of each currency stand together, by its code: nobody compares kronor with euros."""
