"""A client of Norce's Order Management API, v0. Knows HTTP and the contract; knows nothing of Django or of pages."""

from orders.api.bulkhead import Bulkhead
from orders.api.client import OrderApi
from orders.api.query import OrderQuery
from orders.api.secret import Secret
from orders.api.transport import Connection

__all__ = ["Bulkhead", "Connection", "OrderApi", "OrderQuery", "Secret"]
