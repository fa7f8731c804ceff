"""Customers who will call: they shop in several channels, and each of them ordered the same twice within minutes.

How that went differs: charged twice, declined at first, charged and reserved, given up. Whoever answers the call has to
tell these apart. Only a sandbox of some size has them, so that small ones stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

FEWEST_ORDERS = 150
"""With fewer orders than these there are no such customers."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One of two orders of the same things. `of`: the number of the first of them; `minutes` after it; `status` and
    `paid`: how the order and its payment stand."""

    caller: int
    of: int
    minutes: int
    status: str
    paid: str


_TWICE: tuple[tuple[int, tuple[str, str], tuple[str, str]], ...] = (
    (4, ("completed", "captured"), ("completed", "captured")),
    (6, ("declined", "declined"), ("completed", "captured")),
    (3, ("completed", "captured"), ("accepted", "reserved")),
    (9, ("completed", "captured"), ("declined", "cancelled")),
)
"""Minutes between them; of each order its state and that of its payment."""
CALLERS = len(_TWICE)
HOME = "SE"
"""Where they live. In the channels of the neighbours, customers from there are these."""


@cache
def attempts(orders: int) -> Mapping[int, Attempt]:
    """By the number of the order, among so many: some days old, each beside its twin."""
    if orders < FEWEST_ORDERS:
        return {}
    found = {}
    for caller, (minutes, first, second) in enumerate(_TWICE):
        number = orders * 9 // 10 + 3 * caller
        found[number] = Attempt(caller, number, 0, *first)
        found[number + 1] = Attempt(caller, number, minutes, *second)
    return found
