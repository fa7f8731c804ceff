"""A desk that `kill -9` ends, or SIGSTOP holds up, at any step of the engine: gunicorn as `manage.py serve` runs it,
with one page, the harness's own.

A file `die-before-call` in DATA_DIR has the next process that comes to that point kill itself, and gunicorn starts
another one in its place; one `stop-before-call` has it stop, until somebody lets it go on. The page is the confirm
button: it takes a sealed case and a person, and executes.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import resolve

from dashboard.management.commands.serve import Server
from gateway.connection import order_api
from payments.executions import engine
from payments.executions.intent import Intent
from tests.harness.steps import POINTS, at
from tests.payments.conftest import asked_by


def press(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The page: `sent`, or the name of the error in small letters."""
    asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    case = Intent.unseal(asked["seal"], asked["salt"])
    assert case is not None
    person = User.objects.get(username=asked["person"])
    try:
        engine.execute(order_api(case.merchant, case.channel), case, asked_by(person))
        said = "sent"
    except Exception as error:
        said = type(error).__name__.lower()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [said.encode()]


def die_if_told(flag: Path) -> None:
    """kill -9, once for every file."""
    try:
        flag.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def stop_if_told(flag: Path) -> None:
    """As a paused machine does: nothing goes on in this process until it gets SIGCONT. Its id stands in a file
    beside."""
    try:
        flag.unlink()
    except FileNotFoundError:
        return
    flag.with_suffix(".pid").write_text(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.5)  # of several threads another one may get it, a moment later


class Deadly(Server):
    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("preload_app", True)  # so that a process that died is replaced at once
        self.cfg.set("loglevel", "critical")

    def load(self) -> Any:
        super().load()
        resolve("/checkout/order/docs")  # imports every page, so that the processes that follow have them
        return press


def serve() -> None:
    """Until it is ended."""
    settings.SANDBOX_SLOW_SECONDS = 0.2
    with ExitStack() as for_ever:
        for point in POINTS:
            for_ever.enter_context(at(point, partial(die_if_told, settings.DATA_DIR / f"die-{point}")))
            for_ever.enter_context(at(point, partial(stop_if_told, settings.DATA_DIR / f"stop-{point}")))
        Deadly().run()
