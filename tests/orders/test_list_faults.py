"""The list of orders while the Order API is out of order."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

import dashboard.urls  # noqa: F401 - made before a test takes the sandbox away, for those after it
from tests.conftest import ClientOf
from tests.orders.pages import HTMX, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    return client_of(support)


@pytest.fixture
def outage(settings: Settings) -> None:
    """The Order API is somewhere where nobody listens."""
    settings.SANDBOX = False
    settings.ORDER_API_URL = "http://127.0.0.1:9"
    settings.ORDER_API_TOKEN = "a-token-that-nobody-may-see"


@pytest.mark.usefixtures("outage")
@pytest.mark.parametrize(
    "url", ["/norce/se/orders/", "/norce/se/orders/find/?search=SE-1", "/norce/se/orders/find/?search=o_aaaaaaaa"]
)
def test_an_api_that_is_down_is_a_page_with_a_next_step(desk: Client, url: str) -> None:
    answer = desk.get(url)
    assert answer.status_code == 503
    assert "The Order API does not answer" in text_of(answer)
    assert "Try again" in text_of(answer)
    assert "a-token-that-nobody-may-see" not in answer.content.decode()


@pytest.fixture
def answering(settings: Settings) -> Iterator[Callable[[int], None]]:
    """`answering(502)`: from now on whoever is asked for orders answers with that status and a page of HTML."""
    statuses = [200]

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses[-1])
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html><title>Sorry</title></html>")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SANDBOX = False
    settings.ORDER_API_URL = f"http://127.0.0.1:{server.server_port}/checkout/order"
    settings.ORDER_API_TOKEN = "a-token-that-nobody-may-see"
    yield statuses.append
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (429, "The Order API is asked too much at the moment."),
        (500, "The Order API is not working right now."),
        (502, "The Order API is not working right now."),
        (503, "The Order API is not working right now."),
    ],
)
def test_an_api_that_answers_with_a_fault_is_not_said_to_be_silent(
    desk: Client, answering: Callable[[int], None], status: int, says: str
) -> None:
    answering(status)
    words = text_of(desk.get("/norce/se/orders/"))
    assert says in words
    assert "does not answer" not in words
    assert "already on the screen" not in words
    assert "What is already on the screen stays as it was" in text_of(desk.get("/norce/se/orders/", headers=HTMX))


@pytest.mark.usefixtures("outage")
def test_an_api_that_is_down_leaves_the_rows_where_they_are(desk: Client) -> None:
    answer = desk.get("/norce/se/orders/?status=completed", headers={**HTMX, "X-Problem-Target": "#problem"})
    assert answer.status_code == 503
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Push-Url"]) == ("#problem", "false")
    assert "<html" not in answer.content.decode()


def test_a_list_that_comes_back_takes_the_words_of_the_outage_away(desk: Client) -> None:
    assert (
        '<div hx-swap-oob="innerHTML:#problem"></div>' in desk.get("/norce/se/orders/", headers=HTMX).content.decode()
    )


def test_a_token_that_is_refused_names_who_has_to_look(desk: Client, settings: Settings) -> None:
    settings.ORDER_API_TOKEN = "another"
    answer = desk.get("/norce/se/orders/")
    assert answer.status_code == 403
    assert "ORDER_API_TOKEN" in text_of(answer)
