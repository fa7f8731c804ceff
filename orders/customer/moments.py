"""When the payments of an order were made, as far as the order itself says."""

import datetime as dt

from domain.states import ORDER, Stage
from order_api.schemas import Order


def paid_at(order: Order) -> dt.datetime | None:
    """When the customer paid: an order is placed from then on (Norce reference, schemas/state). Its creation where
    it does not say; payments themselves have no time, and their transactions are calls of their own."""
    passed = order.state.transitions if order.state else ()
    placed = [each.time_stamp for each in passed if each.time_stamp and ORDER.of(each.status).stage is Stage.PLACED]
    return min(placed, default=order.created)
