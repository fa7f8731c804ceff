"""The lists that a person looked at: the way back from an order to its row, and to the orders before and after it."""

import re
from typing import NamedTuple
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.channels import Channel, parse, remember
from index.answers import Page
from orders.list.filters import Address
from orders.list.paging import Paging
from orders.list.row_markup import row_id
from orders.pasted.walk import walk
from ui.templatetags.desk import number

SESSION_KEY = "order-lists"
MOST_LISTS = 3
"""Lists of a channel, and of all channels, that are kept for a person: each tab of the browser may stand at another
one."""
_LONGEST = 2000
UNKNOWN = -1
"""An offset that nobody knows: the index does not count what comes before."""
_PLACE = re.compile(r"[?&](after|before)=[^&]*$")
"""Where in a list that the index answers an address stands."""


class LookedAt(NamedTuple):
    """A page of a list as it was looked at: its address, its orders, and where in the list they stand. `channel` is
    empty where the list is of all, and `channels` says then whose each order is. `before` and `after` lead to the pages
    beside it: numbers of pages, positions where the index answers, empty at the ends."""

    channel: str
    address: str
    ids: list[str]
    channels: list[str]
    offset: int
    total: int | None
    before: str
    after: str

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Each order's channel and id."""
        return list(zip(self.channels or [self.channel] * len(self.ids), self.ids, strict=True))

    @property
    def begin(self) -> str:
        """The address of the list's first page, where the index answers."""
        return _PLACE.sub("", self.address)

    def holds(self, channel: Channel) -> bool:
        """Whether it is a list of that channel, or has orders of it."""
        return str(channel) == self.channel or str(channel) in self.channels


class WayBack(NamedTuple):
    """`url` leads to the order's row in the list that it was opened from; `place` says which of how many it is.
    `previous` and `next` are empty at the ends of the list, and where it was opened from none."""

    url: str
    place: str = ""
    previous: str = ""
    next: str = ""


def remember_list(request: HttpRequest, channel: Channel, address: Address, paging: Paging, ids: list[str]) -> None:
    """Keeps the page of the list that the person looks at in that channel. Writes only when it is another one."""
    remember(request, channel)
    before = str(address.page - 1) if address.page > 1 else ""
    after = str(address.page + 1) if paging.has_next else ""
    _keep(request, LookedAt(str(channel), address.here, ids, [], paging.offset, paging.total, before, after))


def remember_rows(
    request: HttpRequest, address: Address, page: Page, total: int | None, *, offset: int | None = None
) -> LookedAt:
    """Keeps a page of a list that the index answered. `offset`: how many orders come before it, where that is known;
    else it is told from the pages that were looked at, if it can be."""
    if address.channel is not None:
        remember(request, address.channel)
    ids = [row.order_id for row in page.rows]
    channels = [] if address.channel else [f"{row.merchant}/{row.channel}" for row in page.rows]
    looked = LookedAt(
        str(address.channel or ""), address.here, ids, channels, UNKNOWN, total, page.previous, page.next
    )  # fmt: skip
    looked = looked._replace(offset=_offset(request, address, looked) if offset is None else offset)
    _keep(request, looked)
    return looked


def _offset(request: HttpRequest, address: Address, looked: LookedAt) -> int:
    """How many orders come before a page, by its being the first or the last, or beside one of which that is known."""
    if not looked.before:
        return 0
    if not looked.after and looked.total is not None:
        return max(0, looked.total - len(looked.ids))
    for each in _lists(request):
        if each.begin == looked.begin and each.offset != UNKNOWN:
            if address.after and address.after == each.after:
                return each.offset + len(each.ids)
            if address.before and address.before == each.before:
                return max(0, each.offset - len(looked.ids))
            if each.address == looked.address and each.ids == looked.ids:
                return each.offset
    return UNKNOWN


def _keep(request: HttpRequest, looked: LookedAt) -> None:
    kept = _lists(request)
    if len(looked.address) > _LONGEST or (kept and kept[0] == looked):
        return
    others = [each for each in kept if each.address != looked.address]
    alike = [each for each in others if each.channel == looked.channel][: MOST_LISTS - 1]
    request.session[SESSION_KEY] = [
        looked,
        *(each for each in others if each.channel != looked.channel or each in alike),
    ]


def list_with(request: HttpRequest, channel: Channel, order_id: str) -> LookedAt | None:
    """The list that the order was opened from: the one with it that was looked at last."""
    return next((each for each in _lists(request) if (str(channel), order_id) in each.keys), None)


def way_back(request: HttpRequest, channel: Channel, order_id: str) -> WayBack:
    """From the order to its row in the list that it was opened from; to the last list, if it is in none. Asks nobody:
    what comes beyond the page of the list is asked for when somebody goes there."""
    if walked := walk(request, channel, order_id):
        place = _("%(number)s of %(total)s") % {"number": number(walked.number), "total": number(walked.total)}
        return WayBack(walked.url, place, walked.previous, walked.next)
    looked = list_with(request, channel, order_id)
    if looked is None:
        last = next((each.address for each in _lists(request) if each.holds(channel)), "")
        return WayBack(last or reverse("order-list", args=[channel]))
    keys = looked.keys
    at = keys.index((str(channel), order_id))
    beyond = {
        "previous": reverse("order-before", args=[channel, order_id]) if looked.before else "",
        "next": reverse("order-after", args=[channel, order_id]) if looked.after else "",
    }
    return WayBack(
        f"{looked.address}#{quote(row_id(order_id))}",
        _place(looked, at),
        _page_of(*keys[at - 1]) if at else beyond["previous"],
        _page_of(*keys[at + 1]) if at + 1 < len(keys) else beyond["next"],
    )


def _place(looked: LookedAt, at: int) -> str:
    """Which of how many, as far as it is known."""
    if looked.offset == UNKNOWN:
        return ""
    shown = {"number": number(looked.offset + at + 1), "total": number(looked.total)}
    return shown["number"] if looked.total is None else _("%(number)s of %(total)s") % shown


def _page_of(channel: str, order_id: str) -> str:
    return reverse("order-detail", args=[parse(channel), order_id])


def _lists(request: HttpRequest) -> list[LookedAt]:
    """The last one first. Sessions that an older version wrote hold something else: that is left."""
    kept = request.session.get(SESSION_KEY)
    rows = kept if isinstance(kept, list) else []
    return [LookedAt(*each) for each in rows if isinstance(each, list | tuple) and len(each) == len(LookedAt._fields)]
