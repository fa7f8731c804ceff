"""A client of Norce's Order Management API, v0. Knows HTTP and the contract; knows nothing of Django or of pages."""

from order_api.bulkhead import Bulkhead
from order_api.call import Sender
from order_api.client import OrderApi
from order_api.query import OrderQuery
from order_api.secret import Secret
from order_api.tenancy import KnownOrders, Mismatch
from order_api.transport import Connection

__all__ = [
    "Bulkhead",
    "Connection",
    "KnownOrders",
    "Mismatch",
    "OrderApi",
    "OrderQuery",
    "Secret",
    "Sender",
]
