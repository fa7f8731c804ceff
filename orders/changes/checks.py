from typing import Any

from django.core.checks import CheckMessage, Warning

from gateway.connection import longest_call
from orders.changes.lock import LIFE


def check_times(**_: Any) -> list[CheckMessage]:
    """A warning where a change could still be under way when its lease on the order is over: it
    reads the order, then it sends."""
    if 2 * longest_call() < LIFE.total_seconds():
        return []
    words = (
        f"ORDER_API_CONNECT_TIMEOUT and ORDER_API_READ_TIMEOUT let one call take {longest_call():g} s: two of them are "
        f"longer than the "
        f"{LIFE.total_seconds():g} s for which a change has its order for itself."
    )
    return [Warning(words, id="orders.W001")]
