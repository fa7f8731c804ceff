"""The list: the rows that its parameters select, and the page as ready bytes."""

from django.db.models import Count, OrderBy, QuerySet, Sum, Window
from django.db.models.functions import Coalesce

from sandbox import tallies
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


def page(scope: Scope, query: ListQuery) -> bytes:
    """One page of the channel's orders as `OrderPaginationSet`, in JSON.

    `size` counts the orders that match, `totalSize` all of the channel's, and `valueSum` adds up what matches.
    """
    limit, offset = min(LIMIT if query.limit is None else query.limit, LARGEST_LIMIT), query.offset or 0
    wanted, everything = wanted_of(query), tallies.stretches(scope)
    whole = sum(one.orders for one in everything)
    if wanted.rest or not whole:  # while very many are seeded, none is tallied, and no text indexed
        rows = wanted.rows(scope, is_kept_up=bool(whole))
        ids, size, value = _counted(rows, query, slice(offset, offset + limit))
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


def _counted(rows: QuerySet[Order], query: ListQuery, part: slice) -> Found:
    """What has to be looked for: found, counted and added up at once."""
    # All of them are read for that, so an index that sorts would be the wrong one: it does not sort expressions.
    order = [OrderBy(Coalesce(name, name), descending=_is_down(query)) for name in _sorting(query)]
    counted = rows.order_by(*order).annotate(size=Window(Count("number")), value=Window(Sum("total")))
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


def _sorted(rows: QuerySet[Order], query: ListQuery) -> QuerySet[Order]:
    return rows.order_by(*(f"{'-' if _is_down(query) else ''}{name}" for name in _sorting(query)))
