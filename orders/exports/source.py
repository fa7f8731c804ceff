"""Where an export of orders gets them, one channel after the other: all that match, page by page from the oldest to the
newest, or some by their ids.

What matches may move while it is read. New orders come behind what is read, as the pages are sorted by when they were
created and end at a fixed moment. Orders that leave (or join) what matches push the rest forward (or back): so each
page begins with the last order of the one before, and where that is not where it was, it is looked for. The file is
called complete only where, of each channel, as many orders stand in it as the API counted at the beginning and at the
end. A channel that does not answer is waited for; none is left out.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.channels import Channel, channels_of, parse
from gateway.connection import get_fan_out_connection, order_api
from jobs import exports
from jobs.exports import COMPLETE, MOVED, UNPROVEN, WAS_GONE, Portion
from jobs.models import Job
from jobs.running import Step
from jobs.tables import Column
from jobs.words import NO_CHANNEL, NOT_ALLOWED
from order_api import OrderApi
from order_api.errors import NotFound, Unreadable
from order_api.query import OrderQuery
from order_api.schemas import Order, Pagination
from order_api.unfit import UnfitOrder
from orders.exports.columns import COLUMNS, Row, rows_of

KIND = "orders.export"
PAGE = 250
"""Orders a call: the most that the list's pages may have."""
BY_ID = 20
"""Orders a piece, where each is a call of its own."""
MOST_BACK = 4
"""Pages that the last order is looked for in, before the one that it was expected on."""
WORDS = {
    "": _("Orders"),
    COMPLETE: _("Complete: %(orders)s orders, as many as the Order API counts. %(rows)s rows."),
    MOVED: _(
        "Not proven complete: %(orders)s orders stand in it. The Order API counted %(before)s at the beginning and "
        "%(after)s at the end, as orders changed meanwhile. %(rows)s rows."
    ),
    UNPROVEN: _("%(orders)s orders, %(rows)s rows. The Order API does not say how many there are."),
    WAS_GONE: _("%(orders)s orders, %(rows)s rows. %(gone)s that were chosen are not there any more."),
}


class OrderSource:
    """As `exports.Source`. Arguments: `columns`, and what `arguments_of` says. Private: `query`, the filters as `pack`
    made them."""

    def columns(self, step: Step) -> Sequence[Column]:
        known = COLUMNS[Row(step.arguments["shape"])]
        return [known[name].column for name in step.arguments["columns"]]

    def read(self, step: Step, columns: Sequence[Column], cursor: Mapping[str, Any]) -> Portion:
        asked, place = step.arguments, _Place.of(cursor)
        name, shape = asked["channels"][place.at], Row(asked["shape"])
        channel = parse(name)
        api = order_api(channel.merchant, channel.name, step.who, get_fan_out_connection())
        if ids := asked["ids"].get(name):
            found = _by_id(api, ids, place.cursor)
        else:
            found = _matching(api, unpack(step.private["query"], asked["until"]), place.cursor)
        gets = [COLUMNS[shape][column.name].get for column in columns]
        return place.after(found.portion, list(rows_of(found.orders, shape, gets, name)), asked)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far an export of several channels has come: `at` is the place of the channel that is read, `cursor` how far
    that has come, `rows` what it gave; `ended` are those before it, each with how it came to its end."""

    at: int
    cursor: Mapping[str, Any]
    rows: int
    ended: Sequence[tuple[str, str, Mapping[str, Any]]]

    @classmethod
    def of(cls, cursor: Mapping[str, Any]) -> "_Place":
        ended = [(name, code, facts) for name, code, facts in cursor.get("ended", ())]
        return cls(len(ended), cursor.get("of", {}), cursor.get("rows", 0), ended)

    def after(self, found: Portion, rows: Sequence[Sequence[Any]], asked: Mapping[str, Any]) -> Portion:
        """That portion of the channel as one of the whole export."""
        channels = asked["channels"]
        ended, of, here = list(self.ended), found.cursor, self.rows + len(rows)
        if found.is_last:
            ended.append((channels[self.at], found.code, {**found.facts, "rows": here}))
            of, here = {}, 0
        before = sum(facts["orders"] + facts["gone"] for _name, _code, facts in self.ended)
        known = [facts["before"] for _name, _code, facts in self.ended]
        expected = [found.total, *(asked["counts"].get(name) for name in channels[self.at + 1 :])]
        totals = [*known, *(size for size in expected if size is not None)]
        return Portion(
            rows,
            {"of": of, "rows": here, "ended": ended},
            before + found.done,
            sum(totals) if len(totals) == len(channels) else None,
            is_last=len(ended) == len(channels),
            code=_worst(code for _name, code, _facts in ended),
            facts={name: sum(facts[name] for _name, _code, facts in ended) for name in _FACTS},
            ended=ended,
        )


_FACTS = ("orders", "before", "after", "gone")
_FROM_WORST = (UNPROVEN, MOVED, WAS_GONE, COMPLETE)


def _worst(codes: Iterable[str]) -> str:
    """How all of it came to its end: it is complete only where each channel is."""
    return min(codes, key=_FROM_WORST.index, default="")


class _Found(NamedTuple):
    """Orders, and the portion that their rows are to stand in."""

    orders: Sequence[Order]
    portion: Portion


def _by_id(api: OrderApi, ids: Sequence[str], cursor: Mapping[str, Any]) -> _Found:
    at, gone = cursor.get("at", 0), cursor.get("gone", 0)
    orders = []
    for order_id in ids[at : at + BY_ID]:
        try:
            orders.append(_order(api.orders.look(order_id)))
        except NotFound:
            gone += 1
    at = min(at + BY_ID, len(ids))
    there = at - gone
    facts = {"orders": there, "before": len(ids), "after": there, "gone": gone}
    code = WAS_GONE if gone else COMPLETE
    return _Found(
        orders, Portion((), {"at": at, "gone": gone}, at, len(ids), is_last=at == len(ids), code=code, facts=facts)
    )


def _matching(api: OrderApi, query: OrderQuery, cursor: Mapping[str, Any]) -> _Found:
    """The next page of what matches. `position` is where the next order is expected, `last` the one before it."""
    position, last, done = cursor.get("position", 0), cursor.get("last"), cursor.get("done", 0)
    offset, page, after = _next_page(api, query, position, last)
    orders = page.data[after:]
    done += len(orders)
    position = offset + len(page.data)
    said = (page.pagination.size if page.pagination else None) or 0
    # What the first page said counts, as soon as one of them shows that it counts all that match.
    before, is_told = cursor.get("before", said), cursor.get("is_told") or _tells(page.pagination, len(page.data), PAGE)
    served = page.pagination.limit if page.pagination and page.pagination.limit else PAGE
    is_stuck = not orders and position <= cursor.get("position", 0)
    is_last = is_stuck or (position >= said if is_told else len(page.data) < min(served, PAGE))
    following = {
        "position": position,
        "last": orders[-1].id if orders else last,
        "done": done,
        "before": before,
        "is_told": is_told,
    }
    facts = {"orders": done, "before": before, "after": said, "gone": 0}
    code = UNPROVEN if not is_told else COMPLETE if done == before == said else MOVED
    return _Found(
        orders,
        Portion((), following, done, before if is_told else None, is_last=is_last, code=code, facts=facts),
    )


class _Page(NamedTuple):
    """As OrderPaginationSet."""

    data: Sequence[Order]
    pagination: Pagination | None


def _page(api: OrderApi, offset: int, query: OrderQuery) -> _Page:
    """A page, read at once; one by one where an order on it does not fit the contract: it stands in the file with its
    id alone, and the others are none the worse."""
    try:
        found = api.orders.list(limit=PAGE, offset=offset, **query)
    except Unreadable:
        unread = api.orders.list_unread(limit=PAGE, offset=offset, **query)
        return _Page([_order(each.read()) for each in unread.data], unread.pagination)
    return _Page(found.data, found.pagination)


def _next_page(api: OrderApi, query: OrderQuery, position: int, last: str | None) -> tuple[int, _Page, int]:
    """Where the page begins, the page, and how many of its orders were read before. It begins with the last order that
    was; where that was pushed forward, it is looked for on the pages before."""
    expected: tuple[int, _Page, int] | None = None
    offset = max(0, position - 1)
    for _try in range(MOST_BACK + 1):
        page = _page(api, offset, query)
        if last is None:
            return offset, page, 0
        ids = [order.id for order in page.data]
        if last in ids:
            return offset, page, ids.index(last) + 1
        expected = expected or (offset, page, min(1, len(ids)))
        if offset == 0:
            break
        offset = max(0, offset - PAGE + 1)
    return cast(tuple[int, _Page, int], expected)


def counted(api: OrderApi, packed: Mapping[str, Any], until: str) -> int | None:
    """How many orders of the channel match up to that moment, in one call; None where the API does not say."""
    found = api.orders.list_unread(limit=2, offset=0, **unpack(packed, until))
    said = found.pagination
    return said.size if said and _tells(said, len(found.data), 2) else None


def _tells(said: Pagination | None, came: int, limit: int) -> bool:
    """Whether this page of so many at the most shows that `size` counts all that match. Where it is just what came, it
    may count that alone: Norce's documents leave it open."""
    if said is None or said.size is None:
        return False
    offset = said.offset or 0
    is_all = said.size == said.total_size or (offset == 0 and said.size == came < limit)
    return is_all or said.size > came or (offset > 0 and offset + came == said.size)


def _order(found: Order | UnfitOrder) -> Order:
    """Of one that does not fit the contract its id alone."""
    return found.owner if isinstance(found, UnfitOrder) else found


def pack(query: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a list as JSON: what the page was asked with, but for how it is sorted."""
    kept = {name: value for name, value in query.items() if name not in ("order_by", "order_by_direction")}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in kept.items()}


def unpack(packed: Mapping[str, Any], until: str) -> OrderQuery:
    """The same as parameters, oldest first, up to that moment at the latest."""
    query = dict(packed)
    moments = {name: dt.datetime.fromisoformat(query[name]) for name in ("date_from", "date_to") if query.get(name)}
    end = dt.datetime.fromisoformat(until)
    query |= {**moments, "date_to": min(moments.get("date_to", end), end)}
    return cast(OrderQuery, {**query, "order_by": "created", "order_by_direction": "asc"})


def may(job: Job, owner: User) -> str:
    """Whether the owner still works in all of its channels, and may still see what the file says of people."""
    if not {parse(name) for name in job.arguments["channels"]} <= set(channels_of(owner)):
        return NO_CHANNEL
    if job.arguments["unmasked"] and not owner.has_perm("accounts.view_personal_data"):
        return NOT_ALLOWED
    return ""


def register() -> None:
    """As the program starts."""
    exports.kind(KIND, OrderSource(), WORDS, may=may)


def arguments_of(
    channels: Sequence[Channel],
    row: Row,
    orders: Sequence[tuple[Channel, str]] = (),
    counts: Mapping[Channel, int] = MappingProxyType({}),
) -> dict[str, Any]:
    """What an export of these channels begins with: all that match up to now, of which the API counted so many in each,
    or, where some are named, these orders, by their channels and ids."""
    ids: dict[str, list[str]] = {}
    for channel, order_id in orders:
        ids.setdefault(str(channel), []).append(order_id)
    return {
        "channels": list(ids) or [str(channel) for channel in channels],
        "shape": row.value,
        "until": timezone.now().isoformat(),
        "ids": ids,
        "counts": {name: len(theirs) for name, theirs in ids.items()}
        or {str(channel): size for channel, size in counts.items()},
    }
