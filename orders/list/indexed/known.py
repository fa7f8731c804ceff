"""A row as far as the index knows the order: while the API does not say more, and where it has it no more."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.channels import Channel, channel_name
from domain.states import ORDER
from index.amounts import from_units
from index.models import IndexedOrder
from orders.list.row_markup import markup
from orders.list.rows import OrderRow, address_of
from orders.list.written import Reader, WrittenRow
from ui.formats import country_name, format_amount, format_money, format_number
from ui.templatetags.desk import badge, when


def known_row(row: IndexedOrder, reader: Reader, columns: Sequence[str], said: str = "") -> WrittenRow:
    """The order's row without its customer, its carrier and what is made of them."""
    state = ORDER.of(row.status)
    shown = OrderRow(
        url=address_of(row.order_id, reader.list_address),
        id=row.order_id,
        reference=row.reference,
        created=when(row.created),
        customer="",
        email="",
        country=row.country,
        country_name=country_name(row.country),
        state=badge("order", row.status),
        is_gone=not state.is_live,
        payment=badge("payment", row.payment_state) if row.payment_state else SafeString(),
        part="",
        method="",
        beside="",
        shipping=badge("shipping", row.shipping_state) if row.shipping_state else SafeString(),
        carrier="",
        more_carriers="",
        pieces=format_number(Decimal(row.pieces), 0),
        amount=format_amount(from_units(row.total), row.currency),
        currency=row.currency,
        note=None,
        mark=None,
        more=_more(row),
        said=said,
        is_unread=True,
    )
    return WrittenRow(markup(shown, columns), row.currency, row.order_id, "", row.status)


def _more(row: IndexedOrder) -> dict[str, str]:
    days = max(0, (timezone.localdate() - timezone.localdate(row.created)).days) if row.created else None
    age = "" if days is None else ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return {
        "channel": channel_name(Channel(row.merchant, row.channel)),
        "updated": when(row.modified),
        "age": _("today") if days == 0 else age,
        "left": format_money(from_units(row.held), row.currency) if row.held else "",
        "returned": format_money(from_units(row.returned), row.currency) if row.returned else "",
        "id": row.order_id,
    }
