"""The payment adapters' own services beside the Order API: asking one of them what the provider thinks.

`POST {service}/api/order/v1/orders/{order_id}/payments/{payment_id}/refresh…`, without a body, brings the actions on a
payment up to its state (Norce's generated clients of the Klarna, Walley and Qliro adapters; docs.norce.io,
svea-adapter). Money moves through the Order API alone.
"""

from collections.abc import Callable

from order_api import answers
from order_api.call import Call
from order_api.errors import Unavailable
from order_api.resource import Listener
from order_api.tenancy import Tenancy
from order_api.transport import Connection
from order_api.words import sentence

PREFIX = "/api/order/v1/"
_NO_ADDRESS = sentence("The address of the adapter is not known.")
Reach = Callable[[str], Connection | None]
"""The connection to a service, by its name below Checkout or by its address; None where that is not known."""


class Adapters:
    """The adapters of one merchant and channel."""

    def __init__(self, reach: Reach | None, tenancy: Tenancy, heard: Listener) -> None:
        self._reach = reach
        self._tenancy = tenancy
        self._heard = heard

    def refresh(self, where: str, order_id: str, payment_id: str) -> None:
        """POST orders/{order_id}/payments/{payment_id}/refresh at the adapter: it asks the provider, and the payment
        shows what it says. `where` is the service and the operation, as in `klarna-adapter/refresh-kco`. Doing it twice
        does no harm. Raises the errors of `order_api.errors`."""
        service, _slash, operation = where.rpartition("/")
        call = Call(
            "POST",
            f"orders/{{order_id}}/payments/{{payment_id}}/{operation}",
            {"order_id": order_id, "payment_id": payment_id},
            prefix=PREFIX,
        )
        connection = self._reach(service) if self._reach else None
        if connection is None:
            raise Unavailable(_NO_ADDRESS, operation=call.operation, sent=False)
        self._tenancy.confirm(order_id)
        answer = connection.send(call, self._tenancy.headers)
        self._heard(answer)
        answers.require_done(answer)
