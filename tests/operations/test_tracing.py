"""Traces: told to whom the setting names, by the names of pages and operations, with nothing of anybody in them."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from pytest_django import Settings

from operations import tracing
from tests.conftest import ClientOf
from tests.orders import documents
from tests.test_serve import served

ROOT = Path(__file__).resolve().parents[2]
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Receiver:
    """An OTLP receiver on this machine."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200 if self.path == "/v1/traces" else 404)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self) -> list[Span]:
        told = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [span for each in told for of in each.resource_spans for scope in of.scope_spans for span in scope.spans]

    @property
    def processes(self) -> set[str]:
        told = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return {str(of.resource) for each in told for of in each.resource_spans}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    it = Receiver()
    thread = threading.Thread(target=it.server.serve_forever)
    thread.start()
    yield it
    it.server.shutdown()
    thread.join()
    it.server.server_close()


@pytest.fixture
def traced(receiver: Receiver, settings: Settings, db: None) -> Iterator[Receiver]:
    """This process tells that receiver."""
    settings.OTEL_ENDPOINT = receiver.url
    tracing.start()
    connection.execute_wrappers.append(tracing._statement)  # this thread's connection was there before
    yield receiver
    connection.execute_wrappers.remove(tracing._statement)
    tracing.end()


def facts(span: Span) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_is_told_with_its_calls_and_statements_under_one_id(
    traced: Receiver, support: User, client_of: ClientOf
) -> None:
    order_id = documents.put(documents.order())
    client = client_of(support)
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "from-the-proxy-1"}
    assert client.get(f"/norce/se/orders/{order_id}/", headers=headers).status_code == 200
    tracing.end()
    (page,) = (span for span in traced.spans if span.name == "GET order-detail")
    assert (page.trace_id.hex(), page.parent_span_id.hex()) == (TRACE, PARENT)
    assert facts(page)["http.response.status_code"] == 200
    assert facts(page)["http.route"] == "<channel:channel>/orders/<str:order_id>/"
    assert facts(page)["orderdesk.request_id"] == "from-the-proxy-1"
    within = [span for span in traced.spans if span.parent_span_id == page.span_id]
    (call,) = (span for span in within if span.name == "GET orders/{order_id}")
    assert (facts(call)["orderdesk.request_id"], facts(call)["orderdesk.outcome"]) == ("from-the-proxy-1", "200")
    assert call.start_time_unix_nano >= page.start_time_unix_nano
    assert {facts(span).get("db.operation.name") for span in within} >= {"SELECT"}


def test_nothing_of_an_order_a_person_or_a_search_is_told(traced: Receiver, support: User, client_of: ClientOf) -> None:
    order_id = documents.put(documents.order())
    client = client_of(support)
    client.get(f"/norce/se/orders/{order_id}/")
    client.get("/norce/se/orders/?search=asa.lindqvist@example.com&billing_names=Lindqvist")
    client.get("/norce/se/nowhere/asa.lindqvist@example.com/")
    client.post("/accounts/login/", {"login": "lindqvist", "password": "correct horse"})
    tracing.end()
    told = b"".join(traced.bodies)
    assert len(traced.spans) > 10
    for secret in (order_id, "lindqvist", "example.com", "correct horse", "support", "norce/se", "FROM"):
        assert secret.encode() not in told, secret


def test_what_goes_wrong_is_told_by_its_kind_alone(
    traced: Receiver, support: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("asa@example.com has no such thing")

    monkeypatch.setattr("teamwork.views.render_page", broken)
    client = client_of(support)
    client.raise_request_exception = False
    assert client.get("/queue/").status_code == 500
    tracing.end()
    (page,) = (span for span in traced.spans if span.name == "GET queue-list")
    assert page.status.code == 2 and not page.events and b"asa@" not in b"".join(traced.bodies)


@pytest.mark.django_db
def test_without_the_setting_nothing_is_told_and_nothing_of_it_is_loaded(receiver: Receiver) -> None:
    tracing.start()
    assert Client().get("/accounts/login/").status_code == 200
    tracing.end()
    assert receiver.bodies == []
    asks = "import django, sys; django.setup(); import operations.requests; print('opentelemetry' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"DJANGO_SETTINGS_MODULE": "dashboard.settings", "PATH": ""},
    )  # fmt: skip
    assert said.stdout.strip() == "False"


def test_the_setting_without_its_packages_is_refused_in_a_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OTEL_ENDPOINT = "http://127.0.0.1:4318"
    assert not [each for each in run_checks() if each.id == "operations.E001"]
    monkeypatch.setattr(tracing, "find_spec", lambda _name: None)
    (wrong,) = (each for each in run_checks() if each.id == "operations.E001")
    assert "requirements-otel.txt" in str(wrong.msg) and (ROOT / "requirements-otel.txt").exists()


@pytest.mark.django_db
def test_a_receiver_that_is_not_there_keeps_nobody_waiting(settings: Settings) -> None:
    settings.OTEL_ENDPOINT = "http://127.0.0.1:9"
    tracing.start()
    assert Client().get("/accounts/login/").status_code == 200
    tracing.end()


@pytest.mark.slow
def test_each_process_that_serves_tells_for_itself_and_what_is_left_as_it_ends(
    data_dir: Path, receiver: Receiver
) -> None:
    with served(data_dir, WEB_CONCURRENCY="2", OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url) as port:
        for _ in range(20):
            with urlopen(Request(f"http://127.0.0.1:{port}/accounts/login/")) as answer:
                assert answer.status == 200
    pages = [span for span in receiver.spans if span.name == "GET account_login"]
    assert len(pages) >= 20 and len({span.trace_id for span in pages}) == len(pages)
