"""A thread that each process that serves has once, for what goes on beside its pages."""

import os
import threading
from collections.abc import Callable

_listeners: list[Callable[[str], None]] = []


def listen(listener: Callable[[str], None]) -> None:
    """Has it told from now on whenever one of these has come round once more. It raises nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def beat(name: str) -> None:
    """Whoever does that, in a thread or in a process of its own, has come round once more and holds no connection."""
    for listener in _listeners:
        listener(name)


class OneThread:
    """`run` in a daemon of that name, which is started when somebody needs it."""

    def __init__(self, name: str, run: Callable[[], object]) -> None:
        self.name = name
        self.run = run
        self.thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._running_in: int | None = None

    def ensure(self) -> None:
        """Start the thread, if this process has none that lives; after a fork a new one is needed."""
        with self._lock:
            if self._running_in != os.getpid() or self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.run, name=self.name, daemon=True)
                self.thread.start()
                self._running_in = os.getpid()
