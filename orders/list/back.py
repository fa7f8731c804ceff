"""The lists that a person looked at: the way back from an order to its row, and to the orders before and after it."""

from typing import Any, NamedTuple
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from orders.list.filters import Address
from orders.list.paging import Paging
from orders.list.row_markup import row_id
from ui.templatetags.desk import number

SESSION_KEY = "order-lists"
MOST_LISTS = 3
"""Lists of a channel that are kept for a person: each tab of the browser may stand at another one."""
_LONGEST = 2000


class LookedAt(NamedTuple):
    """A page of a list as it was looked at: its address, the ids of its orders, and where in the list they stand."""

    address: str
    ids: list[str]
    page: int
    offset: int
    total: int | None
    has_next: bool


class WayBack(NamedTuple):
    """`url` leads to the order's row in the list that it was opened from; `place` says which of how many it is.
    `previous` and `next` are empty at the ends of the list, and where it was opened from none."""

    url: str
    place: str = ""
    previous: str = ""
    next: str = ""


def remember_list(request: HttpRequest, channel: str, address: Address, paging: Paging, ids: list[str]) -> None:
    """Keeps the page of the list that the person looks at in that channel. Writes only when it is another one."""
    looked = LookedAt(address.here, ids, address.page, paging.offset, paging.total, paging.has_next)
    before = _lists(request, channel)
    if len(looked.address) <= _LONGEST and (not before or before[0] != looked):
        others = [each for each in before if each.address != looked.address]
        kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
        request.session[SESSION_KEY] = {**kept, channel: [looked, *others][:MOST_LISTS]}


def list_with(request: HttpRequest, channel: str, order_id: str) -> LookedAt | None:
    """The list that the order was opened from: the one with it that was looked at last."""
    return next((each for each in _lists(request, channel) if order_id in each.ids), None)


def way_back(request: HttpRequest, channel: str, order_id: str) -> WayBack:
    """From the order to its row in the list that it was opened from; to the last list, if it is in none. Asks nobody:
    what comes beyond the page of the list is asked for when somebody goes there."""
    looked = list_with(request, channel, order_id)
    if looked is None:
        lists = _lists(request, channel)
        return WayBack(lists[0].address if lists else reverse("order-list"))
    at = looked.ids.index(order_id)
    shown = {"number": number(looked.offset + at + 1), "total": number(looked.total)}
    return WayBack(
        f"{looked.address}#{quote(row_id(order_id))}",
        _("%(number)s of %(total)s") % shown if looked.total is not None else shown["number"],
        _beside(looked, at - 1, "order-before") if at or looked.page > 1 else "",
        _beside(looked, at + 1, "order-after") if at + 1 < len(looked.ids) or looked.has_next else "",
    )


def _beside(looked: LookedAt, at: int, beyond: str) -> str:
    """The order at that place of the page; at its ends, the way on to what comes beyond it."""
    if 0 <= at < len(looked.ids):
        return reverse("order-detail", args=[looked.ids[at]])
    return reverse(beyond, args=[looked.ids[min(max(at, 0), len(looked.ids) - 1)]])


def _lists(request: HttpRequest, channel: str) -> list[LookedAt]:
    """Sessions that an older version wrote hold addresses alone: those are left."""
    kept = request.session.get(SESSION_KEY, {}).get(channel, [])
    return [LookedAt(*each) for each in kept if isinstance(each, list | tuple) and len(each) == len(LookedAt._fields)]
