"""What the columns say that are there only where somebody chose them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import Channel, channel_name
from domain.money import Money
from domain.states import Bucket
from order_api.schemas import Item, Order, Payment
from orders.list.marks import Mark
from ui.formats import format_money
from ui.templatetags.desk import when


class _About(NamedTuple):
    order: Order
    money: Money
    payment: Payment | None
    mark: Mark | None


def more_of(
    order: Order, money: Money, payment: Payment | None, mark: Mark | None, columns: Sequence[str]
) -> Mapping[str, str]:
    """The texts of those of the columns that are not usual; `payment` is the one that stands for all."""
    about = _About(order, money, payment, mark)
    return {name: _TEXTS[name](about) for name in columns if name in _TEXTS}


def _updated(about: _About) -> str:
    return when(about.order.last_modified)


def _age(about: _About) -> str:
    created = about.order.created
    if created is None:
        return ""
    days = max(0, (timezone.localdate() - timezone.localdate(created)).days)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else _("today")


def _tags(about: _About) -> str:
    def of(items: Sequence[Item]) -> list[str]:
        return [
            tag
            for item in items
            for tag in (*(item.logistics.tags if item.logistics else ()), *of(item.items))
        ]  # fmt: skip

    return ", ".join(dict.fromkeys(of(about.order.cart.items))) if about.order.cart else ""


def _channel(about: _About) -> str:
    order = about.order
    return channel_name(Channel(order.merchant, order.channel)) if order.merchant and order.channel else ""


def _some(about: _About, bucket: Bucket) -> str:
    """What is there, in each currency; nothing where it is nothing: what is there is to be seen."""
    return ", ".join(format_money(*amount) for amount in about.money.amounts(bucket))


_TEXTS: Mapping[str, Callable[[_About], str]] = {
    "channel": _channel,
    "updated": _updated,
    "age": _age,
    "provider": lambda about: (about.payment.reference if about.payment else None) or "",
    "left": lambda about: _some(about, Bucket.HELD),
    "returned": lambda about: _some(about, Bucket.RETURNED),
    "tags": _tags,
    "assignee": lambda about: ", ".join(about.mark.names) if about.mark else "",
    "id": lambda about: about.order.id or "",
}
