"""`manage.py order_api_check`: one line a channel that tells an operator what to look at."""

import logging
import socket
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from tests.order_api.servers import TOKEN, listening


def check() -> tuple[list[str], str]:
    """The lines after the first one, and what the command ends with."""
    out = StringIO()
    ends = ""
    try:
        call_command("order_api_check", stdout=out, no_color=True)
    except CommandError as error:
        ends = str(error)
    return out.getvalue().splitlines()[1:], ends


@pytest.fixture
def real(settings: Settings) -> Settings:
    settings.SANDBOX = False
    settings.ORDER_API_TOKEN = TOKEN
    settings.ORDER_API_CHANNELS = ["norce/se"]
    settings.ORDER_API_READ_TIMEOUT = 0.3
    return settings


def answers(status: str, body: str, kind: str = "application/json") -> Callable[[socket.socket], None]:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return lambda client: client.sendall((head + body).encode())


def test_a_channel_that_works_says_how_many_orders_it_has(real: Settings) -> None:
    with listening(answers("200 OK", '{"data": [], "pagination": {"totalSize": 1204}}')) as (url, seen):
        real.ORDER_API_URL = url
        lines, ends = check()
    assert ends == ""
    assert len(lines) == 1
    assert lines[0].startswith("norce/se: ok, 1204 orders, ")
    assert b"limit=1&offset=0" in seen[0]


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (
            "401 Unauthorized",
            '{"code": "unauthorized", "message": "No."}',
            "application/json",
            ("No. (unauthorized)", "check ORDER_API_TOKEN"),
        ),
        (
            "400 Bad Request",
            '{"code": "order-bad-request", "message": "Unknown channel."}',
            "application/json",
            ("Unknown channel. (order-bad-request)", "knows this merchant and channel"),
        ),
        (
            "404 Not Found",
            "<html><title>nginx</title></html>",
            "text/html",
            ("an HTML page, “nginx”", "not the Order API"),
        ),
        ("200 OK", "<html><title>Log in</title></html>", "text/html", ("an HTML page, “Log in”", "not the Order API")),
        ("200 OK", "", "application/json", ("an empty body",)),
        (
            "500 Oops",
            '{"code": "internal-server-error", "message": "Oops."}',
            "application/json",
            ("Oops. (internal-server-error);", "try again in a few minutes"),
        ),
        ("302 Found", "", "text/html", ("a redirect to another address (status 302)", "check ORDER_API_URL")),
        ("302 Found", "<html>moved</html>", "text/html", ("a redirect to another address (status 302)",)),
        ("429 Too Many Requests", "", "text/plain", ("asked too much at the moment;", "wait a minute")),
        (
            "502 Bad Gateway",
            "<html><title>nginx</title></html>",
            "text/html",
            ("“nginx”, (status 502);", "try again in a few minutes"),
        ),
        (
            "404 Not Found",
            '{"code": "not-found", "message": "No such path."}',
            "application/json",
            ("No such path.", "ends in /checkout/order"),
        ),
    ],
)
def test_a_channel_that_does_not_work_says_why(
    real: Settings, status: str, body: str, kind: str, says: tuple[str, ...]
) -> None:
    with listening(answers(status, body, kind)) as (url, _):
        real.ORDER_API_URL = url
        lines, ends = check()
    assert ends == "1 of 1 channels do not work."
    assert len(lines) == 1
    for words in says:
        assert words in lines[0]
    assert ".;" not in lines[0]
    assert TOKEN not in lines[0]


def test_the_log_of_the_client_does_not_stand_between_the_lines(
    real: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client = logging.getLogger("order_api")
    with caplog.at_level(logging.INFO), listening(answers("200 OK", '{"data": []}')) as (url, _):
        real.ORDER_API_URL = url
        assert check()[1] == ""
        assert [record for record in caplog.records if record.name == "order_api"] == []
    assert client.level == logging.NOTSET


def test_silence_says_that_it_took_too_long(real: Settings) -> None:
    def wait(client: socket.socket) -> None:
        client.settimeout(5)
        client.recv(1)

    with listening(wait) as (url, _):
        real.ORDER_API_URL = url
        [line], _ends = check()
    assert "did not answer: it took too long" in line


def test_a_closed_port_says_so(real: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        real.ORDER_API_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
    [line], ends = check()
    assert "connection refused" in line
    assert "check ORDER_API_URL" in line
    assert ends == "1 of 1 channels do not work."


def test_every_channel_is_tried_and_a_malformed_one_is_named(real: Settings) -> None:
    real.ORDER_API_CHANNELS = ["norce/se", "norce", "a/b/c", "", "norce/no"]
    with listening(answers("200 OK", '{"data": []}')) as (url, seen):
        real.ORDER_API_URL = url
        lines, ends = check()
    assert [line.split(":")[0] for line in lines] == ["norce/se", "norce", "a/b/c", "(empty)", "norce/no"]
    assert all("write merchant/channel" in line for line in lines[1:4])
    assert lines[0].endswith("it does not say how many orders")
    assert ends == "3 of 5 channels do not work."
    assert [b"x-channel: no" in request for request in seen] == [False, True]


def test_no_channel_at_all_is_an_error(real: Settings) -> None:
    real.ORDER_API_URL = "http://127.0.0.1:9"
    real.ORDER_API_CHANNELS = []
    assert check()[1].startswith("ORDER_API_CHANNELS names no channel")


def test_an_address_that_is_none_is_said_in_one_sentence(real: Settings) -> None:
    real.ORDER_API_URL = "orders.example"
    assert check()[1].startswith("'orders.example' is no address of an API")


@pytest.mark.django_db
def test_the_embedded_api_works_without_any_setting() -> None:
    lines, ends = check()
    assert ends == ""
    assert [line.split(":")[0] for line in lines] == [
        "norce/se",
        "norce/no",
        "norce/dk",
        "nordlys/de",
        "nordlys/fi",
        "nordlys/nl",
    ]
    assert all(": ok, 0 orders, " in line for line in lines)
