"""Answers HTTP calls from this process: URLconf → view, as the server would have done, without a socket.

No signals, so that a view's call does not close the database connection that the view itself is using; no middleware,
so that language, time zone and session of the outer request stay its own. An answer is read whole.
"""

import io
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponseBase
from django.urls import resolve
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_variables

Headers = Sequence[tuple[str, str]]

NO_ANSWER = "X-Sandbox-No-Answer"
"""A response with this header stands for one that never came: the sandbox's way to show what a lost answer does."""

EMBEDDED = "orderdesk.embedded"
"""Set in the environ of requests that come from this process itself."""


@sensitive_variables()
def answer(method: str, path: str, query: str, headers: Headers, body: bytes) -> tuple[int, Headers, bytes]:
    """Status, headers and body of what this process answers; TimeoutError where no answer is meant to come.

    `path` and `query` are percent-encoded, as on the wire.
    """
    request = WSGIRequest(_environ(method, path, query, headers, body))
    with translation.override("en"), timezone.override("UTC"):
        response = _respond(request)
        content = b"".join(response)
    if response.has_header(NO_ANSWER):
        raise TimeoutError("The embedded Order API gave no answer")
    return response.status_code, list(response.items()), content


@sensitive_variables()
def _environ(method: str, path: str, query: str, headers: Headers, body: bytes) -> dict[str, Any]:
    named = {name.upper().replace("-", "_"): value for name, value in headers}
    return {
        **{f"HTTP_{name}": value for name, value in named.items() if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}},
        "CONTENT_TYPE": named.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        EMBEDDED: True,
    }


def _respond(request: WSGIRequest) -> HttpResponseBase:
    try:
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        render = getattr(response, "render", None)
        return render() if callable(render) else response
    except Exception as error:
        return response_for_exception(request, error)
