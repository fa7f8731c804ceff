"""The desk as gunicorn serves it, which says in a header how long its embedded Order API took to answer, and how much
CPU the process has used so far, without what the API did."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from threading import local
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

from django.core.wsgi import get_wsgi_application

desk = get_wsgi_application()
connection: Any = import_module("gateway.connection")


HEADER = "Server-Timing"
_spent = local()
_answer = connection.answer
_api_cpu = 0.0


def timed_answer(*call: Any) -> Any:
    """What the embedded Order API answers, as inside the transport's call: its view, its database,
    its JSON; not what the client does."""
    global _api_cpu  # noqa: PLW0603 - one request at a time
    start, cpu = time.perf_counter(), time.thread_time()
    try:
        return _answer(*call)
    finally:
        _spent.seconds = getattr(_spent, "seconds", 0.0) + time.perf_counter() - start
        _api_cpu += time.thread_time() - cpu


connection.answer = timed_answer


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    _spent.seconds = 0.0

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        timing = f"api;dur={_spent.seconds * 1000:.3f}, cpu;dur={(time.process_time() - _api_cpu) * 1000:.3f}"
        return start_response(status, [*headers, (HEADER, timing)], exc_info)

    return desk(environ, start)


def prepare(orders: int) -> None:
    """The database, the static files, the demo's people and so many orders."""
    from django.core.management import call_command

    from accounts.demo import ensure_demo_accounts

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    ensure_demo_accounts()
    call_command("sandbox_seed", orders=orders, verbosity=0)


if __name__ == "__main__":
    prepare(int(sys.argv[1]))
