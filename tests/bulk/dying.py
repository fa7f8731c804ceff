"""Whoever works on jobs, as a process of its own that is killed and comes back: a desk that stands ready, and forks a
child for each life, which begins at once.

Lines on standard input: `life` gives the number of a process that works on jobs until it is killed; `press <person>
<address> <fields as JSON>` the one of a process that sends a form as the web would, and ends.
"""

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection

from tests.programs import with_catalogues

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "import django; django.setup(); from tests.bulk.dying import serve; serve()"


def serve() -> None:
    """Until standard input ends."""
    from django.urls import resolve

    from gateway import lease

    lease.LIFE = dt.timedelta(seconds=4)
    resolve("/checkout/order/docs")  # imports every page, so that no child has to
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        what, _space, rest = line.strip().partition(" ")
        if pid := os.fork():
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        work() if what == "life" else press(rest)
        os._exit(0)


def work() -> None:
    """Works on jobs, for ever."""
    from jobs import worker

    while True:
        time.sleep(min(0.1, worker.look_once()))


def press(rest: str) -> None:
    """Sends a form, as that person."""
    from django.contrib.auth.models import User
    from django.test import Client

    person, address, fields = rest.split(" ", 2)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=person))
    client.post(address, json.loads(fields))


class Desk:
    """The way to it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def _fork(self, line: str) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def life(self) -> int:
        return self._fork("life")

    def press(self, person: str, address: str, fields: dict[str, str]) -> int:
        return self._fork(f"press {person} {address} {json.dumps(fields)}")


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@contextmanager
def standing(data_dir: Path) -> Iterator[Desk]:
    """A desk on the database of this test."""
    where = connection.settings_dict
    database = f"sqlite:///{where['NAME']}"
    if connection.vendor == "postgresql":
        database = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    environ = os.environ | {
        "DATABASE_URL": database, "DATA_DIR": str(with_catalogues(data_dir)),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "JOBS_LEASE_SECONDS": "2", "PAYMENT_GIVEN_UP_SECONDS": "2", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    with (data_dir / "desk.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", ENTRY], cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, text=True,
        )  # fmt: skip
        try:
            yield Desk(process)
        finally:
            if process.stdin:
                process.stdin.close()
            process.wait(30)


class Lives:
    """Runs a job through lives that end at random moments, until so many were taken; then one that may go on."""

    def __init__(self, desk: Desk, seed: int, longest: float) -> None:
        self._desk = desk
        self._random = random.Random(seed)
        self._longest = longest
        self.killed = 0

    def take(self, lives: int, is_over: Callable[[], bool]) -> None:
        for _ in range(lives):
            if is_over():
                return
            pid = self._desk.life()
            time.sleep(self._random.uniform(0.02, self._longest))
            self.killed += is_alive(pid)
            kill(pid)
        pid = self._desk.life()
        try:
            until = time.monotonic() + 120
            while not is_over():
                assert time.monotonic() < until, "it does not come to an end"
                time.sleep(0.1)
        finally:
            kill(pid)
