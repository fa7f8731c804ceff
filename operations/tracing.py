"""Traces, where OTEL_EXPORTER_OTLP_ENDPOINT says whom to tell: each request, each call to the Order API and each
statement that is made for it. By the names of pages and operations alone, so that nothing of anybody can stand in
them: no path, no query, no statement, no message of an error.

The packages for it are an extra (`operations.otel` has all that needs them); without the setting nothing of it is
loaded. To be started in each process for itself, after a fork.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest

from gateway import called
from operations.release import version

if TYPE_CHECKING:
    from operations.otel import Tracing

Tell = Callable[[str, str, int, str], None]
"""Gets the name of the page, the method, the status and the pattern of the address."""
_running: tuple[int, Any] | None = None
"""Of which process, and its `otel.Tracing`."""


def check_packages(**_: Any) -> list[CheckMessage]:
    """`manage.py check` and every start refuse the setting without what it needs."""
    if not settings.OTEL_ENDPOINT or _are_there():
        return []
    words = (
        "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the packages for traces are not there: "
        "pip install --no-deps --require-hashes -r requirements-otel.txt"
    )
    return [Error(words, id="operations.E001")]


def _are_there() -> bool:
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http.trace_exporter") is not None
    except ModuleNotFoundError:
        return False


def start() -> None:
    """Has this process tell of what it does from now on, if anybody is to be told."""
    global _running  # noqa: PLW0603 - one a process
    if not settings.OTEL_ENDPOINT or _here() is not None:
        return
    from operations.otel import Tracing  # noqa: PLC0415 - an extra

    _running = (os.getpid(), Tracing(settings.OTEL_ENDPOINT, version()))
    called.listen(_call)
    connection_created.connect(_watch, dispatch_uid="operations.tracing")


def end() -> None:
    """Tells what was not told yet, for some seconds at the most, and nothing any more."""
    global _running
    tracing, _running = _here(), None
    if tracing is not None:
        tracing.end()


def _here() -> "Tracing | None":
    return _running[1] if _running is not None and _running[0] == os.getpid() else None


@contextmanager
def answering(request: HttpRequest) -> Iterator[Tell]:
    """Until its end all that this thread does belongs to that request, which is to be told at the end what it was."""
    tracing = _here()
    if tracing is None:
        yield _nobody
        return
    with tracing.answering(request.headers) as tell:
        yield tell


def _nobody(_view: str, _method: str, _status: int, _route: str) -> None:
    """Nobody is told."""


def _call(operation: str, outcome: str, seconds: float) -> None:
    if tracing := _here():
        tracing.call(operation, outcome, seconds)


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    tracing = _here()
    if tracing is None:
        return execute(sql, params, many, context)
    with tracing.statement(sql, context["connection"].vendor):
        return execute(sql, params, many, context)
