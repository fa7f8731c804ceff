"""Whether there is an order to write a note on."""

from gateway.request import ApiRequest
from index.reading import rows_of
from order_api.errors import Unavailable


def reference_of(request: ApiRequest, order_id: str) -> str | None:
    """Of an order that is there in the channel: as the Order API says, or, while it does not answer, as the index knows
    it, since what a caller said is to be kept then as well. Raises ApiError where neither tells."""
    try:
        return request.api.orders.get(order_id).reference
    except Unavailable:
        row = rows_of(request.channel, [order_id]).get(order_id)
        if row is None:
            raise
        return row.reference
