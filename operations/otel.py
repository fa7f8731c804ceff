"""What of `operations.tracing` needs OpenTelemetry's packages, which are an extra."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ui import request_ids

SECONDS = 5
"""For what was not told yet, at the end; and for one try to tell."""
BAD = 500
REQUEST_ID = "orderdesk.request_id"
_WORD = re.compile(r"[A-Z]{1,20}")


def first_word(sql: str) -> str:
    """Of a statement, as in SELECT."""
    found = _WORD.match(sql.lstrip()[:20].upper())
    return found[0] if found else "SQL"


class Tracing:
    """Tells an OTLP receiver over HTTP, in bundles, from a thread of its own: nobody waits for it."""

    def __init__(self, endpoint: str, version: str) -> None:
        """`endpoint` as OTEL_EXPORTER_OTLP_ENDPOINT has it; headers and the like are read from the environment."""
        about = Resource.create({"service.name": "order-desk", "service.version": version})
        self._provider = TracerProvider(resource=about)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("orderdesk", version)

    def end(self) -> None:
        self._provider.force_flush(SECONDS * 1000)
        self._provider.shutdown()

    @contextmanager
    def answering(self, headers: Mapping[str, str]) -> Iterator[Callable[[str, str, int, str], None]]:
        """A request; it goes on with the trace of whoever sent it, by `traceparent`."""
        given = {"traceparent": headers.get("Traceparent", "")}
        before = TraceContextTextMapPropagator().extract(given)
        with self._tracer.start_as_current_span(
            "request", before, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:

            def tell(view: str, method: str, status: int, route: str) -> None:
                span.update_name(f"{method} {view}")
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.response.status_code", status)
                span.set_attribute("http.route", route)
                span.set_attribute(REQUEST_ID, request_ids.current())
                if status >= BAD:
                    span.set_status(Status(StatusCode.ERROR))

            yield tell

    def call(self, operation: str, outcome: str, seconds: float) -> None:
        """A call to the Order API, or to a service beside it, that has ended now."""
        ended = time.time_ns()
        span = self._tracer.start_span(operation, kind=SpanKind.CLIENT, start_time=ended - int(seconds * 1e9))
        span.set_attribute("orderdesk.outcome", outcome)
        if request_ids.current():
            span.set_attribute(REQUEST_ID, request_ids.current())
        if outcome.isdigit():
            span.set_attribute("http.response.status_code", int(outcome))
        if not outcome.isdigit() or int(outcome) >= BAD:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    @contextmanager
    def statement(self, sql: str, vendor: str) -> Iterator[None]:
        """A statement that is made for a request; others are not told of. Its first word alone is."""
        if not get_current_span().is_recording():
            yield
            return
        word = first_word(sql)
        with self._tracer.start_as_current_span(
            word, kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
        ) as span:
            span.set_attribute("db.system.name", vendor)
            span.set_attribute("db.operation.name", word)
            with _told(span):
                yield


@contextmanager
def _told(span: Span) -> Iterator[None]:
    """That something went wrong, by its kind; what it says may hold anything."""
    try:
        yield
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(Status(StatusCode.ERROR))
        raise
