"""How many orders the views mean: told after the page is there, and kept for a while."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone

from accounts.channels import Channel
from gateway.fanout import fan_out
from gateway.request import ApiRequest
from index import reading
from order_api import OrderApi
from order_api.query import OrderQuery
from orders.list.filters import OrderFilterSet
from orders.list.indexed.asking import question_of
from orders.list.met import met_in
from orders.saved_views.tabs import Kept

KEPT_FOR = 5 * 60
"""Seconds."""
MOST_CALLS = 12
"""Views that are counted by calls for one page; the others' counts come with the next."""


class Count(NamedTuple):
    """So many orders; `is_more`: more than were counted."""

    size: int
    is_more: bool = False


def counts_of(
    request: ApiRequest, views: Sequence[Kept], channels: Sequence[Channel], own: Channel | None
) -> dict[str, Count]:
    """How many orders each of the views has, by its key; what cannot be told is left out. `channels` are the person's,
    `own` the one whose list they look at, None where it is that of all."""
    keys = {view.key: _cache_key(request, view, channels, own) for view in views}
    known: Mapping[str, Count] = cache.get_many(keys.values())
    found = {key: known[name] for key, name in keys.items() if name in known}
    missing = [view for view in views if view.key not in found]
    fresh = dict(_indexed(request, missing, channels, own))
    if own is not None:
        fresh |= _asked(request, [view for view in missing if view.key not in fresh], own)
    cache.set_many({keys[key]: count for key, count in fresh.items()}, KEPT_FOR)
    return found | fresh


def _cache_key(request: ApiRequest, view: Kept, channels: Sequence[Channel], own: Channel | None) -> str:
    where = channels if view.is_everywhere or own is None else (own,)
    about = (where, view.query, request.user.pk, timezone.get_current_timezone_name(), str(timezone.localdate()))
    return f"view:{sha256(repr(about).encode()).hexdigest()}"


def _indexed(
    request: ApiRequest, views: Sequence[Kept], channels: Sequence[Channel], own: Channel | None
) -> Iterator[tuple[str, Count]]:
    for view in views:
        is_everywhere = view.is_everywhere or own is None
        filters = OrderFilterSet(QueryDict(view.query), channels if is_everywhere else None)
        if is_everywhere or filters.asks_index:
            asked = question_of(filters, channels if own is None or is_everywhere else (own,), request.user)
            if not filters.errors and not asked.problems:
                tally = reading.tally(asked.question)
                yield view.key, Count(tally.size, tally.is_capped)


def _asked(request: ApiRequest, views: Sequence[Kept], own: Channel) -> dict[str, Count]:
    """By the API: one call each, in the order of the tabs, as far as the time goes."""
    wanted = {view.key: filters for view in views if (filters := _of_api(view)) is not None}
    counts_all = met_in(str(own)).counts_all
    found: dict[str, Count] = {}

    def ask(api: OrderApi, _channel: Channel) -> bool:
        for key, params in list(wanted.items())[:MOST_CALLS]:
            page = api.orders.list_unread(limit=1, **params)
            size = page.pagination.size if page.pagination else None
            # A size of one may as well be the row that came: it counts where it is known what the API counts.
            if size is not None and (size != 1 or counts_all):
                found[key] = Count(size)
        return True

    if wanted:
        list(fan_out(request, [own], ask, most_calls=MOST_CALLS))
    return dict(found)


def _of_api(view: Kept) -> OrderQuery | None:
    """The parameters of the call that counts it; None for what is not one call."""
    filters = OrderFilterSet(QueryDict(view.query))
    if view.is_everywhere or filters.asks_index or filters.searched or filters.errors:
        return None
    return filters.params
