"""The order list's filters: what an address says, what the API is asked, and what the page shows of it."""

from orders.list.filters.address import Address, read_address, says_the_same
from orders.list.filters.chips import Chip, Tab, chips, stretches, tabs
from orders.list.filters.orders import BY_API, BY_INDEX, IN_INDEX, NEWEST_FIRST, PRESETS, SORTS, OrderFilterSet

__all__ = [
    "BY_API",
    "BY_INDEX",
    "IN_INDEX",
    "NEWEST_FIRST",
    "PRESETS",
    "SORTS",
    "Address",
    "Chip",
    "OrderFilterSet",
    "Tab",
    "chips",
    "read_address",
    "says_the_same",
    "stretches",
    "tabs",
]
