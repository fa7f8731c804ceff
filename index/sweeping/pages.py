"""One page of a sweep, and where it goes on.

The API pages by offset, and orders come and go meanwhile. So each page begins a little before the last one ended, and
has to hold an order of it: what comes after that was not skipped. Where it holds none, the sweep goes back until it
does. The cursor is kept with each page; whoever dies over one reads that one again.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from accounts.channels import Channel
from index import documents
from index.models import ChannelState
from index.sweeping.plan import Sweep
from order_api import OrderApi

LIMIT = 250
"""Orders asked for at once; the API may serve less, and says so."""
OVERLAP = 10
"""Orders that are asked for once more with the next page."""
TAIL = 100
"""Ids of a page that the next one is compared with."""


@dataclass
class Cursor:
    """How far a sweep came. `began` and `since` as ISO 8601, UTC; `tail` are the last ids that it met in their order;
    `size` is how many orders the API said there are. `is_read`: the API's pages are at their end, what is left is to
    ask for what they did not have."""

    began: str
    since: str
    offset: int = 0
    tail: list[str] = field(default_factory=list)
    size: int = 0
    is_read: bool = False

    @classmethod
    def of(cls, sweep: Sweep, state: ChannelState, now: dt.datetime) -> "Cursor":
        """Where that sweep goes on, or begins."""
        kept = state.cursors.get(sweep.name)
        return cls(**kept) if kept else cls(now.isoformat(), sweep.since(state, now).isoformat())

    @property
    def began_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.began)

    @property
    def since_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.since)

    def keep(self, sweep: Sweep, state: ChannelState) -> None:
        """Goes on from here next time."""
        state.cursors = {**state.cursors, sweep.name: asdict(self)}
        state.save(update_fields=["cursors"])


def read_page(api: OrderApi, channel: Channel, sweep: Sweep, cursor: Cursor, now: dt.datetime) -> int:
    """Put the next page into the index, in one call, and move the cursor; how many orders were new or changed. Raises
    ApiError; then it stays where it is."""
    params: dict[str, Any] = sweep.query(cursor.since_at)
    page = api.orders.list_unread(limit=LIMIT, offset=cursor.offset, **params)
    ids = [owner.id or "" for owner in page.owners.data]
    taken = documents.take_in(
        channel, [(order_id, order) for order_id, order in zip(ids, page.data, strict=True) if order_id], at=now
    )
    pagination = page.pagination
    served = min(LIMIT, (pagination.limit if pagination else None) or len(ids) or LIMIT)
    move(cursor, ids, served, pagination.size if pagination else None)
    return taken.changed


def move(cursor: Cursor, ids: Sequence[str], served: int, size: int | None) -> None:
    """Where the sweep goes on after a page of these orders, of which at most `served` were to come, and `size` there
    are in all, where the API says so."""
    cursor.size = size if size is not None else cursor.offset + len(ids)
    if cursor.offset and cursor.tail and not set(cursor.tail) & set(ids):
        cursor.offset = max(0, min(cursor.offset, cursor.size) - max(1, served // 2))
        return
    end = cursor.offset + len(ids)
    cursor.tail = list(ids[-TAIL:])
    if not ids or (end >= size if size is not None else len(ids) < served):
        cursor.is_read, cursor.tail = True, []
        return
    cursor.offset = max(end - min(OVERLAP, served // 5), cursor.offset + 1)
