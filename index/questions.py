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


@dataclass(frozen=True, slots=True)
class PaymentQuestion:
    """Which payments are meant. What is empty or None does not narrow. Amounts in major units, times in UTC.

    `buckets` (`domain.states.Bucket`): where money of it is, by its transactions where those were read, so part of it
    is enough. `created_…` are of the order. `event`: a name of the API ("refund") that its transactions have to hold,
    told as done, within `event_from` and `event_to`. `is_ours`: whether an execution of this desk caused that event,
    or, without one, any. `text`: as in `Question`. All `…_to` of times are exclusive.
    """

    channels: tuple[Channel, ...]
    states: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    currency: str = ""
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    created_from: dt.datetime | None = None
    created_to: dt.datetime | None = None
    event: str = ""
    event_from: dt.datetime | None = None
    event_to: dt.datetime | None = None
    is_ours: bool | None = None
    text: str = ""
