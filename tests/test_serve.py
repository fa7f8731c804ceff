"""`make run` and `manage.py serve`: what stands in the way is one clear sentence, never a traceback."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.programs import MIGRATE, with_catalogues

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "t0ken-of-the-sandbox"
KEY = "a-key-for-this-test-alone-a-key-for-this-test-alone-0123456789"
REAL = {
    "ORDER_API_URL": "https://nobody.invalid/checkout/order",
    "ORDER_API_TOKEN": "t0ken",
    "ORDER_API_CHANNELS": "norce/se",
}

LEFT_BEHIND = """
from django.utils import timezone
from payments.models import Execution
from payments.executions.snapshot import Snapshot
import json
now = timezone.now()
seen = json.dumps(Snapshot("reserved", "499", "SEK", (), (), now.isoformat()).to_json())
Execution.objects.create(
    created_at=now, sent_at=now, merchant="norce", channel="se", order_id="o_1", payment_id="p_1", action_id="a_1",
    action_type="capture", asked_by_name="admin", reason="other", baseline="b", seen_json=seen, before_json=seen,
    state="sending", next_check_at=now,
)
"""


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at processes in /proc")


def manage(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs manage.py as a person would, with nothing in the environment but what is named."""
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(with_catalogues(folder)), "PORT": "0", **settings}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[tuple[int, int]]:
    """The port and the process of a server with an empty sandbox, which is ended afterwards."""
    with starting(folder, **settings) as (port, server):
        wait_for(port, server)
        yield port, server.pid


@contextmanager
def starting(folder: Path, **settings: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The same, while it starts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(with_catalogues(folder)), "PORT": str(port), **settings}
    command = [sys.executable, "manage.py", "serve", "--no-seed"]
    server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield port, server
    finally:
        server.terminate()
        server.communicate(timeout=300)


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[int]:
    with serving(folder, **settings) as (port, _process):
        yield port


def workers_of(process: int, count: int) -> set[int]:
    """The processes that serve, once there are so many."""
    children = Path(f"/proc/{process}/task/{process}/children")
    for _ in range(600):
        if len(found := {int(child) for child in children.read_text().split()}) == count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{found} after a minute")


def files_of(process: int) -> set[str]:
    """Names of the files that the process holds open."""
    return {link.readlink().name for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()}


def status_of(port: int, path: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as desk:
        desk.request("GET", path)
        return desk.getresponse().status


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        assert server.poll() is None, "the server ended before it answered"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("nothing listened for five minutes")


def sentence_of(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


class Desk(NamedTuple):
    port: int
    process: int


WORKERS = 2
on_one_desk = pytest.mark.xdist_group("serve")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One that started in a folder with the list of static files of an earlier start, and without a database."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "static").mkdir()
    (folder / "static" / "staticfiles.json").write_text('{"version": "1.1", "paths": {}, "hash": ""}')
    with serving(folder, WEB_CONCURRENCY=str(WORKERS)) as (port, process):
        yield Desk(port, process)


@on_one_desk
def test_what_goes_over_the_wire_arrives_whole(desk: Desk) -> None:
    """A long address, a body in chunks, and an answer to HEAD: what only a real server can show."""
    signed = {"Authorization": "Bearer sandbox", "x-merchant": "norce", "x-channel": "se"}
    orders = "/checkout/order/api/v0/checkout/orders"
    with closing(HTTPConnection("127.0.0.1", desk.port, timeout=60)) as wire:
        wire.request("GET", f"/norce/se/orders/?billing_names={'x' * 8000}")
        answer = wire.getresponse()
        answer.read()
        assert answer.status == 302, "to sign in"

        wire.request("GET", "/x/accounts/login/", headers={"SCRIPT_NAME": "/x"})
        answer = wire.getresponse()
        answer.read()
        assert answer.status in (302, 404), "no client says below which address the desk stands"

        wire.request("POST", orders, iter([b'{"reference": ', b'"R-1"}']), signed, encode_chunked=True)
        answer = wire.getresponse()
        assert (answer.status, "id" in json.loads(answer.read())) == (201, True)

        wire.request("HEAD", "/checkout/order/openapi.json", headers=signed)
        answer = wire.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        wire.request("GET", f"{orders}?reference=R-1", headers=signed)
        answer = wire.getresponse()
        assert json.loads(answer.read())["pagination"]["size"] == 1


@on_one_desk
@needs_proc
def test_the_process_that_forks_the_workers_hands_down_no_connection_and_no_thread(desk: Desk) -> None:
    """It has loaded the program for all; what belongs to one process each of them opens for itself."""
    workers = workers_of(desk.process, WORKERS)
    for _ in range(20):
        assert (status_of(desk.port, "/readyz"), status_of(desk.port, "/accounts/login/")) == (200, 200)
    assert "orderdesk.sqlite3" not in files_of(desk.process)
    assert len(list(Path(f"/proc/{desk.process}/task").iterdir())) == 1
    assert any("orderdesk.sqlite3" in files_of(worker) for worker in workers)


@on_one_desk
def test_static_files_that_changed_since_the_last_start_are_found(desk: Desk) -> None:
    assert status_of(desk.port, "/accounts/login/") == 200


@on_one_desk
@needs_proc
def test_workers_that_die_are_replaced_by_ones_that_serve(desk: Desk) -> None:
    before = workers_of(desk.process, WORKERS)
    assert status_of(desk.port, "/accounts/login/") == 200
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    for _ in range(600):
        if not (now := workers_of(desk.process, WORKERS)) & before:
            break
        time.sleep(0.1)
    assert not now & before
    assert status_of(desk.port, "/accounts/login/") == 200


def test_what_a_dead_process_left_is_taken_up_soon_after_the_start(data_dir: Path) -> None:
    """Money that was on its way is not forgotten, whether or not anybody opens a page."""
    small = {"PAYMENT_GIVEN_UP_SECONDS": "0.5"}
    assert manage("shell", "-v0", "-c", LEFT_BEHIND, folder=data_dir, **small).returncode == 0
    told = (
        "SELECT state, kind FROM payments_evidence e JOIN payments_execution x ON x.id = e.execution_id ORDER BY e.id"
    )
    with served(data_dir, **small), closing(sqlite3.connect(data_dir / "orderdesk.sqlite3")) as database:
        for _ in range(3000):
            if "lost" in str(said := database.execute(told).fetchall()):
                break
            time.sleep(0.1)
    assert ("in_doubt", "lost") in said


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Cannot listen on 127.0.0.1:{port}" in sentence_of(manage("serve", folder=tmp_path, PORT=str(port)))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "Cannot make the folder" in sentence_of(manage("serve", folder=tmp_path / "file" / "var"))


BAD: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"PORT": "70000"}, ("port",)),
    ({"PORT": "eighty"}, ("port",)),
    (
        {"THREADS": "many", "DEBUG": "perhaps", "ORDER_API_READ_TIMEOUT": "soon"},
        ("THREADS", "DEBUG", "ORDER_API_READ_TIMEOUT"),
    ),
]
FOR_THE_DEMO: list[tuple[dict[str, str], str]] = [
    ({"HOST": "0.0.0.0"}, "SECRET_KEY"),
    ({"HOST": "0.0.0.0", "SECRET_KEY": KEY}, "SANDBOX_TOKEN"),
    ({"HOST": "0.0.0.0", "DEBUG": "1"}, "Unset DEBUG"),
    ({"HOST": "0.0.0.0", "DEBUG": "1", "HTTPS": "0", "SECRET_KEY": KEY, "SANDBOX_TOKEN": TOKEN}, "Unset DEBUG"),
    ({"HTTPS": "1"}, "SECRET_KEY"),
    ({"HTTPS": "1", "ALLOWED_HOSTS": "desk.example", "SECRET_KEY": KEY}, "SANDBOX_TOKEN"),
    ({"ALLOWED_HOSTS": "localhost,desk.example"}, "ALLOWED_HOSTS"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ({"CSRF_TRUSTED_ORIGINS": "https://desk.example"}, "CSRF_TRUSTED_ORIGINS"),
    ({"TRUSTED_PROXY_COUNT": "1"}, "TRUSTED_PROXY_COUNT"),
    (REAL | {"SECRET_KEY": KEY, "DEBUG": "1"}, "Unset DEBUG"),
    (REAL, "SECRET_KEY"),
    (REAL | {"SECRET_KEY": KEY, "ORDER_API_TOKEN": ""}, "ORDER_API_TOKEN"),
    (REAL | {"SECRET_KEY": "x"}, "SECRET_KEY: this one can be guessed"),
    (REAL | {"SECRET_KEY": "ab" * 40}, "SECRET_KEY: this one can be guessed"),
    (REAL | {"SECRET_KEY": KEY, "ENVIRONMENT": "sandbox"}, "Unset ENVIRONMENT"),
    (REAL | {"SECRET_KEY": KEY, "ORDER_API_URL": "http://orders.example/checkout/order"}, "begin with https://"),
    ({"HOST": "0.0.0.0", "SECRET_KEY": KEY, "SANDBOX_TOKEN": "a"}, "SANDBOX_TOKEN: this one can be guessed"),
    ({"METRICS_TOKEN": "prometheus"}, "METRICS_TOKEN: this one can be guessed"),
    (REAL | {"SECRET_KEY": KEY, "ORDER_API_CHANNELS": ""}, "ORDER_API_CHANNELS"),
    (REAL | {"SECRET_KEY": KEY, "ORDER_API_CHANNELS": "norce"}, "norce"),
]
EACH = """
import json, os, runpy, signal, sys
import dj_database_url, django.core.management, environs
for file, environ in json.load(sys.stdin):
    if os.fork():
        assert os.wait()[1] != 0, f"it served with {environ}"
        continue
    signal.alarm(300)
    os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["manage.py", "serve"]
    runpy.run_path("manage.py", run_name="__main__")
    os._exit(0)
"""
"""Runs `manage.py serve` with each of these settings, in children of a program that has loaded Django for all."""


def what_is_not_said(folder: Path, refusals: Iterable[tuple[dict[str, str], tuple[str, ...]]]) -> list[str]:
    """Starts that were not refused in a sentence with all of these words."""
    files = {str(folder / f"said-{number}"): each for number, each in enumerate(refusals)}
    always = {"PATH": os.environ["PATH"], "DATA_DIR": str(with_catalogues(folder)), "PORT": "0"}
    given = json.dumps([(file, {**always, **settings}) for file, (settings, _words) in files.items()])
    subprocess.run([sys.executable, "-c", EACH], cwd=ROOT, input=given, text=True, check=True)
    said = {file: Path(file).read_text() for file in files}
    return [
        f"{settings}: {said[file]!r}"
        for file, (settings, words) in files.items()
        if "Traceback" in said[file] or not all(word.lower() in said[file].lower() for word in words)
    ]


def test_every_bad_setting_is_said_at_once(tmp_path: Path) -> None:
    assert what_is_not_said(tmp_path, BAD) == []


def test_a_server_refuses_to_start_on_what_is_for_the_demo(tmp_path: Path) -> None:
    assert what_is_not_said(tmp_path, [(settings, (sentence,)) for settings, sentence in FOR_THE_DEMO]) == []


def test_a_server_refuses_to_start_with_a_demo_account_left(data_dir: Path) -> None:
    accounts = "from accounts.demo import ensure_demo_accounts as e; e()"
    assert manage("shell", "-v0", "-c", accounts, folder=data_dir).returncode == 0
    said = sentence_of(manage("serve", folder=data_dir, SECRET_KEY=KEY, **REAL))
    assert "demo password" in said and "admin" in said


def test_a_python_that_is_too_old_is_said_by_make(tmp_path: Path) -> None:
    pretend = "import sys; sys.version_info, sys.version = (3, 9, 1), '3.9.1'; exec(sys.argv[1])"
    old = tmp_path / "python3"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$2"\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "run", f"PYTHON={old}", f"VENV={tmp_path}/venv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "needs Python 3.11" in sentence_of(done)


WHAT_OF_THE_DEMO = """
import sys
from accounts.demo import ensure_demo_accounts
from django.contrib.auth.models import User
from django.db import connection
from django.urls import get_resolver
get_resolver().url_patterns
print(sorted(name for name in sys.modules if name.split(".")[0] == "sandbox"))
print([table for table in connection.introspection.table_names() if table.startswith("sandbox")])
ensure_demo_accounts()
print(User.objects.count())
"""


def test_behind_the_real_api_there_is_neither_code_nor_a_table_of_the_sandbox_nor_a_demo_account(
    tmp_path: Path,
) -> None:
    ran = manage("shell", "-v0", "-c", MIGRATE + WHAT_OF_THE_DEMO, folder=tmp_path, SECRET_KEY=KEY, **REAL)
    assert ran.stdout == "[]\n[]\n0\n", ran.stderr
    refused = manage("sandbox_seed", folder=tmp_path, SECRET_KEY=KEY, **REAL)
    assert "Unknown command" in refused.stderr


def test_a_database_of_a_newer_release_is_left_alone(data_dir: Path) -> None:
    with closing(sqlite3.connect(data_dir / "orderdesk.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999_later', '2030-01-01')"
        )
    started = manage("serve", folder=data_dir)
    assert started.returncode == 1
    assert "belongs to a newer release" in started.stderr and "audit.9999_later" in started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize("settings", [{"DATABASE_URL": "postgres://desk:hush@127.0.0.1:1/desk"}, {}])
def test_a_database_that_cannot_be_reached_or_is_none_is_said(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "orderdesk.sqlite3").write_text("no database at all, but long enough to be looked at as one " * 99)
    started = manage("serve", folder=tmp_path, **settings)
    assert started.returncode == 1 and "The database does not work: " in started.stderr
    assert "Traceback" not in started.stderr and "hush" not in started.stderr


def test_two_that_start_at_once_on_nothing_prepare_it_one_after_the_other_for_their_own_user_alone(
    tmp_path: Path,
) -> None:
    with ExitStack() as both:
        first = both.enter_context(starting(tmp_path))
        second = both.enter_context(starting(tmp_path))
        for port, server in (first, second):
            wait_for(port, server)
            assert status_of(port, "/readyz") == 200
            assert status_of(port, "/accounts/login/") == 200
        own = [path for path in tmp_path.iterdir() if path.name != "locale"]  # which the tests have put there
        modes = {path.name: path.stat().st_mode & 0o077 for path in own}
    assert "orderdesk.sqlite3-wal" in modes
    assert {name: mode for name, mode in modes.items() if mode} == {}
