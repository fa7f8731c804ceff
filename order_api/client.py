"""The Order API, bound to one merchant and channel."""

from collections.abc import Callable

from order_api.adapters import Adapters, Reach
from order_api.call import Answer, Sender
from order_api.events import Events
from order_api.resources import Orders, Payments, Shippings
from order_api.tenancy import KnownOrders, Mismatch, Tenancy
from order_api.transport import Connection


class OrderApi:
    """All 34 operations, as `orders`, `payments` and `shippings`, and beside them the log of notification `events`,
    which is a service of its own with an address of its own, and the payment `adapters`, which are others. Cheap to
    make; the connections are what is shared."""

    def __init__(  # noqa: PLR0913 - by name
        self,
        connection: Sender,
        merchant: str,
        channel: str,
        *,
        events: Connection | None = None,
        services: Reach | None = None,
        known: KnownOrders | None = None,
        on_mismatch: Callable[[Mismatch], None] | None = None,
    ) -> None:
        """`on_mismatch` is told of each answer that is about another merchant or channel, before Foreign is raised.
        With `known`, which is shared, that is also seen where the answer does not say: the order is read once."""
        self.last_change: Answer | None = None
        """What came back for the last call that changes something, for whoever keeps a log: its
        status and request id."""
        self.merchant = merchant
        self.channel = channel
        tenancy = Tenancy(connection, merchant, channel, known, on_mismatch)
        self.orders = Orders(connection, tenancy, self._heard)
        self.payments = Payments(connection, tenancy, self._heard)
        self.shippings = Shippings(connection, tenancy, self._heard)
        self.events = Events(events, merchant, channel, tenancy)
        self.adapters = Adapters(services, tenancy, self._heard)

    def _heard(self, answer: Answer) -> None:
        if answer.call.changes:
            self.last_change = answer

    def __repr__(self) -> str:
        return f"OrderApi({self.merchant}/{self.channel})"
