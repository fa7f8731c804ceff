"""Who is told of what this process reads of the Order API: the index, which keeps what all read.

Told are the answers as they came, before it was looked whose they are; whoever listens looks.
"""

import logging
from collections.abc import Callable

from order_api.call import Answer, Call

logger = logging.getLogger(__name__)
Listener = Callable[[Call, dict[str, str], Answer, float], None]
"""Gets a call, its headers, the answer and how many seconds that took. It is called while somebody waits."""
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Has it told of every answer of the Order API from now on."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(call: Call, headers: dict[str, str], answer: Answer, seconds: float) -> None:
    """Never raises: whoever asked has their answer."""
    for listener in _listeners:
        try:
            listener(call, headers, answer, seconds)
        except Exception:
            logger.exception("What %s answered could not be passed on", call.operation)
