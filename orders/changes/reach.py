"""What a change to an order does not reach any more: others were told of the order before it."""

from django.utils.translation import gettext as _

from domain.states import ORDER
from order_api.schemas import Order
from orders.changes.state import status_of
from ui.formats import format_clock, format_day


def handed_over(order: Order) -> str:
    """Since when the order is with others, in a sentence, and that they are not told of a change; empty where nobody
    has it yet, as far as is known.

    A completed order was handed over for delivery. One that is accepted was, where a notification of its state is
    registered, which is how orders are exported (Norce docs, order/callbacks).
    """
    state = ORDER.of(status_of(order))
    tells = any((each.scope or "").startswith("/state") for each in order.notifications)
    if not (state.is_agreed and (state.is_final or tells)):
        return ""
    transitions = order.state.transitions if order.state else ()
    times = [each.time_stamp for each in transitions if ORDER.of(each.status) is state and each.time_stamp]
    names = {"state": state.word}
    if not times:
        return (
            _("The order is “%(state)s”: the shop and the warehouse may have the old address, and are not told.")
            % names
        )
    names["when"] = f"{format_day(max(times))} {format_clock(max(times))}"
    return (
        _(
            "The order is “%(state)s” since %(when)s: the shop and the warehouse may have the old address, and are not "
            "told."
        )
        % names
    )
