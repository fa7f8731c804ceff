"""Who is told of each call to the Order API and the services beside it: whoever counts them."""

from collections.abc import Callable

Listener = Callable[[str, str, float], None]
"""Gets the operation, its status or the kind of what went wrong, and how many seconds that took. It raises nothing."""
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Has it told of every call from now on."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(operation: str, outcome: str, seconds: float) -> None:
    for listener in _listeners:
        listener(operation, outcome, seconds)
