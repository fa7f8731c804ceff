"""Sends calls: one pool of connections a process, one deadline a call, retries of questions, a circuit breaker, a
bulkhead, one line of log a call."""

import logging
import math
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any, Self

import httpx
from httpx_retries import RetryTransport

from order_api import body, changes_sent
from order_api.attempts import MoreTries, OneTry, pause_of
from order_api.breaker import Bad, Breaker
from order_api.breakers import Breakers, Permits, Way
from order_api.bulkhead import Bulkhead, FullError
from order_api.call import Answer, Call
from order_api.deadline import Deadline, begin, remaining, until
from order_api.errors import ApiError, BadAnswer, Failing, NoAnswer, Overloaded, Paused, Slow, Unavailable
from order_api.network import network
from order_api.secret import Secret
from order_api.words import sentence

logger = logging.getLogger("order_api")

LARGEST_BODY = 30_000_000
"""Bytes, uncompressed. 250 orders, the most that a page holds, are some 2 MB."""

Headers = Sequence[tuple[str, str]]
InProcess = Callable[[str, str, str, Headers, bytes], tuple[int, Headers, bytes]]
"""Answers (method, path, query, headers, body) with (status, headers, body); TimeoutError stands
for an answer that never came."""
Heard = Callable[[Call, dict[str, str], Answer, float], None]
"""Is told of a call, its headers, the answer, and how many seconds that took; it must be quick and raise nothing."""
Called = Callable[[str, str, float], None]
"""Is told of an operation, its status or the kind of what went wrong, and how many seconds that took; as `Heard`."""

_TIMEOUTS: dict[type[httpx.HTTPError], str] = {
    httpx.ConnectTimeout: sentence("no connection in time"),
    httpx.PoolTimeout: sentence("all connections are in use"),
}
_TOO_LONG = sentence("it took too long")
_NO_HTTP = sentence("the request cannot be written as HTTP")
_NO_NAME = sentence("no name server knows its host")
_NO_TLS = sentence("no trusted TLS connection (%(why)s)")
_NOBODY = sentence("nothing listens at its address (connection refused)")
_CLOSED: dict[Bad, tuple[type[Unavailable], str]] = {
    Bad.SILENT: (Unavailable, sentence("The last calls got no answer; it is tried again in %(seconds)s s.")),
    Bad.SLOW: (Slow, sentence("Its last answers took too long; it is tried again in %(seconds)s s.")),
    Bad.FAILS: (Failing, sentence("Its last answers were errors; it is tried again in %(seconds)s s.")),
    Bad.THROTTLED: (Paused, sentence("It says that it is asked too much; it is tried again in %(seconds)s s.")),
}
_PAUSED = sentence("It asked to be left alone for a while; it is tried again in %(seconds)s s.")
_FULL = sentence("So many people wait for its answers already that this call was not made.")
_NOT_REACHED = sentence("The Order API could not be reached: %(why)s.")
_NO_ANSWER = sentence("The Order API did not answer: %(why)s.")
_IN_DOUBT = sentence("It may have happened: the change was sent, and the Order API did not answer: %(why)s.")
_TOO_LARGE = sentence("The answer is larger than %(size)s MB and was not read (status %(status)s).")
_PACKED = sentence("Instead of what was asked for came %(what)s (status %(status)s).")
_GATEWAY = {502, 503, 504}
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What goes wrong before the first byte of the request has left."""


class Connection:
    """The way to one Order API. Shared by all threads of a process; make it after a fork, not before."""

    def __init__(  # noqa: PLR0913 - settings, by name
        self,
        base_url: str,
        token: Secret,
        *,
        connect_timeout: float = 3.0,
        read_timeout: float = 10.0,
        transport: httpx.BaseTransport | None = None,
        breaker: Breaker | None = None,
        breakers: Breakers | None = None,
        bulkhead: Bulkhead | None = None,
        tries_again: bool = True,
        heard: Heard | None = None,
        called: Called | None = None,
        next_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        """`base_url` ends before `/api/v0`; the time limits are seconds. `bulkhead`: the places for calls under way,
        where others count too. `breaker`: what those of this connection are made like; or `breakers`: those of another
        connection to the same address. ValueError: no address to reach anything at.

        A call takes at most `connect_timeout` + `read_timeout`, whatever the server does: all attempts of a
        question, the waits between them, headers and body end with that. Before it may come the wait for a
        place (`bulkhead.PATIENCE`, 2 s) and the system's own look-up of a name, after which nothing is sent any
        more if the time is over. No attempt begins after `read_timeout`. Inside `deadline.until` it ends with that
        deadline where it is sooner; that the caller did not wait says nothing of the API. Without `tries_again` a
        question is asked once, as a change is. `heard` is told of every answer that came, `called` of every call;
        `next_id` says what a call is known by at both ends. A server in this process cannot be interrupted and has to
        keep limits of its own.
        """
        self.base_url = _address(base_url)
        self.longest_call = connect_timeout + read_timeout
        self._token = token
        self._heard = heard
        self._called = called
        self._next_id = next_id
        self._patience = read_timeout
        self._more_tries = 2 if tries_again else 0
        self.breakers = breakers or Breakers(breaker or Breaker(slow_after=read_timeout / 2))
        self._bulkhead = bulkhead or Bulkhead(40)
        self._client = self._made(transport or network(self.base_url, self._bulkhead.places), connect_timeout)
        self._client_alone = self._made(
            transport or network(self.base_url, self._bulkhead.places, kept=0), connect_timeout
        )

    def _made(self, transport: httpx.BaseTransport, connect_timeout: float) -> httpx.Client:
        return httpx.Client(
            timeout=httpx.Timeout(self._patience, connect=connect_timeout),
            transport=RetryTransport(OneTry(transport)),
            auth=_Bearer(self._token),
            headers={"Accept": "application/json", "Accept-Encoding": body.ACCEPTED, "User-Agent": "order-desk"},
        )

    @classmethod
    def in_process(
        cls,
        base_url: str,
        token: Secret,
        answer: InProcess,
        **more: Any,
    ) -> Self:
        """The way to an Order API that lives in this process and answers as `answer` does; `more` is as for any."""
        return cls(base_url, token, transport=_InProcessTransport(answer), **more)

    def __repr__(self) -> str:
        return f"Connection({self.base_url!r})"

    def close(self) -> None:
        self._client.close()
        self._client_alone.close()

    def send(self, call: Call, headers: dict[str, str]) -> Answer:
        """The answer, whatever its status. Raises Unavailable, NoAnswer or BadAnswer where there is none to be read."""
        request_id = self._next_id()
        started = time.perf_counter()
        outcome = "-"
        if call.changes:
            changes_sent.count()
        try:
            answer = self._send(call, headers, request_id)
            outcome = str(answer.status)
        except ApiError as error:
            outcome = type(error).__name__
            raise
        finally:
            took = time.perf_counter() - started
            logger.info("%s %s %.0f ms %s", call.operation, outcome, took * 1000, request_id)
            if self._called:
                self._called(call.operation, outcome, took)
        if self._heard:
            self._heard(call, headers, answer, took)
        return answer

    def _send(self, call: Call, headers: dict[str, str], request_id: str) -> Answer:
        request = self._request(call, {**headers, "X-Request-ID": request_id})
        way = self.breakers.of(headers)
        if way.wait():
            raise _closed(way, call, request_id)
        try:
            with self._bulkhead.place():
                return self._ask(way, call, request, request_id)
        except FullError:
            raise _full(call, request_id) from None

    def _ask(self, way: Way, call: Call, request: httpx.Request, request_id: str) -> Answer:
        permits = way.admit()
        if permits is None:
            raise _closed(way, call, request_id)
        deadline = Deadline(remaining(self.longest_call), call.may_begin)
        try:
            with until(deadline), nullcontext() if call.changes else way.pulse.question():
                answer = self._receive(call, request, request_id)
        except httpx.HTTPError as error:
            if deadline.left() <= 0 and remaining(self.longest_call) <= 0:
                way.learned_nothing(permits)  # the caller had less time than a call has
            else:
                _blame(way, permits, error, call)
            problem = _error_of(error, call, request_id)
        else:
            _report(way, permits, call, answer)
            return answer
        # Raised out here, without its cause: the frames of the libraries hold the headers, and with them the token.
        raise problem

    def _request(self, call: Call, headers: dict[str, str]) -> httpx.Request:
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        request = self._client.build_request(
            call.method, self.base_url + call.path, params=list(call.params) or None, content=call.body, headers=headers
        )
        request.extensions["retry"] = MoreTries(remaining(self._patience), self._more_tries)
        return request

    def _receive(self, call: Call, request: httpx.Request, request_id: str) -> Answer:
        response = (self._client_alone if call.alone else self._client).send(request, stream=True)
        broken, content = False, bytearray()
        try:
            for part in body.read(_as_sent(response), response.headers.get("Content-Encoding", ""), LARGEST_BODY):
                content += part
        except (httpx.RemoteProtocolError, httpx.ReadError, body.BrokenOffError):
            broken = True
        except body.TooLargeError:
            raise _unread(call, request_id, response.status_code, _TOO_LARGE, size=LARGEST_BODY // 1_000_000) from None
        except body.PackedError as error:
            raise _unread(call, request_id, response.status_code, _PACKED, what=error) from None
        finally:
            response.close()
        return Answer(
            call,
            request_id,
            response.status_code,
            bytes(content) if response.status_code < 400 else self._token.hidden_in(bytes(content)),
            response.headers.get("Content-Type", ""),
            broken,
            pause_of(response),
            response.headers.get("Location", ""),
        )


def _as_sent(response: httpx.Response) -> httpx.SyncByteStream:
    """The body as it comes over the wire, still packed. The network ends it with the call's deadline."""
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - the client is a synchronous one
    return response.stream


def _full(call: Call, request_id: str) -> Overloaded:
    return Overloaded(_FULL, operation=call.operation, request_id=request_id, sent=False)


def _unread(call: Call, request_id: str, status: int, why: str, **parts: object) -> BadAnswer:
    message = why % {"status": status, **parts}
    return BadAnswer(message, change=call.changes, operation=call.operation, request_id=request_id, status=status)


def _error_of(error: httpx.HTTPError, call: Call, request_id: str) -> ApiError:
    """What it means that no answer came: nothing if nothing was sent or it was a question, a doubt
    if it was a change."""
    why = _reason(error)
    if isinstance(error, _NOT_SENT):
        message = _NOT_REACHED % {"why": why}
        return Unavailable(message, operation=call.operation, request_id=request_id, sent=False)
    if not call.changes:
        return Unavailable(_NO_ANSWER % {"why": why}, operation=call.operation, request_id=request_id)
    message = _IN_DOUBT % {"why": why}
    return NoAnswer(message, operation=call.operation, request_id=request_id)


def _blame(way: Way, permits: Permits, error: httpx.HTTPError, call: Call) -> None:
    """What it tells that no answer came. A change's silence may be a payment provider's, and bad HTTP is our own."""
    if isinstance(error, httpx.LocalProtocolError):
        way.learned_nothing(permits)
    elif isinstance(error, _NOT_SENT):
        way.was_not_reached(permits)
    elif call.changes:
        way.was_reached(permits)
    else:
        way.failed(permits)


def _report(way: Way, permits: Permits, call: Call, answer: Answer) -> None:
    """What the answer says of the API. How slow a change is, and a gateway that gives up on it, may be a payment
    provider's doing."""
    bad = Bad.THROTTLED if answer.status == HTTPStatus.TOO_MANY_REQUESTS else Bad.FAILS
    if answer.pause:
        way.pause(answer.pause, bad)
    is_from_gateway = answer.status in _GATEWAY
    if call.changes and (is_from_gateway or way.is_slow(permits)):
        way.was_reached(permits)
    elif is_from_gateway or (bad == Bad.THROTTLED and not call.changes):
        way.failed(permits, bad)
    else:
        way.succeeded(permits)


def _closed(way: Way, call: Call, request_id: str) -> Unavailable:
    kind, words = _CLOSED[way.bad()]
    message = (_PAUSED if way.is_paused() else words) % {"seconds": math.ceil(way.wait()) or 1}
    return kind(message, operation=call.operation, request_id=request_id, sent=False)


def _reason(error: httpx.HTTPError) -> str:
    """Why there was no answer, for somebody who looks after the network. Never a header: one of
    them holds the token."""
    if isinstance(error, httpx.TimeoutException):
        return _TIMEOUTS.get(type(error), _TOO_LONG)
    if isinstance(error, httpx.LocalProtocolError):
        return _NO_HTTP
    cause = _os_error(error) if isinstance(error, httpx.ConnectError) else None
    if isinstance(cause, socket.gaierror):
        return _NO_NAME
    if isinstance(cause, ssl.SSLError):
        return _NO_TLS % {"why": getattr(cause, "verify_message", "") or cause.reason or cause}
    if isinstance(cause, ConnectionRefusedError):
        return _NOBODY
    return str(error).rstrip(".") or type(error).__name__


def _os_error(error: BaseException | None) -> OSError | None:
    """What the operating system said. httpcore raises `from None`, so that it may stand in the context alone."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error


def _address(base_url: str) -> str:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise ValueError(f"{base_url!r} is no address of an API; write it as in https://example.com/checkout/order")
    return base_url.rstrip("/")


class _Bearer(httpx.Auth):
    """Puts the token on the request as it goes out (Norce reference, securitySchemes/Bearer)."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class _InProcessTransport(httpx.BaseTransport):
    def __init__(self, answer: InProcess) -> None:
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        begin(httpx.ConnectTimeout)
        path, _, query = url.raw_path.decode("ascii").partition("?")
        try:
            status, headers, body = self._answer(
                request.method, path, query, request.headers.multi_items(), request.read()
            )
        except TimeoutError as error:
            raise httpx.ReadTimeout(_TOO_LONG, request=request) from error
        return httpx.Response(status, headers=list(headers), content=body, request=request)
