"""How the desk asks the provider: for so long and no longer, for so much and no more, and never so many at once that
nobody is left to serve those who sign in with a password."""

import io
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import requests
import urllib3

DEADLINE = 10.0
"""Seconds for all that one page asks of the provider."""
CONNECT, READ = 3.0, 5.0
"""Seconds for a step of one call."""
LARGEST = 1_000_000
"""Bytes of an answer; what is more is none of a provider's."""
PLACES, PATIENCE = 3, 1.0
"""How many calls are under way at once in a process, and seconds that one more waits for a place."""
_places = threading.BoundedSemaphore(PLACES)


class Calls(requests.Session):
    """A session of which no call outlasts `until` (monotonic seconds), whatever the provider does meanwhile. Follows no
    redirects. Raises what requests raises."""

    def __init__(self, until: float) -> None:
        super().__init__()
        self.until = until

    def request(self, method: str, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        options |= {"timeout": (CONNECT, READ), "allow_redirects": False, "stream": True}
        ask = super().request

        def asked() -> requests.Response:
            answer = ask(method, url, *args, **options)
            try:
                body = answer.raw.read(LARGEST + 1, decode_content=True)
            except urllib3.exceptions.HTTPError as error:
                raise requests.ConnectionError(str(error)) from error
            if len(body) > LARGEST:
                raise requests.exceptions.ContentDecodingError("The answer is too large.")
            answer.raw = io.BytesIO(body)
            return answer

        return in_time(asked, self.until)


def in_time(do: Callable[[], requests.Response], until: float) -> requests.Response:
    """What it returns or raises, or requests.Timeout at `until`: then it goes on by itself, and comes to nothing."""
    if not _places.acquire(timeout=max(min(PATIENCE, until - time.monotonic()), 0.0)):
        raise requests.Timeout("Too many calls wait for the provider already.")
    came: queue.SimpleQueue[requests.Response | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            came.put(do())
        except Exception as error:
            came.put(error)
        finally:
            _places.release()

    threading.Thread(target=work, daemon=True, name="single-sign-on").start()
    try:
        found = came.get(timeout=max(until - time.monotonic(), 0.0))
    except queue.Empty:
        raise requests.Timeout("The provider did not answer in time.") from None
    if isinstance(found, Exception):
        raise found
    return found
