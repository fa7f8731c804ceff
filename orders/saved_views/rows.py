"""The views on the page where they are put in order."""

from collections.abc import Sequence
from typing import NamedTuple

from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.channels import Channel
from accounts.models import Preference
from accounts.roles import WORDS
from audit.names import person_name
from orders.list.filters import OrderFilterSet, chips, read_address
from orders.saved_views import services
from orders.saved_views.models import SavedView
from orders.saved_views.tabs import Kept, is_indexed, url_of


class Row(NamedTuple):
    """`whose`: who sees it, and who made it. `what`: its filters in words. `number`: None for what comes with the desk
    and for what the reader may not change."""

    key: str
    name: str | Promise
    url: str
    whose: str
    what: str
    is_indexed: bool
    number: int | None


def rows_of(user: User, kept: Sequence[Kept], channel: Channel) -> list[Row]:
    """A row for each view, in the order of the tabs. Two queries."""
    views = {str(view.pk): view for view in services.visible(user)}
    return [
        Row(
            each.key, each.name, url_of(each, channel), _whose(user, views.get(each.key)), _what(each, channel),
            each.is_everywhere or is_indexed(each.query), _number(user, views.get(each.key)),
        )
        for each in kept
    ]  # fmt: skip


def _number(user: User, view: SavedView | None) -> int | None:
    return view.pk if view is not None and services.may_change(user, view) else None


def _whose(user: User, view: SavedView | None) -> str:
    if view is None:
        return _("Comes with the desk")
    if view.audience == SavedView.Audience.MINE:
        return _("Only you")
    who = _("Everybody")
    if view.audience == SavedView.Audience.ROLE:
        who = _("Everybody who is %(role)s") % {"role": str(WORDS.get(view.role, view.role)).lower()}
    if view.owner_id == user.pk:
        return who
    return _("%(who)s, from %(name)s") % {"who": who, "name": person_name(view.owner_name)}


ALL_CHANNELS = gettext_lazy("All channels")
PAGE = Preference.PAGE_SIZES[0]


def _what(kept: Kept, channel: Channel) -> str:
    """Its filters as their chips say them."""
    filters = OrderFilterSet(QueryDict(kept.query), None if not kept.is_everywhere else ())
    address = read_address(filters.query, filters, PAGE, channel)
    said = [f"{chip.label}: {chip.value}" for chip in chips(filters, address)]
    return ", ".join([str(ALL_CHANNELS), *said] if kept.is_everywhere else said) or _("All orders")
