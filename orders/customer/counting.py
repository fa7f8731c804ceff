"""How many orders a customer has, for one line on an order's page: one call a channel."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import Channel, channel_name
from trade.customer_keys import Key, Keys, Kind, first_filter


class Counted(NamedTuple):
    """How many orders a channel has by the customer's e-mail, or their phone; None where it did not answer."""

    channel: Channel
    orders: int | None


def count_words(own: Channel, keys: Keys, counts: Iterable[Counted]) -> str:
    """As in "3 orders · 2 in this shop"; this order is one of them. What is not known is not said to be nothing."""
    known = {each.channel: each.orders for each in counts if each.orders is not None}
    key = counted_by(keys)
    if key is None:
        return _("No e-mail and no phone to find other orders by")
    if not known:
        return _("Other orders: not known now")
    total, here = max(sum(known.values()), 1), known.get(own)
    if total == 1:
        return _no_others(key)
    words = ngettext("%(total)d order", "%(total)d orders", total) % {"total": total}
    if here is None or len(known) == 1:
        return words if here is None else _only_here(here)
    return _("%(orders)s · %(here)d in this shop") % {"orders": words, "here": max(here, 1)}


def _no_others(key: Key) -> str:
    return _("No other order with this e-mail") if key.kind is Kind.EMAIL else _("No other order with this phone")


def _only_here(here: int) -> str:
    return ngettext("%(here)d order in this shop", "%(here)d orders in this shop", here) % {"here": here}


def missing_words(counts: Iterable[Counted]) -> str:
    """The channels that did not say how many; empty where all did."""
    silent = [channel_name(each.channel) for each in counts if each.orders is None]
    return _("%(channels)s did not answer") % {"channels": ", ".join(silent)} if silent else ""


def counted_by(keys: Keys) -> Key | None:
    """The one key that is counted by."""
    chosen = first_filter(keys)
    return chosen[0] if chosen else None
