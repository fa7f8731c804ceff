"""The desk's own database fails for real, under a desk in processes of its own: PostgreSQL stops and comes back, the
disk takes nothing more, two desks write into one file. What is asked in one process is in
tests/changes/test_own_database.py."""

import getpass
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.test_serve import manage, needs_proc, serving, workers_of
from tests.test_slow_clients import Browser

pytestmark = [pytest.mark.slow, pytest.mark.rest, pytest.mark.xdist_group("faults")]
QUIET = {"LOG_LEVEL": "ERROR", "THREADS": "4"}
AWAY = "own database does not work"
PATIENCE = 120.0  # seconds


def until(what: str, found: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, f"{what}: not in {PATIENCE:g} s"
        time.sleep(0.1)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def signed_in(port: int, name: str = "admin") -> Browser:
    browser = Browser(port)
    assert browser.sign_in(name, "demo") == 302
    return browser


def an_order(port: int) -> str:
    """The address of the page of one that is made in the sandbox."""
    head = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as wire:
        wire.request("POST", "/checkout/order/api/v0/checkout/orders", b'{"currency": "SEK"}', head)
        made = json.loads(wire.getresponse().read())
    return f"/norce/se/orders/{made['id']}/"


class Cluster:
    """A PostgreSQL of this test's own, which may be stopped."""

    def __init__(self, tools: Path, folder: Path, port: int) -> None:
        self.tools, self.folder, self.port = tools, folder, port
        self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"

    def run(self, tool: str, *arguments: str) -> None:
        command = [str(self.tools / tool), *arguments]
        if getpass.getuser() == "root":  # it refuses to be run by root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, capture_output=True, cwd="/")

    def make(self) -> None:
        self.run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-N")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self.folder / "log")
        self.run("pg_ctl", "start", "-w", "-D", str(self.folder / "data"), "-o", options, "-l", log)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.folder / "data"))

    def end_every_connection(self) -> int:
        """As a failover does. How many there were."""
        with psycopg.connect(self.url, autocommit=True) as admin:
            ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            (count,) = admin.execute(f"{ended} AND backend_type = 'client backend'").fetchone() or (0,)
            return int(count)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if shutil.which("runuser") else []
    if not found and not (path := shutil.which("initdb")):
        pytest.skip("there is no initdb (Debian package postgresql)")
    tools = found[-1].parent if found else Path(str(path)).parent
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path has to be short, and postgres's to enter
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Cluster(tools, folder, port)
    try:
        if getpass.getuser() == "root":
            shutil.chown(folder, "postgres")
        made.make()
        made.start()
        yield made
    finally:
        with suppress(subprocess.CalledProcessError):
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgres
def test_postgresql_fails_over_stops_and_comes_back(cluster: Cluster, tmp_path: Path) -> None:
    with serving(tmp_path, DATABASE_URL=cluster.url, **QUIET) as (port, _process):
        admin = signed_in(port)
        page = an_order(port)

        def look(_number: int) -> tuple[int, str]:
            browser = Browser(port)
            browser.cookies = dict(admin.cookies)
            return browser.fetch(page)

        with ThreadPoolExecutor(4) as people:
            assert {status for status, _ in people.map(look, range(12))} == {200}
            assert cluster.end_every_connection() >= 2
            assert [status for status, _ in people.map(look, range(12))] == [200] * 12, "no error for a thread"

            cluster.stop()
            told = list(people.map(look, range(8)))
            assert {status for status, _ in told} == {503} and all(AWAY in words(page) for _, page in told)
        statuses = [admin.fetch(path)[0] for path in ("/healthz", "/readyz", "/static/app.js")]
        assert statuses == [200, 503, 200]
        status, typed = admin.fetch(f"{page}notes/add/", {"text": "Typed while it was away"})
        assert (status, AWAY in words(typed), "Typed while it was away" in typed) == (503, True, True)

        cluster.start()
        assert admin.fetch(page)[0] == 200, "with the next request"
        assert admin.fetch(f"{page}notes/add/", {"text": "Typed while it was away"})[0] == 302
        assert "Typed while it was away" in admin.fetch(page)[1]
    assert manage("audit_verify", folder=tmp_path, DATABASE_URL=cluster.url).returncode == 0


@contextmanager
def full(pids: set[int]) -> Iterator[None]:
    """No file of theirs grows any more."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_soft, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@needs_proc
def test_a_disk_that_takes_nothing_more_is_said_and_heals(tmp_path: Path) -> None:
    with serving(tmp_path, **QUIET) as (port, process):
        admin, page = signed_in(port), an_order(port)
        assert admin.fetch(page)[0] == 200
        status, form = admin.fetch(f"{page}reference/")
        assert status == 200
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        with full(workers_of(process, 1)):
            assert admin.fetch(page)[0] == 200, "reading goes on"
            for path, typed in (("notes/add/", {"text": "Typed"}), ("reference/", {**hidden, "reference": "SE-TYPED"})):
                status, told = admin.fetch(page + path, typed)
                assert (status, AWAY in words(told)) == (503, True), words(told)[-1500:]
                assert "Nothing was sent" in words(told) and next(iter(reversed(typed.values()))) in told
            assert Browser(port).sign_in("support", "demo") == 503
            assert admin.fetch("/healthz")[0] == 200
        assert "SE-TYPED" not in admin.fetch(page)[1]
        assert admin.fetch(f"{page}notes/add/", {"text": "Typed"})[0] == 302
        assert admin.fetch(f"{page}reference/", {**hidden, "reference": "SE-TYPED"})[0] == 302
    assert manage("audit_verify", folder=tmp_path).returncode == 0


def test_two_desks_write_into_one_file_and_all_of_it_is_kept(tmp_path: Path) -> None:
    each = 20
    with serving(tmp_path, **QUIET) as (one, _), serving(tmp_path, **QUIET) as (other, _other):
        people = [signed_in(port) for port in (one, other)]
        page = an_order(one)

        def write(number: int) -> int:
            browser = Browser((one, other)[number % 2])
            browser.cookies = dict(people[number % 2].cookies)
            return browser.fetch(f"{page}notes/add/", {"text": f"Note {number}."})[0]

        with ThreadPoolExecutor(8) as crowd:
            assert set(crowd.map(write, range(2 * each))) == {302}
    with closing(sqlite3.connect(tmp_path / "orderdesk.sqlite3")) as database:
        kept = {text for (text,) in database.execute("SELECT text FROM orders_noteversion")}
    assert kept == {f"Note {number}." for number in range(2 * each)}
    assert manage("audit_verify", folder=tmp_path).returncode == 0


@needs_proc
def test_a_process_that_is_killed_takes_no_note_with_it_that_was_written(tmp_path: Path) -> None:
    with serving(tmp_path, WEB_CONCURRENCY="2", **QUIET) as (port, process):
        admin, page = signed_in(port), an_order(port)
        for number in range(3):
            assert admin.fetch(f"{page}notes/add/", {"text": f"Note {number}."})[0] == 302
            before = workers_of(process, 2)
            for worker in before:
                os.kill(worker, signal.SIGKILL)
            until("others serve", lambda: not workers_of(process, 2) & before)  # noqa: B023 - asked in this round
            shown = admin.fetch(page)[1]
            assert all(f"Note {seen}." in shown for seen in range(number + 1))
    assert manage("audit_verify", folder=tmp_path).returncode == 0
