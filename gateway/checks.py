from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from gateway.connection import connect, longest_call
from gateway.lease import LIFE


def check_connection(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse an address or a token with which the Order API
    cannot be called. Calls nobody."""
    try:
        connect().close()
    except ValueError as error:
        return [Error(str(error), id="gateway.E001")]
    return []


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
    return [Warning(words, id="gateway.W001")]
