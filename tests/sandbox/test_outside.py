"""Calls to the outside: where they may go, and that they go nowhere else."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import pytest
from pytest_django import Settings

from sandbox import delivery, outside, sending
from tests.sandbox.conftest import Caller, an_order, refused

REGISTRATIONS: list[tuple[str, str, Any]] = [
    ("POST", "/validations", lambda url: {"adapterId": "a", "url": url}),
    ("POST", "/hooks", lambda url: {"adapterId": "a", "subscribeTo": "/reference", "invoke": url}),
    ("POST", "/notifications", lambda url: {"adapterId": "a", "invoke": url}),
]


class Far(BaseHTTPRequestHandler):
    """A server of somebody else's: `/redirect` points to `/ok`, `/hang` never answers."""

    calls: list[tuple[str, bytes]] = []
    released = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.append((self.path, body))
        if self.path == "/hang":
            self.released.wait(10)
        self.send_response({"/redirect": 302, "/no": 400}.get(self.path, 200))
        if self.path == "/redirect":
            self.send_header("Location", "/ok")
        self.end_headers()
        self.wfile.write(b'[{"code": "out-of-stock"}]' if self.path == "/no" else b"")

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def far(settings: Settings) -> Iterator[str]:
    """The address of another server, which the settings allow to be called."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Far)
    Far.calls.clear()
    Far.released.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SANDBOX_CALLBACK_HOSTS = [f"127.0.0.1:{server.server_port}"]
    yield f"http://127.0.0.1:{server.server_port}"
    Far.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "nonsense",
        "/checkout/adapters/a/hooks/approve",
        "ftp://testserver/x",
        "file:///etc/passwd",
        "http://",
        "http://testserver:port/x",
        "http://testserver/x\r\nHost: other.example",
        "http://[::1/x",
        "{configuration.secret}/x",
    ],
)
@pytest.mark.parametrize(("method", "path", "body"), REGISTRATIONS)
def test_what_is_no_address_is_refused_as_it_is_registered(
    api: Caller, method: str, path: str, body: Any, url: str | None
) -> None:
    order = api.created()
    refused(api.call(method, order + path, body(url)), 400, "order-bad-request")
    assert api.order(order)[path[1:]] == []


ELSEWHERE = (
    "http://other.example/x",
    "http://testserver.other.example/x",
    "http://testserver@other.example/x",
    "http://169.254.169.254/latest/meta-data",
    "https://norce-adapter.checkout.playground.internal.norce.tech/api/v1/orders/{order_id}/state-changed",
)


@pytest.fixture
def no_way_out() -> Iterator[None]:
    """Nothing can leave this process: whoever tries fails the test."""
    with mock.patch.object(sending, "post", side_effect=AssertionError("a call to the outside")):
        yield


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize(("method", "path", "body"), REGISTRATIONS)
def test_a_receiver_anywhere_is_registered_as_the_api_registers_it(
    api: Caller, no_way_out: None, method: str, path: str, body: Any, url: str
) -> None:
    order = api.created()
    assert api.call(method, order + path, body(url)).status_code == 200
    assert url in api.order(order)[path[1:]][0].values()


@pytest.mark.parametrize("url", ELSEWHERE)
def test_a_hook_that_may_not_be_called_refuses_the_change_as_a_dead_one_does(
    api: Caller, no_way_out: None, url: str
) -> None:
    order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": url}]))
    message = refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert "are not allowed here; SANDBOX_CALLBACK_HOSTS lists" in message
    assert "reference" not in api.order(order)


def test_a_validation_that_may_not_be_called_speaks_against_the_order(api: Caller, no_way_out: None) -> None:
    order, _ = api.paid()
    api.post(f"{order}/validations", {"adapterId": "onhand", "url": "https://other.example/validate"})
    answer = api.post(f"{order}/validate")
    assert answer.status_code == 400
    assert answer.data == [{"code": "order-unknown-validation-error", "adapterId": "onhand"}]


def test_a_notification_that_may_not_be_sent_is_a_failed_delivery_in_the_log(api: Caller, no_way_out: None) -> None:
    order = api.created(an_order(notifications=[{"scope": "/reference", "invoke": "https://other.example/{order.id}"}]))
    assert api.put(f"{order}/reference", "R").status_code == 200
    for minutes in (1, 2, 3):
        delivery.let_pass(minutes)
    (event,) = api.call("GET", f"?order_id={order[1:]}", base="/checkout/notification/api/v1/events").data["data"]
    assert event["state"] == "failed"
    assert event["url"] == f"https://other.example{order}"
    assert {attempt["error"] for attempt in event["attempts"]} == {
        "no answer: calls to other.example are not allowed here; SANDBOX_CALLBACK_HOSTS lists the hosts that may be "
        "called"
    }


def test_an_action_that_may_not_be_called_is_a_500_in_words(api: Caller, no_way_out: None) -> None:
    _, payment = api.paid("intent")
    url = "https://other.example/api/order/v1/orders/{order_id}/payments/{payment_id}/capture"
    assert api.post(f"{payment}/actions", [{"adapterId": "a", "type": "capture", "url": url}]).status_code == 200
    (action,) = api.get(payment).data["actions"]
    assert action["url"] == url
    message = refused(api.post(f"{payment}/actions/{action['id']}/execute"), 500, "payment-error")
    assert message.startswith("a did not capture: no answer: calls to other.example are not allowed here")


@pytest.mark.parametrize(
    "url",
    [
        f"{{{word}.adapter.{side}Url}}/hooks/approve?{order}"
        for word in ("config", "configuration")
        for side in ("public", "internal")
        for order in ("{order.id}", "{order_id}", "{orderId}")
    ],
)
def test_the_templates_of_both_versions_are_filled_in(api: Caller, url: str) -> None:
    order = api.created(an_order(hooks=[{"adapterId": "a", "subscribeTo": "/reference", "invoke": url}]))
    assert api.put(f"{order}/reference", "R").status_code == 200
    filled = outside.filled(url, order[1:], "a")
    assert filled == f"http://sandbox.invalid/checkout/adapters/a/hooks/approve?{order[1:]}"


@pytest.mark.parametrize("payment", ["{payment_id}", "{payment.id}", "{paymentId}"])
def test_the_address_of_an_action_may_name_its_payment(api: Caller, far: str, payment: str) -> None:
    _, path = api.paid("intent")
    api.post(f"{path}/actions", [{"adapterId": "a", "type": "extend", "url": f"{far}/{payment}"}])
    (action,) = api.get(path).data["actions"]
    assert api.post(f"{path}/actions/{action['id']}/execute").status_code == 200
    assert [called for called, _ in Far.calls] == [f"/{path.rpartition('/')[2]}"]


def test_a_template_that_nothing_here_can_fill_in_fails_when_it_is_called(api: Caller, no_way_out: None) -> None:
    url = "{config.adapter.publicUrl}/{basket.id}"
    order = api.created(an_order(hooks=[{"adapterId": "a", "subscribeTo": "/reference", "invoke": url}]))
    message = refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert "{basket.id} is a template that nothing here can fill in" in message


def test_the_embedded_adapters_are_always_within_reach(api: Caller) -> None:
    sent = {"adapterId": "a", "subscribeTo": "/cart", "invoke": "{configuration.adapter.internalUrl}/hooks/approve"}
    assert api.post(api.created() + "/hooks", sent).status_code == 200


def test_a_listed_host_is_called_over_the_network(api: Caller, far: str) -> None:
    order = api.created(
        an_order(hooks=[{"adapterId": "a", "subscribeTo": "/reference", "invoke": f"{far}/{{order_id}}"}])
    )
    assert api.put(f"{order}/reference", "R").status_code == 200
    ((path, body),) = Far.calls
    assert path == order
    assert b'"reference":"R"' in body


def test_a_redirect_is_not_followed(api: Caller, far: str) -> None:
    order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": f"{far}/redirect"}]))
    assert "302" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert [path for path, _ in Far.calls] == ["/redirect"]


def test_a_host_that_does_not_answer_in_time_is_no_approval(api: Caller, far: str, settings: Settings) -> None:
    settings.SANDBOX_CALL_SECONDS = 0.2
    order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": f"{far}/hang"}]))
    assert "no answer within 0.2 seconds" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")


def drip(client: socket.socket) -> None:
    """An answer that would take half a minute, a byte each tenth of a second; `Drips.sent` counts them."""
    client.recv(65536)
    start, each = Drips.of
    try:
        client.sendall(start)
        for _ in range(300):
            client.sendall(each)
            Drips.sent += 1
            time.sleep(0.1)
    except OSError:
        return


class Drips:
    of = (b"", b"")
    sent = 0


@pytest.mark.parametrize(
    "drips",
    [
        (b"HTTP/1.1 200 ", b"O"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 400 No\r\n\r\n", b" "),
    ],
    ids=["status line", "header", "headers", "body", "chunks", "refusal"],
)
def test_a_host_that_drips_is_no_approval_either(api: Caller, settings: Settings, drips: tuple[bytes, bytes]) -> None:
    """Each byte comes in time; the limit is for all of them."""
    Drips.of, Drips.sent = drips, 0
    settings.SANDBOX_CALL_SECONDS = 0.5
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: drip(server.accept()[0]), daemon=True)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        settings.SANDBOX_CALLBACK_HOSTS = [address]
        order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": f"http://{address}/x"}]))
        assert "no answer within 0.5 seconds" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
        assert Drips.sent < 150
        thread.join(60)


def test_an_answer_that_is_no_http_is_no_approval(api: Caller, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].sendall(b"SSH-2.0-OpenSSH\r\n"), daemon=True)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        settings.SANDBOX_CALLBACK_HOSTS = [address]
        order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": f"http://{address}/x"}]))
        assert "no answer" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
        thread.join(20)


def test_all_hooks_of_a_change_have_a_time_together(api: Caller, far: str, settings: Settings) -> None:
    """Twenty of them, five seconds each, would outlast whoever waits for the change."""
    settings.SANDBOX_CALLBACKS_SECONDS = 0.0
    order = api.created(an_order(hooks=[{"adapterId": "a", "subscribeTo": "/reference", "invoke": f"{far}/ok"}]))
    assert "took too long" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert Far.calls == []
    settings.SANDBOX_CALLBACKS_SECONDS = 20.0
    assert api.put(f"{order}/reference", "R").status_code == 200


def test_all_validations_of_an_order_have_a_time_together(api: Caller, far: str, settings: Settings) -> None:
    settings.SANDBOX_CALLBACKS_SECONDS = 0.0
    order, _ = api.paid("reserved")
    api.post(f"{order}/validations", {"adapterId": "a", "url": f"{far}/ok"})
    errors = api.post(f"{order}/validate").data
    assert [error["code"] for error in errors] == ["order-unknown-validation-error"]
    assert Far.calls == []
    settings.SANDBOX_CALLBACKS_SECONDS = 20.0
    assert api.post(f"{order}/validate").status_code == 200


def test_a_host_that_is_not_there_is_no_approval(api: Caller, settings: Settings) -> None:
    settings.SANDBOX_CALLBACK_HOSTS = ["127.0.0.1:1"]
    order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": "http://127.0.0.1:1/x"}]))
    assert "no answer" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")


def test_a_host_that_is_no_longer_listed_is_not_called(api: Caller, far: str, settings: Settings) -> None:
    order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": f"{far}/ok"}]))
    settings.SANDBOX_CALLBACK_HOSTS = []
    settings.ALLOWED_HOSTS = ["testserver"]
    assert "not allowed" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")
    assert Far.calls == []


def test_own_addresses_outside_the_sandbox_are_not_called(api: Caller) -> None:
    order = api.created(an_order(hooks=[{"subscribeTo": "/reference", "invoke": "http://testserver/accounts/login/"}]))
    assert "404" in refused(api.put(f"{order}/reference", "R"), 400, "order-hook-rejected")


def test_an_order_that_validates_itself_ends_in_a_refusal(api: Caller) -> None:
    order = api.created()
    api.post(f"{order}/payments", {"amount": 100})
    itself = f"http://testserver/checkout/order/api/v0/checkout/orders{order}/validate"
    api.post(f"{order}/validations", {"adapterId": "a", "url": itself})
    answer = api.post(f"{order}/validate")
    assert (answer.status_code, [error["adapterId"] for error in answer.data]) == (400, ["a"])


def test_the_token_of_the_api_stays_in_the_house(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> outside.Answer:
        sent.append(headers)
        return outside.Answer(200)

    monkeypatch.setattr(outside, "post", post)
    _, payment = api.paid("intent")
    api.post(f"{payment}/actions", [{"adapterId": "a", "type": "t", "url": "http://testserver/checkout/adapters/a/x"}])
    api.post(f"{payment}/actions/{api.get(payment).data['actions'][0]['id']}/execute")
    assert [name for headers in sent for name in headers if name.lower() == "authorization"] == []
    assert len(sent) == 1
