"""Calls that the sandbox makes for its callers: validations, hooks, notifications, payment actions.

They go to hosts that SANDBOX_CALLBACK_HOSTS lists, over the network and without following redirects, and to the
sandbox's own host, which is answered in this process. No other address is ever called: what is registered with one
stays there, and each call of it fails, saying so.
"""

import io
import re
import sys
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import Resolver404, resolve

from sandbox import here, sending
from sandbox.codec import NotJsonError, decode
from sandbox.conf import conf
from sandbox.places import adapter_url
from sandbox.problems import bad_request

NO_ANSWER = "X-Sandbox-No-Answer"
_TEMPLATES = re.compile(r"\{([^{}]*)\}")
_SIDES = ("internal", "public")


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is None where nothing did, and then `error` says why; `done` is what
    a silent sandbox confides."""

    status: int | None
    body: bytes = b""
    error: str = ""
    done: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether it is a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON; None where there is none."""
        try:
            return decode(self.body) if self.body.strip() else None
        except NotJsonError:
            return None

    def in_words(self) -> str:
        """What was answered, in one line."""
        if self.status is None:
            return self.error
        said = self.json()
        text = said.get("message") if isinstance(said, dict) else None
        return f"{self.status} {text or self.body[:200].decode(errors='replace')}".strip()


def filled(url: str, order_id: str, adapter_id: str, payment_id: str = "") -> str:
    """The URL with its templates replaced, in the spellings of both versions of the API: the order's id, the payment's
    where there is one, and the addresses of the adapter. A template that nothing here can fill in stays as it is.
    """
    adapter = adapter_url(adapter_id or "adapter")
    ids = {"order": order_id} | ({"payment": payment_id} if payment_id else {})
    values = {template: value for kind, value in ids.items() for template in (f"{kind}_id", f"{kind}.id", f"{kind}Id")}
    values |= {f"{word}.adapter.{side}Url": adapter for word in ("config", "configuration") for side in _SIDES}
    return _TEMPLATES.sub(lambda match: values.get(match[1], match[0]), url)


def check(field: str, url: str | None) -> None:
    """Raise Problem, naming the field, unless the URL is a full one. Whether it may be called is asked when it is: the
    API registers receivers anywhere, and learns of dead ones as it calls them."""
    if not url:
        raise bad_request(f"{field} is missing.")
    try:
        _split(_TEMPLATES.sub("x", filled(url, "o", "", "p")))
    except ValueError:
        raise bad_request(f"{field}: {url!r} is not a full http or https URL.") from None


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    _ = parts.port  # raises ValueError where it is no number
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not url.isascii()
        or re.search(r"[\x00-\x20\x7f]", url)
    ):
        raise ValueError(url)
    return parts


def _is_listed(parts: SplitResult) -> bool:
    netloc = parts.netloc.rpartition("@")[2].lower()
    return any(allowed.lower() in (netloc, parts.hostname) for allowed in settings.SANDBOX_CALLBACK_HOSTS)


def _is_desk(parts: SplitResult) -> bool:
    """Whether it is where the desk on this machine is told of changes: it is called as it would be by anybody else."""
    return parts.netloc == f"127.0.0.1:{settings.PORT}" and parts.path.startswith("/index/push/")


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """POST JSON to a URL whose templates are filled in, and wait at most SANDBOX_CALL_SECONDS until
    its answer is whole. Never raises; to a host that is not allowed, nothing is sent."""
    if unknown := _TEMPLATES.search(url):
        return Answer(None, error=f"no answer: {unknown[0]} is a template that nothing here can fill in")
    try:
        parts = _split(url)
    except ValueError:
        return Answer(None, error=f"no answer: {url!r} is not a full http or https URL")
    headers = {"Content-Type": "application/json"} | headers
    if _is_listed(parts) or _is_desk(parts):
        return _post_far(parts, body, headers, conf("SANDBOX_CALL_SECONDS"))
    if here.is_own_host(parts.hostname or ""):
        return _post_here(parts, body, headers)
    why = f"calls to {parts.hostname} are not allowed here; SANDBOX_CALLBACK_HOSTS lists the hosts that may be called"
    return Answer(None, error=f"no answer: {why}")


def is_far(url: str) -> bool:
    """Whether a call to this URL leaves the process."""
    try:
        return _is_listed(_split(url))
    except ValueError:
        return False


def _post_far(parts: SplitResult, body: bytes, headers: dict[str, str], seconds: float) -> Answer:
    try:
        return Answer(*sending.post(parts, body, headers, seconds))
    except TimeoutError:
        return Answer(None, error=f"no answer within {seconds:g} seconds")
    except (OSError, ValueError, HTTPException) as error:
        return Answer(None, error=f"no answer: {error}")


def _post_here(parts: SplitResult, body: bytes, headers: dict[str, str]) -> Answer:
    path = unquote(parts.path)
    prefix = settings.SANDBOX_PREFIX
    if not path.startswith(prefix):
        return Answer(404, b"")
    with here.one_deeper() as allowed:
        if not allowed:
            return Answer(None, error="the sandbox would be calling itself in circles")
        response = _answer_here(path.removeprefix(prefix.rstrip("/")), parts, body, headers)
    silent = response.headers.get(NO_ANSWER)
    if silent:
        return Answer(None, error=f"no answer within {conf('SANDBOX_CALL_SECONDS'):g} seconds", done=silent == "after")
    return Answer(response.status_code, response.content)


def _answer_here(path: str, parts: SplitResult, body: bytes, headers: dict[str, str]) -> HttpResponse:
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "orderdesk.embedded": True,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    request = WSGIRequest(environ)
    try:
        match = resolve(path, settings.SANDBOX_URLCONF)
    except Resolver404:
        return HttpResponse(status=404)
    response = match.func(request, *match.args, **match.kwargs)
    assert isinstance(response, HttpResponse)  # noqa: S101 - nothing in the sandbox streams
    return response
