"""What can be copied for the customer: their orders, or their payments, in plain text and in the reader's language.

Nothing of it is the shop's own: no ids, no names of adapters, no staff, no notes; a reference is what the customer has
in their mail.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import channel_name
from domain.states import ORDER, PAYMENT
from orders.customer.found import CustomerOrder, Sums
from orders.customer.payments import Line
from orders.page.money_words import how_paid
from trade.totals import order_total
from ui.formats import format_clock, format_date_of, format_money


def text_of_orders(orders: Sequence[CustomerOrder], sums: Iterable[Sums]) -> str:
    """A line for each order, the newest first, and what they come to by currency."""
    count = ngettext("%(count)d order", "%(count)d orders", len(orders)) % {"count": len(orders)}
    return "\n".join([count, "", *map(_order, orders), "", *_sums(sums)]).rstrip()


def _order(each: CustomerOrder) -> str:
    parts = [
        format_date_of(each.order.created) if each.order.created else "",
        each.order.reference or _("without a number"),
        _shop(each),
        format_money(order_total(each.order), each.order.currency),
        str(ORDER.of(each.status).word) if each.status else "",
        how_paid(each.money),
    ]
    return " · ".join(filter(None, parts))


def _shop(each: CustomerOrder) -> str:
    """What the shop is called, where somebody gave it a name; as it is written in the API it says nothing to them."""
    name = channel_name(each.channel)
    return "" if name == str(each.channel) else name


def _sums(sums: Iterable[Sums]) -> Iterator[str]:
    for each in sums:
        parts = [_("Paid %s") % format_money(each.paid, each.currency)]
        if each.refunded:
            parts.append(_("refunded %s") % format_money(each.refunded, each.currency))
        if each.reserved:
            parts.append(_("reserved %s") % format_money(each.reserved, each.currency))
        yield " · ".join(parts)


def text_of_payments(lines: Sequence[Line]) -> str:
    """A line for each payment that counts, the newest first."""
    live = [line for line in lines if line.is_live]
    count = ngettext("%(count)d payment", "%(count)d payments", len(live)) % {"count": len(live)}
    return "\n".join([count, "", *map(_payment, live)])


def _payment(line: Line) -> str:
    parts = [
        f"{format_date_of(line.at)} {format_clock(line.at)}" if line.at else "",
        format_money(line.amount, line.currency),
        line.title if line.payment.name else line.provider,
        str(PAYMENT.of(line.payment.state).word),
        _("order %s") % line.order.order.reference if line.order.order.reference else "",
    ]
    return " · ".join(filter(None, parts))
