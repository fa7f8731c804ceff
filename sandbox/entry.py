"""The door of every sandbox view: errors become BaseError, unanswered calls stay unanswered, and
nobody needs Django's middleware."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

from sandbox import background, here
from sandbox.codec import encode
from sandbox.conf import conf
from sandbox.outside import NO_ANSWER
from sandbox.problems import NoAnswer, Problem

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def answer(value: Any, status: int = 200) -> HttpResponse:
    """The value as a JSON answer."""
    return json_bytes(encode(value), status)


def json_bytes(content: bytes, status: int = 200) -> HttpResponse:
    """A JSON answer whose bytes are ready."""
    return HttpResponse(content, status=status, content_type="application/json")


def nothing(status: int = 200) -> HttpResponse:
    """An answer without content."""
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response


def refusal(problem: Problem) -> HttpResponse:
    """The problem as BaseError."""
    return answer(problem.body(), problem.status)


def for_exception(error: Exception) -> HttpResponse:
    """The answer to what a view raised; what nobody foresaw is logged and answered as 500 without its details."""
    if isinstance(error, Problem):
        return refusal(error)
    if isinstance(error, NoAnswer):
        return _silence(error)
    if isinstance(error, Http404):
        return refusal(Problem(404, "not-found", "There is nothing at this address."))
    if isinstance(error, RequestDataTooBig):
        return refusal(Problem(413, "payload-too-large", "The body is larger than this server reads."))
    logger.error("The sandbox failed to answer", exc_info=error)
    return refusal(Problem(500, "internal-server-error", "Something went wrong in the sandbox; its log says what."))


def _silence(error: NoAnswer) -> HttpResponse:
    response = refusal(Problem(500, "internal-server-error", "This call was meant to stay without an answer."))
    response[NO_ANSWER] = str(error)
    return response


def guarded(view: View) -> View:
    """The view as URLs name it: exempt from CSRF, never raising, every error a BaseError."""

    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        background.ensure()
        with here.reached_at(_host(request)):
            try:
                _read_chunks(request)
                response = view(request, *args, **kwargs)
            except Exception as error:  # the contract has a 500, and it is a BaseError
                response = for_exception(error)
        if response.status_code == 405:
            response = _not_allowed(request, response)
        if request.method == "HEAD":
            response = _head_of(response)
        if NO_ANSWER in response.headers and not request.environ.get("orderdesk.embedded"):  # type: ignore[attr-defined]
            time.sleep(conf("SANDBOX_TIMEOUT_SECONDS"))
        return response

    door.csrf_exempt = True  # type: ignore[attr-defined]
    return door


def _host(request: HttpRequest) -> str:
    try:
        return split_domain_port(request.get_host())[0].strip("[]")
    except DisallowedHost:
        return ""


def _read_chunks(request: HttpRequest) -> None:
    """Read a body that came in chunks: Django reads as many bytes as Content-Length says, which
    such a body doesn't have.

    Only an input that the server ends where the body ends can be read so. Raises RequestDataTooBig.
    """
    environ = request.META
    if environ.get("CONTENT_LENGTH") or not environ.get("wsgi.input_terminated"):
        return
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = environ["wsgi.input"].read(limit + 1)
    if len(body) > limit:
        raise RequestDataTooBig("The body is larger than DATA_UPLOAD_MAX_MEMORY_SIZE.")
    request._body = body  # where `request.body` keeps what was read


def _head_of(response: HttpResponse) -> HttpResponse:
    """The answer without its body, which no answer to HEAD has; the length is that of the body all the same."""
    if "Content-Type" in response:
        response["Content-Length"] = str(len(response.content))
    response.content = b""
    return response


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    refused = refusal(
        Problem(405, "method-not-allowed", f"{request.method} is not allowed here; {response['Allow']} is.")
    )
    refused["Allow"] = ", ".join(sorted(response["Allow"].split(", ")))
    return refused
