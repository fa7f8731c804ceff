"""The list: the rows that its parameters select, and the page as ready bytes."""

from django.db.models import Count, OrderBy, QuerySet, Sum, Window
from django.db.models.functions import Coalesce

from sandbox import searches, tallies
from sandbox.codec import amount, encode
from sandbox.matching import Wanted, own_columns, wanted_of
from sandbox.models import Order, OrderDocument
from sandbox.parameters import LARGEST_LIMIT, LIMIT, ListQuery
from sandbox.scope import Scope

COLUMN_OF = {
    None: "created",
    "created": "created",
    "billingEmail": "billing_email",
    "billingName": "billing_name",
    "cartTotal": "cart_total",
}
Found = tuple[list[str], int, int]
"""The ids on a page; how many orders match, and what they add up to in 1/10000."""
Place = tuple[slice, int]
"""Which part of what is found, and of how many orders of the channel."""


def page(scope: Scope, query: ListQuery) -> bytes:
    """One page of the channel's orders as `OrderPaginationSet`, in JSON.

    `size` counts the orders that match, `totalSize` all of the channel's, and `valueSum` adds up what matches.
    """
    limit, offset = min(LIMIT if query.limit is None else query.limit, LARGEST_LIMIT), query.offset or 0
    wanted, everything = wanted_of(query), tallies.stretches(scope)
    whole = sum(one.orders for one in everything)
    if wanted.rest or not whole:  # while very many are seeded, none is tallied, and no text indexed
        ids, size, value = _searched(scope, wanted, query, whole, slice(offset, offset + limit))
        whole = whole or Order.objects.filter(**own_columns(scope)).count()
    else:
        ids, size, value = _tallied(scope, wanted, query, everything, slice(offset, offset + limit))
    pagination = {
        "offset": offset,
        "limit": limit,
        "size": size,
        "valueSum": amount(value),
        "totalSize": whole,
    }
    return b'{"data":[' + b",".join(_bodies(ids)) + b'],"pagination":' + encode(pagination) + b"}"


def _bodies(ids: list[str]) -> list[bytes]:
    rows = OrderDocument.objects.filter(order__public_id__in=ids).values_list("order__public_id", "body")
    found = dict(rows)
    return [found[public_id].encode() for public_id in ids if public_id in found]


def _tallied(scope: Scope, wanted: Wanted, query: ListQuery, everything: list[tallies.Stretch], part: slice) -> Found:
    """What tallies know: the sums, and for the list by time the days in which the page lies."""
    found = everything
    if wanted.conditions:
        found = tallies.stretches(scope, wanted.kinds, wanted.since, wanted.before)
    rows = Order.objects.filter(*wanted.conditions, **own_columns(scope))
    if _column(query) == "created" and (wanted.kinds or part.start):
        days, skip = tallies.days_of_page(scope, wanted.kinds, found, part, is_backwards=_is_down(query))
        rows, part = rows.filter(tallies.within(days)), slice(skip, skip + part.stop - part.start)
    ids = list(_sorted(rows, query).values_list("public_id", flat=True)[part])
    return ids, sum(one.orders for one in found), sum(one.value for one in found)


def _searched(scope: Scope, wanted: Wanted, query: ListQuery, whole: int, part: slice) -> Found:
    """What has to be looked for; where it is one text that very many contain, they are counted once."""
    text = wanted.only_text if whole else None
    if text and (known := searches.known(scope, text)):
        return _of_many(scope, wanted, query, known, (part, whole)), known.orders, known.value
    rows = wanted.rows(scope, is_kept_up=bool(whole))
    found = _counted(rows, query, part)
    if text and found[1] >= searches.MANY:
        searches.keep(scope, text, rows)
    return found


def _of_many(scope: Scope, wanted: Wanted, query: ListQuery, known: searches.Known, place: Place) -> list[str]:
    """The ids on a page, gone to from whichever end of the list is nearer."""
    part, whole = place
    is_flipped = part.start > known.orders - part.stop
    near = slice(max(0, known.orders - part.stop), max(0, known.orders - part.start)) if is_flipped else part
    if known.is_soon_met(near.stop, whole):
        found = _sorted(searches.walking(scope, known.text), query)
    else:
        found = wanted.rows(scope, is_kept_up=True).order_by(*_unindexed(query))
    ids = list((found.reverse() if is_flipped else found).values_list("public_id", flat=True)[near])
    return ids[::-1] if is_flipped else ids


def _counted(rows: QuerySet[Order], query: ListQuery, part: slice) -> Found:
    """What has to be looked for: found, counted and added up at once."""
    counted = rows.order_by(*_unindexed(query)).annotate(size=Window(Count("number")), value=Window(Sum("total")))
    if found := list(counted.values_list("public_id", "size", "value")[part]):
        return [public_id for public_id, _, _ in found], found[0][1], int(found[0][2])
    sums = rows.aggregate(size=Count("number"), value=Sum("total")) if part.start or part.start == part.stop else {}
    return [], sums.get("size", 0), int(sums.get("value") or 0)


def _column(query: ListQuery) -> str:
    return COLUMN_OF[query.order_by]


def _is_down(query: ListQuery) -> bool:
    return query.order_by_direction == "desc" or (query.order_by_direction is None and _column(query) == "created")


def _sorting(query: ListQuery) -> list[str]:
    return list(dict.fromkeys((_column(query), "created", "public_id")))


def _unindexed(query: ListQuery) -> list[OrderBy]:
    """The same order where all rows are read: an index that sorts would be the wrong one, and sorts no expressions."""
    return [OrderBy(Coalesce(name, name), descending=_is_down(query)) for name in _sorting(query)]


def _sorted(rows: QuerySet[Order], query: ListQuery) -> QuerySet[Order]:
    return rows.order_by(*(f"{'-' if _is_down(query) else ''}{name}" for name in _sorting(query)))
