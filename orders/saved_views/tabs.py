"""The tabs above the list: all orders, the views that come with the desk, those that are shared, the reader's own."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.channels import Channel
from accounts.models import preference_of
from domain.states import ORDER, PAYMENT, Bucket, Stage
from orders.list.context import CHOSEN
from orders.list.filters import Address
from orders.list.filters.address import list_of
from orders.list.filters.indexed import IN_DOUBT
from orders.list.filters.orders import OrderFilterSet
from orders.saved_views.models import SavedView
from orders.saved_views.services import SHARES
from teamwork.people import role_of
from ui.stretches import Preset

ALL = "all"


class Kept(NamedTuple):
    """A view as a tab needs it; `owner_id` is None for those that come with the desk."""

    key: str
    name: str | Promise
    query: str
    is_everywhere: bool = False
    owner_id: int | None = None
    audience: str = ""
    version: int = 0
    is_shipped: bool = False

    @property
    def is_shared(self) -> bool:
        return self.audience in (SavedView.Audience.ROLE, SavedView.Audience.ALL)


def _query(**filters: Sequence[str]) -> str:
    return urlencode(filters, doseq=True)


_RETURNED = [row.name for row in PAYMENT.where(lambda row: row.bucket is Bucket.RETURNED)]
_GIVEN_UP = [row.name for row in ORDER.where(lambda row: row.stage is Stage.GIVEN_UP and row.is_live)]
SHIPPED: Mapping[str, Kept] = {
    kept.key: kept
    for kept in (
        Kept("to-capture", gettext_lazy("To capture"), _query(finding=["not-captured"])),
        Kept("not-covered", gettext_lazy("Not covered"), _query(finding=["not-covered"])),
        Kept("declined-today", gettext_lazy("Declined today"), _query(preset=[Preset.TODAY], status=_GIVEN_UP)),
        Kept("stuck", pgettext_lazy("orders", "Stuck"), _query(finding=["stuck"])),
        Kept("given-back", gettext_lazy("Refunded"), _query(payment_state=_RETURNED)),
        Kept("in-doubt", gettext_lazy("In doubt"), _query(finding=[IN_DOUBT])),
    )
}
SHIPPED = {key: kept._replace(is_shipped=True) for key, kept in SHIPPED.items()}
_INDEXED = frozenset(name for name, each in OrderFilterSet.base_filters.items() if getattr(each, "of_index", False))


class ViewTab(NamedTuple):
    """`key` stands in addresses; `is_indexed`: the index answers it. `is_elsewhere`: it is of all channels and the page
    is not, so it is another page and no other part of this one."""

    key: str
    word: str | Promise
    url: str
    is_current: bool
    is_indexed: bool
    is_elsewhere: bool = False


class Changed(NamedTuple):
    """That the list is not what its view says: `reset` leads back to it; `is_elsewhere` as of a tab. `update` is empty
    where it is not theirs to change."""

    create: str
    reset: str
    update: str = ""
    query: str = ""
    version: int = 0
    is_everywhere: bool = False
    is_elsewhere: bool = False


_COLUMNS = "id, name, query, is_everywhere, owner_id, audience, version"
_OF_A_PERSON = (
    f"SELECT {_COLUMNS} FROM orders_savedview WHERE owner_id = %s OR audience = 'all' "  # noqa: S608 - names of ours
    "OR (audience = 'role' AND role = %s) ORDER BY CASE WHEN audience = 'mine' THEN 1 ELSE 0 END, lower(name), id"
)


def kept_for(user: User) -> list[Kept]:
    """The views of a person in the order of their tabs: as they put them, else shipped, shared, their own. One query,
    written by hand, as it is asked with each list."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_A_PERSON, [user.pk, role_of(user)])
        rows = cursor.fetchall()
    kept = [*SHIPPED.values()]
    kept += [
        Kept(str(number), name, query, bool(is_everywhere), owner, audience, version)
        for number, name, query, is_everywhere, owner, audience, version in rows
    ]
    places = {key: place for place, key in enumerate(preference_of(user).view_order.split())}
    return sorted(kept, key=lambda each: places.get(each.key, len(places)))


def url_of(kept: Kept, channel: Channel | None) -> str:
    """The list as the view has it, in this channel or in all: its address says all that is in it, so that whoever gets
    it sees the same without having the view."""
    path = list_of(None if kept.is_everywhere else channel, get_script_prefix())
    return f"{path}?{kept.query}&view={kept.key}" if kept.query else f"{path}?view={kept.key}"


@lru_cache(maxsize=512)
def is_indexed(query: str) -> bool:
    """Whether a view with these filters is answered by the index."""
    return not _INDEXED.isdisjoint(QueryDict(query))


def tabs_context(user: User, address: Address) -> Mapping[str, Any]:
    """The tabs, the one that the list began as, and what it has become since."""
    kept = kept_for(user)
    key = next(iter(address.filters.get("view", ())), "")
    current = next((each for each in kept if each.key == key), None)
    channel = address.channel
    tabs = [
        ViewTab(ALL, _("All"), Address({}, 0, default_size=0, channel=channel).here, current is None, channel is None)
    ]
    tabs += [
        ViewTab(
            each.key, each.name, url_of(each, channel), each is current,
            each.is_everywhere or channel is None or is_indexed(each.query), each.is_everywhere and channel is not None,
        )
        for each in kept
    ]  # fmt: skip
    counts = reverse("view-counts", args=[channel]) if channel else reverse("view-counts-anywhere")
    changed = _changed(user, address, current)
    is_plain = address.filters.keys() <= CHOSEN
    key = repr((tabs, address.here, changed is not None, get_language())) if is_plain else ""
    return {"view_tabs": tabs, "view_changed": changed, "view": current, "counts": counts, "views_key": key}


def _changed(user: User, address: Address, current: Kept | None) -> Changed | None:
    query = query_of(address)
    stored = current.query if current else ""
    is_moved = current is not None and current.is_everywhere != (address.channel is None)
    if not is_moved and _parsed(query) == _parsed(stored):
        return None
    is_everywhere = address.channel is None
    told = {"filters": query, "everywhere": "1" if is_everywhere else ""}
    create = f"{reverse('view-create')}?{urlencode({name: value for name, value in told.items() if value})}"
    if current is None:
        return Changed(create, Address({}, 0, default_size=0, channel=address.channel).here)
    theirs = current.owner_id == user.pk or (current.is_shared and user.has_perm(SHARES))
    update = reverse("view-update", args=[int(current.key)]) if theirs and not current.is_shipped else ""
    reset = url_of(current, address.channel)
    is_elsewhere = current.is_everywhere and not is_everywhere
    return Changed(create, reset, update, query, current.version, is_everywhere, is_elsewhere)


def query_of(address: Address) -> str:
    """What of the address a view would keep."""
    params = {name: values for name, values in address.filters.items() if name not in ("view", "way")}
    if address.size != address.default_size:
        params["size"] = [str(address.size)]
    return urlencode(params, doseq=True)


def _parsed(query: str) -> dict[str, list[str]]:
    return dict(QueryDict(query).lists())
