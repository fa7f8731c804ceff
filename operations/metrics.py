"""What the desk counts of itself, and how it stands, for Prometheus: at `/metrics`, with METRICS_TOKEN.

Counted by each process, and added up over all that serve on this machine (PROMETHEUS_MULTIPROC_DIR, which
`manage.py serve` sets). How things stand is read from the desk's database when it is asked for, and so is the same on
every machine. No label names a person, an order or a reference.
"""

import hmac
import os
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from operations.figures import figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

own = CollectorRegistry()
REQUESTS = Histogram(
    "orderdesk_request_seconds", "Time to answer a request", ["view", "method", "status"], registry=own, buckets=BUCKETS
)
CALLS = Histogram(
    "orderdesk_api_call_seconds",
    "Time of a call to the Order API, by its status or what went wrong",
    ["operation", "outcome"],
    registry=own,
    buckets=BUCKETS,
)
REFUSED = Counter("orderdesk_metrics_refused", "Times that somebody asked for metrics without the token", registry=own)


def count_call(operation: str, outcome: str, seconds: float) -> None:
    CALLS.labels(operation, outcome).observe(seconds)


def metrics(request: HttpRequest) -> HttpResponse:
    """401 without the token, as `Authorization: Bearer …`."""
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        REFUSED.inc()
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    body = generate_latest(counted()) + generate_latest(HowItStands())
    return HttpResponse(body, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def counted() -> CollectorRegistry:
    """What this process counted, or, where several serve, all of them."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return own
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def forget_process(pid: int) -> None:
    """A process that served has ended: what it counted stays, and what only held while it lived goes."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


class HowItStands(Collector):
    """The gauges, read when they are asked for. Without the database only `orderdesk_up` says so."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = figures()
        except (DatabaseError, InterfaceError):
            yield _gauge("orderdesk_up", "Whether the desk's own database answers", [({}, 0.0)])
            return
        yield _gauge("orderdesk_up", "Whether the desk's own database answers", [({}, 1.0)])
        for figure in found:
            yield _gauge(f"orderdesk_{figure.name}", figure.says, figure.values)


def _gauge(name: str, says: str, values: list[tuple[dict[str, str], float]]) -> GaugeMetricFamily:
    labels = list(values[0][0]) if values else []
    family = GaugeMetricFamily(name, says, labels=labels)
    for of, value in values:
        family.add_metric([of[label] for label in labels], value)
    return family
