"""While the Order API does not answer, pages show what this process last read, and say from when it is."""

import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from gateway import connection
from gateway.in_process import answer
from gateway.last_read import PATIENCE, SLOW, LastRead, Memory
from order_api.call import Answer, Call
from order_api.deadline import remaining
from order_api.errors import Unavailable
from tests.conftest import ClientOf
from tests.orders.orders_in_the_sandbox import an_order, put
from tests.orders.pages import text_of

pytestmark = pytest.mark.django_db

PAGE, SAYS = "/norce/se/orders/o_one/", "What you see was read"
HTMX = {"HX-Request": "true", "HX-Target": "orders", "X-Problem-Target": "#problem"}


def silence(*_request: Any) -> Any:
    raise TimeoutError


def bad_gateway(*_request: Any) -> Any:
    return 502, [("Content-Type", "text/html")], b"<html><title>Bad gateway</title>"


def proxys_page(*_request: Any) -> Any:
    return 200, [("Content-Type", "text/html")], b"<html><title>Sign in to the network</title>"


@pytest.fixture(autouse=True)
def fresh(fresh_connections: None) -> None:
    """What other tests read is not remembered here, nor a breaker that they opened."""


@pytest.fixture
def desk(client_of: ClientOf, support: User) -> Client:
    put(an_order("one", reference="SE-1001"))
    return client_of(support)


@pytest.mark.parametrize("outage", [silence, bad_gateway, proxys_page])
@pytest.mark.parametrize("page", ["/norce/se/orders/", PAGE, f"{PAGE}raw/"])
def test_a_page_that_was_read_before_stays_and_says_from_when_it_is(
    desk: Client, page: str, outage: Callable[..., Any]
) -> None:
    with time_machine.travel("2026-11-20T08:41:00Z", tick=False):
        assert SAYS not in text_of(desk.get(page, follow=True))
    with time_machine.travel("2026-11-20T09:00:00Z", tick=False), mock.patch("gateway.connection.answer", outage):
        _forget_the_connection()
        response = desk.get(page, follow=True)
    text = text_of(response)
    assert response.status_code == 200 and "SE-1001" in text
    assert f"{SAYS} Today 09:41" in text and "It is tried again by itself" in text


def test_what_was_never_read_is_said_not_to_have_been(desk: Client) -> None:
    with mock.patch("gateway.connection.answer", silence):
        _forget_the_connection()
        response = desk.get(PAGE)
    text = text_of(response)
    assert response.status_code == 503 and "This was only a look: nothing was to be changed." in text
    assert "It is tried again by itself" in text


def test_a_part_of_a_page_is_never_older_than_what_is_on_the_screen(desk: Client) -> None:
    desk.get("/norce/se/orders/", headers=HTMX)
    with mock.patch("gateway.connection.answer", silence):
        _forget_the_connection()
        response = desk.get("/norce/se/orders/", headers=HTMX)
    assert response.status_code == 503 and response["HX-Retarget"] == "#problem"


def test_no_change_rests_on_what_was_read_before(desk: Client, client_of: ClientOf, admin: User) -> None:
    admins = client_of(admin)
    for page in (PAGE, f"{PAGE}billing/"):
        assert admins.get(page).status_code == 200
    with mock.patch("gateway.connection.answer", silence):
        _forget_the_connection()
        form, sent = admins.get(f"{PAGE}billing/"), admins.post(f"{PAGE}billing/", {"email": "a@b.se"})
    assert form.status_code == sent.status_code == 503
    assert "so nothing was sent" in text_of(sent) and "This was only a look" in text_of(form)


def test_nobody_is_shown_what_a_colleague_read_in_another_channel(
    desk: Client, client_of: ClientOf, manager: User
) -> None:
    desk.get(PAGE)
    other = client_of(manager)
    with mock.patch("gateway.connection.answer", silence):
        _forget_the_connection()
        assert other.get(PAGE.replace("/norce/se/", "/norce/no/")).status_code == 503


def test_an_order_that_is_gone_is_not_remembered(desk: Client) -> None:
    desk.get(PAGE)
    gone = 404, [("Content-Type", "application/json")], b'{"code":"order-not-found","message":"No."}'
    with mock.patch("gateway.connection.answer", lambda *_request: gone):
        _forget_the_connection()
        assert desk.get(PAGE).status_code == 404
    with mock.patch("gateway.connection.answer", silence):
        _forget_the_connection()
        assert desk.get(PAGE).status_code == 503


def test_a_page_that_waits_is_told_when_the_api_answers_again(desk: Client) -> None:
    with mock.patch("gateway.connection.answer", silence):
        _forget_the_connection()
        assert desk.get("/api-answers/").status_code == 204
    _forget_the_connection()
    response = desk.get("/api-answers/")
    assert "answers again" in response.content.decode() and "api-answers" in response["HX-Trigger-After-Swap"]


def test_the_memory_holds_so_many_bytes_and_lets_the_oldest_go() -> None:
    memory, calls = Memory(most_bytes=250), [Call("GET", "orders/{order_id}", {"order_id": f"o_{n}"}) for n in range(3)]

    class Sends:
        is_down = False

        def send(self, call: Call, _headers: dict[str, str]) -> Answer:
            if self.is_down:
                raise Unavailable("down", operation=call.operation)
            return Answer(call, "r", 200, b'"' + b"x" * 98 + b'"', "application/json")

    sends = Sends()
    for call in calls:
        LastRead(sends, memory).send(call, {})
    sends.is_down = True
    way = LastRead(sends, memory, is_shown=True)
    assert [len(way.send(call, {}).content) for call in calls[1:]] == [100, 100] and way.as_of
    with pytest.raises(Unavailable):
        way.send(calls[0], {})


def half_a_document(*request: Any) -> Any:
    status, headers, body = answer(*request)
    return status, headers, body[: len(body) // 2]


def throttled(*_request: Any) -> Any:
    return 429, [("Content-Type", "application/json"), ("Retry-After", "30")], b'{"code": "too-many", "message": "No."}'


@pytest.mark.parametrize(
    ("outage", "says"),
    [
        (silence, "The Order API does not answer."),
        (bad_gateway, "The Order API is not working right now."),
        (proxys_page, "What answered is not the Order API"),
        (half_a_document, "What answered is not the Order API"),
        (throttled, "The Order API is asked too much at the moment."),
    ],
)
def test_it_says_why_and_what_came_instead_is_never_what_was_last_read(
    desk: Client, outage: Callable[..., Any], says: str
) -> None:
    desk.get(PAGE)
    with mock.patch("gateway.connection.answer", outage):
        _forget_the_connection()
        for _ in range(2):
            response = desk.get(PAGE)
            assert response.status_code == 200 and SAYS in text_of(response) and says in text_of(response)


def test_nobody_waits_for_long_while_others_do_where_there_is_something_to_be_shown() -> None:
    call, left = Call("GET", "orders/{order_id}", {"order_id": "o_1"}), list[float]()

    class Sends:
        def send(self, call: Call, _headers: dict[str, str]) -> Answer:
            left.append(remaining(100.0))
            return Answer(call, "r", 200, b"{}", "application/json")

    memory = Memory()
    for is_shown, hangs, patience in (
        (True, True, 30.0), (False, True, 30.0), (True, True, None), (True, False, 30.0), (True, True, 30.0)
    ):  # fmt: skip
        way = LastRead(
            Sends(),
            memory,
            is_shown=is_shown,
            hangs=lambda _headers, hangs=hangs: hangs,  # type: ignore[misc]
            patience=patience,
        )
        way.send(call, {})
    assert left[:3] == [100.0] * 3, "nothing was read before, the page may not show it, somebody wants to wait"
    assert PATIENCE < left[3] <= 30.0, "it does not hang, as far as is known"
    assert left[4] <= PATIENCE


def test_an_earlier_answer_is_given_before_a_call_has_taken_all_its_time_and_says_that_it_takes_long() -> None:
    call = Call("GET", "orders/{order_id}", {"order_id": "o_1"})

    class Sends:
        takes_long = False

        def send(self, call: Call, _headers: dict[str, str]) -> Answer:
            if self.takes_long:
                time.sleep(remaining(60.0))
                raise Unavailable("it took too long", operation=call.operation)
            return Answer(call, "r", 200, b"{}", "application/json")

    sends, memory = Sends(), Memory()
    LastRead(sends, memory, patience=0.01).send(call, {})
    sends.takes_long = True
    way = LastRead(sends, memory, is_shown=True, patience=0.01)
    assert way.send(call, {}).content == b"{}" and (way.why, way.as_of is None) == (SLOW, False)


def test_whoever_asks_again_for_the_page_that_they_are_on_waits_for_it(desk: Client) -> None:
    address, given = f"http://testserver{PAGE}", list[float]()

    def waits(*request: Any) -> Any:
        given.append(remaining(100.0))
        return answer(*request)

    desk.get(PAGE)
    with mock.patch("gateway.connection.answer", waits):
        _forget_the_connection()
        for referrer in ("http://testserver/norce/se/orders/", address):
            desk.get(PAGE, headers={"Referer": referrer})
    assert given[0] <= connection.soon() < given[1]


def _forget_the_connection() -> None:
    """A new connection to what now answers, with the memory of the old one."""
    kept = {key: made for key, made in connection._connections.items() if isinstance(made, Memory)}
    connection._connections.clear()
    connection._connections.update(kept)


@pytest.mark.parametrize(
    "page", ["/norce/se/orders/?search=SE-1001&status=accepted", "/norce/se/orders/find/?search=SE-1001"]
)
def test_a_list_that_was_never_read_keeps_its_search_tabs_and_filters(desk: Client, page: str) -> None:
    with mock.patch("gateway.connection.answer", silence):
        _forget_the_connection()
        response = desk.get(page, follow=True)
    html = response.content.decode()
    assert response.status_code == 503 and 'value="SE-1001"' in html and 'id="filter-panel"' in html
    assert "does not answer" in text_of(response) and "It is tried again by itself" in text_of(response)
