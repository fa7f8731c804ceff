"""The desk is stopped, replaced or restarted while people work: nobody's request is dropped."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.crowds import ANSWERED, LOST, REFUSED, crowd
from tests.faults.recycling import REQUESTS
from tests.faults.stub import stub
from tests.programs import with_catalogues
from tests.test_serve import KEY, ROOT, manage, needs_proc, starting, wait_for, workers_of
from tests.test_slow_clients import PASSWORD, Browser, with_somebody

pytestmark = [pytest.mark.slow, pytest.mark.rest, pytest.mark.xdist_group("faults")]
QUIET = {"LOG_LEVEL": "ERROR", "INDEX_WORKER": "0"}


def wait_until(said: str, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until, said
        time.sleep(0.05)


def test_who_is_at_the_desk_as_it_stops_is_answered_first(tmp_path: Path) -> None:
    """SIGTERM among many requests and with a page under way whose call to the Order API takes nine seconds: all that
    got through the door are answered, and then it refuses."""
    with stub() as api:
        settings = QUIET | {
            "SECRET_KEY": KEY,
            "ORDER_API_URL": f"{api.url}/checkout/order",
            "ORDER_API_TOKEN": "t0ken",
            "ORDER_API_CHANNELS": "norce/se",
            "SECOND_FACTOR": "offered",
            "WEB_CONCURRENCY": "2",
            "THREADS": "4",
        }
        with_somebody(tmp_path, **settings)
        with starting(tmp_path, **settings) as (port, process):
            wait_for(port, process)
            browser = Browser(port)
            assert browser.sign_in("support", PASSWORD) == 302
            slow: list[tuple[int, str]] = []
            with crowd(port, "/queue/", browser.cookies) as people:
                wait_until("they work", lambda: people.told[ANSWERED] > 40)
                api.mode = "9 s"
                while api.asked.acquire(blocking=False):
                    pass
                waits = threading.Thread(target=lambda: slow.append(browser.fetch("/norce/se/orders/o_one/")))
                waits.start()
                assert api.asked.acquire(timeout=60)
                process.send_signal(signal.SIGTERM)
                wait_until("the port refuses", lambda: people.told[REFUSED] > 20)
                waits.join(60)
            assert process.wait(60) == 0
    assert [status for status, _ in slow] == [200], "the page that was under way"
    assert (people.told[LOST], set(people.statuses)) == (0, {200})


def test_nothing_is_lost_while_processes_are_replaced(tmp_path: Path) -> None:
    """After so many requests a process that serves makes room for a new one."""
    with_somebody(tmp_path, **QUIET)
    assert manage("collectstatic", "--noinput", "-v0", folder=tmp_path).returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(with_catalogues(tmp_path)), "PORT": str(port)} | QUIET
    environ |= {"WEB_CONCURRENCY": "2", "THREADS": "4", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.faults.recycling"]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        wait_for(port, server)
        browser = Browser(port)
        assert browser.sign_in("support", PASSWORD) == 302
        with crowd(port, "/queue/", browser.cookies) as people:
            wait_until("they work", lambda: people.told[ANSWERED] > 6 * REQUESTS)
        assert (people.told[LOST], people.told[REFUSED], set(people.statuses)) == (0, 0, {200})
    finally:
        server.terminate()
        assert server.wait(120) == 0


@needs_proc
def test_sighup_replaces_the_processes_and_nobody_notices(tmp_path: Path) -> None:
    with_somebody(tmp_path, **QUIET)
    with starting(tmp_path, WEB_CONCURRENCY="2", THREADS="4", **QUIET) as (port, process):
        wait_for(port, process)
        browser = Browser(port)
        assert browser.sign_in("support", PASSWORD) == 302
        before = workers_of(process.pid, 2)
        with crowd(port, "/queue/", browser.cookies) as people:
            wait_until("they work", lambda: people.told[ANSWERED] > 20)
            process.send_signal(signal.SIGHUP)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            wait_until("others serve", lambda: not {int(each) for each in children.read_text().split()} & before)
            then = people.told[ANSWERED]
            wait_until("and they do", lambda: people.told[ANSWERED] > then + 20)
        assert (people.told[LOST], people.told[REFUSED], set(people.statuses)) == (0, 0, {200})
