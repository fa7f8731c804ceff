"""Retries, the circuit breaker, limits, the log, and the token that nobody may see."""

import gzip
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from order_api import Connection, OrderApi, Secret, transport
from order_api.breaker import FIRST_COOLDOWN, LEAST, LONGEST_PAUSE, PROBES, Breaker
from order_api.errors import ApiError, BadAnswer, Failing, NoAnswer, Paused, Rejected, Slow, Unavailable
from order_api.schemas import Order, Payment
from tests.order_api.servers import BASE, TOKEN, Prepared, Reply, page, problem


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


GONE: list[Reply] = [
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    problem(502),
    problem(503),
    problem(504),
    problem(429),
]


@pytest.mark.parametrize("trouble", GONE, ids=str)
def test_a_question_is_asked_again_when_it_failed(trouble: Reply) -> None:
    server = Prepared(trouble, trouble, httpx.Response(200, json={"id": "o1"}))
    assert server.api.orders.get("o1").id == "o1"
    assert len(server.requests) == 3
    assert len({request.headers["x-request-id"] for request in server.requests}) == 1


@pytest.mark.parametrize("trouble", GONE, ids=str)
def test_a_question_is_given_up_after_two_more_tries(trouble: Reply) -> None:
    server = Prepared(trouble)
    with pytest.raises(Unavailable):
        server.api.orders.get("o1")
    assert len(server.requests) == 3


def test_a_question_is_not_asked_again_once_its_time_is_over() -> None:
    server = Prepared(problem(503), read_timeout=0.0)
    with pytest.raises(Unavailable):
        server.api.orders.get("o1")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_an_answer_that_would_be_the_same_is_not_asked_for_again(status: int) -> None:
    server = Prepared(problem(status))
    with pytest.raises(ApiError):
        server.api.orders.get("o1")
    assert len(server.requests) == 1


@pytest.mark.parametrize("trouble", [*GONE, httpx.ReadTimeout("slow"), problem(500)], ids=str)
@pytest.mark.parametrize(
    "change",
    [
        lambda api: api.payments.execute("o1", "p1", "a1"),
        lambda api: api.payments.update("o1", "p1", Payment()),
        lambda api: api.orders.delete("o1"),
        lambda api: api.orders.patch_attributes("o1", {}),
        lambda api: api.orders.create(Order()),
    ],
    ids=["POST", "PUT", "DELETE", "PATCH", "create"],
)
def test_a_change_is_sent_once_whatever_happens(trouble: Reply, change: Callable[[OrderApi], Any]) -> None:
    server = Prepared(trouble)
    with pytest.raises(ApiError):
        change(server.api)
    assert len(server.requests) == 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock=clock)


def fails(api: OrderApi) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        api.orders.get("o1")
    return caught.value


def test_after_enough_failures_nobody_waits_any_more(breaker: Breaker) -> None:
    server = Prepared(httpx.ConnectError("refused"), breaker=breaker)
    for _ in range(LEAST):
        fails(server.api)
    asked = len(server.requests)
    error = fails(server.api)
    assert len(server.requests) == asked
    assert error.sent is False
    with pytest.raises(Unavailable) as caught:
        server.api.payments.execute("o1", "p1", "a1")
    assert caught.value.may_have_happened is False
    assert len(server.requests) == asked


@pytest.mark.parametrize(
    ("trouble", "kind", "says"),
    [
        (httpx.ConnectError("refused"), Unavailable, "The last calls got no answer"),
        (httpx.ReadTimeout("slow"), Unavailable, "The last calls got no answer"),
        (problem(502), Failing, "Its last answers were errors"),
        (problem(429), Paused, "It says that it is asked too much"),
    ],
    ids=str,
)
def test_who_is_not_let_through_is_told_what_was_wrong(
    trouble: Reply, kind: type[Unavailable], says: str, breaker: Breaker
) -> None:
    server = Prepared(trouble, breaker=breaker)
    for _ in range(LEAST):
        fails(server.api)
    asked, error = len(server.requests), fails(server.api)
    assert (type(error), len(server.requests)) == (kind, asked) and says in str(error)


def test_who_is_not_let_through_to_one_that_answers_late_is_told_so(clock: Clock) -> None:
    server = Prepared(httpx.Response(200, json={}), breaker=Breaker(slow_after=0.0, clock=clock))
    for _ in range(LEAST):
        server.api.orders.get("o1")
    error = fails(server.api)
    assert (type(error), error.sent) == (Slow, False) and "Its last answers took too long" in str(error)


@pytest.mark.parametrize(("status", "kind"), [(429, Paused), (503, Failing)])
@pytest.mark.parametrize("call", [lambda api: api.orders.get("o1"), lambda api: api.orders.delete("o1")])
def test_a_pause_is_told_by_what_it_was_asked_for_with(
    status: int, kind: type[Unavailable], call: Callable[[OrderApi], Any], breaker: Breaker
) -> None:
    throttled = httpx.Response(status, headers={"Retry-After": "30"}, json={"code": "slow-down", "message": "No."})
    server = Prepared(throttled, breaker=breaker)
    with pytest.raises(ApiError):
        call(server.api)
    error = fails(server.api)
    assert type(error) is kind and "It asked to be left alone for a while" in str(error)


def test_after_a_while_some_calls_try_and_their_success_lets_all_through(breaker: Breaker, clock: Clock) -> None:
    server = Prepared(*[problem(502)] * 3 * LEAST, httpx.Response(200, json={}), breaker=breaker)
    for _ in range(LEAST + 1):
        fails(server.api)
    clock.now += FIRST_COOLDOWN
    for _ in range(2 * PROBES):
        server.api.orders.get("o1")
    assert len(server.requests) == 3 * LEAST + 2 * PROBES


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("call", [lambda api: api.orders.get("o1"), lambda api: api.orders.delete("o1")])
def test_an_api_that_asks_for_a_pause_is_not_called_before_it_is_over(
    status: int, call: Callable[[OrderApi], Any], breaker: Breaker, clock: Clock
) -> None:
    throttled = httpx.Response(status, headers={"Retry-After": "30"}, json={"code": "slow-down", "message": "No."})
    server = Prepared(throttled, httpx.Response(200, json={}), breaker=breaker)
    with pytest.raises(ApiError):
        call(server.api)
    clock.now += 29.5
    for refused in (server.api.orders.get, server.api.orders.delete):
        with pytest.raises(Unavailable) as caught:
            refused("o1")
        assert caught.value.sent is False
    assert len(server.requests) == 1
    clock.now += 0.5
    server.api.orders.get("o1")
    assert len(server.requests) == 2


def test_a_pause_of_a_day_is_not_taken_at_its_word(breaker: Breaker, clock: Clock) -> None:
    server = Prepared(httpx.Response(429, headers={"Retry-After": "86400"}), breaker=breaker)
    fails(server.api)
    clock.now += LONGEST_PAUSE
    fails(server.api)
    assert len(server.requests) == 2


@pytest.mark.parametrize("pause", ["0", "soon", "-5", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_pause_that_is_none_is_no_reason_to_stop_asking(pause: str, breaker: Breaker) -> None:
    server = Prepared(
        httpx.Response(429, headers={"Retry-After": pause}), httpx.Response(200, json={}), breaker=breaker
    )
    server.api.orders.get("o1")
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500])
def test_an_api_that_refuses_is_there(status: int, breaker: Breaker) -> None:
    server = Prepared(problem(status), breaker=breaker)
    for _ in range(2 * LEAST):
        with pytest.raises(ApiError):
            server.api.orders.get("o1")
    assert len(server.requests) == 2 * LEAST


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout("slow"), problem(504)], ids=str)
def test_a_slow_payment_provider_does_not_close_the_way_to_the_orders(trouble: Reply, breaker: Breaker) -> None:
    server = Prepared(*[trouble] * 2 * LEAST, httpx.Response(200, json={}), breaker=breaker)
    for _ in range(2 * LEAST):
        with pytest.raises(NoAnswer):
            server.api.payments.execute("o1", "p1", "a1")
    server.api.orders.get("o1")


def test_a_channel_that_cannot_be_sent_does_not_close_the_way_for_the_others(breaker: Breaker) -> None:
    server = Prepared(httpx.LocalProtocolError("Illegal header value"), breaker=breaker)
    for _ in range(2 * LEAST):
        assert "cannot be written as HTTP" in str(fails(server.api))
    assert len(server.requests) == 2 * LEAST


def endless() -> Iterator[bytes]:
    while True:
        yield b" " * 1_000_000


class Stream(httpx.SyncByteStream):
    def __init__(self) -> None:
        self.given = 0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in endless():
            self.given += len(chunk)
            yield chunk

    def close(self) -> None:
        self.closed = True


def test_a_body_of_more_than_30_mb_is_refused_and_not_read_to_its_end() -> None:
    stream = Stream()
    api = over(lambda request: httpx.Response(200, stream=stream))
    with pytest.raises(BadAnswer, match="larger than 30 MB"):
        api.orders.list()
    assert stream.given <= transport.LARGEST_BODY + 1_000_000
    assert stream.closed


def test_a_body_that_unpacks_to_more_than_30_mb_is_refused() -> None:
    packed = gzip.compress(b" " * (transport.LARGEST_BODY + 1))
    api = over(lambda request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=packed))
    with pytest.raises(BadAnswer, match="larger than 30 MB"):
        api.orders.list()


def test_a_too_large_answer_to_a_change_may_have_happened() -> None:
    api = over(lambda request: httpx.Response(200, stream=Stream()))
    with pytest.raises(BadAnswer) as caught:
        api.payments.execute("o1", "p1", "a1")
    assert caught.value.may_have_happened is True


def over(handler: Callable[[httpx.Request], httpx.Response]) -> OrderApi:
    return OrderApi(Connection(BASE, Secret(TOKEN), transport=httpx.MockTransport(handler)), "norce", "se")


def test_each_call_is_one_line_of_log_without_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="order_api")
    server = Prepared(page(), problem(404))
    server.api.orders.list(search="anna@example.com", billing_phones=["0701234567"])
    with pytest.raises(ApiError):
        server.api.orders.get("o_secretly_long")
    lines = [record.getMessage() for record in caplog.records if record.name == "order_api"]
    ids = [request.headers["x-request-id"] for request in server.requests]
    assert [line.split()[:3] for line in lines] == [["GET", "orders", "200"], ["GET", "orders/{order_id}", "404"]]
    assert [line.split()[-1] for line in lines] == ids


def test_a_call_without_an_answer_is_logged_by_what_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="order_api")
    with pytest.raises(NoAnswer) as caught:
        Prepared(httpx.ReadTimeout("slow")).api.orders.delete("o1")
    [line] = [record.getMessage() for record in caplog.records if record.name == "order_api"]
    assert line.startswith("DELETE orders/{order_id} NoAnswer ")
    assert line.endswith(caught.value.request_id)


REPLIES: list[Reply] = [
    page(),
    problem(401, "unauthorized", f"The token {TOKEN} is wrong"),
    httpx.Response(500, text=f"Authorization: Bearer {TOKEN}"),
    httpx.Response(400, html=f"<title>Bearer {TOKEN}</title>"),
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("slow"),
]


@pytest.mark.parametrize("reply", REPLIES, ids=str)
def test_the_token_is_in_no_log_and_in_no_error(reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = Prepared(reply)
    text = repr([server.connection, server.api, server.api.orders, vars(server.connection)])
    try:
        server.api.orders.list()
        server.api.payments.execute("o1", "p1", "a1")
    except ApiError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        text += f"{error!r} {error} {vars(error)}" + "".join(shown.format())
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in text
    assert TOKEN not in caplog.text


def test_a_secret_is_shown_nowhere() -> None:
    secret = Secret(TOKEN)
    assert TOKEN not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == TOKEN
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("token", ["with\nnewline", "with å", " with space ", "tab\t"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_repeated(token: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent") as caught:
        Secret(token)
    assert token.strip() not in str(caught.value)


def test_a_token_that_is_a_word_does_not_eat_the_word() -> None:
    server = Connection(
        BASE, Secret("sandbox"), transport=httpx.MockTransport(lambda r: problem(400, "x", "The sandbox says no."))
    )
    with pytest.raises(Rejected, match="The sandbox says no"):
        OrderApi(server, "norce", "se").orders.get("o1")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "orders.example",
        "ftp://orders.example",
        "http://[::1",
        "https://x.example/?a=1",
        "https://",
        "https://\u2603.\u2603",
    ],
)
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Connection(address, Secret(TOKEN))


def test_the_proxy_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(Unavailable, match="connection refused"):
        OrderApi(Connection("http://orders.invalid/order", Secret(TOKEN)), "norce", "se").orders.get("o1")


def test_redirects_are_not_followed() -> None:
    server = Prepared(httpx.Response(307, headers={"Location": "https://elsewhere.example/"}))
    with pytest.raises(BadAnswer):
        server.api.orders.get("o1")
    assert len(server.requests) == 1
