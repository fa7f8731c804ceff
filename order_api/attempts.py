"""How often a question is asked, and when not again."""

from typing import Self

import httpx
from httpx_retries import Retry

from order_api.deadline import Deadline, within

_THROTTLED = {429, 503}


def pause_of(response: httpx.Response) -> float:
    """Seconds that the API asks to be left alone for, by Retry-After with a 429 or 503; 0 where it does not."""
    if response.status_code not in _THROTTLED:
        return 0.0
    try:
        return Retry().parse_retry_after(response.headers.get("Retry-After", "0"))
    except ValueError:
        return 0.0


class MoreTries(Retry):
    """For one question: so many more tries, none of which begins after `seconds`, or at all where the API asks for a
    pause.

    Made for the request, so that it counts in place.
    """

    def __init__(self, seconds: float, total: int = 2) -> None:
        super().__init__(total=total, backoff_factor=0.1, max_backoff_wait=2.0, allowed_methods=("GET", "HEAD"))
        self._deadline = Deadline(seconds)

    def is_exhausted(self) -> bool:
        return self._deadline.left() <= 0 or super().is_exhausted()

    def increment(self) -> Self:
        self.attempts_made += 1
        return self

    def backoff_strategy(self) -> float:
        return min(super().backoff_strategy(), self._deadline.left())

    def give_up(self) -> None:
        """No more tries."""
        self.attempts_made = self.total


class OneTry(httpx.BaseTransport):
    """One attempt: no step of it is given more time than the call has left, and an answer that asks
    for a pause is the last one."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        limits: dict[str, float | None] = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {step: within(limit, httpx.ConnectTimeout) for step, limit in limits.items()}
        response = self._transport.handle_request(request)
        if pause_of(response):
            request.extensions["retry"].give_up()
        return response

    def close(self) -> None:
        self._transport.close()
