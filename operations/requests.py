"""Each request, as operators see it: under one id, counted by its page, and in one line of the log. Neither names an
order or anybody but the account that asked."""

import logging
import time
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gateway import called
from operations import tracing
from operations.metrics import REQUESTS, count_call
from ui import request_ids

logger = logging.getLogger("requests")
QUIET = frozenset({"presence"})
"""Pages that ask by themselves, all day long."""
METHODS = frozenset({"GET", "HEAD", "POST"})


class Requests:
    """`X-Request-ID`, of the proxy if it sends one, goes back with the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        called.listen(count_call)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with (
            request_ids.answering(request.headers.get("X-Request-ID", "")) as own,
            tracing.answering(request) as tell,
        ):
            response = self.get_response(request)
            response["X-Request-ID"] = own.id
            self._tell(request, response, time.perf_counter() - began, tell)
        return response

    def _tell(self, request: HttpRequest, response: HttpResponseBase, seconds: float, trace: tracing.Tell) -> None:
        match = request.resolver_match
        view = (match.view_name if match else "") or "none"
        method = request.method if request.method in METHODS else "other"
        trace(view, method, response.status_code, match.route if match else "")
        REQUESTS.labels(view, method, str(response.status_code)).observe(seconds)
        if match and view not in QUIET:
            said = {"view": view, "method": method, "status": response.status_code, "ms": round(seconds * 1000)}
            who = _account_of(request)
            logger.info("%(method)s %(view)s %(status)s %(ms)s ms, account %(account)s", {**said, "account": who})


def _account_of(request: HttpRequest) -> str:
    """The number of whoever is signed in, as far as the page has asked: the database is not asked for a line of log."""
    kept = getattr(getattr(request, "session", None), "_session_cache", None)
    return str(kept.get(SESSION_KEY, "-")) if kept else "-"
