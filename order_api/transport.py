"""Sends calls: one pool of connections a process, one deadline a call, retries of questions, a circuit breaker, a
bulkhead, one line of log a call."""

import logging
import math
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Generator, Sequence
from http import HTTPStatus
from typing import Self

import httpx
from httpx_retries import RetryTransport

from order_api import body
from order_api.attempts import OneTry, TwoMoreTries, pause_of
from order_api.breaker import Breaker, Permit
from order_api.bulkhead import Bulkhead, FullError
from order_api.call import Answer, Call
from order_api.deadline import Deadline, begin, until
from order_api.errors import ApiError, BadAnswer, NoAnswer, Overloaded, Unavailable
from order_api.network import network
from order_api.secret import Secret

logger = logging.getLogger("order_api")

LARGEST_BODY = 30_000_000
"""Bytes, uncompressed. 250 orders, the most that a page holds, are some 2 MB."""

Headers = Sequence[tuple[str, str]]
InProcess = Callable[[str, str, str, Headers, bytes], tuple[int, Headers, bytes]]
"""Answers (method, path, query, headers, body) with (status, headers, body); TimeoutError stands
for an answer that never came."""

_TIMEOUTS: dict[type[httpx.HTTPError], str] = {
    httpx.ConnectTimeout: "no connection in time",
    httpx.PoolTimeout: "all connections are in use",
}
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
        bulkhead: Bulkhead | None = None,
    ) -> None:
        """`base_url` ends before `/api/v0`; the time limits are seconds. `bulkhead`: the places for calls under way,
        where others count too. ValueError: no address to reach anything at.

        A call takes at most `connect_timeout` + `read_timeout`, whatever the server does: all attempts of a
        question, the waits between them, headers and body end with that. Before it may come the wait for a
        place (`bulkhead.PATIENCE`, 2 s) and the system's own look-up of a name, after which nothing is sent any
        more if the time is over. No attempt begins after `read_timeout`. A server in this process cannot be
        interrupted and has to keep limits of its own.
        """
        self.base_url = _address(base_url)
        self.longest_call = connect_timeout + read_timeout
        self._token = token
        self._patience = read_timeout
        self._breaker = breaker or Breaker(slow_after=read_timeout / 2)
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
    def in_process(cls, base_url: str, token: Secret, answer: InProcess, bulkhead: Bulkhead | None = None) -> Self:
        """The way to an Order API that lives in this process and answers as `answer` does."""
        return cls(base_url, token, transport=_InProcessTransport(answer), bulkhead=bulkhead)

    def __repr__(self) -> str:
        return f"Connection({self.base_url!r})"

    def close(self) -> None:
        self._client.close()
        self._client_alone.close()

    def send(self, call: Call, headers: dict[str, str]) -> Answer:
        """The answer, whatever its status. Raises Unavailable, NoAnswer or BadAnswer where there is none to be read."""
        request_id = uuid.uuid4().hex
        started = time.perf_counter()
        outcome = "-"
        try:
            answer = self._send(call, headers, request_id)
            outcome = str(answer.status)
        except ApiError as error:
            outcome = type(error).__name__
            raise
        finally:
            took = (time.perf_counter() - started) * 1000
            logger.info("%s %s %.0f ms %s", call.operation, outcome, took, request_id)
        return answer

    def _send(self, call: Call, headers: dict[str, str], request_id: str) -> Answer:
        request = self._request(call, {**headers, "X-Request-ID": request_id})
        if self._breaker.wait():
            raise self._closed(call, request_id)
        try:
            with self._bulkhead.place():
                return self._ask(call, request, request_id)
        except FullError:
            raise _full(call, request_id) from None

    def _ask(self, call: Call, request: httpx.Request, request_id: str) -> Answer:
        permit = self._breaker.admit()
        if permit is None:
            raise self._closed(call, request_id)
        try:
            with until(Deadline(self.longest_call, call.may_begin)):
                answer = self._receive(call, request, request_id)
        except httpx.HTTPError as error:
            if _tells_of_the_api(error, call):
                self._breaker.failed(permit)
            problem = _error_of(error, call, request_id)
        else:
            self._report(call, answer, permit)
            return answer
        # Raised out here, without its cause: the frames of the libraries hold the headers, and with them the token.
        raise problem

    def _report(self, call: Call, answer: Answer, permit: Permit) -> None:
        """What the answer says of the API. How slow a change is, and a gateway that gives up on it,
        may be a payment provider's doing."""
        if answer.pause:
            self._breaker.pause(answer.pause)
        if call.changes:
            if answer.status not in _GATEWAY and not self._breaker.is_slow(permit):
                self._breaker.succeeded(permit)
        elif answer.status in _GATEWAY or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._breaker.failed(permit)
        else:
            self._breaker.succeeded(permit)

    def _closed(self, call: Call, request_id: str) -> Unavailable:
        seconds = math.ceil(self._breaker.wait())
        message = (
            f"Too many calls to the Order API failed or were slow, or it asked for a pause; it is tried again in "
            f"{seconds or 1} s."
        )
        return Unavailable(message, operation=call.operation, request_id=request_id, sent=False)

    def _request(self, call: Call, headers: dict[str, str]) -> httpx.Request:
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        request = self._client.build_request(
            call.method, self.base_url + call.path, params=list(call.params) or None, content=call.body, headers=headers
        )
        request.extensions["retry"] = TwoMoreTries(self._patience)
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
            raise _unread(call, request_id, response.status_code, _TOO_LARGE) from None
        except body.PackedError as error:
            raise _unread(
                call, request_id, response.status_code, f"Instead of what was asked for came {error}"
            ) from None
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


_TOO_LARGE = f"The answer is larger than {LARGEST_BODY // 1_000_000} MB and was not read"


def _as_sent(response: httpx.Response) -> httpx.SyncByteStream:
    """The body as it comes over the wire, still packed. The network ends it with the call's deadline."""
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - the client is a synchronous one
    return response.stream


def _full(call: Call, request_id: str) -> Overloaded:
    message = "So many people wait for its answers already that this call was not made."
    return Overloaded(message, operation=call.operation, request_id=request_id, sent=False)


def _unread(call: Call, request_id: str, status: int, why: str) -> BadAnswer:
    message = f"{why} (status {status})."
    return BadAnswer(message, change=call.changes, operation=call.operation, request_id=request_id, status=status)


def _error_of(error: httpx.HTTPError, call: Call, request_id: str) -> ApiError:
    """What it means that no answer came: nothing if nothing was sent or it was a question, a doubt
    if it was a change."""
    why = _reason(error)
    if isinstance(error, _NOT_SENT):
        message = f"The Order API could not be reached: {why}."
        return Unavailable(message, operation=call.operation, request_id=request_id, sent=False)
    if not call.changes:
        return Unavailable(f"The Order API did not answer: {why}.", operation=call.operation, request_id=request_id)
    message = f"It may have happened: the change was sent, and the Order API did not answer: {why}."
    return NoAnswer(message, operation=call.operation, request_id=request_id)


def _tells_of_the_api(error: httpx.HTTPError, call: Call) -> bool:
    """Whether the next caller would fail as well. A change's silence may be a payment provider's,
    and bad HTTP is our own."""
    return not isinstance(error, httpx.LocalProtocolError) and (isinstance(error, _NOT_SENT) or not call.changes)


def _reason(error: httpx.HTTPError) -> str:
    """Why there was no answer, for somebody who looks after the network. Never a header: one of
    them holds the token."""
    if isinstance(error, httpx.TimeoutException):
        return _TIMEOUTS.get(type(error), "it took too long")
    if isinstance(error, httpx.LocalProtocolError):
        return "the request cannot be written as HTTP"
    cause = _os_error(error) if isinstance(error, httpx.ConnectError) else None
    if isinstance(cause, socket.gaierror):
        return "no name server knows its host"
    if isinstance(cause, ssl.SSLError):
        return f"no trusted TLS connection ({getattr(cause, 'verify_message', '') or cause.reason or cause})"
    if isinstance(cause, ConnectionRefusedError):
        return "nothing listens at its address (connection refused)"
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
            raise httpx.ReadTimeout("it took too long", request=request) from error
        return httpx.Response(status, headers=list(headers), content=body, request=request)
