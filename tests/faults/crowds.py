"""Many at a desk at once, who count what became of each request."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

REFUSED = "the port refused"
ANSWERED = "answered"
LOST = "lost"


class Crowd:
    """What became of what they asked. A request is lost where a connection was made and no whole answer came over it;
    one over a kept connection that was closed before a byte of an answer came is asked again on a new one, as browsers
    and proxies do."""

    def __init__(self, port: int, path: str, cookies: dict[str, str]) -> None:
        self.port, self.path = port, path
        self.headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        self.told: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.over = threading.Event()
        self._lock = threading.Lock()

    def ask(self, *, kept: bool) -> None:
        """One after the other, each on a new connection unless one is `kept`, until it is over or the port refuses."""
        desk: http.client.HTTPConnection | None = None
        while not self.over.is_set():
            was_kept = desk is not None
            if desk is None:
                desk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
                try:
                    desk.connect()
                except ConnectionRefusedError:
                    self.note(REFUSED)
                    time.sleep(0.05)
                    desk = None
                    continue
            closes = not kept
            try:
                desk.request("GET", self.path, headers=self.headers)
                answer = desk.getresponse()
                answer.read()
                closes = closes or answer.will_close
                with self._lock:
                    self.statuses[answer.status] += 1
                self.note(ANSWERED)
            except (http.client.RemoteDisconnected, ConnectionError):
                closes = True
                if not was_kept:
                    self.note(LOST)
            except http.client.HTTPException:
                closes = True
                self.note(LOST)
            if closes:
                desk.close()
                desk = None

    def note(self, what: str) -> None:
        with self._lock:
            self.told[what] += 1


@contextmanager
def crowd(port: int, path: str, cookies: dict[str, str], people: int = 8) -> Iterator[Crowd]:
    """So many, of whom every second one keeps connections open, until the block ends."""
    together = Crowd(port, path, cookies)
    threads = [threading.Thread(target=together.ask, kwargs={"kept": bool(n % 2)}) for n in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield together
    finally:
        together.over.set()
        for thread in threads:
            thread.join(150)
